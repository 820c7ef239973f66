//===- ConvolutionRules.cpp - Rules of convolution ------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Both transposes of a convolution are convolutions (Dumoulin and Visin, "A
// guide to convolution arithmetic for deep learning", 2016). Below, `g` is the
// number of groups, and a dimension that interleaves groups with something else
// is split or joined by a reshape.
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/Emit.h"

using namespace mlir;
using namespace nabla;

LogicalResult ConvolutionOp::jvp(JvpContext &ctx, ValueRange primals,
                                 ArrayRef<Value> tangents, JvpResult &outs) {
  return jvpOfBilinear(*this, ctx, primals, tangents, outs);
}

//===----------------------------------------------------------------------===//
// Dimensions
//===----------------------------------------------------------------------===//

/// `value` with dimension `dim` split into `outer` parts.
static Value splitDim(OpBuilder &b, Location loc, Value value, int64_t dim,
                      int64_t outer) {
  SmallVector<int64_t> shape(shapeOf(value));
  shape[dim] /= outer;
  shape.insert(shape.begin() + dim, outer);
  return emitReshape(b, loc, value, shape);
}

/// `value` with dimensions `dim` and `dim + 1` made one.
static Value joinDims(OpBuilder &b, Location loc, Value value, int64_t dim) {
  SmallVector<int64_t> shape(shapeOf(value));
  shape[dim] *= shape[dim + 1];
  shape.erase(shape.begin() + dim + 1);
  return emitReshape(b, loc, value, shape);
}

static int64_t rankOf(Value value) { return shapeOf(value).size(); }

/// The elements that windows read along one dimension of space.
static int64_t extentRead(ConvolutionOp op, int64_t i) {
  int64_t windows = op.getType().getDimSize(i + 1);
  int64_t size = op.getKernel().getType().getDimSize(i);
  return (windows - 1) * op.getStrides()[i] +
         (size - 1) * op.getDilations()[i] + 1;
}

//===----------------------------------------------------------------------===//
// Transposes
//===----------------------------------------------------------------------===//

/// The kernel with space reversed and, within each group, channels and features
/// exchanged: (space..., c, g f) becomes (space..., f, g c).
static Value exchangeKernel(OpBuilder &b, Location loc, Value kernel,
                            int64_t groups) {
  int64_t space = rankOf(kernel) - 2;
  Value flipped = kernel;
  if (space > 0)
    flipped =
        ReverseOp::create(b, loc, kernel.getType(), kernel, iotaDims(space));
  SmallVector<int64_t> order = iotaDims(space);
  if (groups == 1) {
    order.append({space + 1, space});
    return nabla::TransposeOp::create(b, loc, flipped, order);
  }
  Value split = splitDim(b, loc, flipped, space + 1, groups);
  order.append({space + 2, space + 1, space});
  Value exchanged = nabla::TransposeOp::create(b, loc, split, order);
  return joinDims(b, loc, exchanged, space + 1);
}

/// Each element of x gets the cotangents of the windows that read it: they are
/// spread as the windows are, and a window is as long as the kernel.
static Value cotangentOfX(OpBuilder &b, ConvolutionOp op, Value kernel,
                          Value ct) {
  Location loc = op.getLoc();
  RankedTensorType x = op.getX().getType();
  int64_t rank = x.getRank();
  SmallVector<int64_t> low(rank, 0), high(rank, 0), interior(rank, 0);
  for (int64_t i = 0; i < rank - 2; ++i) {
    int64_t reach = (shapeOf(kernel)[i] - 1) * op.getDilations()[i];
    low[i + 1] = reach;
    high[i + 1] = reach + x.getDimSize(i + 1) - extentRead(op, i);
    interior[i + 1] = op.getStrides()[i] - 1;
  }
  Value zero = emitZeros(b, loc, withShape(x, {}));
  Value spread = PadOp::create(b, loc, ct, zero, low, high, interior);
  return ConvolutionOp::create(
      b, loc, spread, exchangeKernel(b, loc, kernel, op.getGroups()),
      SmallVector<int64_t>(rank - 2, 1), op.getDilations(), op.getGroups());
}

/// (n, space..., g c) as (c, space..., g n).
static Value exchangeBatch(OpBuilder &b, Location loc, Value x,
                           int64_t groups) {
  int64_t rank = rankOf(x);
  Value split = groups == 1 ? x : splitDim(b, loc, x, rank - 1, groups);
  SmallVector<int64_t> order = iotaDims(rankOf(split));
  std::swap(order.front(), order.back());
  Value swapped = nabla::TransposeOp::create(b, loc, split, order);
  return groups == 1 ? swapped : joinDims(b, loc, swapped, rank - 1);
}

/// Each weight gets the sum over windows of its element of x times the
/// cotangent: a convolution in which channels are the batch, and the batch is
/// what is summed over.
static Value cotangentOfKernel(OpBuilder &b, ConvolutionOp op, Value x,
                               Value ct) {
  Location loc = op.getLoc();
  int64_t rank = rankOf(x), groups = op.getGroups();
  SmallVector<int64_t> limits(shapeOf(x));
  for (int64_t i = 0; i < rank - 2; ++i)
    limits[i + 1] = extentRead(op, i);
  Value read = SliceOp::create(b, loc, x, SmallVector<int64_t>(rank, 0), limits,
                               SmallVector<int64_t>(rank, 1));
  Value weighted = exchangeBatch(b, loc, read, groups);
  // (n, space..., g f) becomes (space..., n, g f), with windows as space.
  Value weights = emitMoveDim(b, loc, ct, 0, rank - 2);
  Value product = ConvolutionOp::create(
      b, loc, weighted, weights, op.getDilations(), op.getStrides(), groups);
  return emitMoveDim(b, loc, product, 0, rank - 2);
}

LogicalResult ConvolutionOp::transpose(TransposeContext &ctx,
                                       ArrayRef<bool> linear,
                                       ArrayRef<Value> operands,
                                       ArrayRef<Value> cotangents,
                                       SmallVectorImpl<Value> &outs) {
  if (linear[0] && linear[1])
    return emitOpError("is not linear in both of its operands together");
  Value ct = cotangents[0];
  outs.assign(2, nullptr);
  // Without a window, or with nothing in it, every cotangent is zero.
  if (llvm::is_contained(getType().getShape(), 0) ||
      llvm::is_contained(getKernel().getType().getShape(), 0))
    return success();
  if (linear[0])
    outs[0] = cotangentOfX(ctx.builder, *this, operands[1], ct);
  if (linear[1])
    outs[1] = cotangentOfKernel(ctx.builder, *this, operands[0], ct);
  return success();
}

//===----------------------------------------------------------------------===//
// Batching
//===----------------------------------------------------------------------===//

/// Examples of x alone are more of its batch.
static Value batchX(OpBuilder &b, ConvolutionOp op, Value x, Value kernel,
                    int64_t size) {
  Value joined = joinDims(b, op.getLoc(), x, 0);
  Value result =
      ConvolutionOp::create(b, op.getLoc(), joined, kernel, op.getStrides(),
                            op.getDilations(), op.getGroups());
  return splitDim(b, op.getLoc(), result, 0, size);
}

/// Examples of the kernel alone are more features of each group.
static Value batchKernel(OpBuilder &b, ConvolutionOp op, Value x, Value kernel,
                         int64_t size) {
  Location loc = op.getLoc();
  int64_t rank = rankOf(x), groups = op.getGroups();
  // (b, space..., c, g f) becomes (space..., c, g b f).
  Value split = splitDim(b, loc, kernel, rank, groups);
  Value moved = emitMoveDim(b, loc, split, 0, rank);
  Value joined = joinDims(b, loc, joinDims(b, loc, moved, rank), rank - 1);
  Value result = ConvolutionOp::create(b, loc, x, joined, op.getStrides(),
                                       op.getDilations(), groups);
  Value parts =
      splitDim(b, loc, splitDim(b, loc, result, rank - 1, groups), rank, size);
  return joinDims(b, loc, emitMoveDim(b, loc, parts, rank, 0), rank);
}

/// Examples of both are more groups.
static Value batchBoth(OpBuilder &b, ConvolutionOp op, Value x, Value kernel,
                       int64_t size) {
  Location loc = op.getLoc();
  int64_t rank = rankOf(x) - 1;
  Value channels =
      joinDims(b, loc, emitMoveDim(b, loc, x, 0, rank - 1), rank - 1);
  Value features =
      joinDims(b, loc, emitMoveDim(b, loc, kernel, 0, rank - 1), rank - 1);
  Value result =
      ConvolutionOp::create(b, loc, channels, features, op.getStrides(),
                            op.getDilations(), op.getGroups() * size);
  return emitMoveDim(b, loc, splitDim(b, loc, result, rank - 1, size), rank - 1,
                     0);
}

LogicalResult ConvolutionOp::batch(BatchContext &ctx, ValueRange operands,
                                   ArrayRef<bool> batched, BatchResult &outs) {
  auto rule = batched[0] && batched[1] ? batchBoth
              : batched[0]             ? batchX
                                       : batchKernel;
  outs.values.push_back(
      rule(ctx.builder, *this, operands[0], operands[1], ctx.size));
  outs.batched.push_back(true);
  return success();
}
