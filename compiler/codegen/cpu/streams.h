//===- streams.h - Results that no cache holds ------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_STREAMS_H
#define NABLA_COMPILER_CODEGEN_CPU_STREAMS_H

#include "compiler/codegen/cpu/nest.h"

namespace nabla {

/// The buffers that `nest` only writes, if a cache of `cacheBytes`, or 0 if
/// there is none, does not hold all that it touches. Stores to them had better
/// go past the caches: a line that is written to a cache is read from memory
/// first, and is gone before anybody reads it.
llvm::SmallVector<mlir::Value> findStreams(Nest &nest, int64_t cacheBytes);

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_STREAMS_H
