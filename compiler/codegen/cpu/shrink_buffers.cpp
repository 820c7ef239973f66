//===- shrink_buffers.cpp - Buffers of one iteration ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/shrink_buffers.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace nabla {
namespace {

bool isView(Operation *op) {
  return isa<memref::SubViewOp, memref::CollapseShapeOp, memref::ExpandShapeOp,
             memref::CastOp, memref::ReinterpretCastOp,
             memref::ExtractStridedMetadataOp>(op);
}

/// Calls `visit` with each use of the buffer that is not a view, until it
/// returns false; returns whether it never did.
bool allUses(Value buffer, llvm::function_ref<bool(OpOperand &)> visit) {
  for (OpOperand &use : buffer.getUses()) {
    Operation *user = use.getOwner();
    bool goOn =
        isView(user)
            ? llvm::all_of(user->getResults(),
                           [&](Value view) { return allUses(view, visit); })
            : visit(use);
    if (!goOn)
      return false;
  }
  return true;
}

bool touches(Kernel &kernel, Value root) {
  return llvm::any_of(kernel.accesses, [&](std::optional<Access> &access) {
    return access && access->root == root;
  });
}

/// All accesses to one buffer, and the loops around all of them.
struct Room {
  Room(Nest &nest, Value root);

  SmallVector<std::pair<Kernel *, Access *>> accesses;
  unsigned depth = 0;
  /// Whether one innermost loop holds them all, which needs no memory then.
  bool isInRegisters = false;

  /// Whether a view with an offset of its own is among the accesses: what it is
  /// of cannot move into less memory.
  bool hasViews() const {
    return llvm::any_of(accesses, [](auto &entry) {
      return static_cast<bool>(entry.second->view);
    });
  }
  bool isPrivate(unsigned depth) const;
  Footprint oneIteration(unsigned depth) const;
};

Room::Room(Nest &nest, Value root) {
  nest.forEachKernel([&](Kernel &kernel) {
    for (auto &access : kernel.accesses)
      if (access && access->root == root)
        accesses.emplace_back(&kernel, &*access);
  });
  for (Nest *at = &nest; at; ++depth) {
    isInRegisters = at->isInnermost();
    if (isInRegisters)
      return;
    Nest *next = nullptr;
    for (auto &child : at->children) {
      bool here = false;
      child->forEachKernel(
          [&](Kernel &kernel) { here = here || touches(kernel, root); });
      if (!here)
        continue;
      if (next || child->isLeaf()) {
        ++depth;
        return;
      }
      next = child.get();
    }
    at = next;
  }
}

bool Room::isPrivate(unsigned depth) const {
  return llvm::all_of(accesses, [&](auto &a) {
    return llvm::all_of(accesses, [&](auto &b) {
      return isSeparable(*a.second, a.first->extents, *b.second,
                         b.first->extents, depth);
    });
  });
}

Footprint Room::oneIteration(unsigned depth) const {
  auto of = [&](auto &entry) {
    return footprint(*entry.second, entry.first->extents, depth);
  };
  Footprint all = of(accesses.front());
  for (auto &entry : accesses)
    all = all.unite(of(entry));
  return all;
}

void shrink(memref::AllocOp alloc, Room &room, unsigned depth) {
  OpBuilder b(alloc);
  Footprint range = room.oneIteration(depth);
  auto type = MemRefType::get({range.size()}, alloc.getType().getElementType());
  auto small = memref::AllocOp::create(b, alloc.getLoc(), type,
                                       alloc.getAlignmentAttr());
  for (auto [kernel, access] : room.accesses) {
    access->root = small;
    access->offset -= range.low;
    std::fill_n(access->strides.begin(), depth, 0);
  }
  // Another nest, with copies of these kernels, may need one of its own; what
  // nobody needs in the end is erased.
  for (Operation *user : alloc->getUsers())
    if (isa<memref::DeallocOp>(user)) {
      b.setInsertionPoint(user);
      memref::DeallocOp::create(b, user->getLoc(), small);
    }
}

/// Nobody but the kernels of `nest` sees these.
SmallVector<memref::AllocOp> temporariesOf(Nest &nest) {
  SetVector<Value> roots;
  DenseSet<Operation *> kernels;
  nest.forEachKernel([&](Kernel &kernel) {
    kernels.insert(kernel.op);
    for (auto &access : kernel.accesses)
      if (access)
        roots.insert(access->root);
  });
  SmallVector<memref::AllocOp> temporaries;
  for (Value root : roots)
    if (auto alloc = root.getDefiningOp<memref::AllocOp>();
        alloc && isSeenOnlyBy(alloc, kernels))
      temporaries.push_back(alloc);
  return temporaries;
}

/// An output of `kernel` that takes the places of `access`, one of its inputs,
/// each in the iteration that is done with it; null if there is none. Its
/// buffer is not touched before.
Access *findReplacement(Nest &nest, Kernel &kernel, const Access &access) {
  auto type = cast<MemRefType>(access.root.getType());
  auto isUsedBefore = [&](Access &output) {
    bool isUsed = false, isBefore = true;
    nest.forEachKernel([&](Kernel &other) {
      for (auto &use : other.accesses)
        isUsed |= isBefore && use && &*use != &output &&
                  mayAlias(use->root, output.root);
      for (Kernel::Lookup &lookup : other.lookups)
        isUsed |= mayAlias(lookup.access.root, output.root);
      isBefore = isBefore && &other != &kernel;
    });
    return isUsed;
  };
  for (auto [i, output] : llvm::enumerate(kernel.accesses)) {
    if (!output || !kernel.isOutput(i) || kernel.reads(i))
      continue;
    auto other = cast<MemRefType>(output->root.getType());
    if (output->strides == access.strides && output->offset == access.offset &&
        !output->view && other.getElementType() == type.getElementType() &&
        other.getNumElements() == type.getNumElements() &&
        isSeparable(*output, kernel.extents, *output, kernel.extents,
                    kernel.depth()) &&
        !isUsedBefore(*output))
      return &*output;
  }
  return nullptr;
}

/// Moves the buffer into that of a result which replaces it element by element.
void moveIntoResult(Nest &nest, memref::AllocOp alloc) {
  Room room(nest, alloc);
  auto [last, access] = room.accesses.back();
  if (room.isInRegisters || room.hasViews() ||
      llvm::any_of(room.accesses, [&, access = access](auto &other) {
        return !other.second->sameElement(*access);
      }))
    return;
  Access *result = findReplacement(nest, *last, *access);
  if (!result)
    return;
  for (auto &[kernel, use] : room.accesses)
    use->root = result->root;
}

} // namespace

void useRoomOfResults(Nest &nest) {
  for (memref::AllocOp alloc : temporariesOf(nest))
    moveIntoResult(nest, alloc);
}

bool isSeenOnlyBy(memref::AllocOp alloc, const DenseSet<Operation *> &kernels) {
  return allUses(alloc, [&](OpOperand &use) {
    return isa<memref::DeallocOp>(use.getOwner()) ||
           kernels.contains(use.getOwner());
  });
}

void shrinkBuffers(Nest &nest) {
  for (memref::AllocOp alloc : temporariesOf(nest)) {
    Room room(nest, alloc);
    if (room.accesses.empty() || room.hasViews())
      continue;
    unsigned depth = room.depth;
    while (depth > 0 && !room.isPrivate(depth))
      --depth;
    if (depth > 0)
      shrink(alloc, room, depth);
  }
}

void eraseUnreadBuffers(Block &block) {
  for (auto alloc :
       llvm::make_early_inc_range(block.getOps<memref::AllocOp>())) {
    bool isUnread = allUses(alloc, [](OpOperand &use) {
      Operation *user = use.getOwner();
      if (!isa<MemRefType>(use.get().getType())) // the offset of a view
        return false;
      if (auto store = dyn_cast<memref::StoreOp>(user))
        return store.getMemref() == use.get();
      return isa<memref::DeallocOp, vector::StoreOp, vector::ScatterOp>(user);
    });
    if (!isUnread)
      continue;
    SmallVector<Operation *> users;
    allUses(alloc, [&](OpOperand &use) {
      users.push_back(use.getOwner());
      return true;
    });
    for (Operation *user : users)
      user->erase();
    SmallVector<Operation *> views(alloc->getUsers());
    while (!views.empty()) {
      Operation *view = views.pop_back_val();
      if (view->use_empty())
        view->erase();
      else {
        views.push_back(view);
        llvm::append_range(views, view->getUsers());
      }
    }
    alloc.erase();
  }
}

} // namespace nabla
