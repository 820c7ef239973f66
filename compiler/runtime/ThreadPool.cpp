//===- ThreadPool.cpp - The threads of compiled code ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/runtime/ThreadPool.h"
#include "compiler/runtime/Futex.h"

#include <algorithm>
#include <cstdlib>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <thread>

using namespace nabla;

/// How often a thread looks again before it sleeps: about 50 microseconds, the
/// cost of waking it.
static constexpr int patience = 2000;
static constexpr int64_t maxThreads = 256;

/// The processors that this process may run on; none if they are not known.
static cpu_set_t allowedProcessors() {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0)
    CPU_ZERO(&allowed);
  return allowed;
}

static int64_t countThreads() {
  if (const char *text = std::getenv("NABLA_NUM_THREADS")) {
    char *end = nullptr;
    long count = std::strtol(text, &end, 10);
    if (end != text && !*end && count > 0)
      return std::min<int64_t>(count, maxThreads);
  }
  cpu_set_t allowed = allowedProcessors();
  return std::clamp<int64_t>(CPU_COUNT(&allowed), 1, maxThreads);
}

/// Never destroyed, for workers may run until the process ends.
static ThreadPool *instance = nullptr;

ThreadPool::ThreadPool(int64_t threads) : threads(threads), shares(threads) {}

void ThreadPool::replaceAfterFork() {
  // The child has no workers, and the lock may have been taken at the fork.
  instance = new ThreadPool(instance->threads);
}

ThreadPool &ThreadPool::get() {
  static std::once_flag once;
  std::call_once(once, [] {
    instance = new ThreadPool(countThreads());
    pthread_atfork(nullptr, nullptr, replaceAfterFork);
  });
  return *instance;
}

void ThreadPool::startWorkers() {
  // Signals are for the threads of the program.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  for (int64_t i = 1; i < threads; ++i) {
    std::thread worker([this, i] { work(i); });
    workers.push_back(worker.native_handle());
    worker.detach(); // it runs until the process ends
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  makeRoom();
}

void ThreadPool::makeRoom() {
  int processor = sched_getcpu();
  if (processor == callersProcessor)
    return;
  callersProcessor = processor;
  cpu_set_t others = allowedProcessors();
  CPU_CLR(processor, &others);
  if (CPU_COUNT(&others) == 0)
    return;
  for (pthread_t worker : workers)
    pthread_setaffinity_np(worker, sizeof(others), &others);
}

void ThreadPool::wakeWorkers(int64_t turns) {
  if (sleepers.load() > 0)
    futexWake(generation, std::min(turns - 1, threads));
}

int64_t ThreadPool::takeTurn(int64_t share) {
  std::atomic<uint64_t> &taken = shares[share].taken;
  uint64_t seen = taken.load(std::memory_order_acquire);
  while (true) {
    // The loop is read after the share: if the share is still the same when the
    // turn is taken, so is the loop, which cannot end without that turn.
    uint64_t loop = present.load(std::memory_order_acquire);
    uint64_t turns = countOf(loop), last = threads - 1;
    uint64_t first = (share * turns + last) / threads;
    uint64_t end = ((share + 1) * turns + last) / threads;
    uint64_t turn = loopOf(seen) == loopOf(loop) ? countOf(seen) : first;
    if (turn >= end)
      return -1;
    if (taken.compare_exchange_weak(seen, pack(loopOf(loop), turn + 1),
                                    std::memory_order_acq_rel,
                                    std::memory_order_acquire))
      return turn;
  }
}

uint32_t ThreadPool::runShare(int64_t share, bool isCaller) {
  uint32_t count = 0;
  for (int64_t turn; (turn = takeTurn(share)) >= 0; ++count) {
    if (!runTurn(body, turn, captures))
      failed.store(true, std::memory_order_relaxed);
    if (isCaller)
      makeRoom();
  }
  return count;
}

void ThreadPool::finish(uint32_t turns) {
  if (turns != 0 && unfinished.fetch_sub(turns) == turns && callerSleeps.load())
    futexWake(unfinished, 1);
}

void ThreadPool::help(int64_t thread) {
  for (int64_t i = 0; i < threads; ++i) {
    finish(runShare((thread + i) % threads, /*isCaller=*/thread == 0));
    if (unfinished.load(std::memory_order_acquire) == 0)
      return;
  }
}

void ThreadPool::work(int64_t thread) {
  uint32_t seen = generation.load(std::memory_order_acquire);
  while (true) {
    help(thread);
    for (int i = 0; i < patience; ++i) {
      if (generation.load(std::memory_order_acquire) != seen)
        break;
      relaxProcessor();
    }
    uint32_t now = generation.load(std::memory_order_acquire);
    if (now == seen) {
      sleepers.fetch_add(1);
      futexWait(generation, seen);
      sleepers.fetch_sub(1);
      now = generation.load(std::memory_order_acquire);
    }
    seen = now;
  }
}

void ThreadPool::waitForTurns() {
  for (int i = 0; i < patience; ++i) {
    if (unfinished.load(std::memory_order_acquire) == 0)
      return;
    relaxProcessor();
  }
  // Who finishes the last turn looks at this after it, we at the turns after
  // this.
  callerSleeps.store(true);
  while (uint32_t left = unfinished.load())
    futexWait(unfinished, left);
  callerSleeps.store(false, std::memory_order_relaxed);
}

ThreadPool::Outcome ThreadPool::tryRun(int64_t turns, LoopBody loopBody,
                                       void *loopCaptures) {
  std::unique_lock<std::mutex> lock(busy, std::defer_lock);
  // A thread may not try a lock that it holds, as an inner loop would.
  static thread_local bool inside = false;
  bool areFew = static_cast<uint64_t>(turns) >> bitsOfCount == 0;
  if (turns <= 1 || threads == 1 || !areFew || inside || !lock.try_lock())
    return Outcome::Refused;
  if (workers.empty())
    startWorkers();
  inside = true;
  body = loopBody;
  captures = loopCaptures;
  unfinished.store(turns, std::memory_order_relaxed);
  uint64_t before = present.load(std::memory_order_relaxed);
  present.store(pack(loopOf(before) + 1, turns), std::memory_order_release);
  generation.fetch_add(1);
  // A scheduler often wakes a thread on the processor of the one who asks, or
  // moves that one to a worker's: one of them would wait for milliseconds
  // although another processor is idle.
  makeRoom();
  wakeWorkers(turns);
  help(0);
  waitForTurns();
  inside = false;
  return failed.exchange(false) ? Outcome::Failed : Outcome::Finished;
}

void ThreadPool::run(int64_t turns, LoopBody loopBody, void *loopCaptures) {
  Outcome outcome = tryRun(turns, loopBody, loopCaptures);
  if (outcome == Outcome::Failed)
    abandonRun();
  if (outcome == Outcome::Refused)
    for (int64_t turn = 0; turn < turns; ++turn)
      loopBody(turn, loopCaptures);
}

extern "C" void nabla_parallel_for(int64_t turns, LoopBody body,
                                   void *captures) {
  ThreadPool::get().run(turns, body, captures);
}
