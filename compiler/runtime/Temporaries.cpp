//===- Temporaries.cpp - Memory that compiled code asks for ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/runtime/Temporaries.h"
#include "compiler/runtime/Buffer.h"
#include "compiler/runtime/Memory.h"

#include <csetjmp>
#include <cstdlib>

/// Where the run of this thread goes on when memory is short.
static thread_local std::jmp_buf *wayOut = nullptr;

/// Calls `body`; false if it was left by the way out. Compiled code has nothing
/// to destroy, so it can be left like this.
template <typename Body> static bool runGuarded(Body body) {
  std::jmp_buf *outer = wayOut;
  std::jmp_buf out;
  wayOut = &out;
  bool finished = setjmp(out) == 0;
  if (finished)
    body();
  wayOut = outer;
  return finished;
}

bool nabla::runCompiled(void (*entry)(void **pointers), void **pointers) {
  return runGuarded([&] { entry(pointers); });
}

bool nabla::runTurn(LoopBody body, int64_t turn, void *captures) {
  return runGuarded([&] { body(turn, captures); });
}

void nabla::abandonRun() {
  if (wayOut)
    std::longjmp(*wayOut, 1);
}

/// In front of every temporary: its size, and as much as keeps it aligned.
static constexpr size_t headerBytes = nabla::Buffer::alignment;

void *nabla::allocateTemporary(size_t bytes) {
  bytes += headerBytes;
  // Compiled code aligns it as it needs, and malloc is quickest.
  void *memory =
      bytes < largeBlock ? std::malloc(bytes) : allocateMemory(bytes);
  if (!memory)
    abandonRun();
  *static_cast<size_t *>(memory) = bytes;
  return static_cast<char *>(memory) + headerBytes;
}

void nabla::releaseTemporary(void *pointer) {
  void *memory = static_cast<char *>(pointer) - headerBytes;
  releaseMemory(memory, *static_cast<size_t *>(memory));
}
