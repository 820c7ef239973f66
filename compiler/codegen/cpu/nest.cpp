//===- nest.cpp - Kernels that share loops --------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/nest.h"

using namespace mlir;

namespace nabla {

/// A loop body of more operations than this is slow to compile and runs out of
/// registers.
static constexpr unsigned maxBodyCost = 400;
/// A kernel without an inner loop runs one element at a time beside kernels
/// with one: the inner loops must outweigh that.
static constexpr int64_t minInnerWork = 16;

void Nest::forEachKernel(llvm::function_ref<void(Kernel &)> visit) {
  if (kernel)
    visit(*kernel);
  for (auto &child : children)
    child->forEachKernel(visit);
}

bool Nest::canVectorize() {
  bool can = isInnermost();
  forEachKernel([&](Kernel &kernel) { can = can && kernel.canVectorize(); });
  return can;
}

Nest *Nest::onlyVectorLoop() {
  Nest *child = children.front().get();
  bool isOnly = children.size() == 1 && !child->isLeaf();
  return isOnly && child->canVectorize() ? child : nullptr;
}

unsigned Nest::bodyCost() {
  unsigned cost = 0;
  forEachKernel([&](Kernel &kernel) { cost += kernel.bodyCost(); });
  return cost;
}

unsigned Nest::widestBits() {
  unsigned bits = 8;
  forEachKernel(
      [&](Kernel &kernel) { bits = std::max(bits, kernel.widestBits()); });
  return bits;
}

namespace {

using Group = SmallVector<Kernel *>;

/// Calls `visit` with each pair of accesses, one of either kernel, to what may
/// be the same memory, until it returns false; returns whether it never did.
bool allPairs(
    Kernel &a, Kernel &b,
    llvm::function_ref<bool(Access &, Access &, bool isWritten)> visit) {
  for (auto [i, x] : llvm::enumerate(a.accesses))
    for (auto [j, y] : llvm::enumerate(b.accesses))
      if (x && y && mayAlias(x->root, y->root) &&
          !visit(*x, *y, a.isOutput(i) || b.isOutput(j)))
        return false;
  return true;
}

/// Whether one looks up anywhere in a buffer what the other writes.
bool looksUp(Kernel &a, Kernel &b) {
  return a.looksUpResultOf(b) || b.looksUpResultOf(a);
}

bool isIndependent(Kernel &a, Kernel &b) {
  return !looksUp(a, b) &&
         allPairs(a, b, [](Access &, Access &, bool isWritten) {
           return !isWritten;
         });
}

bool sharesBuffer(Kernel &a, Kernel &b) {
  return !allPairs(a, b,
                   [](Access &x, Access &y, bool) { return x.root != y.root; });
}

/// Whether iterations of the first `depth` loops of both may alternate.
bool canShareLoops(Kernel &a, Kernel &b, unsigned depth) {
  return !looksUp(a, b) &&
         allPairs(a, b, [&](Access &x, Access &y, bool isWritten) {
           return !isWritten || isSeparable(x, a.extents, y, b.extents, depth);
         });
}

/// Whether the kernel reads no memory.
bool isFill(Kernel &kernel) {
  for (auto [i, access] : llvm::enumerate(kernel.accesses))
    if (access && kernel.reads(i))
      return false;
  return kernel.lookups.empty();
}

int64_t innerWork(Kernel &kernel, unsigned level) {
  int64_t work = 1;
  for (int64_t extent : ArrayRef(kernel.extents).drop_front(level + 1))
    work *= extent;
  return work;
}

/// Whether the loops at `level` of both have the same role.
bool looksAlike(Kernel &a, Kernel &b, unsigned level) {
  if (a.extents[level] != b.extents[level])
    return false;
  bool isInnermost = a.depth() == level + 1;
  if (isInnermost != (b.depth() == level + 1))
    return std::max(innerWork(a, level), innerWork(b, level)) >= minInnerWork;
  return !isInnermost || a.canVectorize() == b.canVectorize();
}

/// Whether `fill` may stand in the loop of those who use what it fills; they
/// are `later`.
bool fillsForLoop(Kernel &fill, ArrayRef<Kernel *> later, unsigned level) {
  auto *user = llvm::find_if(
      later, [&](Kernel *kernel) { return sharesBuffer(fill, *kernel); });
  return user == later.end() ||
         ((*user)->depth() > level && looksAlike(fill, **user, level) &&
          canShareLoops(fill, **user, level + 1));
}

/// `isWelcome`: even if it shares no buffer with the group.
bool canJoin(Kernel &kernel, Group &group, unsigned level, bool isWelcome) {
  if (kernel.depth() <= level)
    return false;
  unsigned cost = kernel.bodyCost();
  bool shares = false;
  for (Kernel *member : group) {
    if (member->depth() <= level || !looksAlike(kernel, *member, level) ||
        !canShareLoops(*member, kernel, level + 1))
      return false;
    shares |= sharesBuffer(*member, kernel);
    cost += member->bodyCost();
  }
  return (shares || isWelcome) && cost <= maxBodyCost;
}

bool isIndependent(Kernel &kernel, Group &group) {
  return llvm::all_of(
      group, [&](Kernel *member) { return isIndependent(*member, kernel); });
}

/// Puts `kernel` into a group of its own. What has no loop here, or no input,
/// goes in front of all that it does not depend on: kernels before and behind
/// it may then share loops.
void startGroup(std::vector<Group> &groups, Kernel &kernel, unsigned level) {
  auto position = groups.end();
  if (kernel.depth() <= level || isFill(kernel))
    while (position != groups.begin() &&
           isIndependent(kernel, *std::prev(position)))
      --position;
  groups.insert(position, {&kernel});
}

/// Whether all kernels of both may share the loop at `level`.
bool canMerge(Group &first, Group &second, unsigned level) {
  bool shares = false;
  unsigned cost = 0;
  for (Kernel *kernel : first)
    cost += kernel->bodyCost();
  for (Kernel *kernel : second) {
    cost += kernel->bodyCost();
    for (Kernel *member : first) {
      if (!looksAlike(*kernel, *member, level) ||
          !canShareLoops(*member, *kernel, level + 1))
        return false;
      shares |= sharesBuffer(*member, *kernel);
    }
  }
  return shares && cost <= maxBodyCost;
}

bool isIndependent(Group &group, Group &other) {
  return llvm::all_of(
      group, [&](Kernel *kernel) { return isIndependent(*kernel, other); });
}

/// A kernel that shared nothing with the groups before it may have started one
/// that in the end does.
void mergeGroups(std::vector<Group> &groups, unsigned level) {
  for (size_t i = groups.size(); i-- > 0;) {
    if (groups[i].front()->depth() <= level)
      continue;
    for (size_t j = i + 1; j < groups.size(); ++j) {
      if (groups[j].front()->depth() > level &&
          canMerge(groups[i], groups[j], level)) {
        groups[j].insert(groups[j].begin(), groups[i].begin(), groups[i].end());
        groups.erase(groups.begin() + i);
        break;
      }
      if (!isIndependent(groups[i], groups[j]))
        break;
    }
  }
}

/// Each kernel goes into the last group that takes it, unless it depends on one
/// behind.
std::vector<Group> groupAt(ArrayRef<Kernel *> kernels, unsigned level) {
  std::vector<Group> groups;
  for (auto [i, kernel] : llvm::enumerate(kernels)) {
    bool isWelcome = isFill(*kernel) && kernel->depth() > level &&
                     fillsForLoop(*kernel, kernels.drop_front(i + 1), level);
    bool placed = false;
    for (Group &group : llvm::reverse(groups)) {
      placed = canJoin(*kernel, group, level, isWelcome);
      if (placed)
        group.push_back(kernel);
      if (placed || !isIndependent(*kernel, group))
        break;
    }
    if (!placed)
      startGroup(groups, *kernel, level);
  }
  mergeGroups(groups, level);
  return groups;
}

std::vector<std::unique_ptr<Nest>> fuseAt(ArrayRef<Kernel *> kernels,
                                          unsigned level) {
  std::vector<std::unique_ptr<Nest>> nests;
  for (Group &group : groupAt(kernels, level)) {
    auto nest = std::make_unique<Nest>();
    if (group.front()->depth() <= level) {
      nest->kernel = group.front();
    } else {
      nest->extent = group.front()->extents[level];
      nest->children = fuseAt(group, level + 1);
    }
    nests.push_back(std::move(nest));
  }
  return nests;
}

} // namespace

bool updatesInPlace(ArrayRef<Kernel *> kernels) {
  SmallVector<Access *> stored;
  auto isStored = [&](Access &access) {
    return llvm::any_of(
        stored, [&](Access *other) { return other->sameElement(access); });
  };
  auto isWritten = [&](Access &access) {
    return llvm::any_of(kernels, [&](Kernel *kernel) {
      return !kernel->isReduction.back() && kernel->writes(access.root);
    });
  };
  for (Kernel *kernel : kernels) {
    for (auto [i, access] : llvm::enumerate(kernel->accesses))
      if (access && kernel->reads(i) && access->strides.back() != 0 &&
          !isStored(*access) && isWritten(*access))
        return true;
    for (auto [i, access] : llvm::enumerate(kernel->accesses))
      if (kernel->isOutput(i))
        stored.push_back(&*access);
  }
  return false;
}

std::vector<std::unique_ptr<Nest>> fuseLoops(ArrayRef<Kernel *> kernels) {
  return fuseAt(kernels, 0);
}

void collapseLoops(Nest &nest, unsigned depth) {
  if (nest.isLeaf())
    return;
  while (nest.children.size() == 1 && !nest.children.front()->isLeaf()) {
    bool can = true;
    nest.forEachKernel(
        [&](Kernel &kernel) { can = can && kernel.canCollapse(depth); });
    if (!can)
      break;
    nest.forEachKernel([&](Kernel &kernel) { kernel.collapse(depth); });
    nest.extent *= nest.children.front()->extent;
    auto grandchildren = std::move(nest.children.front()->children);
    nest.children = std::move(grandchildren);
  }
  for (auto &child : nest.children)
    collapseLoops(*child, depth + 1);
}

} // namespace nabla
