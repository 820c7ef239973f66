//===- contraction.h - Matrix products in registers -------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_CONTRACTION_H
#define NABLA_COMPILER_CODEGEN_CPU_CONTRACTION_H

#include "compiler/codegen/cpu/host.h"
#include "compiler/codegen/cpu/kernel.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace nabla {

/// C[m, n] = sum over k of A[m, k] * B[k, n], for each value of outer loops.
struct Contraction {
  Kernel kernel;
  unsigned m, n, k; // positions among the loops of the kernel
  llvm::SmallVector<unsigned> outer;
  unsigned a, b; // positions among the operands; C is the third

  /// Nothing if `kernel` is no product of matrices, or one that other loops do
  /// as well: of vectors, or tiny.
  static std::optional<Contraction> match(const Kernel &kernel);

  const Access &access(unsigned operand) const {
    return *kernel.accesses[operand];
  }
};

/// Emits the product; what C held does not matter. `vectorBits` is the width
/// of the machine's vector registers.
void emitContraction(mlir::ImplicitLocOpBuilder &b, Contraction &contraction,
                     unsigned vectorBits, const Host &host);

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_CONTRACTION_H
