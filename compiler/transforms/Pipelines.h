//===- Pipelines.h - The passes of the first phases -------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_TRANSFORMS_PIPELINES_H
#define NABLA_COMPILER_TRANSFORMS_PIPELINES_H

#include "mlir/Pass/PassManager.h"

namespace nabla {

/// From `trace` to `transforms`.
void addTransformPasses(mlir::OpPassManager &passes);
/// From `transforms` to `simplify`.
void addSimplifyPasses(mlir::OpPassManager &passes);

} // namespace nabla

#endif // NABLA_COMPILER_TRANSFORMS_PIPELINES_H
