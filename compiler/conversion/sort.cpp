//===- sort.cpp - Lowering of sorting -------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/divisor.h"
#include "compiler/conversion/lowering.h"
#include "compiler/conversion/scalars.h"
#include "compiler/conversion/sorting.h"

#include "dialects/nabla/Emit.h"
#include "dialects/nabla/NablaOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace nabla {

/// Shorter rows are sorted by comparing each with each.
static constexpr int64_t mostRanked = 128;
/// Elements that are worth a turn of a thread.
static constexpr int64_t elementsOfTurn = 1024;

SmallVector<Value> emitLoop(ImplicitLocOpBuilder &b, Value from, Value to,
                            Value step, ValueRange carried, LoopStep body) {
  auto build = [&](OpBuilder &, Location, Value iv, ValueRange args) {
    scf::YieldOp::create(b, body(iv, args));
  };
  return scf::ForOp::create(b, from, to, step, carried, build).getResults();
}

/// `body` for the rows from `first` on, which lie in `result`.
static Value emitRowsFrom(ImplicitLocOpBuilder &b, Value first, Value result,
                          RowBody body) {
  Value zero = arith::ConstantIndexOp::create(b, 0);
  Value one = arith::ConstantIndexOp::create(b, 1);
  int64_t numRows = cast<RankedTensorType>(result.getType()).getDimSize(0);
  Value end = arith::ConstantIndexOp::create(b, numRows);
  auto step = [&](Value number, ValueRange args) -> SmallVector<Value> {
    Value row = arith::AddIOp::create(b, first, number);
    return {body(row, args[0], number)};
  };
  return emitLoop(b, zero, end, one, result, step)[0];
}

Value emitRows(ImplicitLocOpBuilder &b, int64_t numRows, int64_t extent,
               RowBody body) {
  auto type = RankedTensorType::get({numRows, extent}, b.getI64Type());
  Value result = emptyTensor(b, b.getLoc(), type);
  int64_t rowsOfTurn = divisorUpTo(numRows, elementsOfTurn / extent);
  if (rowsOfTurn == numRows)
    return emitRowsFrom(b, arith::ConstantIndexOp::create(b, 0), result, body);
  auto constants = [&](ArrayRef<int64_t> values) {
    return getAsIndexOpFoldResult(b.getContext(), values);
  };
  auto loop =
      scf::ForallOp::create(b, constants(0), constants(numRows),
                            constants(rowsOfTurn), result, std::nullopt);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Value first = loop.getInductionVar(0), shared = loop.getRegionIterArgs()[0];
  SmallVector<OpFoldResult> starts{first, b.getIndexAttr(0)},
      sizes = constants({rowsOfTurn, extent}), strides = constants({1, 1});
  Value slice =
      tensor::ExtractSliceOp::create(b, shared, starts, sizes, strides);
  Value filled = emitRowsFrom(b, first, slice, body);
  b.setInsertionPointToStart(loop.getTerminator().getBody());
  tensor::ParallelInsertSliceOp::create(b, filled, shared, starts, sizes,
                                        strides);
  return loop.getResult(0);
}

namespace {

struct LowerArgsort : OpConversionPattern<ArgsortOp> {
  using OpConversionPattern::OpConversionPattern;

  /// It makes an op of its own kind, once.
  void initialize() { setHasBoundedRewriteRecursion(); }

  LogicalResult
  matchAndRewrite(ArgsortOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = op.getType();
    if (type.getNumElements() == 0) {
      rewriter.replaceOp(op, emptyTensor(b, b.getLoc(), storageTensor(type)));
      return success();
    }
    if (type.getRank() != 2 || op.getDim() != 1) {
      rewriter.replaceOp(op, inRows(b, op));
      return success();
    }
    Type element = getElementTypeOrSelf(op.getX().getType());
    Value keys = emitSortKeys(b, element, op.getDescending(), adaptor.getX());
    int64_t extent = op.getX().getType().getDimSize(1), count = op.getCount();
    if (isFewOf(count, extent)) {
      rewriter.replaceOp(op, emitPartialSort(b, keys, count));
      return success();
    }
    Value sorted =
        extent <= mostRanked ? emitRankSort(b, keys) : emitRadixSort(b, keys);
    SmallVector<OpFoldResult> starts(2, b.getIndexAttr(0));
    SmallVector<OpFoldResult> strides(2, b.getIndexAttr(1));
    SmallVector<OpFoldResult> sizes{b.getIndexAttr(type.getDimSize(0)),
                                    b.getIndexAttr(count)};
    rewriter.replaceOpWithNewOp<tensor::ExtractSliceOp>(op, sorted, starts,
                                                        sizes, strides);
    return success();
  }

  /// Whether even the worst order of elements, in which each is inserted, takes
  /// a partial sort no longer than a whole one.
  static bool isFewOf(int64_t count, int64_t extent) {
    return count <= 4 * static_cast<int64_t>(llvm::Log2_64_Ceil(extent)) &&
           count < extent;
  }

  /// The same on a matrix whose rows are to be sorted.
  static Value inRows(ImplicitLocOpBuilder &b, ArgsortOp op) {
    Location loc = op.getLoc();
    int64_t dim = op.getDim(), last = op.getType().getRank() - 1;
    Value moved = emitMoveDim(b, loc, op.getX(), dim, last);
    SmallVector<int64_t> shape(shapeOf(moved));
    int64_t count = op.getCount();
    int64_t numRows = op.getType().getNumElements() / count;
    Value rows = emitReshape(b, loc, moved, {numRows, shape.back()});
    Value sorted = ArgsortOp::create(b, rows, 1, count, op.getDescending());
    shape.back() = count;
    return emitMoveDim(b, loc, emitReshape(b, loc, sorted, shape), last, dim);
  }
};

} // namespace

void populateSortPatterns(const TypeConverter &converter,
                          RewritePatternSet &patterns) {
  patterns.add<LowerArgsort>(converter, patterns.getContext());
}

} // namespace nabla
