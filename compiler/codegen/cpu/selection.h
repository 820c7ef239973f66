//===- selection.h - The best element and where it is -----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_SELECTION_H
#define NABLA_COMPILER_CODEGEN_CPU_SELECTION_H

#include "compiler/codegen/cpu/loop_builder.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

#include <optional>

namespace nabla {

/// A reduction that keeps the best element so far and its index along the
/// reduction: both outputs are chosen by whether the new element beats the old
/// one.
struct Selection {
  mlir::linalg::LinalgOp op;
  mlir::Value beats; // in the body

  /// Nothing for an op of another form.
  static std::optional<Selection> match(mlir::linalg::LinalgOp op);

  /// The best element of each lane, and the number of the iteration that found
  /// it, or -1.
  struct Best {
    mlir::Value element, iteration;
  };
  /// Takes the elements of one more iteration; as none that is equal beats
  /// another, some of them may have been taken before.
  Best take(LoopBuilder &b, Best best, mlir::Value elements,
            mlir::Value iteration);
  /// The best of all lanes and its index, that of the first if there are equal
  /// ones; `old` is the index if there is no better one.
  std::pair<mlir::Value, mlir::Value> ofAllLanes(LoopBuilder &b, Best best,
                                                 mlir::Value old);

  /// Whether `element` beats `old`, lane by lane.
  mlir::Value compare(LoopBuilder &b, mlir::Value element, mlir::Value old);
};

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_SELECTION_H
