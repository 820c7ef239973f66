//===- emit_nest.h - Loops of vector ops ------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_EMIT_NEST_H
#define NABLA_COMPILER_CODEGEN_CPU_EMIT_NEST_H

#include "compiler/codegen/cpu/loop_builder.h"
#include "compiler/codegen/cpu/nest.h"

namespace nabla {

/// Emits the loops of `nest`, the innermost ones on vectors. `vectorBits` is
/// the width of the machine's vector registers, `cacheBytes` the size of its
/// last cache, or 0.
void emitNest(LoopBuilder &b, Nest &nest, unsigned vectorBits,
              int64_t cacheBytes);

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_EMIT_NEST_H
