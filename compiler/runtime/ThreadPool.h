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
/// Each thread has a share of the turns, next to each other and in every loop
/// the same part of them, so that it finds in its caches what it left there. It
/// takes the turns of others once its own are taken. A share knows the loop in
/// which a turn of it was last taken, and how far it is. Who takes a turn may
/// read the loop, since it cannot end before that turn does; nobody else may. A
/// caller that finds the pool at work, another thread's or its own, runs its
/// loop alone.
class ThreadPool {
public:
  /// The pool of the process, started at the first use; a forked child starts
  /// its own.
  static ThreadPool &get();

  /// As many as NABLA_NUM_THREADS says, else as this process may run on.
  int64_t numThreads() const { return threads; }

  /// Runs body(0), ..., body(turns - 1), in any order, and waits for all; 2^24
  /// or more are done by the caller alone. Where a turn finds no memory, the
  /// run of the caller is abandoned afterwards.
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
  /// What a worker does.
  void work(int64_t thread);
  /// Runs turns until all are taken, those of the thread's own share first.
  void help(int64_t thread);
  /// Runs the turns of a share that nobody has taken, and counts them.
  uint32_t runShare(int64_t share, bool isCaller);
  /// The next turn of a share, or -1.
  int64_t takeTurn(int64_t share);
  void finish(uint32_t turns);
  void waitForTurns();

  /// A loop, by its number, and a count of turns.
  static constexpr unsigned bitsOfCount = 24;
  static uint64_t pack(uint64_t loop, uint64_t count) {
    return loop << bitsOfCount | count;
  }
  static uint64_t loopOf(uint64_t packed) { return packed >> bitsOfCount; }
  static uint64_t countOf(uint64_t packed) {
    return packed & ((uint64_t(1) << bitsOfCount) - 1);
  }
  /// On a line of its own, which nearly always stays with one thread.
  struct alignas(64) Share {
    std::atomic<uint64_t> taken{0};
  };

  const int64_t threads;
  std::vector<pthread_t> workers;
  /// The processor that workers keep off.
  int callersProcessor = -1;
  std::mutex busy;
  std::vector<Share> shares; // of the caller, then of each worker

  /// The present loop, and how many turns it has. It shares a line with all
  /// that a worker must know to begin.
  alignas(64) std::atomic<uint64_t> present{0};
  LoopBody body = nullptr;
  void *captures = nullptr;
  /// Counts loops; workers sleep on it.
  std::atomic<uint32_t> generation{0};
  /// Turns; the caller may sleep on it.
  alignas(64) std::atomic<uint32_t> unfinished{0};
  std::atomic<bool> callerSleeps{false};
  std::atomic<bool> failed{false};
  alignas(64) std::atomic<uint32_t> sleepers{0};
};

} // namespace nabla

/// What compiled code calls.
extern "C" void nabla_parallel_for(int64_t turns, nabla::LoopBody body,
                                   void *captures);

#endif // NABLA_COMPILER_RUNTIME_THREADPOOL_H
