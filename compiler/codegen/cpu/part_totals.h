//===- part_totals.h - Reductions over parts of a loop ----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_PART_TOTALS_H
#define NABLA_COMPILER_CODEGEN_CPU_PART_TOTALS_H

#include "compiler/codegen/cpu/loop_builder.h"
#include "compiler/codegen/cpu/nest.h"

namespace nabla {

/// Whether the outermost loop of `kernel` is a reduction whose parts may have
/// totals of their own, which are combined in the end.
bool hasPartTotals(Kernel &kernel);

/// How much memory the totals of one part take.
int64_t bitsOfTotals(Kernel &kernel);

/// Gives each part of `nest`, a loop over `parts`, totals of its own where it
/// reduces: a row of a new buffer each. Another nest combines them, in order.
void separateTotals(LoopBuilder &b, Nest &nest, int64_t parts);

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_PART_TOTALS_H
