//===- ShapeFold.cpp - Folders of ops that move elements ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/Emit.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace nabla;

/// A splat stays one, whatever moves its elements.
static OpFoldResult moveSplat(Attribute attribute, Type type) {
  auto splat = dyn_cast_or_null<SplatElementsAttr>(attribute);
  return splat ? splat.resizeSplat(cast<ShapedType>(type)) : OpFoldResult();
}

static bool allEqual(ArrayRef<int64_t> values, int64_t value) {
  return llvm::all_of(values, [&](int64_t v) { return v == value; });
}

OpFoldResult BroadcastOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getType())
    return getX();
  if (auto inner = getX().getDefiningOp<BroadcastOp>()) {
    SmallVector<int64_t> dims;
    for (int64_t dim : inner.getDims())
      dims.push_back(getDims()[dim]);
    setDims(dims);
    getXMutable().assign(inner.getX());
    return getResult();
  }
  return moveSplat(adaptor.getX(), getType());
}

OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getType())
    return getX();
  if (auto inner = getX().getDefiningOp<ReshapeOp>()) {
    getXMutable().assign(inner.getX());
    return getResult();
  }
  return moveSplat(adaptor.getX(), getType());
}

OpFoldResult nabla::TransposeOp::fold(FoldAdaptor adaptor) {
  if (getPermutation() == ArrayRef(iotaDims(getPermutation().size())))
    return getX();
  if (auto inner = getX().getDefiningOp<nabla::TransposeOp>()) {
    SmallVector<int64_t> permutation;
    for (int64_t dim : getPermutation())
      permutation.push_back(inner.getPermutation()[dim]);
    setPermutation(permutation);
    getXMutable().assign(inner.getX());
    return getResult();
  }
  return moveSplat(adaptor.getX(), getType());
}

OpFoldResult ReverseOp::fold(FoldAdaptor adaptor) {
  if (getDims().empty())
    return getX();
  return moveSplat(adaptor.getX(), getType());
}

OpFoldResult SliceOp::fold(FoldAdaptor adaptor) {
  // A stride of one is all that a whole tensor allows, unless it is empty.
  if (getX().getType() == getType() && allEqual(getStrides(), 1))
    return getX();
  return moveSplat(adaptor.getX(), getType());
}

OpFoldResult PadOp::fold(FoldAdaptor) {
  bool unpadded = allEqual(getLow(), 0) && allEqual(getHigh(), 0) &&
                  allEqual(getInterior(), 0);
  return unpadded ? OpFoldResult(getX()) : OpFoldResult();
}

OpFoldResult ConcatenateOp::fold(FoldAdaptor) {
  return getInputs().size() == 1 ? OpFoldResult(getInputs().front())
                                 : OpFoldResult();
}

OpFoldResult ReduceSumOp::fold(FoldAdaptor) {
  return getDims().empty() ? OpFoldResult(getX()) : OpFoldResult();
}

//===----------------------------------------------------------------------===//
// Slices of what need not be computed
//===----------------------------------------------------------------------===//

namespace {

/// A part of the windows of a convolution is the convolution of a part.
struct SliceOfConvolution final : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(SliceOp op,
                                PatternRewriter &rewriter) const override {
    auto conv = op.getX().getDefiningOp<ConvolutionOp>();
    int64_t rank = op.getStarts().size();
    if (!conv || !conv->hasOneUse() || !allEqual(op.getStrides(), 1) ||
        op.getType().getNumElements() == 0 ||
        op.getType().getDimSize(0) != shapeOf(op.getX())[0] ||
        op.getType().getDimSize(rank - 1) != shapeOf(op.getX())[rank - 1])
      return failure();
    SmallVector<int64_t> starts(rank, 0), limits(shapeOf(conv.getX()));
    for (int64_t i = 0; i < rank - 2; ++i) {
      int64_t stride = conv.getStrides()[i];
      int64_t reach =
          (shapeOf(conv.getKernel())[i] - 1) * conv.getDilations()[i];
      starts[i + 1] = op.getStarts()[i + 1] * stride;
      limits[i + 1] = (op.getLimits()[i + 1] - 1) * stride + reach + 1;
    }
    Value read = SliceOp::create(rewriter, op.getLoc(), conv.getX(), starts,
                                 limits, SmallVector<int64_t>(rank, 1));
    rewriter.replaceOpWithNewOp<ConvolutionOp>(
        op, read, conv.getKernel(), conv.getStrides(), conv.getDilations(),
        conv.getGroups());
    return success();
  }
};

/// A slice that leaves all of what is padded takes less padding.
struct SliceOfPad final : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(SliceOp op,
                                PatternRewriter &rewriter) const override {
    auto pad = op.getX().getDefiningOp<PadOp>();
    if (!pad || !allEqual(op.getStrides(), 1))
      return failure();
    SmallVector<int64_t> low(pad.getLow()), high(pad.getHigh());
    for (auto [i, extent] : llvm::enumerate(shapeOf(op.getX()))) {
      low[i] -= op.getStarts()[i];
      high[i] -= extent - op.getLimits()[i];
      if (low[i] < 0 || high[i] < 0)
        return failure();
    }
    rewriter.replaceOpWithNewOp<PadOp>(op, pad.getX(), pad.getValue(), low,
                                       high, pad.getInterior());
    return success();
  }
};

} // namespace

void SliceOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                          MLIRContext *context) {
  patterns.add<SliceOfConvolution, SliceOfPad>(context);
}

//===----------------------------------------------------------------------===//
// Transposes around contractions
//===----------------------------------------------------------------------===//

namespace {

/// A dot_general reads a transposed operand as it lies, if its free dimensions
/// keep their order.
struct DotOfTranspose final : OpRewritePattern<DotGeneralOp> {
  using OpRewritePattern::OpRewritePattern;

  /// Replaces `value` by the operand of its transpose and renames dimensions.
  static bool absorb(Value &value, SmallVector<int64_t> &batch,
                     SmallVector<int64_t> &contract) {
    auto transpose = value.getDefiningOp<nabla::TransposeOp>();
    if (!transpose)
      return false;
    ArrayRef<int64_t> permutation = transpose.getPermutation();
    SmallVector<int64_t> bound(batch);
    llvm::append_range(bound, contract);
    SmallVector<int64_t> free;
    for (int64_t dim : otherDims(permutation.size(), bound))
      free.push_back(permutation[dim]);
    if (!llvm::is_sorted(free))
      return false;
    for (int64_t &dim : batch)
      dim = permutation[dim];
    for (int64_t &dim : contract)
      dim = permutation[dim];
    value = transpose.getX();
    return true;
  }

  LogicalResult matchAndRewrite(DotGeneralOp op,
                                PatternRewriter &rewriter) const override {
    Value x = op.getX(), y = op.getY();
    SmallVector<int64_t> xBatch(op.getXBatch()), yBatch(op.getYBatch());
    SmallVector<int64_t> xContract(op.getXContract());
    SmallVector<int64_t> yContract(op.getYContract());
    bool changed = absorb(x, xBatch, xContract);
    changed |= absorb(y, yBatch, yContract);
    if (!changed)
      return failure();
    rewriter.replaceOpWithNewOp<DotGeneralOp>(op, x, y, xBatch, yBatch,
                                              xContract, yContract);
    return success();
  }
};

/// A transpose that exchanges the free dimensions of the operands of a
/// dot_general exchanges the operands.
struct TransposeOfDot final : OpRewritePattern<nabla::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(nabla::TransposeOp op,
                                PatternRewriter &rewriter) const override {
    auto dot = op.getX().getDefiningOp<DotGeneralOp>();
    if (!dot || !dot->hasOneUse())
      return failure();
    int64_t rank = op.getPermutation().size();
    int64_t batch = dot.getXBatch().size();
    int64_t xFree =
        shapeOf(dot.getX()).size() - batch - dot.getXContract().size();
    SmallVector<int64_t> exchange = iotaDims(batch);
    for (int64_t dim = batch + xFree; dim < rank; ++dim)
      exchange.push_back(dim);
    for (int64_t dim = batch; dim < batch + xFree; ++dim)
      exchange.push_back(dim);
    if (op.getPermutation() != ArrayRef(exchange))
      return failure();
    rewriter.replaceOpWithNewOp<DotGeneralOp>(
        op, dot.getY(), dot.getX(), dot.getYBatch(), dot.getXBatch(),
        dot.getYContract(), dot.getXContract());
    return success();
  }
};

} // namespace

void DotGeneralOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                               MLIRContext *context) {
  patterns.add<DotOfTranspose>(context);
}

void nabla::TransposeOp::getCanonicalizationPatterns(
    RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<TransposeOfDot>(context);
}
