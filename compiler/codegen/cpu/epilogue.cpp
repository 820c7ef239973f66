//===- epilogue.cpp - What is done to a product at once -------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/epilogue.h"

using namespace mlir;

namespace nabla {
namespace {

/// More operations are done better by loops of their own, which hold several
/// vectors at once.
constexpr unsigned maxCost = 100;

bool isElementwise(Kernel &kernel) {
  if (!kernel.lookups.empty() || llvm::is_contained(kernel.isReduction, true))
    return false;
  for (unsigned level = 0; level < kernel.depth(); ++level)
    if (kernel.usesIndexOf(level))
      return false;
  return true;
}

/// Operands that are elements of C.
const Access *findResult(const Contraction &c, Kernel &kernel) {
  const Access &result = c.access(2);
  for (auto [i, access] : llvm::enumerate(kernel.accesses))
    if (access && kernel.reads(i) && access->root == result.root &&
        access->view == result.view && access->offset == result.offset)
      return &*access;
  return nullptr;
}

/// Cuts the loops of `kernel` where those of the product are cut, and puts them
/// into the same order, but n last; false if they do not walk through C alike.
bool takeLoops(const Contraction &c, Kernel &kernel) {
  const Access &result = c.access(2);
  SmallVector<unsigned> loops = c.loopsOfResult();
  SmallVector<int> from(result.strides.size(), -1);
  for (unsigned loop : llvm::reverse(loops)) {
    const Access *access = findResult(c, kernel);
    if (!access)
      return false;
    auto *same = llvm::find(access->strides, result.strides[loop]);
    if (same == access->strides.end())
      return false;
    unsigned level = same - access->strides.begin();
    int64_t extent = c.extent(loop);
    if (kernel.extents[level] % extent != 0)
      return false;
    if (kernel.extents[level] != extent) {
      kernel.split(level, extent, kernel.depth());
      level = kernel.depth() - 1;
    }
    from[loop] = level;
  }
  if (loops.size() != kernel.depth())
    return false;
  from.erase(from.begin() + c.n);
  from.push_back(llvm::find(findResult(c, kernel)->strides, 1) -
                 findResult(c, kernel)->strides.begin());
  for (auto &access : kernel.accesses) {
    if (!access)
      continue;
    SmallVector<int64_t, 4> strides;
    for (int level : from)
      strides.push_back(level < 0 ? 0 : access->strides[level]);
    access->strides = strides;
  }
  SmallVector<int64_t> extents;
  SmallVector<unsigned> dims;
  for (int level : from) {
    extents.push_back(level < 0 ? 1 : kernel.extents[level]);
    dims.push_back(level < 0 ? ~0u : kernel.dims[level]);
  }
  kernel.extents = extents;
  kernel.dims = dims;
  kernel.isReduction.assign(from.size(), false);
  return true;
}

/// C as the kernels of the epilogue see it.
Access resultOf(const Contraction &c) {
  Access access = c.access(2);
  access.strides.erase(access.strides.begin() + c.n);
  access.strides.push_back(1);
  return access;
}

/// Whether a block may be done as soon as it is complete, and twice.
bool isSafe(const Contraction &c, Kernel &kernel) {
  SmallVector<Access> written{resultOf(c)};
  SmallVector<Value> read{c.access(0).root, c.access(1).root};
  auto see = [&](Kernel &other) {
    for (auto [i, access] : llvm::enumerate(other.accesses)) {
      if (!access || !other.reads(i))
        continue;
      auto isSame = [&, &access = access](const Access &output) {
        return output.sameElement(*access);
      };
      auto mayBe = [&, &access = access](const Access &output) {
        return mayAlias(output.root, access->root);
      };
      // An element that the block has made before; or nothing of what is made.
      if (llvm::any_of(written, isSame))
        continue;
      if (llvm::any_of(written, mayBe))
        return false;
      read.push_back(access->root);
    }
    for (auto [i, access] : llvm::enumerate(other.accesses))
      if (other.isOutput(i))
        written.push_back(*access);
    return true;
  };
  for (const Kernel &other : c.epilogue) {
    Kernel copy = other;
    see(copy);
  }
  if (!see(kernel))
    return false;
  return llvm::all_of(written, [&](const Access &output) {
    return llvm::none_of(
        read, [&](Value root) { return mayAlias(root, output.root); });
  });
}

/// Whether each iteration writes an element of its own.
bool writesAll(const Contraction &c, Kernel &kernel) {
  Access result = resultOf(c);
  for (auto [i, access] : llvm::enumerate(kernel.accesses)) {
    if (!kernel.isOutput(i))
      continue;
    bool isOther = !access->sameElement(result);
    if (access->strides.back() != 1 ||
        (isOther && mayAlias(access->root, result.root)))
      return false;
    for (auto [own, other] : llvm::zip_equal(access->strides, result.strides))
      if ((own == 0) != (other == 0))
        return false;
  }
  return true;
}

} // namespace

bool addToEpilogue(Contraction &c, Kernel kernel) {
  unsigned cost = kernel.bodyCost();
  for (Kernel &other : c.epilogue)
    cost += other.bodyCost();
  if (c.addsInMemory() || c.rest || !c.pieces.empty() || cost > maxCost ||
      !isElementwise(kernel))
    return false;
  kernel.collapseAll();
  if (!takeLoops(c, kernel) || !writesAll(c, kernel) || !isSafe(c, kernel))
    return false;
  c.epilogue.push_back(std::move(kernel));
  return true;
}

} // namespace nabla
