//===- factor_tangents.h - Tangents as products -----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_TRANSFORMS_FACTOR_TANGENTS_H
#define NABLA_COMPILER_TRANSFORMS_FACTOR_TANGENTS_H

#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseSet.h"

namespace nabla {

/// What forward mode emitted for one block.
struct EmittedTangents {
  llvm::iterator_range<mlir::Block::iterator> ops;
  /// The tangents that the ops start from, null where there is none.
  llvm::ArrayRef<mlir::Value> inputs;
  /// The tangents of the results of all differentiated ops.
  llvm::DenseSet<mlir::Value> tangents;
};

/// Rewrites the emitted ops so that elementwise ops multiply derivatives with
/// each other first and the tangent last. `results` are replaced by values that
/// `after` makes.
void factorTangents(const EmittedTangents &emitted, mlir::OpBuilder &after,
                    llvm::MutableArrayRef<mlir::Value> results);

} // namespace nabla

#endif // NABLA_COMPILER_TRANSFORMS_FACTOR_TANGENTS_H
