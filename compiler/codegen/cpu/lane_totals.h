//===- lane_totals.h - Sums over the lanes of vectors -----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_LANE_TOTALS_H
#define NABLA_COMPILER_CODEGEN_CPU_LANE_TOTALS_H

#include "compiler/codegen/cpu/loop_builder.h"

namespace nabla {

/// All lanes of `vector`, combined: a scalar.
mlir::Value addLanes(LoopBuilder &b, mlir::Operation *combiner,
                     mlir::Value vector);

/// The same for each of `vectors`, a power of two of one type: a vector of the
/// totals, or a scalar for one.
mlir::Value addLanesOfEach(LoopBuilder &b, mlir::Operation *combiner,
                           llvm::ArrayRef<mlir::Value> vectors);

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_LANE_TOTALS_H
