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

/// In front of every temporary: what was allocated, and how much.
namespace {
struct Header {
  void *memory;
  size_t bytes;
};
} // namespace

static Header &headerOf(void *pointer) {
  return static_cast<Header *>(pointer)[-1];
}

void *nabla::allocateTemporary(size_t bytes) {
  constexpr size_t alignment = nabla::Buffer::alignment;
  bytes += sizeof(Header) + alignment - 1;
  // Malloc does not align it, but is quickest.
  void *memory =
      bytes < largeBlock ? std::malloc(bytes) : allocateMemory(bytes);
  if (!memory)
    abandonRun();
  auto first = reinterpret_cast<uintptr_t>(memory) + sizeof(Header);
  void *pointer =
      reinterpret_cast<void *>((first + alignment - 1) / alignment * alignment);
  headerOf(pointer) = {memory, bytes};
  return pointer;
}

void nabla::releaseTemporary(void *pointer) {
  Header header = headerOf(pointer);
  releaseMemory(header.memory, header.bytes);
}
