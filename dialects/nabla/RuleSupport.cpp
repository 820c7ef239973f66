//===- RuleSupport.cpp - What rules are written with ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/RuleSupport.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace nabla {

LogicalResult notLinear(Operation *op, unsigned operand) {
  return op->emitOpError("is not linear in operand ") << operand;
}

LogicalResult batchElementwise(Operation *op, BatchContext &ctx,
                               ValueRange operands, ArrayRef<bool> batched,
                               BatchResult &outs) {
  bool any = llvm::is_contained(batched, true);
  SmallVector<Value> values(operands);
  if (any)
    for (auto [value, isBatched] : llvm::zip_equal(values, batched))
      if (!isBatched)
        value = emitBatch(ctx.builder, op->getLoc(), value, ctx.size);
  SmallVector<Type> types(op->getResultTypes());
  if (any)
    for (Type &type : types)
      type = withLeading(type, ctx.size);
  Operation *result = rebuild(ctx.builder, op, values, types);
  llvm::append_range(outs.values, result->getResults());
  outs.batched.append(result->getNumResults(), any);
  return success();
}

Value RuleBuilder::integerPowDerivative(Value x, int64_t n) {
  if (n == 0)
    return scalar(0.0);
  if (n == 1)
    return scalar(1.0);
  Value power = n == 2 ? x : IntegerPowOp::create(builder, loc, x, n - 1);
  return MulOp::create(builder, loc, power, scalar(static_cast<double>(n)));
}

} // namespace nabla
