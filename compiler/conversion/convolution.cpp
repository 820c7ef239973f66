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

/// Loops, outermost first: batch, windows, group if there are several, then the
/// reductions over the kernel and its channels, and features innermost, where
/// all but x are contiguous.
struct ConvolutionLoops {
  explicit ConvolutionLoops(ConvolutionOp op)
      : context(op.getContext()), space(op.getStrides().size()),
        hasGroups(op.getGroups() != 1), strides(op.getStrides()),
        dilations(op.getDilations()) {}

  int64_t count() const { return firstWeight() + space + 2; }
  int64_t firstWeight() const { return 1 + space + hasGroups; }
  AffineExpr batch() const { return loop(0); }
  AffineExpr window(int64_t i) const { return loop(1 + i); }
  AffineExpr weight(int64_t i) const { return loop(firstWeight() + i); }
  AffineExpr channel() const { return loop(firstWeight() + space); }
  AffineExpr feature() const { return loop(firstWeight() + space + 1); }
  SmallVector<int64_t> reductions() const {
    return llvm::to_vector(llvm::seq(firstWeight(), firstWeight() + space + 1));
  }

  AffineMap x() const {
    SmallVector<AffineExpr> exprs{batch()};
    for (int64_t i = 0; i < space; ++i)
      exprs.push_back(window(i) * strides[i] + weight(i) * dilations[i]);
    addGroup(exprs);
    exprs.push_back(channel());
    return map(exprs);
  }
  AffineMap kernel() const {
    SmallVector<AffineExpr> exprs;
    for (int64_t i = 0; i < space; ++i)
      exprs.push_back(weight(i));
    exprs.push_back(channel());
    addGroup(exprs);
    exprs.push_back(feature());
    return map(exprs);
  }
  AffineMap result() const {
    SmallVector<AffineExpr> exprs{batch()};
    for (int64_t i = 0; i < space; ++i)
      exprs.push_back(window(i));
    addGroup(exprs);
    exprs.push_back(feature());
    return map(exprs);
  }

private:
  void addGroup(SmallVector<AffineExpr> &exprs) const {
    if (hasGroups)
      exprs.push_back(loop(1 + space));
  }
  AffineExpr loop(int64_t i) const { return getAffineDimExpr(i, context); }
  AffineMap map(ArrayRef<AffineExpr> exprs) const {
    return AffineMap::get(count(), 0, exprs, context);
  }

  MLIRContext *context;
  int64_t space;
  bool hasGroups;
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
    Value x = adaptor.getX(), kernel = adaptor.getKernel();
    RankedTensorType split = type;
    if (groups != 1) {
      x = last.split(rewriter, loc, x, groups);
      kernel = last.split(rewriter, loc, kernel, groups);
      SmallVector<int64_t> shape(type.getShape());
      int64_t features = shape.pop_back_val();
      shape.append({groups, features / groups});
      split = type.clone(shape);
    }
    Type wide = computeType(type.getElementType());
    Value zero =
        arith::ConstantOp::create(rewriter, loc, rewriter.getZeroAttr(wide));
    Value init = filledTensor(rewriter, loc, split.clone(wide), zero);
    ConvolutionLoops loops(op);
    auto sums = buildGeneric(rewriter, loc, {x, kernel}, init,
                             {loops.x(), loops.kernel(), loops.result()},
                             loops.reductions(), multiplyAdd);
    Value rounded = roundTensor(rewriter, loc, sums.getResult(0), split);
    rewriter.replaceOp(
        op, groups == 1 ? rounded : last.join(rewriter, loc, rounded, type));
    return success();
  }
};

} // namespace

void populateConvolutionPatterns(const TypeConverter &converter,
                                 RewritePatternSet &patterns) {
  patterns.add<LowerConvolution>(converter, patterns.getContext());
}

} // namespace nabla
