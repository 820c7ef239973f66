//===- Codegen.h - From the LLVM dialect to machine code --------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_TARGET_CPU_CODEGEN_H
#define NABLA_COMPILER_TARGET_CPU_CODEGEN_H

#include "mlir/IR/BuiltinOps.h"

#include <string>

namespace nabla {

/// Bytes of an object file.
using ObjectCode = llvm::SmallVector<char, 0>;

/// The code of a module of the LLVM dialect for this CPU; errors are
/// diagnostics at the module. `beforePass`, which need not return, is called
/// before each pass of LLVM.
llvm::FailureOr<ObjectCode> emitObject(mlir::ModuleOp module,
                                       llvm::function_ref<void()> beforePass);

/// The same as text.
llvm::FailureOr<std::string>
emitAssembly(mlir::ModuleOp module, llvm::function_ref<void()> beforePass);

/// All that code depends on besides the program: triple, CPU and features, and
/// what the schedules ask of the machine.
const std::string &describeTarget();

} // namespace nabla

#endif // NABLA_COMPILER_TARGET_CPU_CODEGEN_H
