//===- convolution.cpp - Lowering of convolution --------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/lowering.h"
#include "compiler/conversion/scalars.h"

#include "dialects/nabla/NablaOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace nabla {
namespace {

/// Loops, outermost first: batch, windows, group, then the reductions over the
/// kernel and its channels, and features innermost, where all but x are
/// contiguous.
struct ConvolutionLoops {
  explicit ConvolutionLoops(ConvolutionOp op)
      : context(op.getContext()), space(op.getStrides().size()),
        strides(op.getStrides()), dilations(op.getDilations()) {}

  int64_t count() const { return 2 * space + 4; }
  AffineExpr batch() const { return loop(0); }
  AffineExpr window(int64_t i) const { return loop(1 + i); }
  AffineExpr group() const { return loop(1 + space); }
  AffineExpr weight(int64_t i) const { return loop(2 + space + i); }
  AffineExpr channel() const { return loop(2 + 2 * space); }
  AffineExpr feature() const { return loop(3 + 2 * space); }
  SmallVector<int64_t> reductions() const {
    return llvm::to_vector(llvm::seq(2 + space, 3 + 2 * space));
  }

  AffineMap x() const {
    SmallVector<AffineExpr> exprs{batch()};
    for (int64_t i = 0; i < space; ++i)
      exprs.push_back(window(i) * strides[i] + weight(i) * dilations[i]);
    exprs.append({group(), channel()});
    return map(exprs);
  }
  AffineMap kernel() const {
    SmallVector<AffineExpr> exprs;
    for (int64_t i = 0; i < space; ++i)
      exprs.push_back(weight(i));
    exprs.append({channel(), group(), feature()});
    return map(exprs);
  }
  AffineMap result() const {
    SmallVector<AffineExpr> exprs{batch()};
    for (int64_t i = 0; i < space; ++i)
      exprs.push_back(window(i));
    exprs.append({group(), feature()});
    return map(exprs);
  }

private:
  AffineExpr loop(int64_t i) const { return getAffineDimExpr(i, context); }
  AffineMap map(ArrayRef<AffineExpr> exprs) const {
    return AffineMap::get(count(), 0, exprs, context);
  }

  MLIRContext *context;
  int64_t space;
  ArrayRef<int64_t> strides, dilations;
};

/// Splits or joins the last dimension of a tensor.
struct LastDim {
  explicit LastDim(int64_t rank) {
    for (int64_t i = 0; i + 1 < rank; ++i)
      reassociation.push_back({i});
    reassociation.push_back({rank - 1, rank});
  }
  Value split(OpBuilder &b, Location loc, Value value, int64_t outer) const {
    auto type = cast<RankedTensorType>(value.getType());
    SmallVector<int64_t> shape(type.getShape());
    int64_t extent = shape.pop_back_val();
    shape.append({outer, extent / outer});
    return tensor::ExpandShapeOp::create(b, loc, type.clone(shape), value,
                                         reassociation);
  }
  Value join(OpBuilder &b, Location loc, Value value,
             RankedTensorType type) const {
    return tensor::CollapseShapeOp::create(b, loc, type, value, reassociation);
  }

  SmallVector<ReassociationIndices> reassociation;
};

struct LowerConvolution : OpConversionPattern<ConvolutionOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(ConvolutionOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType type = storageTensor(op.getType());
    if (type.getNumElements() == 0) {
      rewriter.replaceOp(op, emptyTensor(rewriter, loc, type));
      return success();
    }
    int64_t groups = op.getGroups();
    LastDim last(type.getRank());
    Value x = last.split(rewriter, loc, adaptor.getX(), groups);
    Value kernel = last.split(rewriter, loc, adaptor.getKernel(), groups);

    SmallVector<int64_t> shape(type.getShape());
    int64_t features = shape.pop_back_val();
    shape.append({groups, features / groups});
    RankedTensorType split = type.clone(shape);
    Type wide = computeType(type.getElementType());
    Value zero =
        arith::ConstantOp::create(rewriter, loc, rewriter.getZeroAttr(wide));
    Value init = filledTensor(rewriter, loc, split.clone(wide), zero);
    ConvolutionLoops loops(op);
    auto sums = buildGeneric(rewriter, loc, {x, kernel}, init,
                             {loops.x(), loops.kernel(), loops.result()},
                             loops.reductions(), multiplyAdd);
    Value rounded = roundTensor(rewriter, loc, sums.getResult(0), split);
    rewriter.replaceOp(op, last.join(rewriter, loc, rounded, type));
    return success();
  }
};

} // namespace

void populateConvolutionPatterns(const TypeConverter &converter,
                                 RewritePatternSet &patterns) {
  patterns.add<LowerConvolution>(converter, patterns.getContext());
}

} // namespace nabla
