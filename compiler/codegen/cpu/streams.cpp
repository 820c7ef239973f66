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

/// Where one loop reads a row and a later one writes it, the stores have memory
/// for themselves, and gain by going past a cache from this share of it on.
static constexpr int64_t cacheShareOfRows = 3;
/// Results that are a smaller part of all that is touched are of no account.
static constexpr int64_t leastShare = 8;

namespace {

/// What a nest does to one buffer.
struct Use {
  std::optional<Footprint> elements;
  bool isRead = false;

  int64_t bytes(Value root) const {
    Type element = getElementTypeOrSelf(root.getType());
    unsigned bits = element.isIndex() ? 64 : element.getIntOrFloatBitWidth();
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

/// Whether some loop of `nest` holds several.
static bool doesRows(Nest &nest) {
  auto isLoop = [](auto &child) { return !child->isLeaf(); };
  return llvm::count_if(nest.children, isLoop) > 1 ||
         llvm::any_of(nest.children,
                      [](auto &child) { return doesRows(*child); });
}

static bool reads(Kernel &kernel, Value root) {
  for (auto [i, access] : llvm::enumerate(kernel.accesses))
    if (access && access->root == root && kernel.reads(i))
      return true;
  return llvm::any_of(kernel.lookups, [&](Kernel::Lookup &lookup) {
    return lookup.access.root == root;
  });
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

Streams findStreams(Nest &nest, int64_t cacheBytes) {
  Streams streams;
  Uses uses = usesIn(nest);
  int64_t bytes = 0;
  for (auto &[root, use] : uses)
    bytes += use.bytes(root);
  int64_t share = doesRows(nest) ? cacheShareOfRows : 1;
  if (cacheBytes == 0 || bytes * share < cacheBytes)
    return streams;
  auto isSeenElsewhere = [&](Value root) {
    return llvm::is_contained(nest.locals, root) ||
           llvm::is_contained(nest.slots, root) ||
           llvm::any_of(uses, [&](auto &other) {
             return other.first != root && mayAlias(other.first, root);
           });
  };
  unsigned numRead = 0;
  for (auto &[root, use] : uses) {
    if (use.bytes(root) * leastShare < bytes)
      continue;
    numRead += use.isRead;
    if (use.isRead)
      streams.read = root;
    if (!use.isRead && !isSeenElsewhere(root))
      streams.written.push_back(root);
  }
  // What is read again comes from a cache, and several streams keep memory busy
  // as they are.
  if (numRead != 1 || numLoopsReading(nest, streams.read) != 1)
    streams.read = {};
  return streams;
}

} // namespace nabla
