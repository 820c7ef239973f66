//===- problems.h - Small problems, one in each lane ------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_PROBLEMS_H
#define NABLA_COMPILER_CODEGEN_CPU_PROBLEMS_H

#include "compiler/codegen/cpu/emit_body.h"
#include "compiler/codegen/cpu/loop_builder.h"
#include "compiler/codegen/cpu/nest.h"

namespace nabla {

/// How many iterations of `nest`, the loop at `level`, run at once, one in each
/// lane, with all loops inside unrolled; 0 if they do not: because what is
/// inside is too much, has enough for vectors of its own, or passes on values
/// between iterations.
int64_t lanesOfProblems(Nest &nest, unsigned level, unsigned vectorBits);

/// Emits so many iterations, from the last of `ivs` on.
void emitProblems(LoopBuilder &b, const FlatBuffers &buffers, Nest &nest,
                  llvm::ArrayRef<mlir::Value> ivs, int64_t lanes);

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_PROBLEMS_H
