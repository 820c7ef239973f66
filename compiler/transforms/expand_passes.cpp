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

llvm::LogicalResult expand(mlir::ModuleOp module, ExpandOptions options) {
  std::vector<LinearResult> linearResults;
  return expandTransforms(module, options, linearResults);
}

struct AutodiffPass final : impl::AutodiffPassBase<AutodiffPass> {
  void runOnOperation() override {
    ExpandOptions options;
    options.vmap = false;
    if (failed(expand(getOperation(), options)))
      signalPassFailure();
  }
};

struct BatchPass final : impl::BatchPassBase<BatchPass> {
  void runOnOperation() override {
    ExpandOptions options;
    options.jvp = options.linearize = options.apply = false;
    if (failed(expand(getOperation(), options)))
      signalPassFailure();
  }
};

struct LinearizePass final : impl::LinearizePassBase<LinearizePass> {
  void runOnOperation() override {
    ExpandOptions options;
    options.jvp = options.apply = options.vmap = false;
    if (failed(expand(getOperation(), options)))
      signalPassFailure();
  }
};

struct TransformsPass final : impl::TransformsPassBase<TransformsPass> {
  void runOnOperation() override {
    if (failed(expand(getOperation(), ExpandOptions())))
      signalPassFailure();
  }
};

} // namespace
} // namespace nabla
