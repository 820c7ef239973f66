//===- radix_sort.cpp - Sorting by the digits of keys ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From the least significant digit to the most, elements are distributed by
// that digit and keep their order otherwise (D. Knuth, The Art of Computer
// Programming 3, 5.2.5, "radix list sort", with arrays). A digit is a byte. How
// often each occurs is counted beforehand, for all digits at once.
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

constexpr int64_t bitsOfDigit = 8, numValues = 1 << bitsOfDigit;
/// A key of so many bits and a position are one record of twice as many.
constexpr int64_t bitsOfHalf = 32;

class RadixSort {
public:
  RadixSort(ImplicitLocOpBuilder &builder, Value keys)
      : b(builder), keys(keys), type(cast<RankedTensorType>(keys.getType())),
        extent(type.getDimSize(1)),
        isPacked(type.getElementTypeBitWidth() <= bitsOfHalf &&
                 llvm::isUInt<bitsOfHalf>(extent)) {}

  Value run();

private:
  /// A record is a key and its position, or both in one number.
  using Record = SmallVector<Value>;
  /// As many tensors as a record has numbers; each holds those of a row.
  using Records = SmallVector<Value>;

  Value index(int64_t value) {
    return arith::ConstantIndexOp::create(b, value);
  }
  Value number(int64_t value) { return intConstant(b, b.getI64Type(), value); }
  Value toNumber(Value index) {
    return arith::IndexCastOp::create(b, b.getI64Type(), index);
  }
  /// Two digits are done in one turn, there and back.
  int64_t numTurns() const {
    return llvm::divideCeil(type.getElementTypeBitWidth(), 2 * bitsOfDigit);
  }
  RankedTensorType numbers(ArrayRef<int64_t> shape) {
    return RankedTensorType::get(shape, b.getI64Type());
  }
  SmallVector<Value> loop(int64_t end, ValueRange carried, LoopStep body) {
    return emitLoop(b, index(0), index(end), index(1), carried, body);
  }
  Value read(Value tensor, ValueRange at) {
    return tensor::ExtractOp::create(b, tensor, at);
  }
  Value write(Value value, Value tensor, ValueRange at) {
    return tensor::InsertOp::create(b, value, tensor, at);
  }

  Record makeRecord(Value key, Value position);
  Record readRecord(ArrayRef<Value> records, Value at);
  Records writeRecord(const Record &record, ValueRange records, Value at);
  Value positionOf(const Record &record);
  /// The digit `number` of the key; digits are counted from the least
  /// significant one.
  Value digitOf(const Record &record, Value number);

  Records emptyRecords();
  /// Appends to `records` how often each value of each digit occurs.
  SmallVector<Value> readRow(Value row, Records records);
  /// Whether all keys have the same digit.
  Value isSame(ArrayRef<Value> records, Value counts, Value digit);
  /// Replaces how often each value of a digit occurs by where the first such
  /// record belongs.
  Value sumUp(Value counts, Value digit);
  /// Distributes records by one digit; the counts are the last result.
  Records distribute(ArrayRef<Value> from, ValueRange to, Value counts,
                     Value digit);
  SmallVector<Value> sortByTwo(Value turn, ValueRange state);
  Value sortRow(Value row, Value result, Value rowOfResult);

  ImplicitLocOpBuilder &b;
  Value keys;
  RankedTensorType type;
  int64_t extent;
  bool isPacked;
};

} // namespace

RadixSort::Record RadixSort::makeRecord(Value key, Value position) {
  if (key.getType() != b.getI64Type())
    key = arith::ExtUIOp::create(b, b.getI64Type(), key);
  if (!isPacked)
    return {key, position};
  Value upper = arith::ShLIOp::create(b, key, number(bitsOfHalf));
  return {arith::OrIOp::create(b, upper, position)};
}

RadixSort::Record RadixSort::readRecord(ArrayRef<Value> records, Value at) {
  Record record;
  for (Value tensor : records)
    record.push_back(read(tensor, at));
  return record;
}

RadixSort::Records RadixSort::writeRecord(const Record &record,
                                          ValueRange records, Value at) {
  Records written;
  for (auto [value, tensor] : llvm::zip_equal(record, records))
    written.push_back(write(value, tensor, at));
  return written;
}

Value RadixSort::positionOf(const Record &record) {
  if (!isPacked)
    return record.back();
  Value half = number((int64_t(1) << bitsOfHalf) - 1);
  return arith::AndIOp::create(b, record.back(), half);
}

Value RadixSort::digitOf(const Record &record, Value number) {
  Value shift =
      arith::MulIOp::create(b, toNumber(number), this->number(bitsOfDigit));
  if (isPacked)
    shift = arith::AddIOp::create(b, shift, this->number(bitsOfHalf));
  Value digit = arith::ShRUIOp::create(b, record.front(), shift);
  digit = arith::AndIOp::create(b, digit, this->number(numValues - 1));
  return arith::IndexCastOp::create(b, b.getIndexType(), digit);
}

RadixSort::Records RadixSort::emptyRecords() {
  Records records;
  for (int64_t i = 0, e = isPacked ? 1 : 2; i < e; ++i)
    records.push_back(emptyTensor(b, b.getLoc(), numbers(extent)));
  return records;
}

SmallVector<Value> RadixSort::readRow(Value row, Records records) {
  SmallVector<Value> state = std::move(records);
  state.push_back(filledTensor(
      b, b.getLoc(), numbers({2 * numTurns(), numValues}), number(0)));
  return loop(extent, state, [&](Value at, ValueRange args) {
    Record record = makeRecord(read(keys, {row, at}), toNumber(at));
    SmallVector<Value> next = writeRecord(record, args.drop_back(), at);
    Value counts = args.back();
    for (int64_t i = 0; i < 2 * numTurns(); ++i) {
      SmallVector<Value> place{index(i), digitOf(record, index(i))};
      Value more = arith::AddIOp::create(b, read(counts, place), number(1));
      counts = write(more, counts, place);
    }
    next.push_back(counts);
    return next;
  });
}

Value RadixSort::isSame(ArrayRef<Value> records, Value counts, Value digit) {
  Record first = readRecord(records, index(0));
  Value count = read(counts, {digit, digitOf(first, digit)});
  return arith::CmpIOp::create(b, arith::CmpIPredicate::eq, count,
                               number(extent));
}

Value RadixSort::sumUp(Value counts, Value digit) {
  SmallVector<Value> state{counts, number(0)};
  auto step = [&](Value value, ValueRange args) -> SmallVector<Value> {
    SmallVector<Value> place{digit, value};
    Value count = read(args[0], place);
    return {write(args[1], args[0], place),
            arith::AddIOp::create(b, args[1], count)};
  };
  return loop(numValues, state, step)[0];
}

RadixSort::Records RadixSort::distribute(ArrayRef<Value> from, ValueRange to,
                                         Value counts, Value digit) {
  SmallVector<Value> state(to);
  state.push_back(sumUp(counts, digit));
  return loop(extent, state, [&](Value at, ValueRange args) {
    Record record = readRecord(from, at);
    SmallVector<Value> place{digit, digitOf(record, digit)};
    Value target = read(args.back(), place);
    Value next = arith::AddIOp::create(b, target, number(1));
    target = arith::IndexCastOp::create(b, b.getIndexType(), target);
    SmallVector<Value> written = writeRecord(record, args.drop_back(), target);
    written.push_back(write(next, args.back(), place));
    return written;
  });
}

/// The state is the records, as much memory, and the counts.
SmallVector<Value> RadixSort::sortByTwo(Value turn, ValueRange state) {
  size_t size = (state.size() - 1) / 2;
  SmallVector<Value> records(state.take_front(size));
  Value lower = arith::MulIOp::create(b, turn, index(2));
  Value upper = arith::AddIOp::create(b, lower, index(1));
  Value areSame = arith::AndIOp::create(b, isSame(records, state.back(), lower),
                                        isSame(records, state.back(), upper));
  auto leave = [&](OpBuilder &, Location) { scf::YieldOp::create(b, state); };
  auto sort = [&](OpBuilder &, Location) {
    SmallVector<Value> there =
        distribute(records, state.slice(size, size), state.back(), lower);
    Value counts = there.pop_back_val();
    SmallVector<Value> back = distribute(there, records, counts, upper);
    counts = back.pop_back_val();
    llvm::append_range(back, there);
    back.push_back(counts);
    scf::YieldOp::create(b, back);
  };
  return scf::IfOp::create(b, areSame, leave, sort).getResults();
}

Value RadixSort::sortRow(Value row, Value result, Value rowOfResult) {
  SmallVector<Value> state = readRow(row, emptyRecords());
  Value counts = state.pop_back_val();
  llvm::append_range(state, emptyRecords());
  state.push_back(counts);
  SmallVector<Value> sorted =
      loop(numTurns(), state,
           [&](Value turn, ValueRange args) { return sortByTwo(turn, args); });
  sorted.truncate((sorted.size() - 1) / 2);
  auto give = [&](Value at, ValueRange args) -> SmallVector<Value> {
    Value position = positionOf(readRecord(sorted, at));
    return {write(position, args[0], {rowOfResult, at})};
  };
  return loop(extent, result, give)[0];
}

Value RadixSort::run() {
  return emitRows(b, type.getDimSize(0), extent,
                  [&](Value row, Value result, Value rowOfResult) {
                    return sortRow(row, result, rowOfResult);
                  });
}

Value emitRadixSort(ImplicitLocOpBuilder &b, Value keys) {
  return RadixSort(b, keys).run();
}

} // namespace nabla
