//===- Temporaries.cpp - Memory that compiled code asks for ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/runtime/Temporaries.h"

#include <csetjmp>
#include <cstdlib>

/// Where the run of this thread goes on when memory is short.
static thread_local std::jmp_buf *wayOut = nullptr;

bool nabla::runCompiled(void (*entry)(void **pointers), void **pointers) {
  std::jmp_buf out;
  wayOut = &out;
  // Compiled code has nothing to destroy, so it can be left like this.
  bool finished = setjmp(out) == 0;
  if (finished)
    entry(pointers);
  wayOut = nullptr;
  return finished;
}

void *nabla::allocateTemporary(size_t bytes) {
  void *memory = std::malloc(bytes);
  if (!memory && bytes != 0 && wayOut)
    std::longjmp(*wayOut, 1);
  return memory;
}
