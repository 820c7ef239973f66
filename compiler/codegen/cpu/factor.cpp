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
static constexpr int64_t lineBytes = 64;

Factor::Factor(Contraction &c, unsigned operand, unsigned along, int64_t count)
    : c(c), operand(operand), along(along), count(count) {}

/// A copy has its blocks one behind the other. A block of A whose rows lie
/// along the sums keeps its rows; all others become, step after step of the
/// sums, what a block takes at this step.
void Factor::copy(int64_t extent, ArrayRef<unsigned> outer) {
  copied = true;
  int64_t blocks = llvm::divideCeil(extent, count);
  access.strides.assign(c.kernel.depth(), 0);
  bool keepsRows = operand == c.a && c.sums.size() == 1 &&
                   original().strides[c.sums.back()] == 1;
  int64_t steps = 1;
  if (keepsRows) {
    steps = c.extent(c.sums.back()) + lineBytes / c.sumBytes();
    copiedNext = steps;
    access.strides[c.sums.back()] = 1;
  } else {
    for (unsigned loop : llvm::reverse(c.sums)) {
      access.strides[loop] = steps * count;
      steps *= c.extent(loop);
    }
  }
  access.strides[along] = blocks == 1 ? 0 : steps;
  size = blocks * steps * count;
  for (unsigned loop : llvm::reverse(outer)) {
    access.strides[loop] = size;
    size *= c.extent(loop);
  }
}

void Factor::allocate(ImplicitLocOpBuilder &b, FlatBuffers &buffers) {
  if (!copied)
    return;
  access.root = memref::AllocOp::create(b, MemRefType::get({size}, c.sumType()),
                                        b.getI64IntegerAttr(lineBytes));
  buffers.prepare(b, access);
}

void Factor::release(ImplicitLocOpBuilder &b) {
  if (copied)
    memref::DeallocOp::create(b, access.root);
}

Value Factor::loadFrom(ImplicitLocOpBuilder &b, const FlatBuffers &buffers,
                       const Access &from, ArrayRef<Value> ivs, int64_t offset,
                       int64_t lanes) const {
  Value buffer = buffers.buffer(from);
  Value index = buffers.index(b, from, ivs);
  if (offset != 0)
    index = arith::AddIOp::create(b, index,
                                  arith::ConstantIndexOp::create(b, offset));
  Type element = getElementTypeOrSelf(buffer.getType());
  Value value =
      lanes == 1
          ? memref::LoadOp::create(b, buffer, index).getResult()
          : vector::LoadOp::create(
                b, cast<VectorType>(laneType(element, lanes)), buffer, index)
                .getResult();
  if (element == c.sumType())
    return value;
  return arith::ExtFOp::create(b, laneType(c.sumType(), lanes), value);
}

Value Factor::load(ImplicitLocOpBuilder &b, const FlatBuffers &buffers,
                   const Place &place, int64_t offset, int64_t lanes) const {
  return loadFrom(b, buffers, read(), copied ? place.slots : place.ivs, offset,
                  lanes);
}

void Factor::storeCopy(ImplicitLocOpBuilder &b, const FlatBuffers &buffers,
                       const Place &place, int64_t offset, Value value) const {
  Value index = buffers.index(b, access, place.slots);
  index = arith::AddIOp::create(b, index,
                                arith::ConstantIndexOp::create(b, offset));
  if (isa<VectorType>(value.getType()))
    vector::StoreOp::create(b, value, access.root, index);
  else
    memref::StoreOp::create(b, value, access.root, index);
}

static void forLoops(ImplicitLocOpBuilder &b, const Contraction &c,
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
void Factor::copyBlocks(ImplicitLocOpBuilder &b, const FlatBuffers &buffers,
                        Place &place,
                        function_ref<void(function_ref<void()>)> overBlocks) {
  unsigned k = c.sums.back();
  ArrayRef<unsigned> outer = ArrayRef(c.sums).drop_back();
  bool isAlongSums = std::abs(original().strides[k]) == 1;
  bool isSquare = operand == c.b && original().strides[k] == 1 &&
                  original().strides[along] != 1 &&
                  c.extent(k) >= c.block.lanes;
  if (isSquare)
    overBlocks([&] {
      forLoops(b, c, outer, place, [&] { copyTransposed(b, buffers, place); });
    });
  else if (isAlongSums && access.strides[k] == 1)
    overBlocks([&] {
      forLoops(b, c, outer, place, [&] { copyAlongSums(b, buffers, place); });
    });
  else
    forLoops(b, c, c.sums, place,
             [&] { overBlocks([&] { copyStep(b, buffers, place); }); });
}

/// Row by row, along k.
void Factor::copyAlongSums(ImplicitLocOpBuilder &b, const FlatBuffers &buffers,
                           Place &place) {
  unsigned k = c.sums.back();
  int64_t lanes = std::min<int64_t>(
      c.block.lanes, llvm::bit_floor(static_cast<uint64_t>(c.extent(k))));
  Value first = place.ivs[along];
  Access copy = access;
  forSteps(b, count, 1, [&](Value row) {
    place.ivs[along] = arith::AddIOp::create(b, first, row);
    Value shift = arith::MulIOp::create(
        b, row, arith::ConstantIndexOp::create(b, copiedNext));
    forSteps(b, c.extent(k), lanes, [&](Value step) {
      place.set(k, step);
      Value value = loadFrom(b, buffers, original(), place.ivs, 0, lanes);
      place.slots[k] = arith::AddIOp::create(b, step, shift);
      storeCopy(b, buffers, place, 0, value);
    });
  });
  place.ivs[along] = first;
}

/// What a block takes at one step, in vectors as long as fit; elements may be
/// apart.
void Factor::copyStep(ImplicitLocOpBuilder &b, const FlatBuffers &buffers,
                      const Place &place) {
  int64_t apart = original().strides[along];
  for (int64_t done = 0; done < count;) {
    int64_t lanes =
        apart == 1 ? std::min<int64_t>(
                         c.block.lanes,
                         llvm::bit_floor(static_cast<uint64_t>(count - done)))
                   : 1;
    Value value =
        loadFrom(b, buffers, original(), place.ivs, done * apart, lanes);
    storeCopy(b, buffers, place, done, value);
    done += lanes;
  }
}

/// Columns along k become rows, a square of vectors at a time.
void Factor::copyTransposed(ImplicitLocOpBuilder &b, const FlatBuffers &buffers,
                            Place &place) {
  unsigned k = c.sums.back();
  int64_t lanes = c.block.lanes, apart = original().strides[along];
  forSteps(b, c.extent(k), lanes, [&](Value step) {
    place.set(k, step);
    for (int64_t column = 0; column < count; column += lanes) {
      SmallVector<Value> columns;
      for (int64_t lane = 0; lane < lanes; ++lane)
        columns.push_back(loadFrom(b, buffers, original(), place.ivs,
                                   (column + lane) * apart, lanes));
      for (auto [i, vector] : llvm::enumerate(transpose(b, columns)))
        storeCopy(b, buffers, place,
                  static_cast<int64_t>(i) * access.strides[k] + column, vector);
    }
  });
}

} // namespace nabla
