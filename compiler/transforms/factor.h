//===- factor.h - What a tangent is multiplied with -------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_TRANSFORMS_FACTOR_H
#define NABLA_COMPILER_TRANSFORMS_FACTOR_H

#include "mlir/IR/Builders.h"

namespace nabla {

/// A number times a value, or the number if the value is null.
struct Term {
  double scale;
  mlir::Value value;
};

/// A sum of terms, divided by `divisor` if there is one.
struct Factor {
  llvm::SmallVector<Term, 2> terms;
  mlir::Value divisor;
};

/// Computes with factors of one type. No op is emitted for the sign or the
/// scale of a factor, nor for a sum that is not multiplied with anything yet:
/// they wait for others to be merged with.
class FactorBuilder {
public:
  FactorBuilder(mlir::OpBuilder &builder, mlir::Location loc, mlir::Type type)
      : builder(builder), loc(loc), type(type) {}

  /// A value that is there, without its sign and scale.
  Term read(mlir::Value value);
  /// 0 where `factor` is 0, else the product with `derivative`.
  Factor multiply(Factor factor, mlir::Value derivative);
  /// 0 where `factor` is 0, else the quotient.
  Factor divide(Factor factor, mlir::Value divisor);
  Factor add(Factor lhs, Factor rhs);

  /// The same factor as one term.
  Term collect(const Factor &factor);
  Factor collected(const Factor &factor) {
    return {{collect(factor)}, nullptr};
  }
  /// The same factor as a value.
  mlir::Value emit(const Factor &factor);

  /// Whether constants of the type hold `scale` well.
  bool isScale(double scale) const;

private:
  Factor scaled(Factor factor, double scale);
  void addTerm(llvm::SmallVectorImpl<Term> &terms, Term term);
  Term sum(llvm::ArrayRef<Term> terms);
  mlir::Value emit(Term term);

  mlir::OpBuilder &builder;
  mlir::Location loc;
  mlir::Type type;
};

} // namespace nabla

#endif // NABLA_COMPILER_TRANSFORMS_FACTOR_H
