//===- sorting.h - Ways to sort rows ----------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All of them order integers without sign, the keys, and give their positions.
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CONVERSION_SORTING_H
#define NABLA_COMPILER_CONVERSION_SORTING_H

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace nabla {

/// Integers, read without sign, that are in order where the elements of `x`,
/// as they lie in memory, are, and equal where those are. `element` is their
/// type in the Nabla dialect. NaN are equal, and larger than all numbers.
mlir::Value emitSortKeys(mlir::ImplicitLocOpBuilder &b, mlir::Type element,
                         bool descending, mlir::Value x);

/// The positions that sort each row of `keys`, of static dimensions; equal keys
/// keep their order.
mlir::Value emitRankSort(mlir::ImplicitLocOpBuilder &b, mlir::Value keys);
mlir::Value emitRadixSort(mlir::ImplicitLocOpBuilder &b, mlir::Value keys);

/// The first `count` of them.
mlir::Value emitPartialSort(mlir::ImplicitLocOpBuilder &b, mlir::Value keys,
                            int64_t count);

/// A loop from `from` to `to` that carries values.
using LoopStep = llvm::function_ref<llvm::SmallVector<mlir::Value>(
    mlir::Value, mlir::ValueRange)>;
llvm::SmallVector<mlir::Value>
emitLoop(mlir::ImplicitLocOpBuilder &b, mlir::Value from, mlir::Value to,
         mlir::Value step, mlir::ValueRange carried, LoopStep body);

/// Fills a matrix of positions row by row, on several threads where it is much
/// work. `body` takes the number of the row, a matrix and the number of the row
/// in that, which it fills.
using RowBody = llvm::function_ref<mlir::Value(
    mlir::Value row, mlir::Value result, mlir::Value rowOfResult)>;
mlir::Value emitRows(mlir::ImplicitLocOpBuilder &b, int64_t numRows,
                     int64_t extent, RowBody body);

} // namespace nabla

#endif // NABLA_COMPILER_CONVERSION_SORTING_H
