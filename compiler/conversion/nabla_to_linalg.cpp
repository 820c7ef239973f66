//===- nabla_to_linalg.cpp - Lower all operations to linalg ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/Passes.h"
#include "compiler/conversion/lowering.h"

#include "dialects/nabla/NablaOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Func/Transforms/FuncConversions.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace nabla {
#define GEN_PASS_DEF_NABLATOLINALGPASS
#include "compiler/conversion/Passes.h.inc"
} // namespace nabla

using namespace mlir;

namespace nabla {
namespace {

struct LowerCall : OpConversionPattern<CallOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(CallOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    SmallVector<Type> types;
    if (failed(getTypeConverter()->convertTypes(op.getResultTypes(), types)))
      return rewriter.notifyMatchFailure(op, "has a result without storage");
    rewriter.replaceOpWithNewOp<func::CallOp>(op, op.getCallee(), types,
                                              adaptor.getInputs());
    return success();
  }
};

/// Whether values of the type can be in memory, or need not.
static bool hasStorage(Type type) {
  auto tensor = dyn_cast<TensorType>(type);
  return !tensor ||
         (hasSupportedShape(type) &&
          BaseMemRefType::isValidElementType(tensor.getElementType()));
}

/// Functions of other types than those of the dialect's ops would not survive
/// bufferization.
static LogicalResult checkStorage(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>()) {
    FunctionType type = function.getFunctionType();
    for (Type each :
         llvm::concat<const Type>(type.getInputs(), type.getResults()))
      if (!hasStorage(each))
        return function.emitOpError("takes or returns ")
               << each << ", which has no place in memory";
  }
  return success();
}

class NablaToLinalgPass
    : public impl::NablaToLinalgPassBase<NablaToLinalgPass> {
public:
  void runOnOperation() override {
    if (failed(checkStorage(getOperation())))
      return signalPassFailure();
    MLIRContext &context = getContext();
    StorageTypeConverter converter;
    RewritePatternSet patterns(&context);
    populateElementwisePatterns(converter, patterns);
    populateCreationPatterns(converter, patterns);
    populateShapePatterns(converter, patterns);
    populateIndexingPatterns(converter, patterns);
    populateReductionPatterns(converter, patterns);
    populateSortPatterns(converter, patterns);
    populateContractionPatterns(converter, patterns);
    populateConvolutionPatterns(converter, patterns);
    populateRandomPatterns(converter, patterns);
    populateControlFlowPatterns(converter, patterns);
    patterns.add<LowerCall>(converter, &context);
    populateFunctionOpInterfaceTypeConversionPattern<func::FuncOp>(patterns,
                                                                   converter);
    populateReturnOpTypeConversionPattern(patterns, converter);

    ConversionTarget target(context);
    target.addLegalOp<ModuleOp>();
    target.addLegalDialect<arith::ArithDialect, linalg::LinalgDialect,
                           math::MathDialect, scf::SCFDialect,
                           tensor::TensorDialect>();
    // Not made here; programs may hold them.
    target.addLegalDialect<bufferization::BufferizationDialect,
                           memref::MemRefDialect, vector::VectorDialect>();
    target.addDynamicallyLegalOp<func::FuncOp>([&](func::FuncOp function) {
      return converter.isSignatureLegal(function.getFunctionType());
    });
    target.addDynamicallyLegalOp<func::ReturnOp, func::CallOp>(
        [&](Operation *op) { return converter.isLegal(op); });
    if (failed(
            applyFullConversion(getOperation(), target, std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace nabla
