//===- Mutants.h - Switches of the mutation test ----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Copied into the mutated sources by run.py; no part of the compiler.
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_DIALECTS_NABLA_MUTANTS_H
#define NABLA_DIALECTS_NABLA_MUTANTS_H

#include "dialects/nabla/NablaOps.h"
#include "dialects/nabla/RuleContexts.h"

namespace nabla {

/// Whether this is the mutant that the environment variable NABLA_MUTANT names.
bool mutant(unsigned number);

/// `values`, without that at `index` if `isOn`.
llvm::SmallVector<mlir::Value>
withoutOperand(bool isOn, size_t index, llvm::ArrayRef<mlir::Value> values);

/// What a batch rule returned; if `isOn`, its last batch is in reverse order.
llvm::LogicalResult reverseBatch(bool isOn, BatchContext &ctx,
                                 mlir::Location loc, llvm::LogicalResult rule,
                                 BatchResult &outs);

} // namespace nabla

#endif // NABLA_DIALECTS_NABLA_MUTANTS_H
