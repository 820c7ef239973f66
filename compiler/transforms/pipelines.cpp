//===- pipelines.cpp - The passes of the first phases ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/Pipelines.h"

#include "compiler/transforms/Passes.h"

void nabla::addTransformPasses(mlir::OpPassManager &passes) {
  passes.addPass(createTransformsPass());
}

void nabla::addSimplifyPasses(mlir::OpPassManager &passes) {
  passes.addPass(createSimplifyPass());
}
