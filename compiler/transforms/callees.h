//===- callees.h - What the passes ask of callees ---------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_TRANSFORMS_CALLEES_H
#define NABLA_COMPILER_TRANSFORMS_CALLEES_H

#include "mlir/IR/BuiltinOps.h"

namespace nabla {

/// Reports an op of the dialect that names a function which has no body or more
/// than one block, or which calls itself.
llvm::LogicalResult checkCallees(mlir::ModuleOp module);

} // namespace nabla

#endif // NABLA_COMPILER_TRANSFORMS_CALLEES_H
