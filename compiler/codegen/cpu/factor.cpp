//===- factor.cpp - One factor of a matrix product ------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/factor.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace nabla {

/// Copied rows are lines of the cache apart that are no power of two.
static constexpr int64_t lineBytes = bitsOfLine / 8;

Factor::Factor(Contraction &c, unsigned operand, unsigned along, int64_t count)
    : c(c), operand(operand), along(along), count(count) {}

/// A copy has its blocks one behind the other. A block of A whose rows lie
/// along the sums keeps its rows; all others become, step after step of the
/// sums, or pair after pair of them, what a block takes then.
void Factor::copy(int64_t extent, ArrayRef<unsigned> outer) {
  copied = true;
  int64_t blocks = llvm::divideCeil(extent, count);
  access.strides.assign(c.kernel.depth(), 0);
  bool keepsRows = operand == c.a && c.sums.size() == 1 &&
                   original().strides[c.sums.back()] == 1;
  int64_t steps = 1;
  if (keepsRows) {
    steps = c.extent(c.sums.back()) + lineBytes / c.factorBytes();
    copiedNext = steps;
    access.strides[c.sums.back()] = 1;
  } else {
    for (unsigned loop : llvm::reverse(c.sums)) {
      access.strides[loop] = steps * count;
      steps *= llvm::alignTo(c.extent(loop), c.pair);
    }
    copiedNext = c.pair;
  }
  access.strides[along] = blocks == 1 ? 0 : steps;
  size = blocks * steps * count;
  for (unsigned loop : llvm::reverse(outer)) {
    access.strides[loop] = size;
    size *= c.extent(loop);
  }
}

void Factor::allocate(LoopBuilder &b, FlatBuffers &buffers) {
  if (!copied)
    return;
  access.root =
      memref::AllocOp::create(b, MemRefType::get({size}, c.factorType()),
                              b.getI64IntegerAttr(lineBytes));
  buffers.addAll(access);
  buffers.prepare(b);
}

void Factor::release(LoopBuilder &b) {
  if (copied)
    memref::DeallocOp::create(b, access.root);
}

Value Factor::loadFrom(LoopBuilder &b, const FlatBuffers &buffers,
                       const Access &from, ArrayRef<Value> ivs, int64_t offset,
                       int64_t lanes) const {
  Value buffer = buffers.buffer(from);
  Value index = buffers.index(b, from, ivs, offset);
  Type element = getElementTypeOrSelf(buffer.getType());
  Value value =
      lanes == 1
          ? memref::LoadOp::create(b, buffer, index).getResult()
          : vector::LoadOp::create(
                b, cast<VectorType>(laneType(element, lanes)), buffer, index)
                .getResult();
  if (element == c.factorType())
    return value;
  return arith::ExtFOp::create(b, laneType(c.factorType(), lanes), value);
}

Value Factor::load(LoopBuilder &b, const FlatBuffers &buffers,
                   const Place &place, int64_t offset, int64_t lanes) const {
  return loadFrom(b, buffers, read(), copied ? place.slots : place.ivs, offset,
                  lanes);
}

void Factor::storeCopy(LoopBuilder &b, const FlatBuffers &buffers,
                       const Place &place, int64_t offset, Value value) const {
  Value index = buffers.index(b, access, place.slots, offset);
  if (isa<VectorType>(value.getType()))
    vector::StoreOp::create(b, value, access.root, index);
  else
    memref::StoreOp::create(b, value, access.root, index);
}

static void forLoops(LoopBuilder &b, const Contraction &c,
                     ArrayRef<unsigned> loops, Place &place,
                     llvm::function_ref<void()> body) {
  if (loops.empty()) {
    body();
    return;
  }
  forSteps(b, c.extent(loops.front()), 1, [&](Value iv) {
    place.set(loops.front(), iv);
    forLoops(b, c, loops.drop_front(), place, body);
  });
}

/// Rows that lie along the sums are copied one after the other. All else goes
/// step by step, over all blocks: they lie side by side there.
void Factor::copyBlocks(LoopBuilder &b, const FlatBuffers &buffers,
                        Place &place,
                        function_ref<void(function_ref<void()>)> overBlocks) {
  unsigned k = c.sums.back();
  ArrayRef<unsigned> outer = ArrayRef(c.sums).drop_back();
  int64_t wholePairs = llvm::alignDown(c.extent(k), c.pair);
  bool isAlongSums = std::abs(original().strides[k]) == 1;
  bool isSquare = operand == c.b && original().strides[k] == 1 &&
                  original().strides[along] != 1 &&
                  c.extent(k) >= c.block.lanes * c.pair;
  auto copySteps = [&](int64_t from, int64_t extent, int64_t size) {
    forSteps(b, extent, size, [&](Value step) {
      place.set(k, b.add(step, from));
      overBlocks([&] { copyStep(b, buffers, place, size == c.pair); });
    });
  };
  if (isAlongSums && access.strides[k] == 1) {
    overBlocks([&] {
      forLoops(b, c, outer, place, [&] { copyAlongSums(b, buffers, place); });
    });
    return;
  }
  if (isSquare)
    overBlocks([&] {
      forLoops(b, c, outer, place, [&] { copyTransposed(b, buffers, place); });
    });
  forLoops(b, c, outer, place, [&] {
    if (!isSquare && wholePairs > 0)
      copySteps(0, wholePairs, c.pair);
    if (wholePairs < c.extent(k))
      copySteps(wholePairs, 1, 1);
  });
}

/// Row by row, along k.
void Factor::copyAlongSums(LoopBuilder &b, const FlatBuffers &buffers,
                           Place &place) {
  unsigned k = c.sums.back();
  int64_t lanes = std::min<int64_t>(
      c.block.lanes, llvm::bit_floor(static_cast<uint64_t>(c.extent(k))));
  Value first = place.ivs[along];
  Access copy = access;
  forSteps(b, count, 1, [&](Value row) {
    place.ivs[along] = b.add(first, row);
    Value shift = b.mul(row, copiedNext);
    forSteps(b, c.extent(k), lanes, [&](Value step) {
      place.set(k, step);
      Value value = loadFrom(b, buffers, original(), place.ivs, 0, lanes);
      place.slots[k] = b.add(step, shift);
      storeCopy(b, buffers, place, 0, value);
    });
  });
  place.ivs[along] = first;
}

/// Elements of two steps, in turn.
static Value interleave(LoopBuilder &b, Value first, Value second) {
  int64_t lanes = cast<VectorType>(first.getType()).getNumElements();
  SmallVector<int64_t> order;
  for (int64_t lane = 0; lane < lanes; ++lane)
    llvm::append_values(order, lane, lane + lanes);
  return vector::ShuffleOp::create(b, first, second, order);
}

/// What a block takes at one step, in vectors as long as fit; elements may be
/// apart. With pairs, at two, or at the last one and none: zeros.
void Factor::copyStep(LoopBuilder &b, const FlatBuffers &buffers,
                      const Place &place, bool hasNext) {
  int64_t apart = original().strides[along];
  int64_t next = original().strides[c.sums.back()];
  for (int64_t done = 0; done < count;) {
    int64_t lanes =
        apart == 1 ? std::min<int64_t>(
                         c.block.lanes,
                         llvm::bit_floor(static_cast<uint64_t>(count - done)))
                   : 1;
    auto load = [&](int64_t step) {
      return loadFrom(b, buffers, original(), place.ivs,
                      done * apart + step * next, lanes);
    };
    Value value = load(0);
    if (c.pair == 1) {
      storeCopy(b, buffers, place, done, value);
    } else {
      Value second =
          hasNext ? load(1)
                  : arith::ConstantOp::create(b, b.getZeroAttr(value.getType()))
                        .getResult();
      if (lanes > 1) {
        storeCopy(b, buffers, place, done * 2, interleave(b, value, second));
      } else {
        storeCopy(b, buffers, place, done * 2, value);
        storeCopy(b, buffers, place, done * 2 + 1, second);
      }
    }
    done += lanes;
  }
}

/// Columns along k become rows, a square of vectors at a time. A pair moves as
/// one element.
void Factor::copyTransposed(LoopBuilder &b, const FlatBuffers &buffers,
                            Place &place) {
  unsigned k = c.sums.back();
  int64_t lanes = c.block.lanes, apart = original().strides[along];
  auto elements = cast<VectorType>(laneType(c.factorType(), lanes * c.pair));
  auto pairs = cast<VectorType>(laneType(b.getI32Type(), lanes));
  auto cast = [&](Value vector, VectorType type) -> Value {
    return c.pair == 1 ? vector : vector::BitCastOp::create(b, type, vector);
  };
  int64_t extent = llvm::alignDown(c.extent(k), c.pair);
  forSteps(b, extent, lanes * c.pair, [&](Value step) {
    place.set(k, step);
    for (int64_t column = 0; column < count; column += lanes) {
      SmallVector<Value> columns;
      for (int64_t lane = 0; lane < lanes; ++lane)
        columns.push_back(
            cast(loadFrom(b, buffers, original(), place.ivs,
                          (column + lane) * apart, lanes * c.pair),
                 pairs));
      for (auto [i, vector] : llvm::enumerate(transpose(b, columns)))
        storeCopy(b, buffers, place,
                  (static_cast<int64_t>(i) * access.strides[k] + column) *
                      c.pair,
                  cast(vector, elements));
    }
  });
}

} // namespace nabla
