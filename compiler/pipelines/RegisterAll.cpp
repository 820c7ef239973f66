//===- RegisterAll.cpp - Registration for tools and bindings --------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/pipelines/RegisterAll.h"

#include "compiler/codegen/cpu/Passes.h"
#include "compiler/conversion/Passes.h"
#include "compiler/pipelines/Phases.h"
#include "compiler/transforms/Passes.h"
#include "dialects/nabla/NablaDialect.h"

#include "mlir/IR/DialectRegistry.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"

void nabla::registerAllDialects(mlir::DialectRegistry &registry) {
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  registry.insert<nabla::NablaDialect>();
}

void nabla::registerAllPasses() {
  mlir::registerAllPasses();
  registerNablaTransformsPasses();
  registerNablaConversionPasses();
  registerNablaCpuCodegenPasses();
  registerPhasePipeline();
}
