//===- Temporaries.h - Memory that compiled code asks for -------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_RUNTIME_TEMPORARIES_H
#define NABLA_COMPILER_RUNTIME_TEMPORARIES_H

#include <cstddef>

namespace nabla {

/// Runs compiled code. Returns false, without having finished, where it asks
/// for memory that there is not; other temporaries it had are then lost.
bool runCompiled(void (*entry)(void **pointers), void **pointers);

/// What compiled code calls as `malloc`: it does not look at the result.
void *allocateTemporary(size_t bytes);

} // namespace nabla

#endif // NABLA_COMPILER_RUNTIME_TEMPORARIES_H
