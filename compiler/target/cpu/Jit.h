//===- Jit.h - Machine code in the process ----------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_TARGET_CPU_JIT_H
#define NABLA_COMPILER_TARGET_CPU_JIT_H

#include "mlir/IR/BuiltinOps.h"

#include <memory>
#include <string>

namespace llvm::orc {
class LLJIT;
} // namespace llvm::orc

namespace nabla {

/// Code of a module of the LLVM dialect, for the CPU that it was compiled on.
class Jit {
public:
  using Entry = void (*)(void **pointers);

  Jit(Jit &&other);
  ~Jit();

  /// Compiles; errors are diagnostics at the module. `beforePass`, which need
  /// not return, is called before each pass of LLVM.
  static std::unique_ptr<Jit> compile(mlir::ModuleOp module,
                                      llvm::StringRef entry,
                                      llvm::function_ref<void()> beforePass);
  /// Takes the addresses of the inputs, then of the results.
  Entry entry() const { return function; }

private:
  Jit(std::unique_ptr<llvm::orc::LLJIT> jit, Entry function);

  std::unique_ptr<llvm::orc::LLJIT> jit;
  Entry function;
};

/// The assembly of a module of the LLVM dialect for this CPU.
llvm::FailureOr<std::string>
emitAssembly(mlir::ModuleOp module, llvm::function_ref<void()> beforePass);

} // namespace nabla

#endif // NABLA_COMPILER_TARGET_CPU_JIT_H
