//===- IndexingRules.cpp - Rules of ops with run-time positions -----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Gather and scatter-add are each other's transposes, and so are dynamic_slice
// and dynamic_update_slice. Positions are integers and have no tangents.
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/Emit.h"

using namespace mlir;
using namespace nabla;

static Value asBatch(BatchContext &ctx, Value value, bool batched) {
  return batched ? value
                 : emitBatch(ctx.builder, value.getLoc(), value, ctx.size);
}

static void pushBatched(BatchResult &outs, Value value) {
  outs.values.push_back(value);
  outs.batched.push_back(true);
}

/// `starts` of every example as i64, clamped so that boxes of `sizes` lie
/// within `extents`: a value of shape [batch, rank].
static Value clampedStarts(OpBuilder &b, Location loc, Value starts,
                           ArrayRef<int64_t> extents, ArrayRef<int64_t> sizes) {
  // Half of the values of ui64 are not in i64: clamp them as they are.
  Type original = tensorTypeOf(starts).getElementType();
  Type element =
      original.isUnsignedInteger(64) ? original : Type(b.getI64Type());
  Type type = RankedTensorType::get(shapeOf(starts), element);
  SmallVector<APInt> highest;
  for (auto [extent, size] : llvm::zip_equal(extents, sizes))
    highest.push_back(APInt(64, extent - size));
  auto rowType =
      RankedTensorType::get({static_cast<int64_t>(sizes.size())}, element);
  Value row = ConstantOp::create(b, loc, rowType,
                                 DenseElementsAttr::get(rowType, highest));
  Value limit = BroadcastOp::create(b, loc, type, row, ArrayRef<int64_t>{1});
  Value clamped = ConvertOp::create(b, loc, type, starts);
  if (!original.isUnsignedInteger())
    clamped = MaxOp::create(b, loc, clamped, emitZeros(b, loc, type));
  clamped = MinOp::create(b, loc, clamped, limit);
  return ConvertOp::create(
      b, loc, RankedTensorType::get(shapeOf(starts), b.getI64Type()), clamped);
}

/// The position of every element of one box an example: [batch, sizes...,
/// rank].
static Value boxPositions(OpBuilder &b, Location loc, Value starts,
                          ArrayRef<int64_t> sizes) {
  int64_t batch = shapeOf(starts)[0], rank = sizes.size();
  SmallVector<int64_t> shape = prepended(batch, sizes);
  Type gridType = RankedTensorType::get(shape, b.getI64Type());
  shape.push_back(1);
  SmallVector<Value> columns;
  for (int64_t dim = 0; dim < rank; ++dim) {
    Value column = SliceOp::create(b, loc, starts, ArrayRef<int64_t>{0, dim},
                                   ArrayRef<int64_t>{batch, dim + 1},
                                   ArrayRef<int64_t>{1, 1});
    column = emitReshape(b, loc, column, {batch});
    column =
        BroadcastOp::create(b, loc, gridType, column, ArrayRef<int64_t>{0});
    Value offset = IotaOp::create(b, loc, gridType, dim + 1);
    Value position = AddOp::create(b, loc, column, offset);
    columns.push_back(emitReshape(b, loc, position, shape));
  }
  return ConcatenateOp::create(b, loc, columns, rank + 1);
}

//===----------------------------------------------------------------------===//
// dynamic_slice
//===----------------------------------------------------------------------===//

LogicalResult DynamicSliceOp::jvp(JvpContext &ctx, ValueRange primals,
                                  ArrayRef<Value> tangents, JvpResult &outs) {
  return jvpOfLinear(*this, ctx, primals, tangents, {0}, outs);
}

LogicalResult DynamicSliceOp::transpose(TransposeContext &ctx, ArrayRef<bool>,
                                        ArrayRef<Value> operands,
                                        ArrayRef<Value> cotangents,
                                        SmallVectorImpl<Value> &outs) {
  Value ct = cotangents[0];
  outs.assign(2, nullptr);
  Value zeros = emitZeros(ctx.builder, getLoc(), getX().getType());
  outs[0] = DynamicUpdateSliceOp::create(ctx.builder, getLoc(), zeros, ct,
                                         operands[1]);
  return success();
}

LogicalResult DynamicSliceOp::batch(BatchContext &ctx, ValueRange operands,
                                    ArrayRef<bool> batched, BatchResult &outs) {
  OpBuilder &b = ctx.builder;
  // A scalar has only one box.
  if (getSizes().empty()) {
    outs.values.push_back(operands[0]);
    outs.batched.push_back(batched[0]);
    return success();
  }
  if (!batched[1]) {
    Value first = emitZeros(b, getLoc(), withShape(operands[1].getType(), {1}));
    Value starts =
        ConcatenateOp::create(b, getLoc(), ValueRange{first, operands[1]}, 0);
    pushBatched(outs, DynamicSliceOp::create(b, getLoc(), operands[0], starts,
                                             prepended(ctx.size, getSizes())));
    return success();
  }
  Value starts =
      clampedStarts(b, getLoc(), operands[1], shapeOf(getX()), getSizes());
  Value positions = boxPositions(b, getLoc(), starts, getSizes());
  SmallVector<int64_t> dims = iotaDims(getSizes().size());
  pushBatched(outs, batched[0] ? GatherOp::create(b, getLoc(), operands[0],
                                                  positions, shifted(dims), 1)
                               : GatherOp::create(b, getLoc(), operands[0],
                                                  positions, dims, 0));
  return success();
}

//===----------------------------------------------------------------------===//
// dynamic_update_slice
//===----------------------------------------------------------------------===//

LogicalResult DynamicUpdateSliceOp::jvp(JvpContext &ctx, ValueRange primals,
                                        ArrayRef<Value> tangents,
                                        JvpResult &outs) {
  return jvpOfLinear(*this, ctx, primals, tangents, {0, 1}, outs);
}

LogicalResult DynamicUpdateSliceOp::transpose(TransposeContext &ctx,
                                              ArrayRef<bool> linear,
                                              ArrayRef<Value> operands,
                                              ArrayRef<Value> cotangents,
                                              SmallVectorImpl<Value> &outs) {
  OpBuilder &b = ctx.builder;
  Value ct = cotangents[0];
  outs.assign(3, nullptr);
  if (linear[0]) {
    Value zeros = emitZeros(b, getLoc(), getUpdate().getType());
    outs[0] = DynamicUpdateSliceOp::create(b, getLoc(), ct, zeros, operands[2]);
  }
  if (linear[1])
    outs[1] = DynamicSliceOp::create(b, getLoc(), ct, operands[2],
                                     shapeOf(getUpdate()));
  return success();
}

LogicalResult DynamicUpdateSliceOp::batch(BatchContext &ctx,
                                          ValueRange operands,
                                          ArrayRef<bool> batched,
                                          BatchResult &outs) {
  OpBuilder &b = ctx.builder;
  Value x = asBatch(ctx, operands[0], batched[0]);
  Value update = asBatch(ctx, operands[1], batched[1]);
  ArrayRef<int64_t> sizes = shapeOf(getUpdate());
  if (sizes.empty()) {
    pushBatched(outs, update);
    return success();
  }
  if (!batched[2]) {
    Value first = emitZeros(b, getLoc(), withShape(operands[2].getType(), {1}));
    Value starts =
        ConcatenateOp::create(b, getLoc(), ValueRange{first, operands[2]}, 0);
    pushBatched(outs,
                DynamicUpdateSliceOp::create(b, getLoc(), x, update, starts));
    return success();
  }
  Value starts =
      clampedStarts(b, getLoc(), operands[2], shapeOf(getX()), sizes);
  Value positions = boxPositions(b, getLoc(), starts, sizes);
  pushBatched(outs,
              ScatterOp::create(b, getLoc(), Combine::set, x, positions, update,
                                shifted(iotaDims(sizes.size())), 1));
  return success();
}

//===----------------------------------------------------------------------===//
// gather
//===----------------------------------------------------------------------===//

LogicalResult GatherOp::jvp(JvpContext &ctx, ValueRange primals,
                            ArrayRef<Value> tangents, JvpResult &outs) {
  return jvpOfLinear(*this, ctx, primals, tangents, {0}, outs);
}

LogicalResult GatherOp::transpose(TransposeContext &ctx, ArrayRef<bool>,
                                  ArrayRef<Value> operands,
                                  ArrayRef<Value> cotangents,
                                  SmallVectorImpl<Value> &outs) {
  Value ct = cotangents[0];
  outs.assign(2, nullptr);
  Value zeros = emitZeros(ctx.builder, getLoc(), getX().getType());
  outs[0] = ScatterOp::create(ctx.builder, getLoc(), Combine::add, zeros,
                              operands[1], ct, getDims(), getBatchDims());
  return success();
}

LogicalResult GatherOp::batch(BatchContext &ctx, ValueRange operands,
                              ArrayRef<bool> batched, BatchResult &outs) {
  OpBuilder &b = ctx.builder;
  bool noBatchDims = getBatchDims() == 0;
  if (noBatchDims && !batched[0]) {
    pushBatched(outs, GatherOp::create(b, getLoc(), operands[0], operands[1],
                                       getDims(), 0));
    return success();
  }
  if (noBatchDims && !batched[1]) {
    // The batch is one more dimension of x that is not indexed.
    Value slices = GatherOp::create(b, getLoc(), operands[0], operands[1],
                                    shifted(getDims()), 0);
    int64_t position = shapeOf(operands[1]).size() - 1;
    pushBatched(outs, emitMoveDim(b, getLoc(), slices, position, 0));
    return success();
  }
  pushBatched(outs, GatherOp::create(b, getLoc(),
                                     asBatch(ctx, operands[0], batched[0]),
                                     asBatch(ctx, operands[1], batched[1]),
                                     shifted(getDims()), getBatchDims() + 1));
  return success();
}

//===----------------------------------------------------------------------===//
// scatter
//===----------------------------------------------------------------------===//

LogicalResult ScatterOp::jvp(JvpContext &ctx, ValueRange primals,
                             ArrayRef<Value> tangents, JvpResult &outs) {
  bool addsConstant =
      getCombine() == Combine::add && tangents[0] && !tangents[2];
  if (!addsConstant)
    return jvpOfLinear(*this, ctx, primals, tangents, {0, 2}, outs);
  Operation *primal = rebuild(ctx.builder, *this, primals, getType());
  outs.primals.push_back(primal->getResult(0));
  outs.tangents.push_back(tangents[0]);
  return success();
}

/// Which updates of a scatter that sets survive the later ones.
static Value survivors(OpBuilder &b, ScatterOp scatter, Value indices) {
  Location loc = scatter.getLoc();
  auto number = RankedTensorType::get(
      {tensorTypeOf(scatter.getUpdates()).getNumElements()}, b.getI64Type());
  Value ids = emitReshape(b, loc, IotaOp::create(b, loc, number, 0),
                          shapeOf(scatter.getUpdates()));
  Type target = RankedTensorType::get(shapeOf(scatter.getX()), b.getI64Type());
  Value written = ScatterOp::create(b, loc, Combine::set,
                                    emitSplat(b, loc, target, -1), indices, ids,
                                    scatter.getDims(), scatter.getBatchDims());
  Value read = GatherOp::create(b, loc, written, indices, scatter.getDims(),
                                scatter.getBatchDims());
  return CompareOp::create(b, loc, Predicate::eq, read, ids);
}

LogicalResult ScatterOp::transpose(TransposeContext &ctx, ArrayRef<bool> linear,
                                   ArrayRef<Value> operands,
                                   ArrayRef<Value> cotangents,
                                   SmallVectorImpl<Value> &outs) {
  OpBuilder &b = ctx.builder;
  Value ct = cotangents[0], indices = operands[1];
  outs.assign(3, nullptr);
  bool adds = getCombine() == Combine::add;
  Value zeros = emitZeros(b, getLoc(), getUpdates().getType());
  if (linear[0])
    outs[0] = adds ? ct
                   : ScatterOp::create(b, getLoc(), Combine::set, ct, indices,
                                       zeros, getDims(), getBatchDims());
  if (linear[2]) {
    outs[2] =
        GatherOp::create(b, getLoc(), ct, indices, getDims(), getBatchDims());
    if (!adds)
      outs[2] = SelectOp::create(b, getLoc(), survivors(b, *this, indices),
                                 outs[2], zeros);
  }
  return success();
}

LogicalResult ScatterOp::batch(BatchContext &ctx, ValueRange operands,
                               ArrayRef<bool> batched, BatchResult &outs) {
  Value x = asBatch(ctx, operands[0], batched[0]);
  Value indices = asBatch(ctx, operands[1], batched[1]);
  Value updates = asBatch(ctx, operands[2], batched[2]);
  pushBatched(outs, ScatterOp::create(ctx.builder, getLoc(), getCombine(), x,
                                      indices, updates, shifted(getDims()),
                                      getBatchDims() + 1));
  return success();
}
