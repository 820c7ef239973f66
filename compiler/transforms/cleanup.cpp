//===- cleanup.cpp - Simplification between derivations -------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/cleanup.h"

#include "dialects/nabla/NablaOps.h"

#include "mlir/IR/Dominance.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Transforms/CSE.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace nabla {

/// A callee with at most this many ops is copied into each of its callers: a
/// call hides more from the simplifier than the copy costs.
static constexpr int64_t smallCallee = 16;

static RewritePatternSet canonicalizations(MLIRContext *context) {
  RewritePatternSet patterns(context);
  // MLIRContext::getRegisteredOperationsByDialect finds none of them where
  // certain other dialects are not loaded.
  for (RegisteredOperationName op : context->getRegisteredOperations())
    if (isa<NablaDialect>(op.getDialect()))
      op.getCanonicalizationPatterns(patterns, context);
  return patterns;
}

Cleaner::Cleaner(MLIRContext *context) : patterns(canonicalizations(context)) {}

static bool mergeEqual(func::FuncOp function) {
  IRRewriter rewriter(function.getContext());
  DominanceInfo dominance(function);
  bool changed = false;
  eliminateCommonSubExpressions(rewriter, dominance, function, &changed);
  return changed;
}

void Cleaner::run(func::FuncOp function) const {
  // Merging first keeps the patterns from working on copies; they may bring new
  // equal ops about.
  mergeEqual(function);
  bool changed = false;
  GreedyRewriteConfig config; // each region is one block
  config.setRegionSimplificationLevel(GreedySimplifyRegionLevel::Disabled);
  do {
    (void)applyPatternsGreedily(function, patterns, config, &changed);
  } while (changed && mergeEqual(function));
}

//===----------------------------------------------------------------------===//
// Inlining
//===----------------------------------------------------------------------===//

int64_t countOps(Operation *root) {
  int64_t count = 0;
  root->walk([&](Operation *op) {
    if (op != root && !op->hasTrait<OpTrait::IsTerminator>() &&
        !isa<ConstantOp, func::FuncOp>(op))
      ++count;
  });
  return count;
}

/// How often each function is named by an op of the module.
static DenseMap<StringAttr, int64_t> countUses(ModuleOp module) {
  DenseMap<StringAttr, int64_t> uses;
  module.walk([&](Operation *op) {
    if (auto callee = op->getAttrOfType<FlatSymbolRefAttr>("callee"))
      ++uses[callee.getAttr()];
  });
  return uses;
}

static void inlineCall(CallOp call, func::FuncOp callee) {
  OpBuilder b(call);
  Block &body = callee.getBody().front();
  IRMapping map;
  map.map(body.getArguments(), call.getInputs());
  for (Operation &op : body.without_terminator())
    b.clone(op, map);
  for (auto [result, value] :
       llvm::zip_equal(call.getResults(), body.getTerminator()->getOperands()))
    result.replaceAllUsesWith(map.lookup(value));
  call.erase();
}

void inlineCalls(func::FuncOp function) {
  auto module = function->getParentOfType<ModuleOp>();
  SmallVector<CallOp> calls;
  function.walk([&](CallOp call) { calls.push_back(call); });
  if (calls.empty())
    return;
  SymbolTable symbols(module);
  DenseMap<StringAttr, int64_t> uses = countUses(module);
  // Bodies that are copied bring calls of their own.
  while (!calls.empty()) {
    CallOp call = calls.pop_back_val();
    auto callee = symbols.lookup<func::FuncOp>(call.getCalleeAttr().getAttr());
    if (!callee || callee == function || callee.isExternal())
      continue;
    bool isOnly =
        callee.isPrivate() && uses.lookup(call.getCalleeAttr().getAttr()) == 1;
    if (!isOnly && countOps(callee) > smallCallee)
      continue;
    Operation *before = call->getPrevNode();
    Operation *after = call->getNextNode();
    Block *block = call->getBlock();
    inlineCall(call, callee);
    auto first = before ? std::next(before->getIterator()) : block->begin();
    for (Operation &op : llvm::make_range(first, after->getIterator()))
      op.walk([&](Operation *inner) {
        if (auto innerCall = dyn_cast<CallOp>(inner)) {
          ++uses[innerCall.getCalleeAttr().getAttr()];
          calls.push_back(innerCall);
        }
      });
  }
}

//===----------------------------------------------------------------------===//
// Unused functions
//===----------------------------------------------------------------------===//

void eraseUnusedFunctions(ModuleOp module,
                          llvm::function_ref<void(func::FuncOp)> erase) {
  SymbolTable symbols(module);
  DenseSet<Operation *> reached;
  SmallVector<Operation *> pending;
  for (Operation &op : *module.getBody()) {
    auto function = dyn_cast<func::FuncOp>(op);
    if (!function || !function.isPrivate()) {
      reached.insert(&op);
      pending.push_back(&op);
    }
  }
  while (!pending.empty()) {
    auto uses = SymbolTable::getSymbolUses(pending.pop_back_val());
    if (!uses)
      continue;
    for (SymbolTable::SymbolUse use : *uses) {
      Operation *op = symbols.lookup(use.getSymbolRef().getRootReference());
      if (op && reached.insert(op).second)
        pending.push_back(op);
    }
  }
  for (auto function :
       llvm::make_early_inc_range(module.getOps<func::FuncOp>()))
    if (!reached.contains(function))
      erase(function);
}

} // namespace nabla
