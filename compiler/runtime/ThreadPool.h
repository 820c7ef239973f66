//===- ThreadPool.h - The threads of compiled code --------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_RUNTIME_THREADPOOL_H
#define NABLA_COMPILER_RUNTIME_THREADPOOL_H

#include "compiler/runtime/Temporaries.h"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <pthread.h>
#include <vector>

namespace nabla {

/// Threads that run the turns of one loop at a time, together with the thread
/// that asks for them. Workers look for a loop for a few dozen microseconds
/// after the last one, then sleep.
///
/// A loop is one 64-bit ticket: a generation and the number of turns nobody has
/// taken yet. Who takes a turn from the ticket may read the loop, since it
/// cannot end before that turn does; nobody else may. A caller that finds the
/// pool at work, another thread's or its own, runs its loop alone.
class ThreadPool {
public:
  /// The pool of the process, started at the first use; a forked child starts
  /// its own.
  static ThreadPool &get();

  /// As many as NABLA_NUM_THREADS says, else as this process may run on.
  int64_t numThreads() const { return threads; }

  /// Runs body(0), ..., body(turns - 1), in any order, and waits for all. Where
  /// a turn finds no memory, the run of the caller is abandoned afterwards.
  void run(int64_t turns, LoopBody body, void *captures);

private:
  explicit ThreadPool(int64_t threads);
  static void replaceAfterFork();
  enum class Outcome { Refused, Finished, Failed };
  /// Refuses if the pool is at work, or not worth it.
  Outcome tryRun(int64_t turns, LoopBody body, void *captures);
  void startWorkers();
  void wakeWorkers(int64_t turns);
  /// Keeps the workers off the processor of the calling thread.
  void makeRoom();
  void work();
  /// Takes a turn and runs it; false if none is left.
  bool takeTurn();
  void waitForTurns();

  const int64_t threads;
  std::vector<pthread_t> workers;
  /// The processor that workers keep off.
  int callersProcessor = -1;
  std::mutex busy;

  // The present loop.
  LoopBody body = nullptr;
  void *captures = nullptr;
  std::atomic<bool> failed{false};
  alignas(64) std::atomic<uint64_t> ticket{0};
  alignas(64) std::atomic<uint32_t> unfinished{0};
  /// Counts loops; workers sleep on it.
  alignas(64) std::atomic<uint32_t> generation{0};
  std::atomic<uint32_t> sleepers{0};
};

} // namespace nabla

/// What compiled code calls.
extern "C" void nabla_parallel_for(int64_t turns, nabla::LoopBody body,
                                   void *captures);

#endif // NABLA_COMPILER_RUNTIME_THREADPOOL_H
