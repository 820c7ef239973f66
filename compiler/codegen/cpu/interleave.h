//===- interleave.h - Elements of several streams in turn -------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_INTERLEAVE_H
#define NABLA_COMPILER_CODEGEN_CPU_INTERLEAVE_H

#include "compiler/codegen/cpu/loop_builder.h"

namespace nabla {

/// Of n vectors, which lie one behind the other in memory, n others: the first
/// one has each n-th element, the next one those behind these, and so on.
llvm::SmallVector<mlir::Value>
deinterleave(LoopBuilder &b, llvm::ArrayRef<mlir::Value> vectors);

/// The way back.
llvm::SmallVector<mlir::Value> interleave(LoopBuilder &b,
                                          llvm::ArrayRef<mlir::Value> vectors);

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_INTERLEAVE_H
