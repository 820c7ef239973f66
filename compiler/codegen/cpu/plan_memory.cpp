//===- plan_memory.cpp - One block of memory for all temporaries ----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Walks the ops of a body in order. A temporary takes the smallest free
// range that holds it when it is first used, and gives it back after its last
// use: best fit, as in D. Knuth, The Art of Computer Programming 1, 2.5.
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

#include <map>

namespace nabla {
#define GEN_PASS_DEF_PLANMEMORYPASS
#include "compiler/codegen/cpu/Passes.h.inc"
} // namespace nabla

using namespace mlir;

namespace nabla {
namespace {

/// Of every temporary: a line of the cache, and a vector register.
constexpr int64_t alignment = 64;
/// What the stack can well spare. More comes from the runtime.
constexpr int64_t maxBytesOnStack = 16384;

struct Temporary {
  memref::AllocOp alloc;
  memref::DeallocOp dealloc;
  int64_t bytes;
  /// The first and the last op of the body that needs it.
  int64_t first, last;
  int64_t offset = 0;
};

/// Ranges of a block of memory that grows as needed.
class Ranges {
public:
  int64_t take(int64_t bytes);
  void giveBack(int64_t offset, int64_t bytes);
  int64_t size() const { return end; }

private:
  /// The free ranges: their offsets and bytes.
  std::map<int64_t, int64_t> free;
  int64_t end = 0;
};

int64_t Ranges::take(int64_t bytes) {
  auto best = free.end();
  for (auto it = free.begin(); it != free.end(); ++it)
    if (it->second >= bytes &&
        (best == free.end() || it->second < best->second))
      best = it;
  if (best != free.end()) {
    auto [offset, found] = *best;
    free.erase(best);
    if (found > bytes)
      free[offset + bytes] = found - bytes;
    return offset;
  }
  // A free range at the end grows with the block.
  int64_t offset = end;
  if (!free.empty()) {
    auto last = std::prev(free.end());
    if (last->first + last->second == end) {
      offset = last->first;
      free.erase(last);
    }
  }
  end = offset + bytes;
  return offset;
}

void Ranges::giveBack(int64_t offset, int64_t bytes) {
  auto next = free.lower_bound(offset);
  if (next != free.end() && next->first == offset + bytes) {
    bytes += next->second;
    next = free.erase(next);
  }
  if (next != free.begin()) {
    auto previous = std::prev(next);
    if (previous->first + previous->second == offset) {
      previous->second += bytes;
      return;
    }
  }
  free[offset] = bytes;
}

class Planner {
public:
  explicit Planner(Block &body) : body(body) {
    for (auto [position, op] : llvm::enumerate(body))
      positions[&op] = position;
  }

  void plan();

private:
  void collect();
  /// The op that frees what `alloc` allocates, in the same turn of a loop.
  memref::DeallocOp deallocOf(memref::AllocOp alloc);
  int64_t positionOf(Operation *op) {
    return positions.lookup(body.findAncestorOpInBlock(*op));
  }
  /// Widens the range of `temporary` to the uses of `value`, it or a view of
  /// it; false if another value may stand for it.
  bool seeUses(Value value, Temporary &temporary);
  int64_t assignOffsets();
  void rewrite(int64_t bytes);

  Block &body;
  DenseMap<Operation *, int64_t> positions;
  std::vector<Temporary> temporaries;
};

memref::DeallocOp Planner::deallocOf(memref::AllocOp alloc) {
  memref::DeallocOp found;
  for (Operation *user : alloc->getUsers())
    if (auto dealloc = dyn_cast<memref::DeallocOp>(user)) {
      if (found || dealloc->getBlock() != alloc->getBlock())
        return {};
      found = dealloc;
    }
  return found;
}

bool Planner::seeUses(Value value, Temporary &temporary) {
  for (Operation *user : value.getUsers()) {
    if (user == temporary.dealloc)
      continue;
    bool isView = isa<ViewLikeOpInterface>(user);
    bool mayPassOn =
        user->hasTrait<OpTrait::IsTerminator>() ||
        isa<RegionBranchOpInterface, memref::ExtractAlignedPointerAsIndexOp>(
            user) ||
        llvm::any_of(user->getResultTypes(), llvm::IsaPred<BaseMemRefType>);
    if (mayPassOn && !isView)
      return false;
    int64_t position = positionOf(user);
    temporary.first = std::min(temporary.first, position);
    temporary.last = std::max(temporary.last, position);
    for (Value view : user->getResults())
      if (isView && !seeUses(view, temporary))
        return false;
  }
  return true;
}

/// Whether `op` runs at most once at a time, so that its turns can share
/// memory.
bool isSequential(Operation *op, Block &body) {
  while (op->getBlock() != &body) {
    op = op->getParentOp();
    if (!isa<scf::ForOp, scf::WhileOp, scf::IfOp>(op))
      return false;
  }
  return true;
}

void Planner::collect() {
  body.walk([&](memref::AllocOp alloc) {
    MemRefType type = alloc.getType();
    memref::DeallocOp dealloc = deallocOf(alloc);
    if (!dealloc || !type.hasStaticShape() || !type.getLayout().isIdentity() ||
        !type.getElementType().isIntOrFloat() || !isSequential(alloc, body))
      return;
    int64_t bits = type.getElementTypeBitWidth();
    int64_t bytes = type.getNumElements() * llvm::divideCeil(bits, 8);
    bytes = llvm::alignTo(std::max<int64_t>(bytes, 1), alignment);
    int64_t start = positionOf(alloc), end = positionOf(dealloc);
    Temporary temporary{alloc, dealloc, bytes, end, start};
    if (!seeUses(alloc, temporary))
      temporary.first = start, temporary.last = end;
    temporaries.push_back(temporary);
  });
}

int64_t Planner::assignOffsets() {
  SmallVector<Temporary *> starts, ends;
  for (Temporary &temporary : temporaries)
    // What nobody uses needs no memory.
    if (temporary.first <= temporary.last) {
      starts.push_back(&temporary);
      ends.push_back(&temporary);
    }
  auto by = [](int64_t Temporary::*field) {
    return
        [field](Temporary *a, Temporary *b) { return a->*field < b->*field; };
  };
  llvm::stable_sort(starts, by(&Temporary::first));
  llvm::stable_sort(ends, by(&Temporary::last));
  Ranges ranges;
  auto ended = ends.begin();
  for (Temporary *temporary : starts) {
    for (; (*ended)->last < temporary->first; ++ended)
      ranges.giveBack((*ended)->offset, (*ended)->bytes);
    temporary->offset = ranges.take(temporary->bytes);
  }
  return ranges.size();
}

void Planner::rewrite(int64_t bytes) {
  OpBuilder b = OpBuilder::atBlockBegin(&body);
  Location loc = body.getParentOp()->getLoc();
  auto type = MemRefType::get({bytes}, b.getI8Type());
  IntegerAttr align = b.getI64IntegerAttr(alignment);
  Value arena;
  if (bytes <= maxBytesOnStack) {
    arena = memref::AllocaOp::create(b, loc, type, align);
  } else {
    arena = memref::AllocOp::create(b, loc, type, align);
    OpBuilder atEnd(body.getTerminator());
    memref::DeallocOp::create(atEnd, loc, arena);
  }
  for (Temporary &temporary : temporaries) {
    b.setInsertionPoint(temporary.alloc);
    Location at = temporary.alloc.getLoc();
    Value offset = arith::ConstantIndexOp::create(b, at, temporary.offset);
    Value view = memref::ViewOp::create(b, at, temporary.alloc.getType(), arena,
                                        offset, ValueRange());
    temporary.dealloc.erase();
    temporary.alloc.replaceAllUsesWith(view);
    temporary.alloc.erase();
  }
}

void Planner::plan() {
  collect();
  if (!temporaries.empty())
    rewrite(std::max(assignOffsets(), alignment));
}

class PlanMemoryPass : public impl::PlanMemoryPassBase<PlanMemoryPass> {
public:
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (!function.getBody().hasOneBlock())
      return;
    Planner(function.getBody().front()).plan();
    // The stack of an outermost one is that of a function, once it is outlined.
    function.walk<WalkOrder::PreOrder>([](scf::ForallOp loop) {
      Planner(*loop.getBody()).plan();
      return WalkResult::skip();
    });
  }
};

} // namespace
} // namespace nabla
