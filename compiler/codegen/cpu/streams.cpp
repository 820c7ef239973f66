//===- streams.cpp - Results that no cache holds --------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/streams.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;

namespace nabla {

/// Where one loop reads a row, and a later one reads it again and writes it,
/// the stores have memory for themselves: those of results gain by going past a
/// cache from this share of it on.
static constexpr int64_t cacheShareOfRows = 3;
/// Results that are a smaller part of all that is touched are of no account.
static constexpr int64_t leastShare = 8;
/// Behind shorter rows lies what is not asked for in time to be used.
static constexpr int64_t minRowLines = 256;

namespace {

/// What a nest does to one buffer.
struct Use {
  std::optional<Footprint> elements;
  bool isRead = false;

  int64_t bytes(Value root) const {
    unsigned bits = bitsOfElement(getElementTypeOrSelf(root.getType()));
    return elements ? elements->size() * bits / 8 : 0;
  }
};

using Uses = llvm::MapVector<Value, Use>;

} // namespace

static Uses usesIn(Nest &nest) {
  Uses uses;
  nest.forEachKernel([&](Kernel &kernel) {
    for (auto [i, access] : llvm::enumerate(kernel.accesses)) {
      if (!access)
        continue;
      Use &use = uses[access->root];
      Footprint own = footprint(*access, kernel.extents, /*depth=*/0);
      use.elements = use.elements ? use.elements->unite(own) : own;
      use.isRead |= !kernel.isOutput(i) || kernel.reads(i);
    }
    for (Kernel::Lookup &lookup : kernel.lookups)
      uses[lookup.access.root].isRead = true;
  });
  return uses;
}

static bool reads(Kernel &kernel, Value root) {
  for (auto [i, access] : llvm::enumerate(kernel.accesses))
    if (access && access->root == root && kernel.reads(i))
      return true;
  return llvm::any_of(kernel.lookups, [&](Kernel::Lookup &lookup) {
    return lookup.access.root == root;
  });
}

/// Whether a buffer that may be the same memory is touched.
static bool isSeenElsewhere(Nest &nest, Value root) {
  bool isSeen = false;
  auto look = [&](const Access &access) {
    isSeen |= access.root != root && mayAlias(access.root, root);
  };
  nest.forEachKernel([&](Kernel &kernel) {
    for (auto &access : kernel.accesses)
      if (access)
        look(*access);
    for (Kernel::Lookup &lookup : kernel.lookups)
      look(lookup.access);
  });
  return isSeen;
}

static unsigned numLoopsReading(Nest &nest, Value root) {
  bool isRead = false;
  if (nest.isInnermost())
    nest.forEachKernel(
        [&](Kernel &kernel) { isRead = isRead || reads(kernel, root); });
  unsigned loops = isRead;
  if (!nest.isInnermost())
    for (auto &child : nest.children)
      loops += numLoopsReading(*child, root);
  return loops;
}

/// Whether what lies behind an element is read soon: the innermost loop is
/// long, or the next one goes on where it ends.
static bool isReadInOrder(Nest &nest, Value root) {
  bool isInOrder = true;
  nest.forEachKernel([&](Kernel &kernel) {
    for (std::optional<Access> &access : kernel.accesses) {
      if (!access || access->root != root || kernel.depth() < 2)
        continue;
      int64_t extent = kernel.extents.back();
      isInOrder &= extent * access->bits() >= minRowLines * bitsOfLine ||
                   access->strides.end()[-2] == extent;
    }
  });
  return isInOrder;
}

Streams findStreams(Nest &nest, int64_t cacheBytes) {
  Streams streams;
  Uses uses = usesIn(nest);
  int64_t bytes = 0;
  for (auto &[root, use] : uses)
    bytes += use.bytes(root);
  bool fillsCache = bytes >= cacheBytes;
  if (cacheBytes == 0 || bytes * cacheShareOfRows < cacheBytes)
    return streams;
  uses.remove_if([&](auto &use) {
    return use.second.bytes(use.first) * leastShare < bytes;
  });
  bool readsTwice = llvm::any_of(
      uses, [&](auto &use) { return numLoopsReading(nest, use.first) > 1; });
  // Temporaries are read soon.
  auto goesPast = [&](Value root) {
    return (fillsCache || (readsTwice && isa<BlockArgument>(root))) &&
           !llvm::is_contained(nest.locals, root) &&
           !llvm::is_contained(nest.slots, root) &&
           !isSeenElsewhere(nest, root);
  };
  unsigned numRead = 0;
  for (auto &[root, use] : uses) {
    numRead += use.isRead;
    if (use.isRead)
      streams.read = root;
    else if (goesPast(root))
      streams.written.push_back(root);
  }
  // What is read again comes from a cache, and several streams keep memory busy
  // as they are.
  if (!fillsCache || numRead != 1 || readsTwice ||
      !isReadInOrder(nest, streams.read))
    streams.read = {};
  return streams;
}

} // namespace nabla
