//===- Diagnostics.h - Diagnostics as text ----------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_DRIVER_DIAGNOSTICS_H
#define NABLA_COMPILER_DRIVER_DIAGNOSTICS_H

#include "mlir/Support/LLVM.h"

#include <mutex>
#include <string>

namespace mlir {
class Diagnostic;
class MLIRContext;
} // namespace mlir

namespace nabla {

/// Collects the errors that its thread meets while it lives. Threads share one
/// context, whose handlers see the diagnostics of all of them.
class DiagnosticText {
public:
  DiagnosticText();
  ~DiagnosticText();
  DiagnosticText(const DiagnosticText &) = delete;
  DiagnosticText &operator=(const DiagnosticText &) = delete;

  /// Messages, each followed by its place and its notes; empty without errors.
  const std::string &text() const { return collected; }

  /// The collector of this thread; null where there is none.
  static DiagnosticText *ofThread();
  /// Lets this thread add to a collector of another one, or to none.
  static void adopt(DiagnosticText *collector);

  /// Makes the diagnostics of `context` reach the collectors of their threads.
  static void install(mlir::MLIRContext &context);

private:
  void add(mlir::Diagnostic &diagnostic);

  std::mutex mutex;
  std::string collected;
  unsigned count = 0;
  DiagnosticText *outer;
};

} // namespace nabla

#endif // NABLA_COMPILER_DRIVER_DIAGNOSTICS_H
