//===- divide.cpp - Work for several threads ------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/divide.h"
#include "compiler/codegen/cpu/shrink_buffers.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

#include <algorithm>

using namespace mlir;

namespace nabla {

/// A part takes about ten microseconds: waking a thread costs as much.
static constexpr double workOfPart = 1 << 18;
/// Enough for many threads to end at the same time.
static constexpr double mostParts = 64;
/// Parts of a loop over single elements are whole lines of the cache.
static constexpr int64_t elementsOfLine = 64;
/// An access to memory, in units of work.
static constexpr int64_t accessCost = 2;

int64_t numParts(double work) {
  double parts = std::min(work / workOfPart, mostParts);
  return parts < 4 ? 1 : static_cast<int64_t>(parts);
}

static double workOf(Nest &nest) {
  double work = 0;
  nest.forEachKernel([&](Kernel &kernel) {
    double iterations = 1;
    for (int64_t extent : kernel.extents)
      iterations *= extent;
    double each = kernel.bodyCost() + accessCost * kernel.accesses.size();
    work += iterations * each;
  });
  return work;
}

namespace {

/// What the kernels of one nest do to memory.
class Conflicts {
public:
  explicit Conflicts(Nest &nest);

  /// Whether iterations of the outermost loop may run in any order, once each
  /// part has local buffers of its own.
  bool areSolvable() const { return solvable; }
  /// Whether an iteration may run twice, even at the same time.
  bool allowTwice() const { return !readsWhatIsWritten; }
  ArrayRef<Value> locals() const { return localBuffers.getArrayRef(); }

private:
  struct Use {
    Kernel *kernel;
    Access *access;
    bool isWritten, isRead;
  };
  void compare(const Use &a, const Use &b);
  bool isLocal(Value root);

  SmallVector<Use> uses;
  SmallVector<Value> lookedUp;
  DenseSet<Operation *> kernels;
  SetVector<Value> localBuffers;
  bool solvable = true;
  bool readsWhatIsWritten = false;
};

} // namespace

Conflicts::Conflicts(Nest &nest) {
  nest.forEachKernel([&](Kernel &kernel) {
    kernels.insert(kernel.op);
    solvable &= !kernel.isReduction.front() && !kernel.usesIndexOf(0);
    for (auto [i, access] : llvm::enumerate(kernel.accesses))
      if (access)
        uses.push_back(
            {&kernel, &*access, kernel.isOutput(i), kernel.reads(i)});
    for (Kernel::Lookup &lookup : kernel.lookups)
      lookedUp.push_back(lookup.access.root);
  });
  nest.forEachKernel([&](Kernel &kernel) {
    for (Value root : lookedUp)
      solvable &= !kernel.writes(root);
  });
  for (const Use &a : uses)
    for (const Use &b : uses)
      if (solvable && a.isWritten && mayAlias(a.access->root, b.access->root))
        compare(a, b);
}

void Conflicts::compare(const Use &a, const Use &b) {
  if (!isSeparable(*a.access, a.kernel->extents, *b.access, b.kernel->extents,
                   1)) {
    solvable = a.access->root == b.access->root && isLocal(a.access->root);
    localBuffers.insert(a.access->root);
  } else if (b.isRead) {
    readsWhatIsWritten = true;
  }
}

bool Conflicts::isLocal(Value root) {
  auto alloc = root.getDefiningOp<memref::AllocOp>();
  return alloc && isSeenOnlyBy(alloc, kernels);
}

/// The length of parts, or 0 if the loop cannot be divided well.
static int64_t partSize(Nest &nest, bool allowTwice) {
  int64_t parts = std::min(numParts(workOf(nest)), nest.extent);
  if (parts < 2)
    return 0;
  int64_t size = llvm::divideCeil(nest.extent, parts);
  if (nest.isInnermost())
    size = llvm::divideCeil(size, elementsOfLine) * elementsOfLine;
  if (allowTwice)
    return size < nest.extent ? size : 0;
  while (size <= nest.extent / 2 && nest.extent % size != 0)
    ++size;
  return size <= nest.extent / 2 ? size : 0;
}

void divideNest(Nest &nest) {
  if (nest.isLeaf())
    return;
  Conflicts conflicts(nest);
  if (!conflicts.areSolvable())
    return;
  int64_t size = partSize(nest, conflicts.allowTwice());
  if (size == 0)
    return;
  // The new loop counts elements too, in steps of a part.
  nest.forEachKernel([&](Kernel &kernel) {
    kernel.extents.front() = size;
    kernel.extents.insert(kernel.extents.begin(), nest.extent);
    kernel.isReduction.insert(kernel.isReduction.begin(), false);
    kernel.dims.insert(kernel.dims.begin(), kernel.dims.front());
    for (auto &access : kernel.accesses)
      if (access)
        access->strides.insert(access->strides.begin(),
                               access->strides.front());
  });
  auto part = std::make_unique<Nest>();
  part->extent = size;
  part->children = std::move(nest.children);
  nest.children.clear();
  nest.children.push_back(std::move(part));
  nest.partSize = size;
  llvm::append_range(nest.locals, conflicts.locals());
}

void forParts(ImplicitLocOpBuilder &b, int64_t extent, int64_t size,
              llvm::function_ref<void(Value)> body) {
  auto index = [&](int64_t value) { return b.getIndexAttr(value); };
  auto loop = scf::ForallOp::create(b, ArrayRef<OpFoldResult>{index(0)},
                                    ArrayRef<OpFoldResult>{index(extent)},
                                    ArrayRef<OpFoldResult>{index(size)},
                                    ValueRange{}, std::nullopt);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Value first = loop.getInductionVar(0);
  if (extent % size != 0)
    first = arith::MinSIOp::create(
        b, first, arith::ConstantIndexOp::create(b, extent - size));
  body(first);
}

} // namespace nabla
