//===- running_totals.h - Loops that keep each of their totals --*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_RUNNING_TOTALS_H
#define NABLA_COMPILER_CODEGEN_CPU_RUNNING_TOTALS_H

#include "compiler/codegen/cpu/emit_body.h"
#include "compiler/codegen/cpu/nest.h"

namespace nabla {

/// If `nest`, the loop behind `ivs`, is an innermost one of kernels that each
/// write the totals of their terms so far: emits it such that a vector of terms
/// is taken at once. Returns whether it did.
bool emitRunningTotals(LoopBuilder &b, const FlatBuffers &buffers, Nest &nest,
                       llvm::ArrayRef<mlir::Value> ivs, unsigned vectorBits,
                       int64_t linesAhead);

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_RUNNING_TOTALS_H
