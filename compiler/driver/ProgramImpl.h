//===- ProgramImpl.h - What a program consists of ---------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_DRIVER_PROGRAMIMPL_H
#define NABLA_COMPILER_DRIVER_PROGRAMIMPL_H

#include "compiler/driver/Program.h"
#include "compiler/driver/Session.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace nabla {

struct Program::Impl {
  /// Whose context the module is of.
  Session *session = nullptr;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  /// Of the last phase that ran; 0, the trace, is where programs start.
  size_t phase = 0;
  /// The name and the types of the entry, empty and null where there is none.
  /// They are the last ones seen that were of tensors.
  std::string entry;
  mlir::FunctionType entryType;
  std::vector<ExpandedLinear> linearResults;
  /// What the phase `object` makes.
  std::string assembly;

  /// Finds the entry and remembers its types.
  void update();
  /// Says so where the module is gone.
  Failure check() const;
  /// Makes sure that the module is there and of the session for new work.
  Failure renew();
  /// Runs `work` on the module, which is lost where `work` crashes.
  Failure attempt(llvm::function_ref<mlir::LogicalResult()> work);
};

/// The public function that has a body; null where there are none or several.
mlir::func::FuncOp findEntry(mlir::ModuleOp module);

struct Phase;

/// Runs the passes of a phase and verifies what they made.
llvm::LogicalResult runPhase(mlir::ModuleOp module, const Phase &phase);

} // namespace nabla

#endif // NABLA_COMPILER_DRIVER_PROGRAMIMPL_H
