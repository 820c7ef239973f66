//===- register_block.cpp - How much of C registers hold ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/register_block.h"

#include "llvm/ADT/bit.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <limits>

namespace nabla {

static constexpr int64_t mostRows = 14, mostVectors = 4;

/// Cycles of one step along k, of machines that multiply two vectors and load
/// two a cycle, with four cycles until a sum can be added to again.
static double cyclesPerStep(int64_t rows, int64_t vectors) {
  return std::max({rows * vectors / 2.0, (rows + vectors) / 2.0, 4.0});
}

/// Registers for the sums, a row of B and an element of A; a few more, for
/// LLVM loads ahead.
static int64_t registersFor(int64_t rows, int64_t vectors, int64_t all) {
  return rows * vectors + vectors + 1 + all / 10;
}

RegisterBlock chooseBlock(int64_t m, int64_t n, int64_t k, int64_t lanes,
                          int64_t registers) {
  lanes = std::min<int64_t>(lanes, llvm::bit_floor(static_cast<uint64_t>(n)));
  RegisterBlock best{1, 1, lanes, std::numeric_limits<double>::infinity()};
  for (int64_t vectors = 1; vectors <= mostVectors; ++vectors)
    for (int64_t rows = 1; rows <= std::min(m, mostRows); ++rows) {
      if (registersFor(rows, vectors, registers) > registers ||
          vectors * lanes > n)
        continue;
      double blocks =
          llvm::divideCeil(m, rows) * llvm::divideCeil(n, vectors * lanes);
      // Each block also starts and stores its sums.
      double overhead = 2.0 * rows * vectors + 10;
      double cost = blocks * (k * cyclesPerStep(rows, vectors) + overhead);
      if (cost < best.cost)
        best = {rows, vectors, lanes, cost};
    }
  return best;
}

} // namespace nabla
