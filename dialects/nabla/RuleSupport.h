//===- RuleSupport.h - What rules are written with --------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Used by the rules that compiler/tblgen/generate.py makes and by those written
// by hand in ops/<Family>Rules.cpp.
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_DIALECTS_NABLA_RULESUPPORT_H
#define NABLA_DIALECTS_NABLA_RULESUPPORT_H

#include "dialects/nabla/Emit.h"

namespace nabla {

/// Reports that the transpose with respect to `operand` was asked of an op that
/// is not linear in it. Always a failure.
llvm::LogicalResult notLinear(mlir::Operation *op, unsigned operand);

/// The batch rule of ops that act element by element: where some operand holds
/// a batch, the others are repeated along it.
llvm::LogicalResult batchElementwise(mlir::Operation *op, BatchContext &ctx,
                                     mlir::ValueRange operands,
                                     llvm::ArrayRef<bool> batched,
                                     BatchResult &outs);

/// Builds the ops of one rule.
class RuleBuilder {
public:
  /// `type` is that of the op's result, and of the scalars in the rule.
  RuleBuilder(mlir::OpBuilder &builder, mlir::Location loc, mlir::Type type)
      : builder(builder), loc(loc), type(type) {}

  template <typename OpTy, typename... Values>
  mlir::Value create(Values... values) {
    return OpTy::create(builder, loc, mlir::Value(values)...).getResult();
  }

  mlir::Value scalar(double value) {
    return emitSplat(builder, loc, type, value);
  }
  mlir::Value cmpGt(mlir::Value x, mlir::Value y) {
    return CompareOp::create(builder, loc, Predicate::gt, x, y);
  }
  mlir::Value cmpEq(mlir::Value x, mlir::Value y) {
    return CompareOp::create(builder, loc, Predicate::eq, x, y);
  }
  mlir::Value sum(mlir::Value x, mlir::Value y) {
    return emitSum(builder, loc, x, y);
  }
  /// n x^(n-1), which is 0 for n = 0, also where x is.
  mlir::Value integerPowDerivative(mlir::Value x, int64_t n);

private:
  mlir::OpBuilder &builder;
  mlir::Location loc;
  mlir::Type type;
};

} // namespace nabla

#endif // NABLA_DIALECTS_NABLA_RULESUPPORT_H
