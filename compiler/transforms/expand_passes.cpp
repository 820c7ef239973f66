//===- expand_passes.cpp - The passes that expand transform ops -----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// They differ in which ops they expand.
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/Passes.h"
#include "compiler/transforms/expand.h"

namespace nabla {

#define GEN_PASS_DEF_AUTODIFFPASS
#define GEN_PASS_DEF_BATCHPASS
#define GEN_PASS_DEF_LINEARIZEPASS
#define GEN_PASS_DEF_TRANSFORMSPASS
#include "compiler/transforms/Passes.h.inc"

namespace {

struct AutodiffPass final : impl::AutodiffPassBase<AutodiffPass> {
  void runOnOperation() override {
    ExpandOptions options;
    options.vmap = false;
    if (failed(expandTransforms(getOperation(), options)))
      signalPassFailure();
  }
};

struct BatchPass final : impl::BatchPassBase<BatchPass> {
  void runOnOperation() override {
    ExpandOptions options;
    options.jvp = options.linearize = options.apply = false;
    if (failed(expandTransforms(getOperation(), options)))
      signalPassFailure();
  }
};

struct LinearizePass final : impl::LinearizePassBase<LinearizePass> {
  void runOnOperation() override {
    ExpandOptions options;
    options.jvp = options.apply = options.vmap = false;
    if (failed(expandTransforms(getOperation(), options)))
      signalPassFailure();
  }
};

struct TransformsPass final : impl::TransformsPassBase<TransformsPass> {
  void runOnOperation() override {
    llvm::FailureOr<Expansion> expansion = expandTransforms(getOperation());
    if (failed(expansion))
      return signalPassFailure();
    peakOps.updateMax(expansion->peakOps);
  }
};

} // namespace
} // namespace nabla
