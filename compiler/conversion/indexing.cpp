//===- indexing.cpp - Lowering of ops with positions known at run time ----===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/lowering.h"
#include "compiler/conversion/scalars.h"

#include "dialects/nabla/NablaOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace nabla {
namespace {

static Value indexConstant(ImplicitLocOpBuilder &b, int64_t value) {
  return arith::ConstantIndexOp::create(b, value);
}

/// An integer of the Nabla type `type` as an i64 of the same bits or value.
static Value widenIndex(ImplicitLocOpBuilder &b, Type type, Value value) {
  return emitConvert(b, type, b.getI64Type(), value);
}

//===----------------------------------------------------------------------===//
// dynamic_slice and dynamic_update_slice
//===----------------------------------------------------------------------===//

/// The starts of a box of `sizes` in a tensor of `shape`, clamped.
static SmallVector<OpFoldResult> clampedStarts(ImplicitLocOpBuilder &b,
                                               Type startType, Value starts,
                                               ArrayRef<int64_t> shape,
                                               ArrayRef<int64_t> sizes) {
  bool isSigned = numberKind(startType) == NumberKind::Signed;
  Type i64 = b.getI64Type();
  SmallVector<OpFoldResult> offsets;
  for (auto [dim, extent, size] : llvm::enumerate(shape, sizes)) {
    Value start =
        tensor::ExtractOp::create(b, starts, ValueRange{indexConstant(b, dim)});
    start = widenIndex(b, startType, start);
    if (isSigned)
      start = arith::MaxSIOp::create(b, start, intConstant(b, i64, 0));
    start =
        arith::MinUIOp::create(b, start, intConstant(b, i64, extent - size));
    offsets.push_back(
        arith::IndexCastOp::create(b, b.getIndexType(), start).getResult());
  }
  return offsets;
}

static SmallVector<OpFoldResult> indices(OpBuilder &builder,
                                         ArrayRef<int64_t> values) {
  return getAsIndexOpFoldResult(builder.getContext(), values);
}

struct LowerDynamicSlice : OpConversionPattern<DynamicSliceOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(DynamicSliceOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = storageTensor(op.getType());
    if (type.getNumElements() == 0) {
      rewriter.replaceOp(op, emptyTensor(rewriter, op.getLoc(), type));
      return success();
    }
    auto offsets = clampedStarts(
        b, getElementTypeOrSelf(op.getStarts()), adaptor.getStarts(),
        cast<RankedTensorType>(op.getX().getType()).getShape(), op.getSizes());
    SmallVector<int64_t> strides(type.getRank(), 1);
    rewriter.replaceOpWithNewOp<tensor::ExtractSliceOp>(
        op, type, adaptor.getX(), offsets, indices(rewriter, op.getSizes()),
        indices(rewriter, strides));
    return success();
  }
};

struct LowerDynamicUpdateSlice : OpConversionPattern<DynamicUpdateSliceOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(DynamicUpdateSliceOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    auto type = cast<RankedTensorType>(adaptor.getX().getType());
    auto update = cast<RankedTensorType>(adaptor.getUpdate().getType());
    if (update.getNumElements() == 0) {
      rewriter.replaceOp(op, adaptor.getX());
      return success();
    }
    auto offsets =
        clampedStarts(b, getElementTypeOrSelf(op.getStarts()),
                      adaptor.getStarts(), type.getShape(), update.getShape());
    SmallVector<int64_t> strides(type.getRank(), 1);
    rewriter.replaceOpWithNewOp<tensor::InsertSliceOp>(
        op, adaptor.getUpdate(), adaptor.getX(), offsets,
        indices(rewriter, update.getShape()), indices(rewriter, strides));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// gather and scatter
//===----------------------------------------------------------------------===//

/// A position from a table: where it points, and whether that is in range. Out
/// of range it points to the start.
struct Position {
  SmallVector<Value> coordinates;
  Value inRange;
};

/// `components` are stored elements of type `type`, positions in `dims` of a
/// tensor of `shape`.
static Position checkedPosition(ImplicitLocOpBuilder &b, Type type,
                                ValueRange components, ArrayRef<int64_t> dims,
                                ArrayRef<int64_t> shape) {
  Type i64 = b.getI64Type();
  Position position;
  position.inRange = intConstant(b, b.getI1Type(), 1);
  SmallVector<Value> wide;
  for (auto [component, dim] : llvm::zip_equal(components, dims)) {
    wide.push_back(widenIndex(b, type, component));
    // Negative numbers are large unsigned ones.
    Value inRange =
        arith::CmpIOp::create(b, arith::CmpIPredicate::ult, wide.back(),
                              intConstant(b, i64, shape[dim]));
    position.inRange = arith::AndIOp::create(b, position.inRange, inRange);
  }
  for (Value component : wide) {
    Value safe = arith::SelectOp::create(b, position.inRange, component,
                                         intConstant(b, i64, 0));
    position.coordinates.push_back(
        arith::IndexCastOp::create(b, b.getIndexType(), safe));
  }
  return position;
}

struct LowerGather : OpConversionPattern<GatherOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(GatherOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = storageTensor(op.getType());
    auto xType = cast<RankedTensorType>(adaptor.getX().getType());
    if (xType.getNumElements() == 0) {
      Value zero = zeroConstant(b, type.getElementType());
      rewriter.replaceOp(op, filledTensor(rewriter, op.getLoc(), type, zero));
      return success();
    }
    SmallVector<Value> tables(op.getDims().size(), adaptor.getIndices());
    auto body = [&](ImplicitLocOpBuilder &b, ValueRange args) {
      return gatherOne(b, op, adaptor.getX(), args);
    };
    rewriter.replaceOp(op, buildParallel(rewriter, op.getLoc(), type, tables,
                                         tableMaps(op), body));
    return success();
  }

  /// For each component of a position, where it lies in the table.
  static SmallVector<AffineMap> tableMaps(GatherOp op) {
    MLIRContext *context = op.getContext();
    int64_t rank = cast<RankedTensorType>(op.getType()).getRank();
    int64_t tableDims =
        cast<RankedTensorType>(op.getIndices().getType()).getRank() - 1;
    SmallVector<AffineMap> maps;
    for (int64_t component : llvm::seq<int64_t>(0, op.getDims().size())) {
      SmallVector<AffineExpr> exprs;
      for (int64_t dim = 0; dim < tableDims; ++dim)
        exprs.push_back(getAffineDimExpr(dim, context));
      exprs.push_back(getAffineConstantExpr(component, context));
      maps.push_back(AffineMap::get(rank, 0, exprs, context));
    }
    return maps;
  }

  static SmallVector<Value> gatherOne(ImplicitLocOpBuilder &b, GatherOp op,
                                      Value x, ValueRange args) {
    auto shape = cast<RankedTensorType>(x.getType()).getShape();
    ArrayRef<int64_t> dims = op.getDims();
    Position position =
        checkedPosition(b, getElementTypeOrSelf(op.getIndices()),
                        args.take_front(dims.size()), dims, shape);
    SmallVector<Value> coordinates(shape.size());
    for (auto [dim, coordinate] : llvm::zip_equal(dims, position.coordinates))
      coordinates[dim] = coordinate;
    auto batchDims = static_cast<int64_t>(op.getBatchDims());
    int64_t window =
        cast<RankedTensorType>(op.getIndices().getType()).getRank() - 1;
    for (auto [dim, coordinate] : llvm::enumerate(coordinates))
      if (!coordinate)
        coordinate = linalg::IndexOp::create(
            b, static_cast<int64_t>(dim) < batchDims ? dim : window++);
    Value element = tensor::ExtractOp::create(b, x, coordinates);
    return {arith::SelectOp::create(b, position.inRange, element,
                                    zeroConstant(b, element.getType()))};
  }
};

/// Updates are made one position after the other, since positions may repeat;
/// the window of one position is updated as a whole.
struct LowerScatter : OpConversionPattern<ScatterOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(ScatterOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    auto tableShape =
        cast<RankedTensorType>(adaptor.getIndices().getType()).getShape();
    auto updates = cast<RankedTensorType>(adaptor.getUpdates().getType());
    auto x = cast<RankedTensorType>(adaptor.getX().getType());
    if (updates.getNumElements() == 0 || x.getNumElements() == 0) {
      rewriter.replaceOp(op, adaptor.getX());
      return success();
    }
    Value zero = indexConstant(b, 0), one = indexConstant(b, 1);
    SmallVector<Value> upper;
    for (int64_t extent : tableShape.drop_back())
      upper.push_back(indexConstant(b, extent));
    SmallVector<Value> lower(upper.size(), zero), steps(upper.size(), one);
    auto nest = scf::buildLoopNest(
        b, op.getLoc(), lower, upper, steps, adaptor.getX(),
        [&](OpBuilder &nested, Location loc, ValueRange loops,
            ValueRange carried) -> scf::ValueVector {
          ImplicitLocOpBuilder b(loc, nested);
          return {updateAt(b, op, adaptor, loops, carried[0])};
        });
    rewriter.replaceOp(op, nest.results);
    return success();
  }

  static Value updateAt(ImplicitLocOpBuilder &b, ScatterOp op,
                        OpAdaptor adaptor, ValueRange loops, Value x) {
    auto shape = cast<RankedTensorType>(x.getType()).getShape();
    Position position = positionAt(b, op, adaptor.getIndices(), loops, shape);
    auto updates = cast<RankedTensorType>(adaptor.getUpdates().getType());
    ArrayRef<int64_t> window = updates.getShape().drop_front(loops.size());
    auto batchDims = static_cast<int64_t>(op.getBatchDims());

    SmallVector<OpFoldResult> offsets(shape.size(), b.getIndexAttr(0));
    SmallVector<int64_t> sizes(shape);
    for (int64_t dim = 0; dim < batchDims; ++dim) {
      offsets[dim] = loops[dim];
      sizes[dim] = 1;
    }
    for (auto [dim, coordinate] :
         llvm::zip_equal(op.getDims(), position.coordinates)) {
      offsets[dim] = coordinate;
      sizes[dim] = 1;
    }
    SmallVector<OpFoldResult> updateOffsets(loops.begin(), loops.end());
    updateOffsets.resize(updates.getRank(), b.getIndexAttr(0));
    SmallVector<int64_t> updateSizes(loops.size(), 1);
    llvm::append_range(updateSizes, window);

    auto type = RankedTensorType::get(window, updates.getElementType());
    SmallVector<OpFoldResult> ones(shape.size(), b.getIndexAttr(1));
    SmallVector<OpFoldResult> updateOnes(updates.getRank(), b.getIndexAttr(1));
    auto boxSizes = indices(b, sizes);
    Value box =
        tensor::ExtractSliceOp::create(b, type, x, offsets, boxSizes, ones);
    Value update = tensor::ExtractSliceOp::create(
        b, type, adaptor.getUpdates(), updateOffsets, indices(b, updateSizes),
        updateOnes);
    Value updated = updateWindow(b, op, position.inRange, update, box);
    return tensor::InsertSliceOp::create(b, updated, x, offsets, boxSizes,
                                         ones);
  }

  static Position positionAt(ImplicitLocOpBuilder &b, ScatterOp op, Value table,
                             ValueRange loops, ArrayRef<int64_t> shape) {
    SmallVector<Value> components;
    for (int64_t component : llvm::seq<int64_t>(0, op.getDims().size())) {
      SmallVector<Value> at(loops);
      at.push_back(indexConstant(b, component));
      components.push_back(tensor::ExtractOp::create(b, table, at));
    }
    return checkedPosition(b, getElementTypeOrSelf(op.getIndices()), components,
                           op.getDims(), shape);
  }

  static Value updateWindow(ImplicitLocOpBuilder &b, ScatterOp op,
                            Value inRange, Value update, Value window) {
    Type element = getElementTypeOrSelf(op.getX());
    bool add = op.getCombine() == Combine::add;
    AffineMap identity = b.getMultiDimIdentityMap(
        cast<RankedTensorType>(window.getType()).getRank());
    auto body = [&](ImplicitLocOpBuilder &b,
                    ValueRange args) -> SmallVector<Value> {
      Value value = add ? sum(b, element, args[1], args[0]) : args[0];
      return {arith::SelectOp::create(b, inRange, value, args[1])};
    };
    return buildGeneric(b, b.getLoc(), update, window, {identity, identity}, {},
                        body)
        .getResult(0);
  }

  static Value sum(ImplicitLocOpBuilder &b, Type element, Value x, Value y) {
    if (element.isInteger(1))
      return arith::OrIOp::create(b, x, y);
    if (isa<IntegerType>(element))
      return arith::AddIOp::create(b, x, y);
    Value wide =
        arith::AddFOp::create(b, extendToCompute(b, x), extendToCompute(b, y));
    return truncateFromCompute(b, wide, element);
  }
};

} // namespace

void populateIndexingPatterns(const TypeConverter &converter,
                              RewritePatternSet &patterns) {
  patterns.add<LowerDynamicSlice, LowerDynamicUpdateSlice, LowerGather,
               LowerScatter>(converter, patterns.getContext());
}

} // namespace nabla
