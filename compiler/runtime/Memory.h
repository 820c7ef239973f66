//===- Memory.h - Memory of arrays ------------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_RUNTIME_MEMORY_H
#define NABLA_COMPILER_RUNTIME_MEMORY_H

#include <cstddef>

namespace nabla {

/// Blocks from this size on are kept for the next array; smaller ones are
/// malloc's business.
constexpr size_t largeBlock = size_t(1) << 20;

/// Memory for `bytes` bytes, at least one, aligned as Buffer demands; null
/// where memory is short.
void *allocateMemory(size_t bytes);
void releaseMemory(void *pointer, size_t bytes);

/// To be said when much was freed that is not asked for again soon, as after a
/// compilation: malloc keeps it for itself, and gives it back to the system
/// before the next array that the system must find room for.
void noteGarbage();

} // namespace nabla

#endif // NABLA_COMPILER_RUNTIME_MEMORY_H
