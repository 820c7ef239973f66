//===- Passes.h - Autodiff, batching, simplification ------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_TRANSFORMS_PASSES_H
#define NABLA_COMPILER_TRANSFORMS_PASSES_H

#include "dialects/nabla/NablaDialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace nabla {

#define GEN_PASS_DECL
#include "compiler/transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "compiler/transforms/Passes.h.inc"

} // namespace nabla

#endif // NABLA_COMPILER_TRANSFORMS_PASSES_H
