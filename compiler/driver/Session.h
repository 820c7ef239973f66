//===- Session.h - The process's context of MLIR ----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_DRIVER_SESSION_H
#define NABLA_COMPILER_DRIVER_SESSION_H

#include "compiler/driver/Failure.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OperationSupport.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Allocator.h"
#include "llvm/Support/ThreadPool.h"

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

/// The one context and what is remembered about it. Made at the first use and
/// never destroyed: a compilation that was interrupted may outlive everything
/// else.
///
/// The parts marked "Python thread" are for the thread that holds Python's
/// lock.
class Session {
public:
  static Session &get();

  mlir::MLIRContext *context() { return &mlirContext; }

  /// Runs `work`; where it fails, returns the errors that it emitted. An
  /// assertion or a memory error inside fails, too, instead of ending the
  /// process.
  Failure attempt(llvm::function_ref<mlir::LogicalResult()> work);

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

  /// Python thread: makes all registered dialects known, for texts. Loading a
  /// dialect is for times when no pass runs: waits for them.
  void loadAllDialects();
  /// Held by whoever runs passes.
  std::shared_mutex &passesRunning() { return running; }

private:
  Session();

  InlineThreadPool pool;
  mlir::MLIRContext mlirContext;
  std::shared_mutex running;
  bool allDialectsLoaded = false;

  llvm::StringMap<mlir::Type> types;
  llvm::StringMap<mlir::Attribute> attributes;
  llvm::StringMap<mlir::RegisteredOperationName> ops;
  llvm::DenseMap<mlir::Type, llvm::StringRef> typeTexts;
  llvm::BumpPtrAllocator texts;
};

} // namespace nabla

#endif // NABLA_COMPILER_DRIVER_SESSION_H
