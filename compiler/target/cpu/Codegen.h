//===- Codegen.h - From the LLVM dialect to machine code --------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_TARGET_CPU_CODEGEN_H
#define NABLA_COMPILER_TARGET_CPU_CODEGEN_H

#include "mlir/IR/BuiltinOps.h"

#include <functional>
#include <string>

namespace nabla {

/// Bytes of an object file.
using ObjectCode = llvm::SmallVector<char, 0>;

struct CodegenOptions {
  /// Called before each pass that optimizes, and each function that becomes
  /// machine code. It need not return.
  std::function<void()> checkpoint = [] {};
  /// Whether the module is one of several of a program.
  bool isPart = false;
};

/// The code of a module of the LLVM dialect for this CPU; errors are
/// diagnostics at the module. Several threads may make code at a time.
llvm::FailureOr<ObjectCode> emitObject(mlir::ModuleOp module,
                                       const CodegenOptions &options);

/// The same as text.
llvm::FailureOr<std::string> emitAssembly(mlir::ModuleOp module,
                                          const CodegenOptions &options);

/// All that code depends on besides the program: triple, CPU and features, and
/// what the schedules ask of the machine.
const std::string &describeTarget();

} // namespace nabla

#endif // NABLA_COMPILER_TARGET_CPU_CODEGEN_H
