//===- autodiff.cpp - Expansion of derivatives
//------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/Passes.h"
#include "compiler/transforms/expand.h"

namespace nabla {

#define GEN_PASS_DEF_AUTODIFFPASS
#include "compiler/transforms/Passes.h.inc"

namespace {

struct AutodiffPass final : impl::AutodiffPassBase<AutodiffPass> {
  void runOnOperation() override {
    std::vector<LinearResult> linearResults;
    ExpandOptions options;
    options.autodiff = true;
    options.batch = false;
    if (failed(expandTransforms(getOperation(), options, linearResults)))
      signalPassFailure();
  }
};

} // namespace
} // namespace nabla
