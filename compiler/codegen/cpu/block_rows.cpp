//===- block_rows.cpp - Loops over rows, some rows at a time --------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/block_rows.h"
#include "compiler/codegen/cpu/lanes.h"
#include "compiler/codegen/cpu/problems.h"

#include "llvm/ADT/bit.h"

using namespace mlir;

namespace nabla {

/// What one thing reads or writes of the rows of a block stays in the first
/// cache, with that of some others.
static constexpr int64_t bitsOfBlock = (12 << 10) * 8;
/// Blocks of fewer rows gain nothing, those of more nothing further.
static constexpr int64_t leastRows = 4, mostRows = 64;

/// The number of steps that do `rows`, most of them `atOnce`.
static int64_t numSteps(int64_t rows, int64_t atOnce) {
  return rows / atOnce + llvm::popcount<uint64_t>(rows % atOnce);
}

/// Of the divisors of `extent`, the one whose rows take the fewest steps each;
/// 0 if there is none.
static int64_t bestDivisor(int64_t extent, int64_t most, int64_t atOnce) {
  int64_t best = 0;
  for (int64_t rows = leastRows; rows <= std::min(extent, most); ++rows)
    if (extent % rows == 0 && (best == 0 || numSteps(rows, atOnce) * best <=
                                                numSteps(best, atOnce) * rows))
      best = rows;
  return best;
}

/// Blocks of equal size, unless others take a quarter fewer steps; 0 for none.
static int64_t chooseRows(int64_t extent, int64_t most, int64_t atOnce) {
  int64_t best = bestDivisor(extent, most, atOnce);
  int64_t whole = std::max(most / atOnce * atOnce, std::min(most, atOnce));
  bool isEnough = best != 0 && 4 * numSteps(best, atOnce) * whole <=
                                   5 * numSteps(whole, atOnce) * best;
  return extent <= most || whole < leastRows || isEnough ? best : whole;
}

/// How many rows a block of `nest`, the loop at `level`, has; 0 if the loop
/// stays as it is.
static int64_t rowsOfBlock(Nest &nest, unsigned level, unsigned vectorBits) {
  if (nest.children.size() < 2)
    return 0;
  int64_t atOnce = 1, longest = 1;
  for (auto &child : nest.children) {
    if (child->isLeaf())
      continue;
    if (!child->isInnermost())
      return 0;
    atOnce = std::max(atOnce, rowsAtOnce(*child, level, vectorBits));
    longest = std::max(longest, child->extent * child->widestBits());
  }
  bool usesIndex = false;
  nest.forEachKernel(
      [&](Kernel &kernel) { usesIndex |= kernel.usesIndexOf(level); });
  if (atOnce == 1 || usesIndex)
    return 0;
  return chooseRows(nest.extent, std::min(mostRows, bitsOfBlock / longest),
                    atOnce);
}

/// Kernels share loops only if no iteration needs what another one does, so
/// that each may be done for all rows of a block before the next.
static void divideIntoBlocks(Nest &nest, unsigned level, int64_t rows) {
  nest.forEachKernel(
      [&](Kernel &kernel) { kernel.split(level, rows, level + 1); });
  nest.extent /= rows;
  auto things = std::move(nest.children);
  nest.children.clear();
  bool followsLeaf = false;
  for (auto &thing : things) {
    bool isLeaf = thing->isLeaf();
    // Neighbours without loops of their own pass on values in registers.
    if (!isLeaf || !followsLeaf) {
      nest.children.push_back(std::make_unique<Nest>());
      nest.children.back()->extent = rows;
    }
    nest.children.back()->children.push_back(std::move(thing));
    followsLeaf = isLeaf;
  }
  for (auto &child : nest.children)
    collapseLoops(*child, level + 1);
}

static std::unique_ptr<Nest>
copyOf(Nest &nest, std::vector<std::unique_ptr<Kernel>> &kernels) {
  auto copy = std::make_unique<Nest>();
  copy->extent = nest.extent;
  if (nest.isLeaf()) {
    kernels.push_back(std::make_unique<Kernel>(*nest.kernel));
    copy->kernel = kernels.back().get();
  }
  for (auto &child : nest.children)
    copy->children.push_back(copyOf(*child, kernels));
  return copy;
}

/// Makes the iterations of `nest`, the loop at `level`, from `first` on another
/// nest.
static std::unique_ptr<Nest> cutOff(Nest &nest, unsigned level, int64_t first) {
  std::vector<std::unique_ptr<Kernel>> kernels;
  std::unique_ptr<Nest> rest = copyOf(nest, kernels);
  rest->extent = nest.extent - first;
  nest.extent = first;
  nest.forEachKernel([&](Kernel &kernel) { kernel.extents[level] = first; });
  for (auto &kernel : kernels) {
    kernel->extents[level] = rest->extent;
    for (auto &access : kernel->accesses)
      if (access)
        access->offset += first * access->strides[level];
  }
  rest->copies = std::move(kernels);
  return rest;
}

static void blockRowsAt(std::vector<std::unique_ptr<Nest>> &nests,
                        unsigned level, unsigned vectorBits) {
  for (size_t i = 0; i < nests.size(); ++i) {
    Nest &nest = *nests[i];
    if (nest.isLeaf() || lanesOfProblems(nest, level, vectorBits) != 0)
      continue;
    blockRowsAt(nest.children, level + 1, vectorBits);
    int64_t rows = rowsOfBlock(nest, level, vectorBits);
    if (rows == 0)
      continue;
    if (int64_t rest = nest.extent % rows)
      nests.insert(nests.begin() + i + 1,
                   cutOff(nest, level, nest.extent - rest));
    divideIntoBlocks(nest, level, rows);
  }
}

void blockRows(std::vector<std::unique_ptr<Nest>> &nests, unsigned vectorBits) {
  blockRowsAt(nests, 0, vectorBits);
}

} // namespace nabla
