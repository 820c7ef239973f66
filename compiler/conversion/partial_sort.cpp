//===- partial_sort.cpp - The first elements in order ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The best elements so far are kept in order. Each element is compared with the
// last of them; of n elements in random order about count * log(n / count) come
// before it, and are inserted.
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/lowering.h"
#include "compiler/conversion/scalars.h"
#include "compiler/conversion/sorting.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace nabla {
namespace {

class PartialSort {
public:
  PartialSort(ImplicitLocOpBuilder &builder, Value keys, int64_t count)
      : b(builder), keys(keys), count(count) {}

  Value run();

private:
  Value index(int64_t value) {
    return arith::ConstantIndexOp::create(b, value);
  }
  Value read(Value tensor, Value row, Value at) {
    return tensor::ExtractOp::create(b, tensor, ValueRange{row, at});
  }
  Value write(Value value, Value tensor, Value row, Value at) {
    return tensor::InsertOp::create(b, value, tensor, ValueRange{row, at});
  }
  Value less(Value x, Value y) {
    return arith::CmpIOp::create(b, arith::CmpIPredicate::ult, x, y);
  }
  /// Puts the element at `place` of a row among the best of those before it, if
  /// it belongs there.
  SmallVector<Value> offer(Value row, Value place, ValueRange best);
  SmallVector<Value> insert(Value row, Value place, Value key, ValueRange best);

  ImplicitLocOpBuilder &b;
  Value keys;
  int64_t count;
};

} // namespace

SmallVector<Value> PartialSort::insert(Value row, Value place, Value key,
                                       ValueRange best) {
  Value isPlaced = intConstant(b, b.getI1Type(), 0), one = index(1);
  Value position = arith::IndexCastOp::create(b, b.getI64Type(), place);
  Value end = arith::MinUIOp::create(b, arith::AddIOp::create(b, place, one),
                                     index(count));
  SmallVector<Value> state(best);
  state.append({key, position, isPlaced});
  // From the place of the new element on, each takes that of the next.
  auto shift = [&](Value at, ValueRange args) -> SmallVector<Value> {
    Value oldKey = read(args[0], row, at), oldPosition = read(args[1], row, at);
    Value isNew = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, at, place);
    Value moves = arith::OrIOp::create(
        b, arith::OrIOp::create(b, args[4], isNew), less(args[2], oldKey));
    auto pick = [&](Value x, Value y) -> Value {
      return arith::SelectOp::create(b, moves, x, y);
    };
    return {write(pick(args[2], oldKey), args[0], row, at),
            write(pick(args[3], oldPosition), args[1], row, at),
            pick(oldKey, args[2]), pick(oldPosition, args[3]), moves};
  };
  SmallVector<Value> shifted = emitLoop(b, index(0), end, one, state, shift);
  shifted.truncate(2);
  return shifted;
}

SmallVector<Value> PartialSort::offer(Value row, Value place, ValueRange best) {
  Value key = read(keys, row, place);
  Value last = read(best[0], row, index(count - 1));
  Value belongs =
      arith::OrIOp::create(b, less(place, index(count)), less(key, last));
  auto take = [&](OpBuilder &, Location) {
    scf::YieldOp::create(b, insert(row, place, key, best));
  };
  auto leave = [&](OpBuilder &, Location) { scf::YieldOp::create(b, best); };
  auto branch = scf::IfOp::create(b, belongs, take, leave);
  return branch.getResults();
}

Value PartialSort::run() {
  auto type = cast<RankedTensorType>(keys.getType());
  int64_t numRows = type.getDimSize(0), extent = type.getDimSize(1);
  SmallVector<int64_t> shape{numRows, count};
  Location loc = b.getLoc();
  // The keys and the positions.
  SmallVector<Value> best{
      emptyTensor(b, loc, type.clone(shape)),
      emptyTensor(b, loc, RankedTensorType::get(shape, b.getI64Type()))};
  Value zero = index(0), one = index(1);
  auto search = [&](Value row, ValueRange found) {
    return emitLoop(
        b, zero, index(extent), one, found,
        [&](Value place, ValueRange args) { return offer(row, place, args); });
  };
  return emitLoop(b, zero, index(numRows), one, best, search)[1];
}

Value emitPartialSort(ImplicitLocOpBuilder &b, Value keys, int64_t count) {
  return PartialSort(b, keys, count).run();
}

} // namespace nabla
