//===- ContractionRules.cpp - Rules of dot_general ------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/Emit.h"

using namespace mlir;
using namespace nabla;

namespace {
/// One operand of a dot_general and the role of its dimensions.
struct Side {
  Value value;
  ArrayRef<int64_t> batch, contract;
  SmallVector<int64_t> free;
};
} // namespace

static Side makeSide(Value value, ArrayRef<int64_t> batch,
                     ArrayRef<int64_t> contract) {
  SmallVector<int64_t> bound(batch);
  llvm::append_range(bound, contract);
  return {value, batch, contract, otherDims(shapeOf(value).size(), bound)};
}

LogicalResult DotGeneralOp::jvp(JvpContext &ctx, ValueRange primals,
                                ArrayRef<Value> tangents, JvpResult &outs) {
  return jvpOfBilinear(*this, ctx, primals, tangents, outs);
}

/// The cotangent of `target`: `ct` contracted with `other` over the dimensions
/// that `other` brought into the result, from `otherStart` on.
static Value cotangentOf(OpBuilder &b, Location loc, Value ct,
                         const Side &target, const Side &other,
                         Value otherValue, int64_t otherStart) {
  int64_t numBatch = target.batch.size();
  SmallVector<int64_t> ctContract;
  for (size_t i = 0; i < other.free.size(); ++i)
    ctContract.push_back(otherStart + i);
  Value product =
      DotGeneralOp::create(b, loc, ct, otherValue, iotaDims(numBatch),
                           other.batch, ctContract, other.free);
  // The product has the batch dimensions, the free ones of the target, then the
  // contracting ones in the order in which `other` has them.
  SmallVector<int64_t> permutation(shapeOf(target.value).size());
  for (auto [position, dim] : llvm::enumerate(target.batch))
    permutation[dim] = position;
  for (auto [position, dim] : llvm::enumerate(target.free))
    permutation[dim] = numBatch + position;
  for (auto [dim, otherDim] :
       llvm::zip_equal(target.contract, other.contract)) {
    int64_t position = llvm::count_if(
        other.contract, [&](int64_t before) { return before < otherDim; });
    permutation[dim] = numBatch + target.free.size() + position;
  }
  return nabla::TransposeOp::create(b, loc, product, permutation);
}

LogicalResult DotGeneralOp::transpose(TransposeContext &ctx,
                                      ArrayRef<bool> linear,
                                      ArrayRef<Value> operands,
                                      ArrayRef<Value> cotangents,
                                      SmallVectorImpl<Value> &outs) {
  if (linear[0] && linear[1])
    return emitOpError("is not linear in both of its operands together");
  Value ct = cotangents[0];
  outs.assign(2, nullptr);
  Side x = makeSide(getX(), getXBatch(), getXContract());
  Side y = makeSide(getY(), getYBatch(), getYContract());
  int64_t xStart = x.batch.size(), yStart = xStart + x.free.size();
  if (linear[0])
    outs[0] = cotangentOf(ctx.builder, getLoc(), ct, x, y, operands[1], yStart);
  if (linear[1])
    outs[1] = cotangentOf(ctx.builder, getLoc(), ct, y, x, operands[0], xStart);
  return success();
}

LogicalResult DotGeneralOp::batch(BatchContext &ctx, ValueRange operands,
                                  ArrayRef<bool> batched, BatchResult &outs) {
  auto dims = [](ArrayRef<int64_t> original, bool isBatched) {
    return isBatched ? shifted(original) : SmallVector<int64_t>(original);
  };
  SmallVector<int64_t> xBatch = dims(getXBatch(), batched[0]);
  SmallVector<int64_t> yBatch = dims(getYBatch(), batched[1]);
  bool both = batched[0] && batched[1];
  if (both) {
    xBatch = prepended(0, xBatch);
    yBatch = prepended(0, yBatch);
  }
  Value product = DotGeneralOp::create(
      ctx.builder, getLoc(), operands[0], operands[1], xBatch, yBatch,
      dims(getXContract(), batched[0]), dims(getYContract(), batched[1]));
  if (!both) {
    // The batch is the first free dimension of the operand that has it.
    int64_t position = getXBatch().size();
    if (batched[1])
      position +=
          shapeOf(getX()).size() - getXBatch().size() - getXContract().size();
    product = emitMoveDim(ctx.builder, getLoc(), product, position, 0);
  }
  outs.values.push_back(product);
  outs.batched.push_back(true);
  return success();
}
