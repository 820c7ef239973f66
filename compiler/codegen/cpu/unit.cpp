//===- unit.cpp - What may become a function ------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/unit.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace nabla {

void emitUnit(LoopBuilder &b, llvm::function_ref<void()> body) {
  auto unit = scf::ExecuteRegionOp::create(b, TypeRange());
  Block &block = unit.getRegion().emplaceBlock();
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(&block);
    body();
    scf::YieldOp::create(b);
  }
  auto isOutside = [&](Value value) {
    return value.getParentBlock() != &block;
  };
  for (Operation &op : llvm::make_early_inc_range(block)) {
    // Units with other numbers can be one function.
    bool isNumber = isa<vector::BroadcastOp>(op) &&
                    llvm::all_of(op.getOperands(), isOutside);
    if (isa<memref::AllocOp>(op) || isNumber)
      op.moveBefore(unit);
    else if (isa<memref::DeallocOp>(op))
      op.moveAfter(unit);
  }
}

} // namespace nabla
