//===- block_rows.h - Loops over rows, some rows at a time ------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_BLOCK_ROWS_H
#define NABLA_COMPILER_CODEGEN_CPU_BLOCK_ROWS_H

#include "compiler/codegen/cpu/nest.h"

namespace nabla {

/// Where a loop of `nests` does several things to each of many short rows, one
/// of them a reduction: cuts it into blocks, and does each thing to all rows of
/// a block, so that they run several rows at once. Rows that are left become a
/// nest of their own.
void blockRows(std::vector<std::unique_ptr<Nest>> &nests, unsigned vectorBits);

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_BLOCK_ROWS_H
