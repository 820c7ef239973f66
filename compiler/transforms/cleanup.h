//===- cleanup.h - Simplification between derivations -----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_TRANSFORMS_CLEANUP_H
#define NABLA_COMPILER_TRANSFORMS_CLEANUP_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace nabla {

/// Folds, canonicalizes, merges common subexpressions and drops dead code.
void cleanUp(mlir::func::FuncOp function);

/// Replaces the calls in `function` of callees that are small or called only
/// once by their bodies. Callees must hold no calls of this kind themselves.
void inlineCalls(mlir::func::FuncOp function);

/// Erases the private functions that no public one reaches; `erasing` sees each
/// one first and detaches it from whatever table knows it.
void eraseUnusedFunctions(
    mlir::ModuleOp module,
    llvm::function_ref<void(mlir::func::FuncOp)> erasing);

} // namespace nabla

#endif // NABLA_COMPILER_TRANSFORMS_CLEANUP_H
