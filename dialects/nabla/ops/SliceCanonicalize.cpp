//===- SliceCanonicalize.cpp - Slices of what is computed or padded -------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A slice goes before what it takes elements of, so that no others are
// computed. The derivative of a padded convolution with respect to its images
// is such a slice: of a convolution of all that the padding grew to.
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/Emit.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace nabla;

namespace {

/// A box of consecutive elements, one interval a dimension.
struct Box {
  SmallVector<int64_t> starts, limits;
};

std::optional<Box> boxOf(SliceOp op) {
  bool dense = llvm::all_of(op.getStrides(), [](int64_t s) { return s == 1; });
  if (!dense || op.getType().getNumElements() == 0)
    return std::nullopt;
  return Box{SmallVector<int64_t>(op.getStarts()),
             SmallVector<int64_t>(op.getLimits())};
}

Value emitBox(OpBuilder &b, Location loc, Value value, const Box &box) {
  SmallVector<int64_t> strides(box.starts.size(), 1);
  return b.createOrFold<SliceOp>(loc, value, box.starts, box.limits, strides);
}

/// Of the windows of a convolution, those that are asked for.
struct SliceOfConvolution final : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(SliceOp op,
                                PatternRewriter &rewriter) const override {
    auto conv = op.getX().getDefiningOp<ConvolutionOp>();
    std::optional<Box> box = boxOf(op);
    if (!conv || !conv->hasOneUse() || !box)
      return failure();
    ArrayRef<int64_t> kernel = shapeOf(conv.getKernel());
    int64_t last = box->starts.size() - 1;
    if (box->starts[last] != 0 ||
        box->limits[last] != shapeOf(conv.getResult())[last])
      return failure();
    box->limits[last] = shapeOf(conv.getX())[last];
    for (int64_t dim = 1; dim < last; ++dim) {
      int64_t stride = conv.getStrides()[dim - 1];
      int64_t reach = (kernel[dim - 1] - 1) * conv.getDilations()[dim - 1];
      box->starts[dim] *= stride;
      box->limits[dim] = (box->limits[dim] - 1) * stride + reach + 1;
    }
    Value x = emitBox(rewriter, op.getLoc(), conv.getX(), *box);
    rewriter.replaceOpWithNewOp<ConvolutionOp>(
        op, x, conv.getKernel(), conv.getStrides(), conv.getDilations(),
        conv.getGroups());
    return success();
  }
};

/// The part of x that is asked for, with less padding.
struct SliceOfPad final : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(SliceOp op,
                                PatternRewriter &rewriter) const override {
    auto pad = op.getX().getDefiningOp<PadOp>();
    std::optional<Box> box = boxOf(op);
    if (!pad || !box)
      return failure();
    SmallVector<int64_t> low, high;
    for (auto [dim, extent] : llvm::enumerate(shapeOf(pad.getX()))) {
      int64_t interior = pad.getInterior()[dim];
      int64_t begin = pad.getLow()[dim];
      int64_t end =
          begin + extent + std::max<int64_t>(extent - 1, 0) * interior;
      int64_t &start = box->starts[dim], &limit = box->limits[dim];
      // Within what is spread only all can be asked for.
      if (interior ? start > begin || limit < end
                   : start >= end || limit <= begin)
        return failure();
      low.push_back(std::max<int64_t>(begin - start, 0));
      high.push_back(std::max<int64_t>(limit - end, 0));
      start = std::max<int64_t>(start - begin, 0);
      limit = interior ? extent : std::min(limit - begin, extent);
    }
    auto isZero = [](int64_t n) { return n == 0; };
    bool unpadded = llvm::all_of(low, isZero) && llvm::all_of(high, isZero) &&
                    llvm::all_of(pad.getInterior(), isZero);
    if (!unpadded && !pad->hasOneUse())
      return failure();
    Value x = emitBox(rewriter, op.getLoc(), pad.getX(), *box);
    // Without padding, it folds.
    rewriter.replaceOpWithNewOp<PadOp>(op, x, pad.getValue(), low, high,
                                       pad.getInterior());
    return success();
  }
};

} // namespace

void SliceOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                          MLIRContext *context) {
  patterns.add<SliceOfConvolution, SliceOfPad>(context);
}
