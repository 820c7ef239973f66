//===- Passes.h - Lowering of the dialect -----------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CONVERSION_PASSES_H
#define NABLA_COMPILER_CONVERSION_PASSES_H

#include "mlir/Pass/Pass.h"

namespace nabla {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "compiler/conversion/Passes.h.inc"

} // namespace nabla

#endif // NABLA_COMPILER_CONVERSION_PASSES_H
