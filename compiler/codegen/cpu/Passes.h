//===- Passes.h - Code generation for CPUs ----------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_PASSES_H
#define NABLA_COMPILER_CODEGEN_CPU_PASSES_H

#include "mlir/Pass/Pass.h"

namespace nabla {

/// Of an argument of the entry whose memory a result takes: the number of the
/// argument that results become, behind the inputs.
constexpr llvm::StringLiteral donatedAttributeName("nabla.donated");

/// Of a loop, and of the branch that it becomes: what LLVM is told of it.
constexpr llvm::StringLiteral loopAnnotationName("llvm.loop_annotation");

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "compiler/codegen/cpu/Passes.h.inc"

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_PASSES_H
