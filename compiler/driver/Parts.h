//===- Parts.h - Machine code of a program, part by part --------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_DRIVER_PARTS_H
#define NABLA_COMPILER_DRIVER_PARTS_H

#include "compiler/driver/Program.h"
#include "compiler/target/cpu/Codegen.h"

#include "mlir/IR/BuiltinOps.h"

namespace nabla {

/// Makes object files of a module in the phase `bufferize`, or `llvm`, within
/// an attempt (Session.h). A long program is split (nabla-split-parts) and its
/// parts compiled on several threads, which share the time that it takes among
/// the phases. `codegen` is for the first one. Errors are diagnostics.
llvm::LogicalResult compileParts(mlir::ModuleOp module, bool isLowered,
                                 std::unique_ptr<Codegen> codegen,
                                 std::vector<std::string> &objects,
                                 Timings &stages);

} // namespace nabla

#endif // NABLA_COMPILER_DRIVER_PARTS_H
