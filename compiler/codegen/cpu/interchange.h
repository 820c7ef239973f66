//===- interchange.h - The order of loops -----------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_INTERCHANGE_H
#define NABLA_COMPILER_CODEGEN_CPU_INTERCHANGE_H

#include "compiler/codegen/cpu/nest.h"

namespace nabla {

/// Makes the loop at `level`, that of `nest`, the inner one of two.
void interchange(Nest &nest, unsigned level);

/// Where `nest` reads along one of its outer loops what lies in a row, makes
/// that loop the last but one: squares of these two are transposed in
/// registers.
void interchangeForColumns(Nest &nest);

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_INTERCHANGE_H
