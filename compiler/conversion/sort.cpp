//===- sort.cpp - Lowering of sorting -------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

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

Value SortOrder::comesBefore(ImplicitLocOpBuilder &b, Value x, Value y) const {
  x = extendToCompute(b, load(b, element, x));
  y = extendToCompute(b, load(b, element, y));
  if (descending)
    std::swap(x, y);
  if (!isa<FloatType>(element)) {
    bool isSigned = numberKind(element) == NumberKind::Signed;
    return arith::CmpIOp::create(
        b, isSigned ? arith::CmpIPredicate::slt : arith::CmpIPredicate::ult, x,
        y);
  }
  // A number is less than a NaN, and a NaN than nothing.
  Value less = arith::CmpFOp::create(b, arith::CmpFPredicate::ULT, x, y);
  Value isNumber = arith::CmpFOp::create(b, arith::CmpFPredicate::ORD, x, x);
  return arith::AndIOp::create(b, less, isNumber);
}

SmallVector<Value> emitLoop(ImplicitLocOpBuilder &b, Value from, Value to,
                            Value step, ValueRange carried, LoopStep body) {
  auto build = [&](OpBuilder &, Location, Value iv, ValueRange args) {
    scf::YieldOp::create(b, body(iv, args));
  };
  return scf::ForOp::create(b, from, to, step, carried, build).getResults();
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
    SortOrder order{element, op.getDescending()};
    Value keys = adaptor.getX();
    int64_t extent = op.getX().getType().getDimSize(1), count = op.getCount();
    if (isFewOf(count, extent)) {
      rewriter.replaceOp(op, emitPartialSort(b, order, keys, count));
      return success();
    }
    Value sorted = emitMergeSort(b, order, keys);
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
