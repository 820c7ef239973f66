//===- separate_temporaries.cpp - Memory of its own for each result -------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/Passes.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace nabla {
#define GEN_PASS_DEF_SEPARATETEMPORARIESPASS
#include "compiler/codegen/cpu/Passes.h.inc"
} // namespace nabla

using namespace mlir;

namespace nabla {
namespace {

/// Clones `op` in front of each of its users but the first.
void separate(Operation *op) {
  SmallVector<OpOperand *> uses;
  for (OpOperand &use : op->getUses())
    uses.push_back(&use);
  if (uses.empty())
    return;
  for (OpOperand *use : ArrayRef(uses).drop_back())
    use->set(OpBuilder(use->getOwner()).clone(*op)->getResult(0));
}

class SeparateTemporariesPass
    : public impl::SeparateTemporariesPassBase<SeparateTemporariesPass> {
public:
  void runOnOperation() override {
    // Fills first: each copy shall have an empty tensor of its own.
    SmallVector<Operation *> fills, empties;
    getOperation()->walk([&](linalg::FillOp fill) { fills.push_back(fill); });
    llvm::for_each(fills, separate);
    getOperation()->walk(
        [&](tensor::EmptyOp empty) { empties.push_back(empty); });
    llvm::for_each(empties, separate);
  }
};

} // namespace
} // namespace nabla
