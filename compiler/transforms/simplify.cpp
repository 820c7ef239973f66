//===- simplify.cpp - Simplification of whole modules ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/Passes.h"
#include "compiler/transforms/callees.h"
#include "compiler/transforms/cleanup.h"

#include "dialects/nabla/NablaOps.h"

using namespace mlir;

namespace nabla {

#define GEN_PASS_DEF_SIMPLIFYPASS
#include "compiler/transforms/Passes.h.inc"

namespace {

/// The functions of a module, callees first.
class CalleesFirst {
public:
  explicit CalleesFirst(ModuleOp module) : symbols(module) {
    for (auto function : module.getOps<func::FuncOp>())
      visit(function);
  }
  SmallVector<func::FuncOp> order;

private:
  void visit(func::FuncOp function) {
    if (!seen.insert(function).second)
      return;
    function.walk([&](CallOp call) {
      visit(symbols.lookup<func::FuncOp>(call.getCallee()));
    });
    if (!function.isExternal())
      order.push_back(function);
  }
  SymbolTable symbols;
  DenseSet<Operation *> seen;
};

struct SimplifyPass final : impl::SimplifyPassBase<SimplifyPass> {
  void runOnOperation() override {
    if (failed(checkCallees(getOperation())))
      return signalPassFailure();
    Cleaner cleaner(&getContext());
    for (func::FuncOp function : CalleesFirst(getOperation()).order) {
      inlineCalls(function);
      cleaner.run(function);
    }
    eraseUnusedFunctions(getOperation(),
                         [](func::FuncOp function) { function.erase(); });
  }
};

} // namespace
} // namespace nabla
