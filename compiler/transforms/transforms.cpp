//===- transforms.cpp - Expansion of all transforms
//------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/Passes.h"
#include "compiler/transforms/expand.h"

namespace nabla {

#define GEN_PASS_DEF_TRANSFORMSPASS
#include "compiler/transforms/Passes.h.inc"

namespace {

struct TransformsPass final : impl::TransformsPassBase<TransformsPass> {
  void runOnOperation() override {
    std::vector<LinearResult> linearResults;
    ExpandOptions options;
    options.autodiff = true;
    options.batch = true;
    if (failed(expandTransforms(getOperation(), options, linearResults)))
      signalPassFailure();
  }
};

} // namespace
} // namespace nabla
