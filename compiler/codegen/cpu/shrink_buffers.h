//===- shrink_buffers.h - Buffers of one iteration --------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_SHRINK_BUFFERS_H
#define NABLA_COMPILER_CODEGEN_CPU_SHRINK_BUFFERS_H

#include "compiler/codegen/cpu/nest.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace nabla {

/// Lets temporaries lie in the memory of a result that the last reader of each
/// element puts in its place.
void useRoomOfResults(Nest &nest);

/// Gives temporaries that only pass values on within an iteration of the outer
/// loops of `nest` room for no more than one iteration, which stays in cache.
void shrinkBuffers(Nest &nest);

/// Whether nobody but these kernels uses the buffer, and its deallocation.
bool isSeenOnlyBy(mlir::memref::AllocOp alloc,
                  const llvm::DenseSet<mlir::Operation *> &kernels);

/// Erases allocations in `block` that are written at most.
void eraseUnreadBuffers(mlir::Block &block);

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_SHRINK_BUFFERS_H
