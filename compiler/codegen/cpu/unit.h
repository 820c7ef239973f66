//===- unit.h - What may become a function ----------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_UNIT_H
#define NABLA_COMPILER_CODEGEN_CPU_UNIT_H

#include "compiler/codegen/cpu/loop_builder.h"

namespace nabla {

/// Keeps together what `body` emits, a nest or a product with all that belongs
/// to it, in a region of its own: `share_kernels` makes a function of it or
/// takes the region away. Memory is allocated in front of it and freed behind;
/// vectors of one number are made in front, too.
void emitUnit(LoopBuilder &b, llvm::function_ref<void()> body);

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_UNIT_H
