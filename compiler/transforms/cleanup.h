//===- cleanup.h - Simplification between derivations -----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_TRANSFORMS_CLEANUP_H
#define NABLA_COMPILER_TRANSFORMS_CLEANUP_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Rewrite/FrozenRewritePatternSet.h"

namespace nabla {

/// Folds, canonicalizes, merges common subexpressions and drops dead code.
/// Holds the patterns, so that they are collected once.
class Cleaner {
public:
  explicit Cleaner(mlir::MLIRContext *context);
  void run(mlir::func::FuncOp function) const;

private:
  mlir::FrozenRewritePatternSet patterns;
};

/// The size of a function or module: its ops, also those in regions, without
/// constants and terminators.
int64_t countOps(mlir::Operation *root);

/// Replaces the calls in `function` whose callee is small, or called from
/// nowhere else, by the body of the callee.
void inlineCalls(mlir::func::FuncOp function);

/// Calls `erase` for each private function that no other one reaches.
void eraseUnusedFunctions(mlir::ModuleOp module,
                          llvm::function_ref<void(mlir::func::FuncOp)> erase);

} // namespace nabla

#endif // NABLA_COMPILER_TRANSFORMS_CLEANUP_H
