//===- Futex.h - Sleeping until a number changes ----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_RUNTIME_FUTEX_H
#define NABLA_COMPILER_RUNTIME_FUTEX_H

#include <atomic>
#include <cstdint>

namespace nabla {

/// Sleeps while `word` holds `value`; may wake without a reason.
void futexWait(std::atomic<uint32_t> &word, uint32_t value);
/// Wakes at most `count` of those who sleep on `word`.
void futexWake(std::atomic<uint32_t> &word, int count);
/// Tells the processor that this thread only waits for another.
void relaxProcessor();

} // namespace nabla

#endif // NABLA_COMPILER_RUNTIME_FUTEX_H
