//===- SmallFloats.h - Conversions that code calls for ----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_RUNTIME_SMALLFLOATS_H
#define NABLA_COMPILER_RUNTIME_SMALLFLOATS_H

namespace nabla {

/// A 16-bit float as it is passed in a register: the low half of this.
using SmallFloat = float;

// What LLVM calls where a CPU has no instruction; not every libgcc has it. NaNs
// stay NaNs.
SmallFloat narrowToF16(float value);
SmallFloat narrowToF16(double value);
SmallFloat narrowToBF16(float value);
SmallFloat narrowToBF16(double value);
float widenF16(SmallFloat value);

} // namespace nabla

#endif // NABLA_COMPILER_RUNTIME_SMALLFLOATS_H
