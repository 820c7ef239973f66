//===- split_sums.h - Products whose sums threads share ---------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_SPLIT_SUMS_H
#define NABLA_COMPILER_CODEGEN_CPU_SPLIT_SUMS_H

#include "compiler/codegen/cpu/contraction.h"

namespace nabla {

/// Where C is too small to be shared by threads, but its sums are long, as for
/// the gradient of weights: cuts these into `pieces`, each with a C of its own.
void splitSums(Contraction &c);

/// The C of all pieces, and the kernels that add them up: the first piece is
/// copied to where C is to be, the others are added in order.
struct PieceSums {
  mlir::Value buffer;
  Kernel first, others;
};

/// Emits a product with `pieces`; the caller emits the kernels.
PieceSums emitPieces(LoopBuilder &b, Contraction &c);

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_SPLIT_SUMS_H
