//===- Emit.cpp - Small constructions that rules share --------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/Emit.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

using namespace mlir;

namespace nabla {

RankedTensorType tensorTypeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

ArrayRef<int64_t> shapeOf(Value value) {
  return tensorTypeOf(value).getShape();
}

RankedTensorType withShape(Type type, ArrayRef<int64_t> shape) {
  return RankedTensorType::get(shape,
                               cast<RankedTensorType>(type).getElementType());
}

RankedTensorType withLeading(Type type, int64_t size) {
  return withShape(type,
                   prepended(size, cast<RankedTensorType>(type).getShape()));
}

SmallVector<int64_t> iotaDims(int64_t n) {
  return llvm::to_vector(llvm::seq<int64_t>(0, n));
}

SmallVector<int64_t> shifted(ArrayRef<int64_t> dims) {
  return llvm::map_to_vector(dims, [](int64_t dim) { return dim + 1; });
}

SmallVector<int64_t> prepended(int64_t front, ArrayRef<int64_t> rest) {
  SmallVector<int64_t> all{front};
  llvm::append_range(all, rest);
  return all;
}

SmallVector<int64_t> otherDims(int64_t rank, ArrayRef<int64_t> dims) {
  SmallVector<int64_t> others;
  for (int64_t dim : llvm::seq<int64_t>(0, rank))
    if (!llvm::is_contained(dims, dim))
      others.push_back(dim);
  return others;
}

static Attribute scalarAttr(Type element, double value) {
  if (isa<FloatType>(element))
    return FloatAttr::get(element, value);
  if (element.isInteger(1))
    return BoolAttr::get(element.getContext(), value != 0);
  return IntegerAttr::get(element, static_cast<int64_t>(value));
}

Value emitSplat(OpBuilder &b, Location loc, Type type, double value) {
  auto tensor = cast<RankedTensorType>(type);
  return ConstantOp::create(
      b, loc, tensor,
      DenseElementsAttr::get(tensor,
                             scalarAttr(tensor.getElementType(), value)));
}

Value emitZeros(OpBuilder &b, Location loc, Type type) {
  return emitSplat(b, loc, type, 0.0);
}

Value orZeros(OpBuilder &b, Location loc, Value value, Type type) {
  return value ? value : emitZeros(b, loc, type);
}

Value emitSum(OpBuilder &b, Location loc, Value lhs, Value rhs) {
  if (!lhs || !rhs)
    return lhs ? lhs : rhs;
  return AddOp::create(b, loc, lhs, rhs);
}

Value emitBatch(OpBuilder &b, Location loc, Value value, int64_t size) {
  SmallVector<int64_t> dims = shifted(iotaDims(tensorTypeOf(value).getRank()));
  return BroadcastOp::create(b, loc, withLeading(value.getType(), size), value,
                             dims);
}

Value emitMoveDim(OpBuilder &b, Location loc, Value value, int64_t from,
                  int64_t to) {
  if (from == to)
    return value;
  SmallVector<int64_t> permutation =
      otherDims(tensorTypeOf(value).getRank(), {from});
  permutation.insert(permutation.begin() + to, from);
  return TransposeOp::create(b, loc, value, permutation);
}

Value emitReshape(OpBuilder &b, Location loc, Value value,
                  ArrayRef<int64_t> shape) {
  if (shapeOf(value) == shape)
    return value;
  return ReshapeOp::create(b, loc, withShape(value.getType(), shape), value);
}

Operation *rebuild(OpBuilder &b, Operation *op, ValueRange operands,
                   TypeRange results) {
  OperationState state(op->getLoc(), op->getName());
  state.addOperands(operands);
  state.addTypes(results);
  state.addAttributes(op->getAttrDictionary().getValue());
  return b.create(state);
}

LogicalResult jvpOfLinear(Operation *op, JvpContext &ctx, ValueRange primals,
                          ArrayRef<Value> tangents,
                          ArrayRef<int64_t> linearOperands, JvpResult &outs) {
  Operation *primal = rebuild(ctx.builder, op, primals, op->getResultTypes());
  outs.primals.push_back(primal->getResult(0));
  bool active = llvm::any_of(linearOperands, [&](int64_t i) {
    return static_cast<bool>(tangents[i]);
  });
  if (!active || !isDifferentiable(op->getResult(0).getType())) {
    outs.tangents.push_back(nullptr);
    return success();
  }
  SmallVector<Value> operands(primals);
  for (int64_t i : linearOperands)
    operands[i] =
        orZeros(ctx.builder, op->getLoc(), tangents[i], primals[i].getType());
  Operation *tangent = rebuild(ctx.builder, op, operands, op->getResultTypes());
  outs.tangents.push_back(tangent->getResult(0));
  return success();
}

LogicalResult jvpOfBilinear(Operation *op, JvpContext &ctx, ValueRange primals,
                            ArrayRef<Value> tangents, JvpResult &outs) {
  auto product = [&](Value x, Value y) -> Value {
    return rebuild(ctx.builder, op, {x, y}, op->getResultTypes())->getResult(0);
  };
  outs.primals.push_back(product(primals[0], primals[1]));
  Value left = tangents[0] ? product(tangents[0], primals[1]) : Value();
  Value right = tangents[1] ? product(primals[0], tangents[1]) : Value();
  outs.tangents.push_back(emitSum(ctx.builder, op->getLoc(), left, right));
  return success();
}

LogicalResult jvpOfConstant(Operation *op, JvpContext &ctx, ValueRange primals,
                            JvpResult &outs) {
  Operation *primal = rebuild(ctx.builder, op, primals, op->getResultTypes());
  llvm::append_range(outs.primals, primal->getResults());
  outs.tangents.append(primal->getNumResults(), nullptr);
  return success();
}

} // namespace nabla
