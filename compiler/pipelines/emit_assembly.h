//===- emit_assembly.h - The last phase, as text ----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_PIPELINES_EMIT_ASSEMBLY_H
#define NABLA_COMPILER_PIPELINES_EMIT_ASSEMBLY_H

#include "mlir/IR/BuiltinOps.h"

#include <memory>
#include <optional>
#include <string>

namespace mlir {
class Pass;
} // namespace mlir

namespace nabla {

/// `--nabla-emit-assembly`: a module of the LLVM dialect becomes an empty one
/// whose attribute `llvm.module_asm` holds the assembly, line by line.
std::unique_ptr<mlir::Pass> createEmitAssemblyPass();

/// The assembly of such a module; nothing for others.
std::optional<std::string> assemblyOf(mlir::ModuleOp module);

} // namespace nabla

#endif // NABLA_COMPILER_PIPELINES_EMIT_ASSEMBLY_H
