//===- sort.cpp - Lowering of sorting -------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bottom-up merge sort: sorted runs of 1, 2, 4, ... elements are merged in
// pairs until one is left (D. Knuth, The Art of Computer Programming 3, 5.2.4,
// "straight two-way merge"). It keeps equal elements in order, its time does
// not depend on the elements, and the inner loop has no branch.
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/lowering.h"
#include "compiler/conversion/scalars.h"

#include "dialects/nabla/Emit.h"
#include "dialects/nabla/NablaOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace nabla {
namespace {

/// The elements of every row, and the positions they come from.
struct Rows {
  Value keys, positions;

  SmallVector<Value> values() const { return {keys, positions}; }
};

class MergeSort {
public:
  /// `element` is the Nabla type of what `extent` elements a row hold.
  MergeSort(ImplicitLocOpBuilder &builder, Type element, int64_t extent)
      : b(builder), element(element), extent(extent) {}

  /// Sorts `numRows` rows; `scratch` has their type.
  Rows sort(Rows rows, Rows scratch, int64_t numRows);

private:
  using Body = llvm::function_ref<SmallVector<Value>(Value, ValueRange)>;

  Value index(int64_t value) {
    return arith::ConstantIndexOp::create(b, value);
  }
  /// A loop that carries values.
  SmallVector<Value> loop(Value from, Value to, Value step, ValueRange carried,
                          Body body);
  /// Merges runs of `width` elements of a row in pairs.
  Rows mergeRuns(Rows from, Rows to, Value row, Value width);
  /// One step of the merge of two runs, of which the next elements are at
  /// `left` and `right`; whether it takes the right one, then its element and
  /// position.
  SmallVector<Value> next(Rows from, Value row, Value left, Value leftEnd,
                          Value right, Value rightEnd);
  Value comesBefore(Value x, Value y);

  ImplicitLocOpBuilder &b;
  Type element;
  int64_t extent;
};

SmallVector<Value> MergeSort::loop(Value from, Value to, Value step,
                                   ValueRange carried, Body body) {
  auto build = [&](OpBuilder &, Location, Value iv, ValueRange args) {
    scf::YieldOp::create(b, body(iv, args));
  };
  return scf::ForOp::create(b, from, to, step, carried, build).getResults();
}

/// NaN come behind all numbers.
Value MergeSort::comesBefore(Value x, Value y) {
  x = extendToCompute(b, load(b, element, x));
  y = extendToCompute(b, load(b, element, y));
  if (isa<FloatType>(element)) {
    auto compare = [&](arith::CmpFPredicate predicate, Value l, Value r) {
      return arith::CmpFOp::create(b, predicate, l, r);
    };
    return arith::AndIOp::create(b, compare(arith::CmpFPredicate::ULT, x, y),
                                 compare(arith::CmpFPredicate::ORD, x, x));
  }
  bool isSigned = numberKind(element) == NumberKind::Signed;
  return arith::CmpIOp::create(
      b, isSigned ? arith::CmpIPredicate::slt : arith::CmpIPredicate::ult, x,
      y);
}

SmallVector<Value> MergeSort::next(Rows from, Value row, Value left,
                                   Value leftEnd, Value right, Value rightEnd) {
  // A run that is used up is read at a place that exists, and not taken.
  Value last = index(extent - 1);
  Value atLeft = arith::MinUIOp::create(b, left, last);
  Value atRight = arith::MinUIOp::create(b, right, last);
  auto read = [&](Value tensor, Value at) -> Value {
    return tensor::ExtractOp::create(b, tensor, ValueRange{row, at});
  };
  Value leftKey = read(from.keys, atLeft), rightKey = read(from.keys, atRight);
  auto isOver = [&](Value at, Value end) -> Value {
    return arith::CmpIOp::create(b, arith::CmpIPredicate::uge, at, end);
  };
  Value noRight = isOver(right, rightEnd);
  Value rightWins = arith::OrIOp::create(b, isOver(left, leftEnd),
                                         comesBefore(rightKey, leftKey));
  Value no = intConstant(b, b.getI1Type(), 0);
  Value takesRight = arith::SelectOp::create(b, noRight, no, rightWins);
  Value at = arith::SelectOp::create(b, takesRight, atRight, atLeft);
  return {takesRight, arith::SelectOp::create(b, takesRight, rightKey, leftKey),
          read(from.positions, at)};
}

Rows MergeSort::mergeRuns(Rows from, Rows to, Value row, Value width) {
  Value end = index(extent), one = index(1);
  Value step = arith::AddIOp::create(b, width, width);
  auto merge = [&](Value start, ValueRange carried) {
    auto bounded = [&](Value length) -> Value {
      return arith::MinUIOp::create(b, arith::AddIOp::create(b, start, length),
                                    end);
    };
    Value leftEnd = bounded(width), rightEnd = bounded(step);
    SmallVector<Value> state(carried);
    state.append({start, leftEnd});
    auto take = [&](Value k, ValueRange args) -> SmallVector<Value> {
      Value left = args[2], right = args[3];
      SmallVector<Value> taken =
          next(from, row, left, leftEnd, right, rightEnd);
      Value right1 = arith::AddIOp::create(b, right, one);
      Value left1 = arith::AddIOp::create(b, left, one);
      auto write = [&](Value value, Value tensor) -> Value {
        return tensor::InsertOp::create(b, value, tensor, ValueRange{row, k});
      };
      return {write(taken[1], args[0]), write(taken[2], args[1]),
              arith::SelectOp::create(b, taken[0], left, left1),
              arith::SelectOp::create(b, taken[0], right1, right)};
    };
    SmallVector<Value> merged = loop(start, rightEnd, one, state, take);
    merged.truncate(2);
    return merged;
  };
  SmallVector<Value> merged = loop(index(0), end, step, to.values(), merge);
  return {merged[0], merged[1]};
}

Rows MergeSort::sort(Rows rows, Rows scratch, int64_t numRows) {
  // Two merges a turn, there and back.
  Value numTurns = index(llvm::divideCeil(llvm::Log2_64_Ceil(extent), 2));
  Value zero = index(0), one = index(1), two = index(2);
  SmallVector<Value> state = rows.values();
  state.append(scratch.values());
  auto sortRow = [&](Value row, ValueRange carried) {
    auto turn = [&](Value number, ValueRange args) -> SmallVector<Value> {
      Value shift = arith::MulIOp::create(b, number, two);
      Value width = arith::ShLIOp::create(b, one, shift);
      Rows there =
          mergeRuns({args[0], args[1]}, {args[2], args[3]}, row, width);
      width = arith::MulIOp::create(b, width, two);
      Rows back = mergeRuns(there, {args[0], args[1]}, row, width);
      return {back.keys, back.positions, there.keys, there.positions};
    };
    return loop(zero, numTurns, one, carried, turn);
  };
  SmallVector<Value> sorted = loop(zero, index(numRows), one, state, sortRow);
  return {sorted[0], sorted[1]};
}

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
    RankedTensorType positionsType = storageTensor(type);
    auto keysType = cast<RankedTensorType>(adaptor.getX().getType());
    Value ownPlaces =
        buildParallel(b, b.getLoc(), positionsType, {}, {}, placeInRow);
    Rows scratch{emptyTensor(b, b.getLoc(), keysType),
                 emptyTensor(b, b.getLoc(), positionsType)};
    MergeSort sorter(b, getElementTypeOrSelf(op.getX().getType()),
                     type.getDimSize(1));
    Rows sorted =
        sorter.sort({adaptor.getX(), ownPlaces}, scratch, type.getDimSize(0));
    rewriter.replaceOp(op, sorted.positions);
    return success();
  }

  static SmallVector<Value> placeInRow(ImplicitLocOpBuilder &b, ValueRange) {
    Value place = linalg::IndexOp::create(b, 1);
    return {arith::IndexCastOp::create(b, b.getI64Type(), place)};
  }

  /// The same on a matrix whose rows are to be sorted.
  static Value inRows(ImplicitLocOpBuilder &b, ArgsortOp op) {
    Location loc = op.getLoc();
    int64_t dim = op.getDim(), last = op.getType().getRank() - 1;
    Value moved = emitMoveDim(b, loc, op.getX(), dim, last);
    ArrayRef<int64_t> shape = shapeOf(moved);
    int64_t extent = shape.back();
    Value rows = emitReshape(b, loc, moved,
                             {op.getType().getNumElements() / extent, extent});
    Value sorted = ArgsortOp::create(b, rows, 1);
    return emitMoveDim(b, loc, emitReshape(b, loc, sorted, shape), last, dim);
  }
};

} // namespace

void populateSortPatterns(const TypeConverter &converter,
                          RewritePatternSet &patterns) {
  patterns.add<LowerArgsort>(converter, patterns.getContext());
}

} // namespace nabla
