//===- RegisterAll.cpp - Registration for tools and bindings --------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/pipelines/RegisterAll.h"

#include "compiler/codegen/cpu/Passes.h"
#include "compiler/conversion/Passes.h"
#include "compiler/pipelines/Phases.h"
#include "compiler/pipelines/emit_assembly.h"
#include "compiler/transforms/Passes.h"
#include "dialects/nabla/NablaDialect.h"

#include "mlir/IR/DialectRegistry.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"

void nabla::registerAllDialects(mlir::DialectRegistry &registry) {
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  mlir::registerAllToLLVMIRTranslations(registry);
  registry.insert<nabla::NablaDialect>();
}

void nabla::registerAllPasses() {
  mlir::registerAllPasses();
  registerNablaTransformsPasses();
  registerNablaConversionPasses();
  registerNablaCpuCodegenPasses();
  mlir::registerPass(createEmitAssemblyPass);
  registerPhasePipeline();
}
