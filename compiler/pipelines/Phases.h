//===- Phases.h - The named phases of compilation ---------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_PIPELINES_PHASES_H
#define NABLA_COMPILER_PIPELINES_PHASES_H

#include "mlir/Pass/PassManager.h"

namespace nabla {

/// A state of the program on its way to machine code.
struct Phase {
  llvm::StringLiteral name;
  llvm::StringLiteral sentence;
  /// Adds the passes that lead here from the phase before.
  void (*addPasses)(mlir::OpPassManager &passes);
};

/// In order; `trace` is first.
llvm::ArrayRef<Phase> getPhases();

/// The phase called `name`, or null.
const Phase *findPhase(llvm::StringRef name);

/// Adds the passes that lead from phase `from` to phase `to`; none if `to` is
/// not behind `from`. Fails if there is no such phase.
llvm::LogicalResult addPhases(mlir::OpPassManager &passes, llvm::StringRef from,
                              llvm::StringRef to);

/// `--nabla-pipeline="to=<phase>"`.
void registerPhasePipeline();

} // namespace nabla

#endif // NABLA_COMPILER_PIPELINES_PHASES_H
