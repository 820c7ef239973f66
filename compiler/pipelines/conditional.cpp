//===- conditional.cpp - Passes for some programs -------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/pipelines/conditional.h"

#include "compiler/codegen/cpu/Passes.h"
#include "compiler/pipelines/canonicalize.h"
#include "dialects/nabla/NablaDialect.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Interfaces/CallInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/SubsetOpInterface.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace {

/// What a pass runs, and for an op of which kind.
struct Passes {
  StringLiteral name, description;
  bool (*isWork)(Operation *);
  void (*add)(OpPassManager &);
};

struct ConditionalPass : PassWrapper<ConditionalPass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(ConditionalPass)

  explicit ConditionalPass(const Passes &passes) : passes(passes) {}

  StringRef getArgument() const final { return passes.name; }
  StringRef getName() const final { return passes.name; }
  StringRef getDescription() const final { return passes.description; }

  void getDependentDialects(DialectRegistry &registry) const override {
    makePipeline().getDependentDialects(registry);
    // The inliner does not tell what the passes on callees depend on.
    registry.insert<nabla::NablaDialect>();
  }

  void runOnOperation() override {
    WalkResult found = getOperation().walk([&](Operation *op) {
      return passes.isWork(op) ? WalkResult::interrupt()
                               : WalkResult::advance();
    });
    if (!found.wasInterrupted())
      return;
    OpPassManager pipeline = makePipeline();
    if (failed(runPipeline(pipeline, getOperation())))
      signalPassFailure();
  }

private:
  OpPassManager makePipeline() const {
    OpPassManager pipeline(ModuleOp::getOperationName());
    passes.add(pipeline);
    return pipeline;
  }

  const Passes &passes;
};

} // namespace

static bool isInsertion(Operation *op) {
  return isa<SubsetInsertionOpInterface>(op);
}

static bool isCall(Operation *op) { return isa<CallOpInterface>(op); }

/// Whether the op may make memory that has to be freed.
static bool mayAllocate(Operation *op) {
  return isCall(op) ||
         isa_and_nonnull<bufferization::BufferizationDialect>(
             op->getDialect()) ||
         hasEffect<MemoryEffects::Allocate>(op);
}

static void addEmptyTensorElimination(OpPassManager &passes) {
  passes.addPass(bufferization::createEmptyTensorEliminationPass());
}

/// As upstream's buildBufferDeallocationPipeline, with a pass of ours ahead of
/// the simplification; nothing makes a memref.realloc.
static void addDeallocation(OpPassManager &passes) {
  passes.addPass(nabla::createCanonicalizePass());
  passes.addPass(bufferization::createOwnershipBasedBufferDeallocationPass());
  passes.addPass(nabla::createCanonicalizePass());
  passes.addPass(nabla::createFreeAllocationsPass());
  passes.addPass(bufferization::createBufferDeallocationSimplificationPass());
  passes.addPass(bufferization::createLowerDeallocationsPass());
  passes.addPass(createCSEPass());
  passes.addPass(nabla::createCanonicalizePass());
}

static void addInliner(OpPassManager &passes) {
  // What was inlined is canonicalized with the rest.
  passes.addPass(createInlinerPass({}, [](OpPassManager &) {}));
}

std::unique_ptr<Pass> nabla::createEliminateEmptyTensorsPass() {
  static constexpr Passes passes = {
      "nabla-eliminate-empty-tensors",
      "Compute tensors where they are inserted, if any are", isInsertion,
      addEmptyTensorElimination};
  return std::make_unique<ConditionalPass>(passes);
}

std::unique_ptr<Pass> nabla::createDeallocatePass() {
  static constexpr Passes passes = {"nabla-deallocate",
                                    "Free what is allocated, if anything is",
                                    mayAllocate, addDeallocation};
  return std::make_unique<ConditionalPass>(passes);
}

std::unique_ptr<Pass> nabla::createInlinePass() {
  static constexpr Passes passes = {
      "nabla-inline", "Inline calls, if there are any", isCall, addInliner};
  return std::make_unique<ConditionalPass>(passes);
}
