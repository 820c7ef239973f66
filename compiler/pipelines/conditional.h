//===- conditional.h - Passes for some programs -----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// To run passes that find nothing to do costs a short program dearly. These run
// upstream's only on modules that have work for them.
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_PIPELINES_CONDITIONAL_H
#define NABLA_COMPILER_PIPELINES_CONDITIONAL_H

#include <memory>

namespace mlir {
class Pass;
} // namespace mlir

namespace nabla {

/// `--nabla-eliminate-empty-tensors`, where parts of tensors are inserted.
std::unique_ptr<mlir::Pass> createEliminateEmptyTensorsPass();

/// `--nabla-deallocate`: frees what is allocated.
std::unique_ptr<mlir::Pass> createDeallocatePass();

/// `--nabla-inline`, where there are calls.
std::unique_ptr<mlir::Pass> createInlinePass();

} // namespace nabla

#endif // NABLA_COMPILER_PIPELINES_CONDITIONAL_H
