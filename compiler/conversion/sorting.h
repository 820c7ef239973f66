//===- sorting.h - Ways to sort rows ----------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CONVERSION_SORTING_H
#define NABLA_COMPILER_CONVERSION_SORTING_H

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace nabla {

/// What the elements of rows are sorted by.
struct SortOrder {
  mlir::Type element; // of the Nabla dialect
  bool descending;

  /// Whether `x` stands before `y`, both as they lie in memory, wherever they
  /// come from. NaN are larger than all numbers.
  mlir::Value comesBefore(mlir::ImplicitLocOpBuilder &b, mlir::Value x,
                          mlir::Value y) const;
};

/// The elements of every row, and the positions they come from.
struct SortedRows {
  mlir::Value keys, positions;

  llvm::SmallVector<mlir::Value> values() const { return {keys, positions}; }
};

/// A loop from `from` to `to` that carries values.
using LoopStep = llvm::function_ref<llvm::SmallVector<mlir::Value>(
    mlir::Value, mlir::ValueRange)>;
llvm::SmallVector<mlir::Value>
emitLoop(mlir::ImplicitLocOpBuilder &b, mlir::Value from, mlir::Value to,
         mlir::Value step, mlir::ValueRange carried, LoopStep body);

/// The positions that sort each row of `keys`; its type has static dimensions.
mlir::Value emitMergeSort(mlir::ImplicitLocOpBuilder &b, SortOrder order,
                          mlir::Value keys);

/// The first `count` of them.
mlir::Value emitPartialSort(mlir::ImplicitLocOpBuilder &b, SortOrder order,
                            mlir::Value keys, int64_t count);

} // namespace nabla

#endif // NABLA_COMPILER_CONVERSION_SORTING_H
