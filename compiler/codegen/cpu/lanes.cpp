//===- lanes.cpp - How much of a loop runs at once ------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/lanes.h"
#include "compiler/codegen/cpu/selection.h"

#include "llvm/ADT/bit.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace nabla {

/// Short bodies run on several registers at once, which hides latency; long
/// ones have enough to do and would run out of registers.
static constexpr std::pair<unsigned, unsigned> registersByCost[] = {
    {24, 4}, {80, 2}, {~0u, 1}};
/// At most one in so many lanes may be computed twice for the sake of more
/// registers.
static constexpr int64_t maxWaste = 8;

/// At most so many totals of rows are in registers, with what they take: half
/// of the registers.
static constexpr int64_t maxRowTotals = 16;
/// Rows of more bits are read like streams: few at once.
static constexpr int64_t longRowBits = 8192, longRowsAtOnce = 4;

static int64_t paddedExtent(int64_t extent, int64_t lanes) {
  return llvm::divideCeil(extent, lanes) * lanes;
}

static int64_t registersFor(Nest &nest) {
  unsigned cost = nest.bodyCost();
  return llvm::find_if(registersByCost,
                       [&](auto &entry) { return cost <= entry.first; })
      ->second;
}

static int64_t powerUpTo(int64_t limit) {
  return llvm::bit_floor(static_cast<uint64_t>(limit));
}

int64_t chooseLanes(Nest &nest, unsigned vectorBits, int64_t rows) {
  int64_t most = powerUpTo(nest.extent);
  int64_t native = std::min<int64_t>(vectorBits / nest.widestBits(), most);
  int64_t registers = registersFor(nest);
  if (rows > 1)
    registers = std::max<int64_t>(2 * registers / rows, 1);
  int64_t lanes = std::min<int64_t>(native * registers, most);
  auto waste = [&](int64_t lanes) {
    return paddedExtent(nest.extent, lanes) - paddedExtent(nest.extent, native);
  };
  while (lanes > native && waste(lanes) * maxWaste > nest.extent)
    lanes /= 2;
  return lanes;
}

int64_t rowsAtOnce(Nest &inner, unsigned level, unsigned vectorBits) {
  int64_t totals = 0, extent = 1;
  bool areRows = true;
  inner.forEachKernel([&](Kernel &kernel) {
    extent = kernel.extents[level];
    bool movesAll = true;
    for (auto [i, access] : llvm::enumerate(kernel.accesses))
      movesAll &= !kernel.isOutput(i) || access->strides[level] != 0;
    areRows = areRows && movesAll && !kernel.isReduction[level];
    if (!kernel.isReduction.back())
      return;
    totals += kernel.op.getNumDpsInits();
    areRows = areRows && !Selection::match(kernel.op);
  });
  if (!areRows || totals == 0)
    return 1;
  int64_t bits = inner.widestBits();
  int64_t most = std::min<int64_t>(vectorBits / bits, maxRowTotals);
  most = most * registersFor(inner) / registersByCost[0].second / totals;
  if (inner.extent * bits > longRowBits)
    most = std::min(most, longRowsAtOnce);
  return powerUpTo(std::clamp<int64_t>(most, 1, extent));
}

} // namespace nabla
