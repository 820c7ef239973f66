//===- verify_linear.cpp - A check of linear functions --------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/Passes.h"
#include "compiler/transforms/callees.h"
#include "compiler/transforms/deriver.h"

#include "dialects/nabla/NablaOps.h"

using namespace mlir;

namespace nabla {

#define GEN_PASS_DEF_VERIFYLINEARPASS
#include "compiler/transforms/Passes.h.inc"

namespace {

struct VerifyLinearPass final : impl::VerifyLinearPassBase<VerifyLinearPass> {
  void runOnOperation() override {
    // A transpose exists exactly where a function is linear: derive it in a
    // copy.
    if (failed(checkCallees(getOperation())))
      return signalPassFailure();
    OwningOpRef<ModuleOp> copy = getOperation().clone();
    Deriver deriver(*copy);
    SmallVector<BindLinearOp> maps;
    for (auto function : copy->getOps<func::FuncOp>())
      function.walk([&](BindLinearOp map) { maps.push_back(map); });
    for (BindLinearOp map : maps) {
      func::FuncOp function = deriver.lookup(map.getCalleeAttr());
      SmallVector<bool> linear(map.getResiduals().size(), false);
      linear.resize(function.getNumArguments(), true);
      SmallVector<bool> active(function.getNumResults(), true);
      if (failed(deriver.transpose(map.getCalleeAttr(), linear, active)))
        return signalPassFailure();
    }
    markAllAnalysesPreserved();
  }
};

} // namespace
} // namespace nabla
