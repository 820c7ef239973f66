//===- callees.cpp - What the passes ask of callees -----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/callees.h"

#include "dialects/nabla/NablaOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/SymbolTable.h"

using namespace mlir;

namespace nabla {
namespace {

class CalleeCheck {
public:
  explicit CalleeCheck(ModuleOp module) : symbols(module) {}

  LogicalResult visit(func::FuncOp function) {
    if (!visited.insert(function).second)
      return success();
    active.insert(function);
    WalkResult result =
        function.walk([&](Operation *op) { return WalkResult(visit(op)); });
    active.erase(function);
    return failure(result.wasInterrupted());
  }

private:
  LogicalResult visit(Operation *op) {
    if (!isa<CallOp, JvpOp, LinearizeOp, BindLinearOp, VmapOp>(op))
      return success();
    auto symbol = op->getAttrOfType<FlatSymbolRefAttr>("callee");
    auto callee = symbols.lookup<func::FuncOp>(symbol.getAttr());
    if (!callee || callee.isExternal())
      return op->emitOpError("names ") << symbol << ", which has no body here";
    if (!callee.getBody().hasOneBlock())
      return op->emitOpError("names ")
             << symbol << ", which has more than one block";
    if (active.contains(callee))
      return op->emitOpError("names ")
             << symbol << ", which calls itself this way";
    return visit(callee);
  }

  SymbolTable symbols;
  DenseSet<Operation *> visited;
  /// The functions that the one being visited is called from.
  DenseSet<Operation *> active;
};

} // namespace

LogicalResult checkCallees(ModuleOp module) {
  CalleeCheck check(module);
  for (auto function : module.getOps<func::FuncOp>())
    if (failed(check.visit(function)))
      return failure();
  return success();
}

} // namespace nabla
