//===- Session.h - The process's context of MLIR ----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_DRIVER_SESSION_H
#define NABLA_COMPILER_DRIVER_SESSION_H

#include "compiler/driver/Failure.h"

#include "mlir/IR/Block.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OperationSupport.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Allocator.h"
#include "llvm/Support/ThreadPool.h"

#include <atomic>
#include <shared_mutex>

namespace nabla {

/// Runs the tasks of a context on the thread that asks for them. With a pool,
/// the context locks what its threads share, so that compilations can run side
/// by side; and there are no threads to be lost when the process forks.
class InlineThreadPool : public llvm::ThreadPoolInterface {
public:
  void wait() override {}
  void wait(llvm::ThreadPoolTaskGroup &group) override {}
  unsigned getMaxConcurrency() const override { return 1; }

private:
  void asyncEnqueue(llvm::unique_function<void()> task,
                    llvm::ThreadPoolTaskGroup *group) override {
    task();
  }
};

/// A context and what is remembered about it. Made at the first use and never
/// destroyed: a compilation that was interrupted may outlive everything else.
///
/// The parts marked "Python thread" are for the thread that holds Python's
/// lock.
class Session {
public:
  /// The session for new work: the first one, or a fresh one after the last was
  /// abandoned.
  static Session &get();

  /// Ends the use of this session for new work: a crash or an interrupt may
  /// have left locks held and handlers behind.
  void abandon() { abandoned = true; }

  mlir::MLIRContext *context() { return &mlirContext; }

  /// Runs `work`; where it fails, returns the errors that it emitted. An
  /// assertion or a memory error inside fails, too, instead of ending the
  /// process; the session is then abandoned and `crashed` set.
  Failure attempt(llvm::function_ref<mlir::LogicalResult()> work,
                  bool *crashed = nullptr);

  /// Python thread: the meaning of a text. Null after an error was emitted.
  mlir::Type parseType(llvm::StringRef text);
  mlir::Attribute parseAttribute(llvm::StringRef text);
  std::optional<mlir::RegisteredOperationName> getOp(llvm::StringRef name);
  /// Python thread: the attributes of an op, checked against its definition.
  mlir::LogicalResult
  checkAttributes(mlir::RegisteredOperationName op,
                  llvm::ArrayRef<mlir::NamedAttribute> attributes);
  /// Python thread: the text of a type.
  llvm::StringRef getText(mlir::Type type);

  mlir::InFlightDiagnostic error();

  /// Python thread: the n-th value of a type, for ops that are built only to be
  /// asked.
  mlir::Value getScratch(mlir::Type type, unsigned n);

  /// Makes all registered dialects known, for texts. Loading a dialect is for
  /// times when no pass runs: waits for them.
  void loadAllDialects();
  /// Held by whoever runs passes.
  std::shared_mutex &passesRunning() { return running; }

private:
  Session();

  InlineThreadPool pool;
  mlir::MLIRContext mlirContext;
  std::shared_mutex running;
  std::atomic<bool> abandoned = false;
  std::atomic<bool> allDialectsLoaded = false;

  mlir::Block scratchBlock;
  llvm::DenseMap<mlir::Type, llvm::SmallVector<mlir::Value, 4>> scratch;
  llvm::StringMap<mlir::Type> types;
  llvm::StringMap<mlir::Attribute> attributes;
  llvm::StringMap<mlir::RegisteredOperationName> ops;
  llvm::DenseMap<mlir::Type, llvm::StringRef> typeTexts;
  llvm::BumpPtrAllocator texts;
};

} // namespace nabla

#endif // NABLA_COMPILER_DRIVER_SESSION_H
