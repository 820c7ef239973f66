//===- interchange.cpp - The order of loops -------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/interchange.h"

using namespace mlir;

namespace nabla {

void interchange(Nest &nest, unsigned level) {
  nest.forEachKernel([&](Kernel &kernel) {
    auto swapIn = [&](auto &list) { std::swap(list[level], list[level + 1]); };
    swapIn(kernel.extents);
    swapIn(kernel.isReduction);
    swapIn(kernel.dims);
    for (auto &access : kernel.accesses)
      if (access)
        swapIn(access->strides);
  });
  std::swap(nest.extent, nest.children.front()->extent);
}

/// The loops of `nest` from the outermost on, if each but the last holds only
/// the next one.
static SmallVector<Nest *> perfectLoops(Nest &nest) {
  SmallVector<Nest *> loops;
  Nest *loop = &nest;
  while (!loop->isInnermost()) {
    loops.push_back(loop);
    if (loop->children.size() != 1)
      return {};
    loop = loop->children.front().get();
  }
  loops.push_back(loop);
  return loops;
}

void interchangeForColumns(Nest &nest) {
  if (nest.isLeaf())
    return;
  SmallVector<Nest *> loops = perfectLoops(nest);
  if (loops.size() < 3)
    return;
  size_t target = loops.size() - 2, found = target;
  bool isParallel = true;
  nest.forEachKernel([&](Kernel &kernel) {
    isParallel = isParallel && !llvm::is_contained(kernel.isReduction, true);
    for (auto [i, access] : llvm::enumerate(kernel.accesses))
      if (access && kernel.reads(i) && std::abs(access->strides.back()) > 1)
        for (size_t level = 0; level < target; ++level)
          if (access->strides[level] == 1)
            found = level;
  });
  if (isParallel)
    for (size_t level = found; level < target; ++level)
      interchange(*loops[level], level);
}

} // namespace nabla
