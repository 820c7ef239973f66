//===- split_blocks.h - Functions of parts of long blocks -------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_SPLIT_BLOCKS_H
#define NABLA_COMPILER_CODEGEN_CPU_SPLIT_BLOCKS_H

#include <memory>

namespace mlir {
class Pass;
} // namespace mlir

namespace nabla {

/// `--nabla-split-blocks`: makes functions of parts of long blocks of the LLVM
/// dialect, for much that LLVM does to a block takes the square of its length.
/// What is made within a part is not needed behind it. Constants, addresses and
/// invariant loads are repeated in each part; all else is handed over.
///
///     llvm.call @kernel(...)  // many of them
///
/// becomes
///
///     llvm.call @main.part(...)
///     llvm.call @main.part_0(...)
std::unique_ptr<mlir::Pass> createSplitBlocksPass();

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_SPLIT_BLOCKS_H
