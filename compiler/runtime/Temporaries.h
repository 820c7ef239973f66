//===- Temporaries.h - Memory that compiled code asks for -------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_RUNTIME_TEMPORARIES_H
#define NABLA_COMPILER_RUNTIME_TEMPORARIES_H

#include <cstddef>
#include <cstdint>

namespace nabla {

/// Runs compiled code. Returns false, without having finished, where it asks
/// for memory that there is not; other temporaries it had are then lost.
bool runCompiled(void (*entry)(void **pointers), void **pointers);

/// One turn of a parallel loop: its number, and what the loop was given.
using LoopBody = void (*)(int64_t turn, void *captures);

/// The same for one turn, on whatever thread.
bool runTurn(LoopBody body, int64_t turn, void *captures);
/// Ends the run of compiled code on this thread, as `runCompiled` says.
void abandonRun();

/// What compiled code calls as `nabla_allocate`: it does not look at the
/// result, which is aligned like a `Buffer`.
void *allocateTemporary(size_t bytes);
/// What it calls as `nabla_release`.
void releaseTemporary(void *pointer);

} // namespace nabla

#endif // NABLA_COMPILER_RUNTIME_TEMPORARIES_H
