//===- emit_transposed.h - Loops that read columns --------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_EMIT_TRANSPOSED_H
#define NABLA_COMPILER_CODEGEN_CPU_EMIT_TRANSPOSED_H

#include "compiler/codegen/cpu/emit_body.h"
#include "compiler/codegen/cpu/nest.h"

namespace nabla {

/// If all that `nest`, the loop behind `ivs`, holds is a loop of vectors that
/// reads columns: emits both such that rows of squares are read, which are
/// transposed in registers. Returns whether it did.
bool emitTransposed(LoopBuilder &b, const FlatBuffers &buffers, Nest &nest,
                    llvm::ArrayRef<mlir::Value> ivs, unsigned vectorBits);

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_EMIT_TRANSPOSED_H
