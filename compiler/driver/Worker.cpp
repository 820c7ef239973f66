//===- Worker.cpp - Work that its caller can give up ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Worker.h"
#include "compiler/driver/Diagnostics.h"
#include "compiler/driver/Session.h"

#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/thread.h"

#include <condition_variable>
#include <csignal>
#include <pthread.h>

using namespace nabla;

static constexpr unsigned stackBytes = 256u << 20;
static constexpr size_t signalStackBytes = 64u << 10;
static constexpr std::chrono::milliseconds patience(50);
static constexpr std::chrono::seconds lastPatience(10);

namespace {

/// What a worker and those who wait for it share.
struct Shared {
  std::mutex mutex;
  std::condition_variable changed;
  bool done = false;
  std::atomic<bool> unwanted = false;
};

/// Where this thread handles signals: an overflow leaves no room on its stack.
class SignalStack {
public:
  SignalStack() : memory(signalStackBytes) {
    stack_t stack = {};
    stack.ss_sp = memory.data();
    stack.ss_size = memory.size();
    sigaltstack(&stack, &before);
  }
  ~SignalStack() { sigaltstack(&before, nullptr); }

private:
  std::vector<char> memory;
  stack_t before = {};
};

/// How many workers nobody waits for.
struct Unwanted {
  std::mutex mutex;
  std::condition_variable changed;
  unsigned count = 0;

  static Unwanted &get() {
    static auto *unwanted = new Unwanted();
    return *unwanted;
  }
  void add(int change) {
    std::lock_guard lock(mutex);
    count += change;
    changed.notify_all();
  }
};

} // namespace

static thread_local Shared *current = nullptr;

static void run(std::function<void()> work, std::shared_ptr<Shared> shared) {
  SignalStack stack;
  current = shared.get();
  work();
  // What the work owns goes while it still counts.
  work = nullptr;
  std::lock_guard lock(shared->mutex);
  shared->done = true;
  shared->changed.notify_all();
  if (shared->unwanted)
    Unwanted::get().add(-1);
}

bool nabla::runOnWorker(std::function<void()> work,
                        const std::function<bool()> &wanted) {
  auto shared = std::make_shared<Shared>();
  llvm::thread(std::optional<unsigned>(stackBytes), run, std::move(work),
               shared)
      .detach();
  std::unique_lock lock(shared->mutex);
  while (
      !shared->changed.wait_for(lock, patience, [&] { return shared->done; })) {
    lock.unlock();
    bool goOn = wanted();
    lock.lock();
    if (goOn || shared->done)
      continue;
    shared->unwanted = true;
    Unwanted::get().add(1);
    // The worker may hold locks of the context for a long time.
    Session::get().abandon();
    return false;
  }
  return true;
}

namespace {

/// Tasks, the threads that take them, and what became of them.
struct Crew {
  Crew(size_t count, llvm::function_ref<void(size_t)> task)
      : count(count), task(task) {}

  size_t count;
  llvm::function_ref<void(size_t)> task;
  std::atomic<size_t> next = 0;
  std::atomic<int> exitCode = 0;
  // Helpers come while it is open, and count until they have left.
  std::mutex mutex;
  std::condition_variable left;
  bool isOpen = true;
  size_t numHelpers = 0;
  // Of the thread that waits for the crew.
  Shared *shared = current;
  DiagnosticText *diagnostics = DiagnosticText::ofThread();

  void work() {
    llvm::CrashRecoveryContext guard;
    bool finished = guard.RunSafely([&] {
      for (size_t i; (i = next++) < count;)
        task(i);
    });
    if (!finished) {
      exitCode = guard.RetCode;
      next = count;
    }
  }
};

} // namespace

static void *help(void *argument) {
  std::unique_ptr<std::shared_ptr<Crew>> owned(
      static_cast<std::shared_ptr<Crew> *>(argument));
  Crew &crew = **owned;
  {
    std::lock_guard lock(crew.mutex);
    if (!crew.isOpen)
      return nullptr; // too late: on a busy machine, threads start slowly
    ++crew.numHelpers;
  }
  {
    SignalStack stack;
    current = crew.shared;
    DiagnosticText::adopt(crew.diagnostics);
    crew.work();
  }
  std::lock_guard lock(crew.mutex);
  --crew.numHelpers;
  crew.left.notify_all();
  return nullptr;
}

void nabla::runOnCrew(size_t count, size_t threads,
                      llvm::function_ref<void(size_t)> task) {
  auto crew = std::make_shared<Crew>(count, task);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stackBytes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  for (size_t i = 1; i < std::min(count, threads); ++i) {
    auto owned = std::make_unique<std::shared_ptr<Crew>>(crew);
    pthread_t helper;
    if (pthread_create(&helper, &attributes, help, owned.get()) != 0)
      break; // the others do its work
    owned.release();
  }
  pthread_attr_destroy(&attributes);
  crew->work();
  {
    std::unique_lock lock(crew->mutex);
    crew->isOpen = false;
    crew->left.wait(lock, [&] { return crew->numHelpers == 0; });
  }
  int exitCode = crew->exitCode;
  crew.reset();
  if (exitCode != 0)
    llvm::CrashRecoveryContext::GetCurrent()->HandleExit(exitCode);
}

void nabla::endIfUnwanted() {
  auto *attempt = llvm::CrashRecoveryContext::GetCurrent();
  if (attempt && current && current->unwanted)
    attempt->HandleExit(/*RetCode=*/1);
}

void nabla::waitForUnwanted() {
  Unwanted &unwanted = Unwanted::get();
  std::unique_lock lock(unwanted.mutex);
  unwanted.changed.wait_for(lock, lastPatience,
                            [&] { return unwanted.count == 0; });
}
