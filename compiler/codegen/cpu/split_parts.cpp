//===- split_parts.cpp - A program as modules to compile side by side -----===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/SymbolTable.h"

namespace nabla {
#define GEN_PASS_DEF_SPLITPARTSPASS
#include "compiler/codegen/cpu/Passes.h.inc"
} // namespace nabla

using namespace mlir;

namespace nabla {
namespace {

constexpr unsigned maxParts = 16;

/// The functions of a part, in the order of the program.
struct Part {
  SmallVector<func::FuncOp> functions;
  unsigned weight = 0;
  ModuleOp module;
};

unsigned countOps(func::FuncOp function) {
  unsigned count = 0;
  function.walk([&](Operation *) { ++count; });
  return count;
}

/// Deals out functions, the largest first, each to the part that has least.
SmallVector<Part> deal(ArrayRef<func::FuncOp> functions, unsigned minOps) {
  SmallVector<std::pair<unsigned, unsigned>> order; // weight, position
  unsigned total = 0;
  for (auto [position, function] : llvm::enumerate(functions)) {
    unsigned weight = countOps(function);
    total += weight;
    order.emplace_back(weight, position);
  }
  llvm::stable_sort(order, [](auto &a, auto &b) { return a.first > b.first; });
  SmallVector<Part> parts(std::clamp<unsigned>(
      total / minOps, 1, std::min<size_t>(maxParts, functions.size())));
  SmallVector<unsigned> partOf(functions.size());
  for (auto [weight, position] : order) {
    auto least = std::min_element(
        parts.begin(), parts.end(),
        [](const Part &a, const Part &b) { return a.weight < b.weight; });
    least->weight += weight;
    partOf[position] = least - parts.begin();
  }
  for (auto [position, function] : llvm::enumerate(functions))
    parts[partOf[position]].functions.push_back(function);
  return parts;
}

class Splitter {
public:
  explicit Splitter(ModuleOp module) : module(module), symbols(module) {}

  void split(MutableArrayRef<Part> parts) {
    for (Part &part : parts)
      for (func::FuncOp function : part.functions)
        home[function] = &part;
    for (Part &part : parts)
      findStrangers(part);
    OpBuilder b = OpBuilder::atBlockEnd(module.getBody());
    for (Part &part : parts) {
      part.module = ModuleOp::create(b, module.getLoc());
      part.module->setDiscardableAttrs(module->getDiscardableAttrDictionary());
      b.setInsertionPointToEnd(part.module.getBody());
      for (Operation *stranger : strangers[&part])
        b.insert(isa<func::FuncOp>(stranger) ? stranger->cloneWithoutRegions()
                                             : stranger->clone());
      b.setInsertionPointToEnd(module.getBody());
    }
    for (Part &part : parts)
      for (func::FuncOp function : part.functions)
        function->moveBefore(part.module.getBody(),
                             part.module.getBody()->end());
    for (Operation &op : llvm::make_early_inc_range(module.getOps()))
      if (!isa<ModuleOp>(op))
        op.erase(); // each part has its own
  }

private:
  /// What the part refers to and does not hold. Functions of other parts become
  /// visible to them.
  void findStrangers(Part &part) {
    SetVector<Operation *> &found = strangers[&part];
    for (func::FuncOp function : part.functions) {
      auto uses = SymbolTable::getSymbolUses(&function.getBody());
      for (SymbolTable::SymbolUse use : *uses) {
        Operation *target =
            symbols.lookup(use.getSymbolRef().getRootReference());
        auto callee = dyn_cast_or_null<func::FuncOp>(target);
        if (!target || (callee && home.lookup(callee) == &part))
          continue;
        if (callee && !callee.isExternal() && callee.isPrivate())
          callee.setNested();
        found.insert(target);
      }
    }
  }

  ModuleOp module;
  SymbolTable symbols;
  DenseMap<Operation *, Part *> home;
  DenseMap<Part *, SetVector<Operation *>> strangers;
};

class SplitPartsPass : public impl::SplitPartsPassBase<SplitPartsPass> {
public:
  using Base::Base;

  void runOnOperation() override {
    SmallVector<func::FuncOp> functions;
    for (Operation &op : getOperation().getOps()) {
      auto function = dyn_cast<func::FuncOp>(op);
      if (!function && !isa<memref::GlobalOp>(op))
        return; // who uses it, and how, is not known
      if (function && !function.isExternal())
        functions.push_back(function);
    }
    if (functions.empty())
      return;
    SmallVector<Part> parts = deal(functions, std::max(1u, +minOps));
    if (parts.size() > 1)
      Splitter(getOperation()).split(parts);
  }
};

} // namespace
} // namespace nabla
