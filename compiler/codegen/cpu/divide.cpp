//===- divide.cpp - Work for several threads ------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/divide.h"
#include "compiler/codegen/cpu/interchange.h"
#include "compiler/codegen/cpu/lanes.h"
#include "compiler/codegen/cpu/part_totals.h"
#include "compiler/codegen/cpu/shrink_buffers.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

#include <algorithm>

using namespace mlir;

namespace nabla {

/// A part takes about ten microseconds: waking a thread costs as much. In a
/// loop of the program threads are still awake from the turn before.
static constexpr double workOfPart = 1 << 18, workOfPartInLoop = 1 << 16;
/// Enough for many threads to end at the same time.
static constexpr double mostParts = 64;
/// Parts of a loop over single elements are whole lines of the cache.
static constexpr int64_t elementsOfLine = 64;
/// No vector is longer.
static constexpr int64_t mostLanes = 256;
/// An access to memory, in units of work.
static constexpr int64_t accessCost = 2;
/// Rows of less are not read at the speed of memory.
static constexpr int64_t columnsOfPart = 2048;
/// Rows of less gain nothing from several threads, where only columns can be
/// shared.
static constexpr int64_t minColumnsOfPart = 256;
/// For each bit of its totals a part must work on so many others to pay for
/// setting them up: in as few parts as keep several threads busy, and in more.
static constexpr int64_t bitsForTotal = 16, bitsForTotalInMany = 128;
static constexpr double fewParts = 16;
/// Smaller parts of sums are not made larger to end with a block of rows.
static constexpr int64_t minBlocksOfPart = 4;

int64_t numParts(double work, Operation *op) {
  bool isInLoop =
      op->getParentOfType<scf::ForOp>() || op->getParentOfType<scf::WhileOp>();
  double least = isInLoop ? workOfPartInLoop : workOfPart;
  double parts = std::min(work / least, mostParts);
  return parts < 4 ? 1 : static_cast<int64_t>(parts);
}

static double iterationsOf(const Kernel &kernel) {
  double iterations = 1;
  for (int64_t extent : kernel.extents)
    iterations *= extent;
  return iterations;
}

static int64_t numParts(Nest &nest) {
  double work = 0;
  Operation *op = nullptr;
  nest.forEachKernel([&](Kernel &kernel) {
    op = kernel.op;
    double each = kernel.bodyCost() + accessCost * kernel.accesses.size();
    work += iterationsOf(kernel) * each;
  });
  return numParts(work, op);
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
    bool isWritten, isRead, isTotal;
  };
  static bool touchOwnElements(const Use &a, const Use &b);
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
    bool isReduction = kernel.isReduction.front();
    solvable &= !isReduction || hasPartTotals(kernel);
    for (auto [i, access] : llvm::enumerate(kernel.accesses))
      if (access)
        uses.push_back({&kernel, &*access, kernel.isOutput(i), kernel.reads(i),
                        isReduction && kernel.isOutput(i)});
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

/// Whether no iteration of the outermost loop touches by `a` what another one
/// touches by `b`.
bool Conflicts::touchOwnElements(const Use &a, const Use &b) {
  ArrayRef<int64_t> extents = a.kernel->extents;
  ArrayRef<int64_t> otherExtents = b.kernel->extents;
  if (isSeparable(*a.access, extents, *b.access, otherExtents, 1))
    return true;
  return a.access->sameElement(*b.access) && extents == otherExtents &&
         isInjective(*a.access, extents);
}

void Conflicts::compare(const Use &a, const Use &b) {
  if (a.isTotal || b.isTotal) {
    solvable = a.access == b.access;
  } else if (!touchOwnElements(a, b)) {
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

namespace {

/// How a loop is divided: 0 parts if it is not.
struct Division {
  int64_t parts = 0, size = 0;
  bool isCut = false; // the last part is shorter
  SmallVector<Value> locals;
};

} // namespace

/// Divides `extent` into that many parts, or some less, of whole units.
static Division divided(int64_t extent, int64_t parts, int64_t unit,
                        bool isInnermost, bool allowTwice) {
  Division division;
  if (parts < 2)
    return division;
  int64_t size = llvm::divideCeil(llvm::divideCeil(extent, parts), unit) * unit;
  if (!allowTwice) {
    // Equal parts, if that makes them little longer. A vector in a shorter one
    // must not reach back into the part before.
    int64_t equal = size;
    while (equal <= size + size / 4 && extent % equal != 0)
      equal += unit;
    if (extent % equal == 0)
      size = equal;
    while (isInnermost && extent % size != 0 && extent % size < mostLanes &&
           size < extent)
      size += unit;
    division.isCut = extent % size != 0;
  }
  if (size >= extent)
    return Division();
  division.parts = llvm::divideCeil(extent, size);
  division.size = size;
  return division;
}

/// Totals must be used often enough to be set up for each part.
static int64_t limitByTotals(Nest &nest, int64_t parts) {
  double bits = 0, totals = 0;
  nest.forEachKernel([&](Kernel &kernel) {
    double iterations = iterationsOf(kernel);
    for (auto &access : kernel.accesses)
      if (access && access->strides.front() != 0)
        bits += iterations * access->bits();
    if (kernel.isReduction.front())
      totals += bitsOfTotals(kernel);
  });
  double forEach = bits / std::max(totals, 1.0);
  double few = std::min(forEach / bitsForTotal, fewParts);
  return std::min<double>(parts, std::max(forEach / bitsForTotalInMany, few));
}

/// How many rows share the lines of memory that columns are read from, in a
/// nest that transposes; else 1.
static int64_t rowsOfLine(Nest &nest) {
  int64_t rows = 1;
  nest.forEachKernel([&](Kernel &kernel) {
    for (auto [i, access] : llvm::enumerate(kernel.accesses))
      if (access && kernel.reads(i) && std::abs(access->strides.front()) == 1 &&
          std::abs(access->strides.back()) > 1)
        rows = std::max<int64_t>(rows, bitsOfLine / kernel.widestBits());
  });
  return rows;
}

/// Of how many iterations the parts of `nest` are multiples, but for the last
/// one: rows that are added at once, rows that share lines, or columns.
static int64_t unitOfParts(Nest &nest, int64_t parts, bool hasTotals) {
  if (nest.isInnermost())
    return elementsOfLine;
  if (hasTotals && nest.extent >= parts * minBlocksOfPart * rowsFromMemory)
    return rowsFromMemory;
  return rowsOfLine(nest);
}

static Division divisionOfRows(Nest &nest) {
  Conflicts conflicts(nest);
  if (!conflicts.areSolvable())
    return Division();
  int64_t parts = std::min(numParts(nest), nest.extent);
  bool hasTotals = false;
  nest.forEachKernel(
      [&](Kernel &kernel) { hasTotals |= kernel.isReduction.front(); });
  if (hasTotals)
    parts = limitByTotals(nest, parts);
  Division division =
      divided(nest.extent, parts, unitOfParts(nest, parts, hasTotals),
              nest.isInnermost(), conflicts.allowTwice() && !hasTotals);
  llvm::append_range(division.locals, conflicts.locals());
  return division;
}

/// Whether all that `nest` does is to reduce along its outermost loop for each
/// iteration of the next one; it may keep each of its totals.
static bool reducesColumns(Nest &nest) {
  if (nest.isLeaf() || nest.children.size() != 1 ||
      nest.children.front()->isLeaf())
    return false;
  bool does = true;
  nest.forEachKernel([&](Kernel &kernel) {
    does = does && kernel.isReduction.front() && !kernel.isReduction[1];
  });
  return does;
}

/// Of a nest that reduces columns, with its loops interchanged.
static Division divisionOfColumns(Nest &nest, bool isInnermost, int64_t least) {
  Conflicts conflicts(nest);
  if (!conflicts.areSolvable() || !conflicts.locals().empty())
    return Division();
  int64_t parts = nest.extent / (isInnermost ? least : 1);
  parts = std::min(numParts(nest), parts);
  return divided(nest.extent, parts, isInnermost ? elementsOfLine : 1,
                 isInnermost, /*allowTwice=*/false);
}

/// Puts a loop over parts around `nest`.
static void addPartLoop(Nest &nest, const Division &division) {
  // The new loop counts elements too, in steps of a part.
  nest.forEachKernel([&](Kernel &kernel) {
    kernel.extents.front() = division.size;
    kernel.extents.insert(kernel.extents.begin(), nest.extent);
    auto repeatFirst = [](auto &list) {
      auto first = list.front();
      list.insert(list.begin(), first);
    };
    repeatFirst(kernel.isReduction);
    repeatFirst(kernel.dims);
    for (auto &access : kernel.accesses)
      if (access)
        repeatFirst(access->strides);
  });
  auto part = std::make_unique<Nest>();
  part->extent = division.size;
  part->isCut = division.isCut;
  part->children = std::move(nest.children);
  nest.children.clear();
  nest.children.push_back(std::move(part));
  nest.partSize = division.size;
  nest.locals = division.locals;
}

/// Threads share the columns that `nest` reduces, `least` or more each, if that
/// makes no fewer parts than its rows do.
static bool divideColumns(Nest &nest, int64_t rows, int64_t least) {
  if (!reducesColumns(nest))
    return false;
  bool isInnermost = nest.children.front()->isInnermost();
  interchange(nest, 0);
  Division columns = divisionOfColumns(nest, isInnermost, least);
  if (columns.parts == 0 || columns.parts < rows) {
    interchange(nest, 0);
    return false;
  }
  addPartLoop(nest, columns);
  if (isInnermost) {
    Nest &part = *nest.children.front();
    interchange(part, 1);
    std::swap(part.isCut, part.children.front()->isCut);
  }
  return true;
}

void divideNest(LoopBuilder &b, Nest &nest) {
  if (nest.isLeaf())
    return;
  Division rows = divisionOfRows(nest);
  int64_t least = rows.parts == 0 ? minColumnsOfPart : columnsOfPart;
  if (divideColumns(nest, rows.parts, least) || rows.parts == 0)
    return;
  addPartLoop(nest, rows);
  separateTotals(b, nest, rows.parts);
  for (auto &combiner : nest.combiners)
    divideColumns(*combiner, 0, columnsOfPart);
}

void forParts(LoopBuilder &b, int64_t extent, int64_t size, bool movesBack,
              llvm::function_ref<void(Value)> body) {
  auto index = [&](int64_t value) { return b.getIndexAttr(value); };
  auto loop = scf::ForallOp::create(b, ArrayRef<OpFoldResult>{index(0)},
                                    ArrayRef<OpFoldResult>{index(extent)},
                                    ArrayRef<OpFoldResult>{index(size)},
                                    ValueRange{}, std::nullopt);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Value first = loop.getInductionVar(0);
  if (movesBack && extent % size != 0)
    first = b.min(first, b.index(extent - size));
  body(first);
}

} // namespace nabla
