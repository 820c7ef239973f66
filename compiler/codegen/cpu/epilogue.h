//===- epilogue.h - What is done to a product at once -----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_EPILOGUE_H
#define NABLA_COMPILER_CODEGEN_CPU_EPILOGUE_H

#include "compiler/codegen/cpu/contraction.h"

namespace nabla {

/// Appends `kernel` to the epilogue of `c`, if it is elementwise work on C and
/// may be done to a block as soon as that is complete: a bias, an activation, a
/// residual. False if not.
bool addToEpilogue(Contraction &c, Kernel kernel);

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_EPILOGUE_H
