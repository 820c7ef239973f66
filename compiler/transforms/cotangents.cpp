//===- cotangents.cpp - Sums of cotangents --------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/cotangents.h"

#include "dialects/nabla/Emit.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace nabla {
namespace {

bool isZeros(Value value) {
  DenseElementsAttr constant;
  return matchPattern(value, m_Constant(&constant)) && constant.isSplat() &&
         matchPattern(value, m_AnyZeroFloat());
}

/// What a slice along one dimension passes back: a piece, and zeros before and
/// after it.
struct Strip {
  Value piece;
  int64_t dim, begin, end;

  static std::optional<Strip> of(Value term) {
    auto pad = term.getDefiningOp<PadOp>();
    if (!pad || !isZeros(pad.getValue()))
      return std::nullopt;
    std::optional<int64_t> only;
    for (int64_t dim : iotaDims(pad.getLow().size())) {
      if (pad.getInterior()[dim] != 0)
        return std::nullopt;
      if (pad.getLow()[dim] == 0 && pad.getHigh()[dim] == 0)
        continue;
      if (only)
        return std::nullopt;
      only = dim;
    }
    if (!only)
      return std::nullopt;
    int64_t begin = pad.getLow()[*only];
    return Strip{pad.getX(), *only, begin, begin + shapeOf(pad.getX())[*only]};
  }
};

/// Takes out of `terms` those strips along `dim` that lie side by side without
/// an overlap, and gives what they are together; null if there is but one.
Value takeStrips(OpBuilder &b, Location loc, int64_t dim,
                 SmallVectorImpl<Value> &terms) {
  SmallVector<std::pair<Strip, size_t>> strips;
  for (auto [i, term] : llvm::enumerate(terms))
    if (std::optional<Strip> strip = Strip::of(term))
      if (strip->dim == dim && strip->begin < strip->end)
        strips.push_back({*strip, i});
  llvm::stable_sort(strips, [](const auto &x, const auto &y) {
    return x.first.begin < y.first.begin;
  });
  SmallVector<Value> pieces;
  DenseSet<size_t> taken;
  SmallVector<int64_t> shape(shapeOf(terms.front()));
  int64_t end = 0, extent = shape[dim];
  auto fill = [&](int64_t until) {
    shape[dim] = until - end;
    if (shape[dim] > 0)
      pieces.push_back(
          emitZeros(b, loc, withShape(terms.front().getType(), shape)));
  };
  for (auto [strip, i] : strips) {
    if (strip.begin < end)
      continue;
    fill(strip.begin);
    pieces.push_back(strip.piece);
    taken.insert(i);
    end = strip.end;
  }
  if (taken.size() < 2)
    return nullptr;
  fill(extent);
  SmallVector<Value> rest;
  for (auto [i, term] : llvm::enumerate(terms))
    if (!taken.contains(i))
      rest.push_back(term);
  terms = rest;
  return ConcatenateOp::create(b, loc, pieces, dim);
}

/// The scatter that a gather passes back: into zeros, which nothing else uses.
ScatterOp scatterIntoZeros(Value term) {
  auto scatter = term.getDefiningOp<ScatterOp>();
  bool adds = scatter && scatter.getCombine() == Combine::add;
  return adds && isZeros(scatter.getX()) ? scatter : ScatterOp();
}

} // namespace

Value sumCotangents(OpBuilder &b, Location loc, ArrayRef<Value> given) {
  if (given.size() == 1)
    return given.front();
  SmallVector<Value> terms(given), joined, scatters;
  for (int64_t dim : iotaDims(tensorTypeOf(given.front()).getRank()))
    while (!terms.empty()) {
      Value strips = takeStrips(b, loc, dim, terms);
      if (!strips)
        break;
      joined.push_back(strips);
    }
  llvm::append_range(terms, joined);
  llvm::erase_if(terms, [&](Value term) {
    bool scatter = static_cast<bool>(scatterIntoZeros(term));
    if (scatter)
      scatters.push_back(term);
    return scatter;
  });
  Value sum;
  for (Value term : terms)
    sum = emitSum(b, loc, sum, term);
  for (Value term : scatters) {
    ScatterOp scatter = scatterIntoZeros(term);
    sum = sum ? ScatterOp::create(b, loc, Combine::add, sum,
                                  scatter.getIndices(), scatter.getUpdates(),
                                  scatter.getDims(), scatter.getBatchDims())
              : term;
  }
  return sum;
}

} // namespace nabla
