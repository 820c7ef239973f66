//===- Phases.cpp - The named phases of compilation -----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/pipelines/Phases.h"

#include "compiler/codegen/cpu/Passes.h"
#include "compiler/conversion/Passes.h"
#include "compiler/pipelines/canonicalize.h"
#include "compiler/pipelines/conditional.h"
#include "compiler/pipelines/emit_assembly.h"
#include "compiler/transforms/Pipelines.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace nabla {
namespace {

static void addNothing(OpPassManager &) {}

static void addLinalg(OpPassManager &passes) {
  passes.addPass(createSplitScansPass());
  passes.addPass(createSplitConvolutionsPass());
  passes.addPass(createNablaToLinalgPass());
  passes.addPass(createCanonicalizePass());
  passes.addPass(createCSEPass());
}

static void addSchedule(OpPassManager &passes) {
  // From here on no common subexpressions are eliminated.
  passes.addNestedPass<func::FuncOp>(createRecomputePass());
  passes.addPass(createFuseElementwisePass());
  passes.addPass(createCanonicalizePass());
  passes.addPass(createTermsInRowsPass());
  passes.addPass(createFillSplatsPass());
  passes.addPass(createSeparateTemporariesPass());
}

static void addBufferize(OpPassManager &passes) {
  passes.addPass(createKeepCarriesPass());
  passes.addPass(createReadOnlyArgumentsPass());
  passes.addNestedPass<func::FuncOp>(createReadInPlacePass());
  passes.addPass(createEliminateEmptyTensorsPass());
  bufferization::OneShotBufferizePassOptions bufferize;
  bufferize.bufferizeFunctionBoundaries = true;
  bufferize.allowReturnAllocsFromLoops = true;
  bufferize.functionBoundaryTypeConversion =
      bufferization::LayoutMapOption::IdentityLayoutMap;
  passes.addPass(bufferization::createOneShotBufferizePass(bufferize));
  // What a loop changes in place is not its result: the caller can give the
  // memory.
  passes.addPass(createCanonicalizePass());
  bufferization::BufferResultsToOutParamsPassOptions results;
  results.hoistStaticAllocs = true;
  results.modifyPublicFunctions = true;
  passes.addPass(bufferization::createBufferResultsToOutParamsPass(results));
  passes.addNestedPass<func::FuncOp>(createReuseDonatedPass());
  passes.addPass(createCSEPass());
  passes.addPass(createDeallocatePass());
  passes.addPass(createByteBooleansPass());
  // The helper that frees lists of buffers takes dynamic shapes, which bare
  // pointers cannot pass.
  passes.addPass(createInlinePass());
  passes.addPass(createSymbolDCEPass()); // it may be there without a call
  passes.addPass(createCanonicalizePass());
  passes.addPass(createVectorLoopsPass());
  passes.addPass(createShareKernelsPass());
  passes.addPass(createCanonicalizePass());
  passes.addPass(createCSEPass());
  passes.addNestedPass<func::FuncOp>(createPlanMemoryPass());
}

static void addLoops(OpPassManager &passes) {
  passes.addPass(createCopyLoopsPass());
  passes.addPass(createLinalgToLoopsPass());
  passes.addPass(createBarePointersPass());
  passes.addPass(createOutlineParallelPass());
  passes.addPass(createExpandMathPass());
  passes.addPass(createLoopInvariantCodeMotionPass());
  arith::ArithExpandOpsPassOptions expand;
  expand.includeBf16 = true;
  passes.addPass(arith::createArithExpandOpsPass(expand));
  passes.addPass(createFlatEmptyArgumentsPass());
  passes.addPass(createSCFToControlFlowPass());
}

static void addLLVM(OpPassManager &passes) {
  addLoops(passes);
  passes.addPass(createToLLVMPass());
  passes.addPass(createReconcileUnrealizedCastsPass());
  passes.addPass(createPackedEntryPass());
  passes.addPass(createSplitBlocksPass());
}

static void addObject(OpPassManager &passes) {
  passes.addPass(createEmitAssemblyPass());
}

constexpr Phase phases[] = {
    {"trace", "What Python recorded; transforms are ops.", addNothing},
    {"transforms",
     "The ops jvp, linearize, apply and vmap are expanded into plain "
     "functions.",
     addTransformPasses},
    {"simplify",
     "Inlined, folded, common subexpressions merged, dead code gone.",
     addSimplifyPasses},
    {"linalg", "Structured ops on tensors; no op of the dialect is left.",
     addLinalg},
    {"schedule", "Fused, still on tensors.", addSchedule},
    {"bufferize",
     "Memory and loops: results are out-parameters, temporaries have "
     "lifetimes, linalg ops are fused loops of vector ops.",
     addBufferize},
    {"llvm", "The LLVM dialect.", addLLVM},
    {"object", "Machine code of this CPU.", addObject},
};

} // namespace

ArrayRef<Phase> getPhases() { return phases; }

const Phase *findPhase(StringRef name) {
  for (const Phase &phase : phases)
    if (phase.name == name)
      return &phase;
  return nullptr;
}

LogicalResult addPhases(OpPassManager &passes, StringRef from, StringRef to) {
  const Phase *first = findPhase(from), *last = findPhase(to);
  if (!first || !last)
    return failure();
  while (first < last)
    (++first)->addPasses(passes);
  return success();
}

namespace {
struct PhaseOptions : PassPipelineOptions<PhaseOptions> {
  Option<std::string> from{*this, "from", llvm::cl::desc("the present phase"),
                           llvm::cl::init("trace")};
  Option<std::string> to{*this, "to", llvm::cl::desc("the last phase to reach"),
                         llvm::cl::init("llvm")};
};
} // namespace

static StringRef nameOf(const Phase &phase) { return phase.name; }

/// Fills the pipeline from the text of its options; what is wrong with them
/// goes to `report`, as what is wrong with a pipeline of upstream does.
static LogicalResult
addPhasePipeline(OpPassManager &passes, StringRef text,
                 function_ref<LogicalResult(const Twine &)> report) {
  PhaseOptions options;
  if (failed(options.parseFromString(text)))
    return report("nabla-pipeline: invalid options '" + text + "'");
  for (StringRef name : {options.from.getValue(), options.to.getValue()})
    if (!findPhase(name))
      return report("nabla-pipeline: there is no phase '" + name + "', only " +
                    llvm::join(llvm::map_range(getPhases(), nameOf), ", "));
  return addPhases(passes, options.from, options.to);
}

void registerPhasePipeline() {
  registerPassPipeline(
      "nabla-pipeline", "Run the phases of compilation up to one",
      addPhasePipeline,
      [](function_ref<void(const detail::PassOptions &)> handle) {
        handle(PhaseOptions());
      });
}

} // namespace nabla
