//===- interleave.cpp - Elements of several streams in turn ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An even number of vectors is halved, for two shuffles a vector and half; of
// an odd number each result is put together from all.
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/interleave.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace nabla {
namespace {

int64_t numLanes(ArrayRef<Value> vectors) {
  return cast<VectorType>(vectors.front().getType()).getNumElements();
}

/// The vector whose lane `l` is lane `from(l).second` of vector
/// `from(l).first`.
Value putTogether(
    LoopBuilder &b, ArrayRef<Value> vectors,
    llvm::function_ref<std::pair<int64_t, int64_t>(int64_t)> from) {
  int64_t lanes = numLanes(vectors);
  Value result;
  SmallVector<bool> isDone(lanes, false);
  for (auto [i, vector] : llvm::enumerate(vectors)) {
    SmallVector<int64_t> mask;
    bool isUsed = false;
    for (int64_t lane = 0; lane < lanes; ++lane) {
      auto [source, place] = from(lane);
      bool isHere = source == static_cast<int64_t>(i);
      isUsed |= isHere;
      mask.push_back(isHere         ? place + (result ? lanes : 0)
                     : isDone[lane] ? lane
                                    : vector::ShuffleOp::kPoisonIndex);
      isDone[lane] = isDone[lane] || isHere;
    }
    if (isUsed)
      result =
          vector::ShuffleOp::create(b, result ? result : vector, vector, mask);
  }
  return result;
}

/// As many vectors as there are, of which lane `l` of vector `i` is lane
/// `from(i, l).second` of vector `from(i, l).first`.
SmallVector<Value> putAllTogether(
    LoopBuilder &b, ArrayRef<Value> vectors,
    llvm::function_ref<std::pair<int64_t, int64_t>(int64_t, int64_t)> from) {
  SmallVector<Value> result;
  for (size_t i = 0; i < vectors.size(); ++i)
    result.push_back(
        putTogether(b, vectors, [&](int64_t lane) { return from(i, lane); }));
  return result;
}

/// Every other element of two vectors, from `first` on.
Value everyOther(LoopBuilder &b, Value low, Value high, int64_t first) {
  int64_t lanes = numLanes(low);
  SmallVector<int64_t> mask;
  for (int64_t lane = 0; lane < lanes; ++lane)
    mask.push_back(2 * lane + first);
  return vector::ShuffleOp::create(b, low, high, mask);
}

/// Elements of both in turn, from `first` on.
Value inTurn(LoopBuilder &b, Value even, Value odd, int64_t first) {
  int64_t lanes = numLanes(even);
  SmallVector<int64_t> mask;
  for (int64_t lane = 0; lane < lanes; ++lane)
    mask.push_back(first + lane / 2 + lane % 2 * lanes);
  return vector::ShuffleOp::create(b, even, odd, mask);
}

} // namespace

SmallVector<Value> deinterleave(LoopBuilder &b, ArrayRef<Value> vectors) {
  int64_t count = vectors.size(), lanes = numLanes(vectors);
  if (count % 2 != 0)
    return putAllTogether(b, vectors, [&](int64_t first, int64_t lane) {
      int64_t at = lane * count + first;
      return std::pair(at / lanes, at % lanes);
    });
  SmallVector<Value> halves[2];
  for (int64_t i = 0; i < count; i += 2)
    for (int64_t first : {0, 1})
      halves[first].push_back(everyOther(b, vectors[i], vectors[i + 1], first));
  SmallVector<Value> even = deinterleave(b, halves[0]);
  SmallVector<Value> odd = deinterleave(b, halves[1]);
  SmallVector<Value> result;
  for (auto [first, second] : llvm::zip_equal(even, odd))
    result.append({first, second});
  return result;
}

SmallVector<Value> interleave(LoopBuilder &b, ArrayRef<Value> vectors) {
  int64_t count = vectors.size(), lanes = numLanes(vectors);
  if (count % 2 != 0)
    return putAllTogether(b, vectors, [&](int64_t i, int64_t lane) {
      int64_t at = i * lanes + lane;
      return std::pair(at % count, at / count);
    });
  SmallVector<Value> halves[2];
  for (auto [i, vector] : llvm::enumerate(vectors))
    halves[i % 2].push_back(vector);
  SmallVector<Value> even = interleave(b, halves[0]);
  SmallVector<Value> odd = interleave(b, halves[1]);
  SmallVector<Value> result;
  for (auto [first, second] : llvm::zip_equal(even, odd))
    result.append(
        {inTurn(b, first, second, 0), inTurn(b, first, second, lanes / 2)});
  return result;
}

} // namespace nabla
