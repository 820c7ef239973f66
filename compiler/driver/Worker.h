//===- Worker.h - Work that its caller can give up --------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_DRIVER_WORKER_H
#define NABLA_COMPILER_DRIVER_WORKER_H

#include "llvm/ADT/STLFunctionalExtras.h"

#include <functional>

namespace nabla {

/// Runs `work` on a thread whose stack is large enough for compilers, which
/// recurse. Meanwhile calls `wanted` several times a second; once it returns
/// false, returns false without waiting. The work then ends where it next
/// looks (`endIfUnwanted`), and must own whatever it refers to.
bool runOnWorker(std::function<void()> work,
                 const std::function<bool()> &wanted);

/// Runs task(0), ..., task(count - 1), on as many threads as told, this one
/// among them, and waits for all tasks. To the attempt (Session.h) that this
/// thread makes, a crash of a task, its errors and `endIfUnwanted` are as if
/// the task ran on this thread. The other threads touch nothing after that, so
/// that a fork finds none of them at work in between.
void runOnCrew(size_t count, size_t threads,
               llvm::function_ref<void(size_t)> task);

/// Between two passes: ends the attempt (Session.h) that this thread makes if
/// nobody waits for its result. What the attempt holds is lost.
void endIfUnwanted();

/// Waits for work that was given up, but not long: for the end of the process,
/// which takes things away that compilers use.
void waitForUnwanted();

} // namespace nabla

#endif // NABLA_COMPILER_DRIVER_WORKER_H
