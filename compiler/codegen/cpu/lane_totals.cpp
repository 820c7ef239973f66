//===- lane_totals.cpp - Sums over the lanes of vectors -------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/lane_totals.h"
#include "compiler/codegen/cpu/emit_body.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace nabla {

/// Shuffles within so many bits are the cheap ones.
static constexpr unsigned shuffleBits = 128;

static int64_t numLanes(Value vector) {
  auto type = dyn_cast<VectorType>(vector.getType());
  return type ? type.getNumElements() : 1;
}

static Value lanesOf(LoopBuilder &b, Value vector, int64_t first,
                     int64_t count) {
  return vector::ShuffleOp::create(
      b, vector, vector, llvm::to_vector(llvm::seq(first, first + count)));
}

Value addLanes(LoopBuilder &b, Operation *combiner, Value vector) {
  for (int64_t half = numLanes(vector) / 2; half > 0; half /= 2) {
    Value low = lanesOf(b, vector, 0, half);
    Value high = lanesOf(b, vector, half, half);
    vector = combine(b, combiner, low, high);
  }
  if (!isa<VectorType>(vector.getType()))
    return vector;
  return vector::ExtractOp::create(b, vector, int64_t(0));
}

/// Both vectors are blocks of `count` pieces of `size` lanes: even pieces are
/// combined with odd ones. Each block of the result is half of the first
/// vector and half of the second.
static Value addPairs(LoopBuilder &b, Operation *combiner, Value vector,
                      Value other, int64_t count, int64_t size) {
  int64_t lanes = numLanes(vector);
  SmallVector<int64_t> even, odd;
  for (int64_t lane = 0; lane < lanes; ++lane) {
    int64_t piece = lane / size % count, block = lane / (size * count);
    bool isOther = piece >= count / 2;
    int64_t from = 2 * (piece % (count / 2)) * size + lane % size +
                   block * count * size + (isOther ? lanes : 0);
    even.push_back(from);
    odd.push_back(from + size);
  }
  return combine(b, combiner, vector::ShuffleOp::create(b, vector, other, even),
                 vector::ShuffleOp::create(b, vector, other, odd));
}

/// All lanes of `vectors`, in order.
static Value concatenate(LoopBuilder &b, SmallVector<Value> vectors) {
  while (vectors.size() > 1) {
    auto both = llvm::to_vector(llvm::seq(2 * numLanes(vectors.front())));
    for (size_t i = 0; i < vectors.size() / 2; ++i)
      vectors[i] = vector::ShuffleOp::create(b, vectors[2 * i],
                                             vectors[2 * i + 1], both);
    vectors.truncate(vectors.size() / 2);
  }
  return vectors.front();
}

/// A tree: pairs of neighbours become one vector of half the partial sums of
/// each, first within the blocks in which shuffles are cheap, then across them.
/// After all steps each lane holds the total of one vector.
Value addLanesOfEach(LoopBuilder &b, Operation *combiner,
                     ArrayRef<Value> vectors) {
  assert(llvm::isPowerOf2_64(vectors.size()) && "neighbours are paired");
  if (vectors.size() == 1)
    return addLanes(b, combiner, vectors.front());
  SmallVector<Value> level(vectors);
  int64_t lanes = numLanes(vectors.front());
  int64_t bits =
      getElementTypeOrSelf(vectors.front().getType()).getIntOrFloatBitWidth();
  int64_t blockLanes = std::min<int64_t>(lanes, shuffleBits / bits);
  auto halve = [&](int64_t count, int64_t size) {
    SmallVector<Value> next;
    for (size_t i = 0; i < level.size(); i += 2) {
      Value other = i + 1 < level.size() ? level[i + 1] : level[i];
      next.push_back(addPairs(b, combiner, level[i], other, count, size));
    }
    level = next;
  };
  for (int64_t left = blockLanes; left > 1; left /= 2)
    halve(blockLanes, 1);
  for (int64_t left = lanes / blockLanes; left > 1; left /= 2)
    halve(lanes / blockLanes, blockLanes);
  if (static_cast<int64_t>(vectors.size()) < lanes)
    return lanesOf(b, level.front(), 0, vectors.size());
  return concatenate(b, level);
}

} // namespace nabla
