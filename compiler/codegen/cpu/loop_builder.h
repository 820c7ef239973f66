//===- loop_builder.h - Builds loops without waste --------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_LOOP_BUILDER_H
#define NABLA_COMPILER_CODEGEN_CPU_LOOP_BUILDER_H

#include "mlir/IR/ImplicitLocOpBuilder.h"

#include <tuple>

namespace nabla {

/// Makes indices as they would be after folding and elimination of common
/// subexpressions, which take far longer on ops that are there than not making
/// them. Constants are ops at the start of the function, one for each value.
class LoopBuilder : public mlir::ImplicitLocOpBuilder {
public:
  using ImplicitLocOpBuilder::ImplicitLocOpBuilder;

  /// To be called where what follows does not stand behind what was built.
  void moveTo(mlir::Operation *op);

  mlir::Value constant(mlir::TypedAttr value);
  mlir::Value index(int64_t value) { return constant(getIndexAttr(value)); }

  /// Of indices.
  mlir::Value add(mlir::Value x, mlir::Value y);
  mlir::Value add(mlir::Value x, int64_t y);
  mlir::Value sub(mlir::Value x, mlir::Value y);
  mlir::Value mul(mlir::Value x, int64_t y);
  mlir::Value min(mlir::Value x, mlir::Value y);
  mlir::Value div(mlir::Value x, int64_t y);
  mlir::Value rem(mlir::Value x, int64_t y);

private:
  using Expression =
      std::tuple<mlir::Block *, mlir::TypeID, mlir::Value, mlir::Value>;

  /// What is known already in the block at hand or one around it, or new.
  template <typename Op> mlir::Value make(mlir::Value x, mlir::Value y);

  llvm::DenseMap<std::pair<mlir::Region *, mlir::Attribute>, mlir::Value>
      constants;
  llvm::DenseMap<Expression, mlir::Value> known;
};

/// An index as a value, or none, plus a constant.
std::pair<mlir::Value, int64_t> splitIndex(mlir::Value index);

/// A number that divides all values that `index` may take, as far as loops and
/// arithmetic tell; 0 for an index that is always 0.
int64_t knownDivisor(mlir::Value index);

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_LOOP_BUILDER_H
