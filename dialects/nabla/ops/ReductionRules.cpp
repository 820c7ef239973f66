//===- ReductionRules.cpp - Rules of reductions ---------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/Emit.h"

using namespace mlir;
using namespace nabla;

/// A reduction of a batch: the batch dimension stays.
template <typename Op>
static LogicalResult batchOfReduction(Op op, BatchContext &ctx,
                                      ValueRange operands, BatchResult &outs) {
  outs.values.push_back(
      Op::create(ctx.builder, op.getLoc(), operands[0], shifted(op.getDims())));
  outs.batched.push_back(true);
  return success();
}

/// `reduced`, repeated along the dimensions that made it from `like`.
static Value unreduce(OpBuilder &b, Location loc, Value reduced, Type like,
                      ArrayRef<int64_t> dims) {
  auto type = cast<RankedTensorType>(like);
  return BroadcastOp::create(b, loc,
                             withShape(reduced.getType(), type.getShape()),
                             reduced, otherDims(type.getRank(), dims));
}

//===----------------------------------------------------------------------===//
// reduce_sum
//===----------------------------------------------------------------------===//

LogicalResult ReduceSumOp::jvp(JvpContext &ctx, ValueRange primals,
                               ArrayRef<Value> tangents, JvpResult &outs) {
  return jvpOfLinear(*this, ctx, primals, tangents, {0}, outs);
}

LogicalResult ReduceSumOp::transpose(TransposeContext &ctx, ArrayRef<bool>,
                                     ArrayRef<Value>,
                                     ArrayRef<Value> cotangents,
                                     SmallVectorImpl<Value> &outs) {
  Value ct = cotangents[0];
  outs.push_back(
      ct ? unreduce(ctx.builder, getLoc(), ct, getX().getType(), getDims())
         : Value());
  return success();
}

LogicalResult ReduceSumOp::batch(BatchContext &ctx, ValueRange operands,
                                 ArrayRef<bool>, BatchResult &outs) {
  return batchOfReduction(*this, ctx, operands, outs);
}

//===----------------------------------------------------------------------===//
// reduce_prod
//===----------------------------------------------------------------------===//

namespace {
/// A primal and its tangent.
struct Dual {
  Value primal, tangent;
};
} // namespace

static Dual sliceOfDual(OpBuilder &b, Location loc, Dual x, int64_t start,
                        int64_t limit) {
  SmallVector<int64_t> starts(shapeOf(x.primal).size(), 0);
  SmallVector<int64_t> limits(shapeOf(x.primal));
  SmallVector<int64_t> strides(limits.size(), 1);
  starts[0] = start;
  limits[0] = limit;
  return {SliceOp::create(b, loc, x.primal, starts, limits, strides),
          SliceOp::create(b, loc, x.tangent, starts, limits, strides)};
}

static Dual productOfDuals(OpBuilder &b, Location loc, Dual x, Dual y) {
  Value left = MulZeroOp::create(b, loc, x.tangent, y.primal);
  Value right = MulZeroOp::create(b, loc, y.tangent, x.primal);
  return {MulOp::create(b, loc, x.primal, y.primal),
          AddOp::create(b, loc, left, right)};
}

/// Multiplies the slices along the leading dimension in pairs, so that the
/// derivative is right where factors are zero; the IR grows with the logarithm.
static Dual productOfSlices(OpBuilder &b, Location loc, Dual x) {
  while (shapeOf(x.primal)[0] > 1) {
    int64_t extent = shapeOf(x.primal)[0], half = extent / 2;
    Dual left = sliceOfDual(b, loc, x, 0, half);
    Dual right = sliceOfDual(b, loc, x, half, 2 * half);
    Dual product = productOfDuals(b, loc, left, right);
    if (extent % 2) {
      Dual last = sliceOfDual(b, loc, x, 2 * half, extent);
      product = {ConcatenateOp::create(
                     b, loc, ValueRange{product.primal, last.primal}, 0),
                 ConcatenateOp::create(
                     b, loc, ValueRange{product.tangent, last.tangent}, 0)};
    }
    x = product;
  }
  return x;
}

/// `x` with the dimensions `dims` merged into a leading one.
static Value mergeInFront(OpBuilder &b, Location loc, Value x,
                          ArrayRef<int64_t> dims) {
  SmallVector<int64_t> order(dims);
  SmallVector<int64_t> kept = otherDims(shapeOf(x).size(), dims);
  llvm::append_range(order, kept);
  Value front = nabla::TransposeOp::create(b, loc, x, order);
  int64_t merged = 1;
  for (int64_t dim : dims)
    merged *= shapeOf(x)[dim];
  return emitReshape(b, loc, front,
                     prepended(merged, shapeOf(front).drop_front(dims.size())));
}

LogicalResult ReduceProdOp::jvp(JvpContext &ctx, ValueRange primals,
                                ArrayRef<Value> tangents, JvpResult &outs) {
  OpBuilder &b = ctx.builder;
  outs.primals.push_back(
      ReduceProdOp::create(b, getLoc(), primals[0], getDims()));
  outs.tangents.push_back(nullptr);
  Dual slices{mergeInFront(b, getLoc(), primals[0], getDims()),
              mergeInFront(b, getLoc(), tangents[0], getDims())};
  // The product of nothing is constant.
  if (shapeOf(slices.primal)[0] == 0)
    return success();
  Dual product = productOfSlices(b, getLoc(), slices);
  outs.tangents.back() =
      emitReshape(b, getLoc(), product.tangent, getType().getShape());
  return success();
}

LogicalResult ReduceProdOp::batch(BatchContext &ctx, ValueRange operands,
                                  ArrayRef<bool>, BatchResult &outs) {
  return batchOfReduction(*this, ctx, operands, outs);
}

//===----------------------------------------------------------------------===//
// reduce_max, reduce_min
//===----------------------------------------------------------------------===//

/// The mean of the tangents of the elements that attain the extremum.
template <typename Op>
static LogicalResult jvpOfExtremum(Op op, JvpContext &ctx, ValueRange primals,
                                   ArrayRef<Value> tangents, JvpResult &outs) {
  OpBuilder &b = ctx.builder;
  Location loc = op.getLoc();
  Value extremum = Op::create(b, loc, primals[0], op.getDims());
  outs.primals.push_back(extremum);
  outs.tangents.push_back(nullptr);
  // The extremum of nothing is constant.
  if (!tangents[0] || tensorTypeOf(primals[0]).getNumElements() == 0)
    return success();
  Value repeated =
      unreduce(b, loc, extremum, primals[0].getType(), op.getDims());
  Value attained =
      CompareOp::create(b, loc, Predicate::eq, primals[0], repeated);
  Value weight = ConvertOp::create(b, loc, primals[0].getType(), attained);
  Value count = ReduceSumOp::create(b, loc, weight, op.getDims());
  Value weighted = MulZeroOp::create(b, loc, tangents[0], weight);
  Value sum = ReduceSumOp::create(b, loc, weighted, op.getDims());
  outs.tangents.back() = DivOp::create(b, loc, sum, count);
  return success();
}

LogicalResult ReduceMaxOp::jvp(JvpContext &ctx, ValueRange primals,
                               ArrayRef<Value> tangents, JvpResult &outs) {
  return jvpOfExtremum(*this, ctx, primals, tangents, outs);
}

LogicalResult ReduceMaxOp::batch(BatchContext &ctx, ValueRange operands,
                                 ArrayRef<bool>, BatchResult &outs) {
  return batchOfReduction(*this, ctx, operands, outs);
}

LogicalResult ReduceMinOp::jvp(JvpContext &ctx, ValueRange primals,
                               ArrayRef<Value> tangents, JvpResult &outs) {
  return jvpOfExtremum(*this, ctx, primals, tangents, outs);
}

LogicalResult ReduceMinOp::batch(BatchContext &ctx, ValueRange operands,
                                 ArrayRef<bool>, BatchResult &outs) {
  return batchOfReduction(*this, ctx, operands, outs);
}

//===----------------------------------------------------------------------===//
// reduce_and, reduce_or
//===----------------------------------------------------------------------===//

LogicalResult ReduceAndOp::jvp(JvpContext &ctx, ValueRange primals,
                               ArrayRef<Value>, JvpResult &outs) {
  return jvpOfConstant(*this, ctx, primals, outs);
}

LogicalResult ReduceAndOp::batch(BatchContext &ctx, ValueRange operands,
                                 ArrayRef<bool>, BatchResult &outs) {
  return batchOfReduction(*this, ctx, operands, outs);
}

LogicalResult ReduceOrOp::jvp(JvpContext &ctx, ValueRange primals,
                              ArrayRef<Value>, JvpResult &outs) {
  return jvpOfConstant(*this, ctx, primals, outs);
}

LogicalResult ReduceOrOp::batch(BatchContext &ctx, ValueRange operands,
                                ArrayRef<bool>, BatchResult &outs) {
  return batchOfReduction(*this, ctx, operands, outs);
}

//===----------------------------------------------------------------------===//
// argmax, argmin, argsort
//===----------------------------------------------------------------------===//

/// Positions along a dimension.
template <typename Op>
static LogicalResult batchOfPositions(Op op, BatchContext &ctx,
                                      ValueRange operands, BatchResult &outs) {
  outs.values.push_back(
      Op::create(ctx.builder, op.getLoc(), operands[0], op.getDim() + 1));
  outs.batched.push_back(true);
  return success();
}

LogicalResult ArgmaxOp::jvp(JvpContext &ctx, ValueRange primals,
                            ArrayRef<Value>, JvpResult &outs) {
  return jvpOfConstant(*this, ctx, primals, outs);
}

LogicalResult ArgmaxOp::batch(BatchContext &ctx, ValueRange operands,
                              ArrayRef<bool>, BatchResult &outs) {
  return batchOfPositions(*this, ctx, operands, outs);
}

LogicalResult ArgminOp::jvp(JvpContext &ctx, ValueRange primals,
                            ArrayRef<Value>, JvpResult &outs) {
  return jvpOfConstant(*this, ctx, primals, outs);
}

LogicalResult ArgminOp::batch(BatchContext &ctx, ValueRange operands,
                              ArrayRef<bool>, BatchResult &outs) {
  return batchOfPositions(*this, ctx, operands, outs);
}

LogicalResult ArgsortOp::jvp(JvpContext &ctx, ValueRange primals,
                             ArrayRef<Value>, JvpResult &outs) {
  return jvpOfConstant(*this, ctx, primals, outs);
}

LogicalResult ArgsortOp::batch(BatchContext &ctx, ValueRange operands,
                               ArrayRef<bool>, BatchResult &outs) {
  outs.values.push_back(ArgsortOp::create(ctx.builder, getLoc(), operands[0],
                                          getDim() + 1, getCount(),
                                          getDescending()));
  outs.batched.push_back(true);
  return success();
}

//===----------------------------------------------------------------------===//
// cumsum
//===----------------------------------------------------------------------===//

LogicalResult CumsumOp::jvp(JvpContext &ctx, ValueRange primals,
                            ArrayRef<Value> tangents, JvpResult &outs) {
  return jvpOfLinear(*this, ctx, primals, tangents, {0}, outs);
}

LogicalResult CumsumOp::transpose(TransposeContext &ctx, ArrayRef<bool>,
                                  ArrayRef<Value>, ArrayRef<Value> cotangents,
                                  SmallVectorImpl<Value> &outs) {
  Value ct = cotangents[0];
  outs.push_back(ct ? CumsumOp::create(ctx.builder, getLoc(), ct.getType(), ct,
                                       getDim(), !getReverse())
                    : Value());
  return success();
}

LogicalResult CumsumOp::batch(BatchContext &ctx, ValueRange operands,
                              ArrayRef<bool>, BatchResult &outs) {
  outs.values.push_back(CumsumOp::create(ctx.builder, getLoc(),
                                         operands[0].getType(), operands[0],
                                         getDim() + 1, getReverse()));
  outs.batched.push_back(true);
  return success();
}
