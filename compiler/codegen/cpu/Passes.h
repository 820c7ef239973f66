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

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "compiler/codegen/cpu/Passes.h.inc"

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_PASSES_H
