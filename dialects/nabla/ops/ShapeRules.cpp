//===- ShapeRules.cpp - Rules of ops that move elements -------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every op of the family is linear in the tensors it moves. A batch is one more
// dimension in front.
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/Emit.h"

using namespace mlir;
using namespace nabla;

/// The rule of an op with one operand and one result, of which `attributes` are
/// those of the batched form.
static LogicalResult batchOfUnary(Operation *op, BatchContext &ctx,
                                  ValueRange operands,
                                  ArrayRef<NamedAttribute> attributes,
                                  BatchResult &outs) {
  Operation *batched =
      rebuild(ctx.builder, op, operands[0],
              withLeading(op->getResult(0).getType(), ctx.size));
  for (NamedAttribute attribute : attributes)
    batched->setAttr(attribute.getName(), attribute.getValue());
  outs.values.push_back(batched->getResult(0));
  outs.batched.push_back(true);
  return success();
}

static NamedAttribute dimsAttr(OpBuilder &b, StringAttr name,
                               ArrayRef<int64_t> dims) {
  return b.getNamedAttr(name, b.getDenseI64ArrayAttr(dims));
}

//===----------------------------------------------------------------------===//
// broadcast
//===----------------------------------------------------------------------===//

LogicalResult BroadcastOp::jvp(JvpContext &ctx, ValueRange primals,
                               ArrayRef<Value> tangents, JvpResult &outs) {
  return jvpOfLinear(*this, ctx, primals, tangents, {0}, outs);
}

LogicalResult BroadcastOp::transpose(TransposeContext &ctx, ArrayRef<bool>,
                                     ArrayRef<Value>,
                                     ArrayRef<Value> cotangents,
                                     SmallVectorImpl<Value> &outs) {
  Value ct = cotangents[0];
  outs.push_back(
      ct ? ReduceSumOp::create(ctx.builder, getLoc(), ct,
                               otherDims(getType().getRank(), getDims()))
         : Value());
  return success();
}

LogicalResult BroadcastOp::batch(BatchContext &ctx, ValueRange operands,
                                 ArrayRef<bool>, BatchResult &outs) {
  return batchOfUnary(*this, ctx, operands,
                      dimsAttr(ctx.builder, getDimsAttrName(),
                               prepended(0, shifted(getDims()))),
                      outs);
}

//===----------------------------------------------------------------------===//
// reshape
//===----------------------------------------------------------------------===//

LogicalResult ReshapeOp::jvp(JvpContext &ctx, ValueRange primals,
                             ArrayRef<Value> tangents, JvpResult &outs) {
  return jvpOfLinear(*this, ctx, primals, tangents, {0}, outs);
}

LogicalResult ReshapeOp::transpose(TransposeContext &ctx, ArrayRef<bool>,
                                   ArrayRef<Value>, ArrayRef<Value> cotangents,
                                   SmallVectorImpl<Value> &outs) {
  Value ct = cotangents[0];
  outs.push_back(
      ct ? ReshapeOp::create(ctx.builder, getLoc(), getX().getType(), ct)
         : Value());
  return success();
}

LogicalResult ReshapeOp::batch(BatchContext &ctx, ValueRange operands,
                               ArrayRef<bool>, BatchResult &outs) {
  return batchOfUnary(*this, ctx, operands, {}, outs);
}

//===----------------------------------------------------------------------===//
// transpose
//===----------------------------------------------------------------------===//

LogicalResult TransposeOp::jvp(JvpContext &ctx, ValueRange primals,
                               ArrayRef<Value> tangents, JvpResult &outs) {
  return jvpOfLinear(*this, ctx, primals, tangents, {0}, outs);
}

LogicalResult TransposeOp::transpose(TransposeContext &ctx, ArrayRef<bool>,
                                     ArrayRef<Value>,
                                     ArrayRef<Value> cotangents,
                                     SmallVectorImpl<Value> &outs) {
  Value ct = cotangents[0];
  SmallVector<int64_t> inverse(getPermutation().size());
  for (auto [i, dim] : llvm::enumerate(getPermutation()))
    inverse[dim] = i;
  outs.push_back(ct ? TransposeOp::create(ctx.builder, getLoc(), ct, inverse)
                    : Value());
  return success();
}

LogicalResult TransposeOp::batch(BatchContext &ctx, ValueRange operands,
                                 ArrayRef<bool>, BatchResult &outs) {
  return batchOfUnary(*this, ctx, operands,
                      dimsAttr(ctx.builder, getPermutationAttrName(),
                               prepended(0, shifted(getPermutation()))),
                      outs);
}

//===----------------------------------------------------------------------===//
// reverse
//===----------------------------------------------------------------------===//

LogicalResult ReverseOp::jvp(JvpContext &ctx, ValueRange primals,
                             ArrayRef<Value> tangents, JvpResult &outs) {
  return jvpOfLinear(*this, ctx, primals, tangents, {0}, outs);
}

LogicalResult ReverseOp::transpose(TransposeContext &ctx, ArrayRef<bool>,
                                   ArrayRef<Value>, ArrayRef<Value> cotangents,
                                   SmallVectorImpl<Value> &outs) {
  Value ct = cotangents[0];
  outs.push_back(ct ? ReverseOp::create(ctx.builder, getLoc(), ct, getDims())
                    : Value());
  return success();
}

LogicalResult ReverseOp::batch(BatchContext &ctx, ValueRange operands,
                               ArrayRef<bool>, BatchResult &outs) {
  return batchOfUnary(
      *this, ctx, operands,
      dimsAttr(ctx.builder, getDimsAttrName(), shifted(getDims())), outs);
}

//===----------------------------------------------------------------------===//
// slice
//===----------------------------------------------------------------------===//

LogicalResult SliceOp::jvp(JvpContext &ctx, ValueRange primals,
                           ArrayRef<Value> tangents, JvpResult &outs) {
  return jvpOfLinear(*this, ctx, primals, tangents, {0}, outs);
}

LogicalResult SliceOp::transpose(TransposeContext &ctx, ArrayRef<bool>,
                                 ArrayRef<Value>, ArrayRef<Value> cotangents,
                                 SmallVectorImpl<Value> &outs) {
  Value ct = cotangents[0];
  outs.push_back(nullptr);
  // The transpose of an empty slice is zero.
  if (tensorTypeOf(ct).getNumElements() == 0)
    return success();
  SmallVector<int64_t> high, interior;
  for (auto [extent, start, stride, taken] : llvm::zip_equal(
           shapeOf(getX()), getStarts(), getStrides(), shapeOf(ct))) {
    high.push_back(extent - (start + (taken - 1) * stride + 1));
    interior.push_back(stride - 1);
  }
  Value zero = emitZeros(ctx.builder, getLoc(), withShape(ct.getType(), {}));
  outs.back() = PadOp::create(ctx.builder, getLoc(), ct, zero, getStarts(),
                              high, interior);
  return success();
}

LogicalResult SliceOp::batch(BatchContext &ctx, ValueRange operands,
                             ArrayRef<bool>, BatchResult &outs) {
  OpBuilder &b = ctx.builder;
  return batchOfUnary(
      *this, ctx, operands,
      {dimsAttr(b, getStartsAttrName(), prepended(0, getStarts())),
       dimsAttr(b, getLimitsAttrName(), prepended(ctx.size, getLimits())),
       dimsAttr(b, getStridesAttrName(), prepended(1, getStrides()))},
      outs);
}

//===----------------------------------------------------------------------===//
// pad
//===----------------------------------------------------------------------===//

LogicalResult PadOp::jvp(JvpContext &ctx, ValueRange primals,
                         ArrayRef<Value> tangents, JvpResult &outs) {
  return jvpOfLinear(*this, ctx, primals, tangents, {0, 1}, outs);
}

/// True where `pad`, batched or not, holds its padding value.
static Value paddingMask(OpBuilder &b, PadOp pad, ArrayRef<int64_t> shape) {
  Type bools = RankedTensorType::get(shape, b.getI1Type());
  Value inside = emitZeros(b, pad.getLoc(), bools);
  Value outside = emitSplat(b, pad.getLoc(), withShape(bools, {}), 1.0);
  return PadOp::create(b, pad.getLoc(), inside, outside, pad.getLow(),
                       pad.getHigh(), pad.getInterior());
}

LogicalResult PadOp::transpose(TransposeContext &ctx, ArrayRef<bool> linear,
                               ArrayRef<Value>, ArrayRef<Value> cotangents,
                               SmallVectorImpl<Value> &outs) {
  OpBuilder &b = ctx.builder;
  Value ct = cotangents[0];
  outs.assign(2, nullptr);
  if (linear[0] && tensorTypeOf(getX()).getNumElements() > 0) {
    SmallVector<int64_t> limits, strides;
    for (auto [extent, low, interior] :
         llvm::zip_equal(shapeOf(getX()), getLow(), getInterior())) {
      strides.push_back(interior + 1);
      limits.push_back(low + (extent - 1) * (interior + 1) + 1);
    }
    outs[0] = SliceOp::create(b, getLoc(), ct, getLow(), limits, strides);
  }
  if (linear[1]) {
    Value padding =
        SelectOp::create(b, getLoc(), paddingMask(b, *this, shapeOf(getX())),
                         ct, emitZeros(b, getLoc(), ct.getType()));
    outs[1] = ReduceSumOp::create(b, getLoc(), padding,
                                  iotaDims(getType().getRank()));
  }
  return success();
}

LogicalResult PadOp::batch(BatchContext &ctx, ValueRange operands,
                           ArrayRef<bool> batched, BatchResult &outs) {
  OpBuilder &b = ctx.builder;
  Value x =
      batched[0] ? operands[0] : emitBatch(b, getLoc(), operands[0], ctx.size);
  // Each example has its own value: pad with zeros, then put the values there.
  Value value =
      batched[1] ? emitZeros(b, getLoc(), getValue().getType()) : operands[1];
  Value padded =
      PadOp::create(b, getLoc(), x, value, prepended(0, getLow()),
                    prepended(0, getHigh()), prepended(0, getInterior()));
  if (batched[1]) {
    Value mask = emitBatch(b, getLoc(), paddingMask(b, *this, shapeOf(getX())),
                           ctx.size);
    Value values = BroadcastOp::create(b, getLoc(), padded.getType(),
                                       operands[1], ArrayRef<int64_t>{0});
    padded = SelectOp::create(b, getLoc(), mask, values, padded);
  }
  outs.values.push_back(padded);
  outs.batched.push_back(true);
  return success();
}

//===----------------------------------------------------------------------===//
// concatenate
//===----------------------------------------------------------------------===//

LogicalResult ConcatenateOp::jvp(JvpContext &ctx, ValueRange primals,
                                 ArrayRef<Value> tangents, JvpResult &outs) {
  return jvpOfLinear(*this, ctx, primals, tangents, iotaDims(getNumOperands()),
                     outs);
}

LogicalResult ConcatenateOp::transpose(TransposeContext &ctx,
                                       ArrayRef<bool> linear, ArrayRef<Value>,
                                       ArrayRef<Value> cotangents,
                                       SmallVectorImpl<Value> &outs) {
  Value ct = cotangents[0];
  outs.assign(getNumOperands(), nullptr);
  SmallVector<int64_t> starts(getType().getRank(), 0);
  SmallVector<int64_t> strides(getType().getRank(), 1);
  for (auto [i, input] : llvm::enumerate(getInputs())) {
    SmallVector<int64_t> limits(shapeOf(ct));
    limits[getDim()] = starts[getDim()] + shapeOf(input)[getDim()];
    if (linear[i])
      outs[i] =
          SliceOp::create(ctx.builder, getLoc(), ct, starts, limits, strides);
    starts[getDim()] = limits[getDim()];
  }
  return success();
}

LogicalResult ConcatenateOp::batch(BatchContext &ctx, ValueRange operands,
                                   ArrayRef<bool> batched, BatchResult &outs) {
  SmallVector<Value> inputs;
  for (auto [operand, isBatched] : llvm::zip_equal(operands, batched))
    inputs.push_back(isBatched
                         ? operand
                         : emitBatch(ctx.builder, getLoc(), operand, ctx.size));
  outs.values.push_back(
      ConcatenateOp::create(ctx.builder, getLoc(), inputs, getDim() + 1));
  outs.batched.push_back(true);
  return success();
}
