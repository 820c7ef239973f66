//===- to_llvm.cpp - All dialects to the LLVM dialect at once -------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/Passes.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/IndexToLLVM/IndexToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Index/IR/IndexDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Pass/PassManager.h"

namespace nabla {
#define GEN_PASS_DEF_TOLLVMPASS
#include "compiler/codegen/cpu/Passes.h.inc"
} // namespace nabla

using namespace mlir;

namespace nabla {
namespace {

/// Whether LLVM has an instruction, or an intrinsic that becomes instructions,
/// for an op of mathematics.
bool isInstruction(Operation *op) {
  return isa<math::AbsFOp, math::AbsIOp, math::CopySignOp, math::FmaOp,
             math::SqrtOp, math::CeilOp, math::FloorOp, math::TruncOp,
             math::RoundEvenOp>(op);
}

/// Whether an op of vectors has a pattern that needs no other before it.
bool isPlain(Operation *op) {
  auto hasOneDimension = [](Type type) {
    auto vector = dyn_cast<VectorType>(type);
    return !vector || (vector.getRank() == 1 && !vector.isScalable());
  };
  return isa<vector::LoadOp, vector::StoreOp, vector::ShuffleOp,
             vector::BroadcastOp, vector::ExtractOp, vector::InsertOp,
             vector::ReductionOp>(op) &&
         llvm::all_of(op->getOperandTypes(), hasOneDimension) &&
         llvm::all_of(op->getResultTypes(), hasOneDimension);
}

/// What loops say to LLVM comes along as an attribute that it does not look at.
void annotateLoop(LLVM::BrOp branch) {
  if (auto annotation = dyn_cast_or_null<LLVM::LoopAnnotationAttr>(
          branch->removeDiscardableAttr(loopAnnotationName)))
    branch.setLoopAnnotationAttr(annotation);
}

class ToLLVMPass : public impl::ToLLVMPassBase<ToLLVMPass> {
public:
  void runOnOperation() override {
    if (failed(prepare()))
      return signalPassFailure();
    SmallPtrSet<Dialect *, 16> dialects;
    getOperation()->walk(
        [&](Operation *op) { dialects.insert(op->getDialect()); });
    // Patterns that cannot match take a short program long to make.
    auto holds = [&](Dialect *dialect) { return dialects.contains(dialect); };
    LowerToLLVMOptions options(&getContext());
    options.useBarePtrCallConv = true;
    LLVMTypeConverter converter(&getContext(), options);
    RewritePatternSet patterns(&getContext());
    SymbolTableCollection symbols;
    arith::populateArithToLLVMConversionPatterns(converter, patterns);
    cf::populateControlFlowToLLVMConversionPatterns(converter, patterns);
    cf::populateAssertToLLVMConversionPattern(converter, patterns);
    if (holds(getContext().getLoadedDialect<index::IndexDialect>()))
      index::populateIndexToLLVMConversionPatterns(converter, patterns);
    populateFinalizeMemRefToLLVMConversionPatterns(converter, patterns,
                                                   &symbols);
    populateFuncToLLVMConversionPatterns(converter, patterns, &symbols);
    if (holds(getContext().getLoadedDialect<math::MathDialect>()))
      populateMathToLLVMConversionPatterns(converter, patterns);
    if (holds(getContext().getLoadedDialect<vector::VectorDialect>()))
      populateVectorToLLVMConversionPatterns(converter, patterns);
    ub::populateUBToLLVMConversionPatterns(converter, patterns);
    LLVMConversionTarget target(getContext());
    target.addIllegalDialect<arith::ArithDialect, cf::ControlFlowDialect,
                             func::FuncDialect, index::IndexDialect,
                             math::MathDialect, memref::MemRefDialect,
                             ub::UBDialect, vector::VectorDialect>();
    if (failed(applyPartialConversion(getOperation(), target,
                                      std::move(patterns))))
      return signalPassFailure();
    getOperation()->walk(annotateLoop);
  }

private:
  /// Runs upstream's passes on what takes several steps, if there is such.
  LogicalResult prepare() {
    bool hasFunctions = false, hasShapes = false, hasViews = false;
    getOperation()->walk([&](Operation *op) {
      hasViews |= isa<affine::AffineDialect>(op->getDialect()) ||
                  (isa<memref::MemRefDialect>(op->getDialect()) &&
                   !isa<memref::GlobalOp>(op));
      hasFunctions |=
          isa<math::MathDialect>(op->getDialect()) && !isInstruction(op);
      hasShapes |= isa<vector::VectorDialect>(op->getDialect()) && !isPlain(op);
    });
    OpPassManager passes(ModuleOp::getOperationName());
    if (hasViews) {
      passes.addPass(memref::createExpandStridedMetadataPass());
      passes.addPass(createLowerAffinePass());
    }
    if (hasFunctions) {
      passes.addPass(createConvertMathToLLVMPass());
      passes.addPass(createConvertMathToLibmPass());
    }
    if (hasShapes)
      passes.addPass(createConvertVectorToLLVMPass());
    return passes.empty() ? success() : runPipeline(passes, getOperation());
  }
};

} // namespace
} // namespace nabla
