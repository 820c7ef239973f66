//===- free_allocations.cpp - The end of memory that a block owns ---------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/Passes.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Matchers.h"

namespace nabla {
#define GEN_PASS_DEF_FREEALLOCATIONSPASS
#include "compiler/codegen/cpu/Passes.h.inc"
} // namespace nabla

using namespace mlir;

namespace nabla {
namespace {

/// Whether `op` always frees all it names, and each is memory of its own.
bool freesAllocations(bufferization::DeallocOp op) {
  llvm::SmallDenseSet<Value> seen;
  return op.getRetained().empty() &&
         llvm::all_of(op.getConditions(),
                      [](Value c) { return matchPattern(c, m_One()); }) &&
         llvm::all_of(op.getMemrefs(), [&](Value buffer) {
           return buffer.getDefiningOp<memref::AllocOp>() &&
                  seen.insert(buffer).second;
         });
}

class FreeAllocationsPass
    : public impl::FreeAllocationsPassBase<FreeAllocationsPass> {
public:
  void runOnOperation() override {
    SmallVector<bufferization::DeallocOp> ops;
    getOperation()->walk([&](bufferization::DeallocOp op) {
      if (freesAllocations(op))
        ops.push_back(op);
    });
    for (bufferization::DeallocOp op : ops) {
      OpBuilder b(op);
      for (Value buffer : op.getMemrefs())
        memref::DeallocOp::create(b, op.getLoc(), buffer);
      op.erase();
    }
  }
};

} // namespace
} // namespace nabla
