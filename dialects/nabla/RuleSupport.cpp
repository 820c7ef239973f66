//===- RuleSupport.cpp - What rules are written with ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/RuleSupport.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace nabla {

Operation *emitPrimal(Operation *op, JvpContext &ctx, ValueRange primals) {
  IRMapping mapping;
  mapping.map(op->getOperands(), primals);
  // The same value may stand for two operands with different primals.
  Operation *primal = ctx.builder.clone(*op, mapping);
  primal->setOperands(primals);
  return primal;
}

LogicalResult notLinear(Operation *op, unsigned operand) {
  return op->emitOpError("is not linear in operand ") << operand;
}

RankedTensorType batchedType(Type type, int64_t size) {
  auto tensor = cast<RankedTensorType>(type);
  SmallVector<int64_t> shape{size};
  llvm::append_range(shape, tensor.getShape());
  return RankedTensorType::get(shape, tensor.getElementType());
}

Value broadcastBatch(OpBuilder &builder, Location loc, Value value,
                     int64_t size) {
  int64_t rank = cast<RankedTensorType>(value.getType()).getRank();
  auto dims = llvm::to_vector(llvm::seq<int64_t>(1, rank + 1));
  return BroadcastOp::create(builder, loc, batchedType(value.getType(), size),
                             value, dims);
}

LogicalResult batchElementwise(Operation *op, BatchContext &ctx,
                               ValueRange operands, ArrayRef<bool> batched,
                               BatchResult &outs) {
  bool any = llvm::is_contained(batched, true);
  SmallVector<Value> values(operands);
  if (any)
    for (auto [value, isBatched] : llvm::zip_equal(values, batched))
      if (!isBatched)
        value = broadcastBatch(ctx.builder, op->getLoc(), value, ctx.size);

  OperationState state(op->getLoc(), op->getName());
  state.addOperands(values);
  for (Type type : op->getResultTypes())
    state.addTypes(any ? batchedType(type, ctx.size) : type);
  state.propertiesAttr = op->getPropertiesAsAttribute();
  Operation *result = ctx.builder.create(state);
  llvm::append_range(outs.values, result->getResults());
  outs.batched.append(result->getNumResults(), any);
  return success();
}

Value createSplat(OpBuilder &builder, Location loc, Type type, double value) {
  auto tensor = cast<RankedTensorType>(type);
  Type element = tensor.getElementType();
  Attribute scalar;
  if (isa<FloatType>(element))
    scalar = builder.getFloatAttr(element, value);
  else
    scalar = builder.getIntegerAttr(element, static_cast<int64_t>(value));
  return ConstantOp::create(builder, loc,
                            DenseElementsAttr::get(tensor, scalar));
}

Value sumOf(OpBuilder &builder, Location loc, Value x, Value y) {
  if (!x || !y)
    return x ? x : y;
  return AddOp::create(builder, loc, x, y);
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
