//===- merge_sort.cpp - Sorting by merging --------------------------------===//
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
#include "compiler/conversion/sorting.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace nabla {
namespace {

class MergeSort {
public:
  MergeSort(ImplicitLocOpBuilder &builder, SortOrder order, int64_t extent)
      : b(builder), order(order), extent(extent) {}

  /// Sorts `numRows` rows of `extent` elements; `scratch` has their type.
  SortedRows sort(SortedRows rows, SortedRows scratch, int64_t numRows);

private:
  Value index(int64_t value) {
    return arith::ConstantIndexOp::create(b, value);
  }
  SmallVector<Value> loop(Value from, Value to, Value step, ValueRange carried,
                          LoopStep body) {
    return emitLoop(b, from, to, step, carried, body);
  }
  /// Merges runs of `width` elements of a row in pairs.
  SortedRows mergeRuns(SortedRows from, SortedRows to, Value row, Value width);
  /// One step of the merge of two runs, of which the next elements are at
  /// `left` and `right`; whether it takes the right one, then its element and
  /// position.
  SmallVector<Value> next(SortedRows from, Value row, Value left, Value leftEnd,
                          Value right, Value rightEnd);

  ImplicitLocOpBuilder &b;
  SortOrder order;
  int64_t extent;
};

} // namespace

SmallVector<Value> MergeSort::next(SortedRows from, Value row, Value left,
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
  Value rightWins = arith::OrIOp::create(
      b, isOver(left, leftEnd), order.comesBefore(b, rightKey, leftKey));
  Value no = intConstant(b, b.getI1Type(), 0);
  Value takesRight = arith::SelectOp::create(b, noRight, no, rightWins);
  Value at = arith::SelectOp::create(b, takesRight, atRight, atLeft);
  return {takesRight, arith::SelectOp::create(b, takesRight, rightKey, leftKey),
          read(from.positions, at)};
}

SortedRows MergeSort::mergeRuns(SortedRows from, SortedRows to, Value row,
                                Value width) {
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

SortedRows MergeSort::sort(SortedRows rows, SortedRows scratch,
                           int64_t numRows) {
  // Two merges a turn, there and back.
  Value numTurns = index(llvm::divideCeil(llvm::Log2_64_Ceil(extent), 2));
  Value zero = index(0), one = index(1), two = index(2);
  SmallVector<Value> state = rows.values();
  state.append(scratch.values());
  auto sortRow = [&](Value row, ValueRange carried) {
    auto turn = [&](Value number, ValueRange args) -> SmallVector<Value> {
      Value shift = arith::MulIOp::create(b, number, two);
      Value width = arith::ShLIOp::create(b, one, shift);
      SortedRows there =
          mergeRuns({args[0], args[1]}, {args[2], args[3]}, row, width);
      width = arith::MulIOp::create(b, width, two);
      SortedRows back = mergeRuns(there, {args[0], args[1]}, row, width);
      return {back.keys, back.positions, there.keys, there.positions};
    };
    return loop(zero, numTurns, one, carried, turn);
  };
  SmallVector<Value> sorted = loop(zero, index(numRows), one, state, sortRow);
  return {sorted[0], sorted[1]};
}

static SmallVector<Value> placeInRow(ImplicitLocOpBuilder &b, ValueRange) {
  Value place = linalg::IndexOp::create(b, 1);
  return {arith::IndexCastOp::create(b, b.getI64Type(), place)};
}

Value emitMergeSort(ImplicitLocOpBuilder &b, SortOrder order, Value keys) {
  auto keysType = cast<RankedTensorType>(keys.getType());
  auto positionsType =
      RankedTensorType::get(keysType.getShape(), b.getI64Type());
  Location loc = b.getLoc();
  Value ownPlaces = buildParallel(b, loc, positionsType, {}, {}, placeInRow);
  SortedRows scratch{emptyTensor(b, loc, keysType),
                     emptyTensor(b, loc, positionsType)};
  MergeSort sorter(b, order, keysType.getDimSize(1));
  return sorter.sort({keys, ownPlaces}, scratch, keysType.getDimSize(0))
      .positions;
}

} // namespace nabla
