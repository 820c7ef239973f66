//===- Futex.cpp - Sleeping until a number changes ------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/runtime/Futex.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace nabla;

static_assert(sizeof(std::atomic<uint32_t>) == sizeof(uint32_t),
              "the kernel reads the number itself");

void nabla::futexWait(std::atomic<uint32_t> &word, uint32_t value) {
  syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, value, nullptr, nullptr, 0);
}

void nabla::futexWake(std::atomic<uint32_t> &word, int count) {
  syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, count, nullptr, nullptr, 0);
}

void nabla::relaxProcessor() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}
