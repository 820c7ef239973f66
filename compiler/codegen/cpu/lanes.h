//===- lanes.h - How much of a loop runs at once ----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_LANES_H
#define NABLA_COMPILER_CODEGEN_CPU_LANES_H

#include "compiler/codegen/cpu/nest.h"

namespace nabla {

/// Of a sum of rows that come from memory, so many are added at once.
constexpr int64_t rowsFromMemory = 8;

/// On how many elements one iteration of `nest`, an innermost loop, works: a
/// power of two. `rows` iterations of the loop outside are done at once.
int64_t chooseLanes(Nest &nest, unsigned vectorBits, int64_t rows);

/// How many iterations of the loop at `level`, the next one outside of `inner`,
/// to do at once because `inner` reduces rows; 1 if there are other things in
/// it, or no gain. A power of two.
int64_t rowsAtOnce(Nest &inner, unsigned level, unsigned vectorBits);

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_LANES_H
