//===- shape.cpp - Lowering of ops that move elements ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/lowering.h"
#include "compiler/conversion/scalars.h"

#include "dialects/nabla/NablaOps.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"

using namespace mlir;

namespace nabla {
namespace {

/// A tensor of the type of `op`, each element of which is the element of `x` at
/// `map` of its own position.
static Value moveElements(OpBuilder &builder, Operation *op, Value x,
                          ArrayRef<AffineExpr> map) {
  RankedTensorType type = storageTensor(op->getResult(0).getType());
  auto body = [](ImplicitLocOpBuilder &, ValueRange args) {
    return SmallVector<Value>{args[0]};
  };
  return buildParallel(
      builder, op->getLoc(), type, x,
      AffineMap::get(type.getRank(), 0, map, builder.getContext()), body);
}

struct LowerBroadcast : OpConversionPattern<BroadcastOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(BroadcastOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    SmallVector<AffineExpr> map;
    for (int64_t dim : op.getDims())
      map.push_back(rewriter.getAffineDimExpr(dim));
    rewriter.replaceOp(op, moveElements(rewriter, op, adaptor.getX(), map));
    return success();
  }
};

struct LowerTranspose : OpConversionPattern<TransposeOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(TransposeOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    SmallVector<AffineExpr> map(op.getPermutation().size());
    for (auto [i, dim] : llvm::enumerate(op.getPermutation()))
      map[dim] = rewriter.getAffineDimExpr(i);
    rewriter.replaceOp(op, moveElements(rewriter, op, adaptor.getX(), map));
    return success();
  }
};

struct LowerReverse : OpConversionPattern<ReverseOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(ReverseOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    auto type = cast<RankedTensorType>(op.getType());
    SmallVector<AffineExpr> map;
    for (int64_t dim = 0; dim < type.getRank(); ++dim)
      map.push_back(rewriter.getAffineDimExpr(dim));
    for (int64_t dim : op.getDims())
      if (type.getDimSize(dim) > 0)
        map[dim] =
            rewriter.getAffineConstantExpr(type.getDimSize(dim) - 1) - map[dim];
    rewriter.replaceOp(op, moveElements(rewriter, op, adaptor.getX(), map));
    return success();
  }
};

/// Collapses `x` to one dimension, and expands one dimension to `type`.
static Value flatten(OpBuilder &builder, Location loc, Value x) {
  auto type = cast<RankedTensorType>(x.getType());
  if (type.getRank() == 1)
    return x;
  if (type.getRank() == 0)
    return tensor::ExpandShapeOp::create(
        builder, loc, RankedTensorType::get({1}, type.getElementType()), x,
        ArrayRef<ReassociationIndices>{});
  auto all = llvm::to_vector<2>(llvm::seq<int64_t>(0, type.getRank()));
  return tensor::CollapseShapeOp::create(
      builder, loc, x, SmallVector<ReassociationIndices>{all});
}
static Value unflatten(OpBuilder &builder, Location loc, Value x,
                       RankedTensorType type) {
  if (type.getRank() == 1)
    return x;
  if (type.getRank() == 0)
    return tensor::CollapseShapeOp::create(builder, loc, type, x,
                                           ArrayRef<ReassociationIndices>{});
  auto all = llvm::to_vector<2>(llvm::seq<int64_t>(0, type.getRank()));
  return tensor::ExpandShapeOp::create(builder, loc, type, x,
                                       SmallVector<ReassociationIndices>{all});
}

static Value reshape(OpBuilder &builder, Location loc, Value x,
                     RankedTensorType type) {
  auto from = cast<RankedTensorType>(x.getType());
  if (from == type)
    return x;
  if (type.getNumElements() == 0)
    return emptyTensor(builder, loc, type);
  if (auto groups = getReassociationIndicesForReshape(from, type)) {
    if (from.getRank() > type.getRank())
      return tensor::CollapseShapeOp::create(builder, loc, type, x, *groups);
    return tensor::ExpandShapeOp::create(builder, loc, type, x, *groups);
  }
  return unflatten(builder, loc, flatten(builder, loc, x), type);
}

struct LowerReshape : OpConversionPattern<ReshapeOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(ReshapeOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, reshape(rewriter, op.getLoc(), adaptor.getX(),
                                   storageTensor(op.getType())));
    return success();
  }
};

static SmallVector<OpFoldResult> indices(OpBuilder &builder,
                                         ArrayRef<int64_t> values) {
  return getAsIndexOpFoldResult(builder.getContext(), values);
}

struct LowerSlice : OpConversionPattern<SliceOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(SliceOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    RankedTensorType type = storageTensor(op.getType());
    if (type.getNumElements() == 0) {
      rewriter.replaceOp(op, emptyTensor(rewriter, op.getLoc(), type));
      return success();
    }
    rewriter.replaceOpWithNewOp<tensor::ExtractSliceOp>(
        op, type, adaptor.getX(), indices(rewriter, op.getStarts()),
        indices(rewriter, type.getShape()), indices(rewriter, op.getStrides()));
    return success();
  }
};

struct LowerPad : OpConversionPattern<PadOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(PadOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto xType = cast<RankedTensorType>(adaptor.getX().getType());
    Value value = tensor::ExtractOp::create(rewriter, loc, adaptor.getValue(),
                                            ValueRange{});
    Value padded =
        filledTensor(rewriter, loc, storageTensor(op.getType()), value);
    SmallVector<int64_t> strides;
    for (int64_t interior : op.getInterior())
      strides.push_back(interior + 1);
    if (xType.getNumElements() != 0)
      padded = tensor::InsertSliceOp::create(
          rewriter, loc, adaptor.getX(), padded, indices(rewriter, op.getLow()),
          indices(rewriter, xType.getShape()), indices(rewriter, strides));
    rewriter.replaceOp(op, padded);
    return success();
  }
};

struct LowerConcatenate : OpConversionPattern<ConcatenateOp> {
  using OpConversionPattern::OpConversionPattern;

  /// Bufferization compares each two slices of a tensor, with all between them:
  /// more are joined in groups first.
  static constexpr size_t mostSlices = 16;

  LogicalResult
  matchAndRewrite(ConcatenateOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    SmallVector<Value> parts(adaptor.getInputs());
    while (parts.size() > mostSlices) {
      SmallVector<Value> joined;
      for (size_t i = 0; i < parts.size(); i += mostSlices)
        joined.push_back(join(
            op,
            ArrayRef(parts).slice(i, std::min(mostSlices, parts.size() - i)),
            rewriter));
      parts = std::move(joined);
    }
    rewriter.replaceOp(op, join(op, parts, rewriter));
    return success();
  }

private:
  static Value join(ConcatenateOp op, ArrayRef<Value> parts,
                    PatternRewriter &rewriter) {
    int64_t dim = op.getDim(), extent = 0;
    for (Value part : parts)
      extent += cast<RankedTensorType>(part.getType()).getDimSize(dim);
    RankedTensorType type = storageTensor(op.getType());
    SmallVector<int64_t> shape(type.getShape());
    shape[dim] = extent;
    Value result =
        emptyTensor(rewriter, op.getLoc(),
                    RankedTensorType::get(shape, type.getElementType()));
    SmallVector<int64_t> offsets(shape.size(), 0), strides(shape.size(), 1);
    for (Value part : parts) {
      auto partType = cast<RankedTensorType>(part.getType());
      if (partType.getNumElements() != 0)
        result = tensor::InsertSliceOp::create(
            rewriter, op.getLoc(), part, result, indices(rewriter, offsets),
            indices(rewriter, partType.getShape()), indices(rewriter, strides));
      offsets[dim] += partType.getDimSize(dim);
    }
    return result;
  }
};

} // namespace

void populateShapePatterns(const TypeConverter &converter,
                           RewritePatternSet &patterns) {
  patterns.add<LowerBroadcast, LowerTranspose, LowerReverse, LowerReshape,
               LowerSlice, LowerPad, LowerConcatenate>(converter,
                                                       patterns.getContext());
}

} // namespace nabla
