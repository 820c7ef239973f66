//===- vmap.cpp - Expansion of batches ------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/Passes.h"
#include "compiler/transforms/expand.h"

namespace nabla {

#define GEN_PASS_DEF_BATCHPASS
#include "compiler/transforms/Passes.h.inc"

namespace {

struct BatchPass final : impl::BatchPassBase<BatchPass> {
  void runOnOperation() override {
    std::vector<LinearResult> linearResults;
    ExpandOptions options;
    options.autodiff = false;
    options.batch = true;
    if (failed(expandTransforms(getOperation(), options, linearResults)))
      signalPassFailure();
  }
};

} // namespace
} // namespace nabla
