//===- divide.h - Work for several threads ----------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_DIVIDE_H
#define NABLA_COMPILER_CODEGEN_CPU_DIVIDE_H

#include "compiler/codegen/cpu/loop_builder.h"
#include "compiler/codegen/cpu/nest.h"

namespace nabla {

/// Into how many parts to divide the work of `op`, of so many units, each about
/// the time that one element takes in one operation of a loop of vectors; 1
/// where threads cost more than they gain. It depends on the work and the
/// program alone, so that this is the same on every machine.
int64_t numParts(double work, mlir::Operation *op);

/// Divides the outermost loop of `nest`, if it is long and no iteration needs
/// another one: the nest becomes a parallel one around the loop of one part.
/// Parts of a reduction get totals of their own, or are parts of the totals.
void divideNest(LoopBuilder &b, Nest &nest);

/// A parallel loop over parts of `extent`, of `size` each. `body` gets the
/// first element of a part; the last part moves back to end with the extent,
/// or is shorter.
void forParts(LoopBuilder &b, int64_t extent, int64_t size, bool movesBack,
              llvm::function_ref<void(mlir::Value)> body);

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_DIVIDE_H
