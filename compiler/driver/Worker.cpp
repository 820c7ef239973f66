//===- Worker.cpp - Work that its caller can give up ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Worker.h"
#include "compiler/driver/Session.h"

#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/thread.h"

#include <condition_variable>
#include <csignal>

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
