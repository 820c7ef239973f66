//===- Codegen.h - From the LLVM dialect to machine code --------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_TARGET_CPU_CODEGEN_H
#define NABLA_COMPILER_TARGET_CPU_CODEGEN_H

#include "mlir/IR/BuiltinOps.h"

#include <functional>
#include <memory>
#include <string>

namespace nabla {

/// Bytes of an object file.
using ObjectCode = llvm::SmallVector<char, 0>;

/// Makes machine code of one module for this CPU. It is ready as soon as it
/// exists, and it takes LLVM as long to get ready as to compile a short
/// program: meanwhile, another thread can lower the module.
class Codegen {
public:
  enum Kind { Object, Assembly };
  /// The least is for a few instructions in a row, of which nothing better can
  /// be made: it takes half the time.
  enum Effort { Usual, Least };

  /// `checkpoint` is called before each pass that optimizes, and each function
  /// that becomes machine code. It need not return.
  Codegen(Kind kind, std::function<void()> checkpoint, Effort effort = Usual);
  ~Codegen();

  /// The code of a module of the LLVM dialect; errors are diagnostics at the
  /// module. `isPart`: whether it is one of several of a program. To be called
  /// once.
  llvm::FailureOr<ObjectCode> run(mlir::ModuleOp module, bool isPart = false);

private:
  struct Impl;
  std::unique_ptr<Impl> pimpl;
};

/// All that code depends on besides the program: triple, CPU and features, and
/// what the schedules ask of the machine.
const std::string &describeTarget();

} // namespace nabla

#endif // NABLA_COMPILER_TARGET_CPU_CODEGEN_H
