//===- streams.h - Results that no cache holds ------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_STREAMS_H
#define NABLA_COMPILER_CODEGEN_CPU_STREAMS_H

#include "compiler/codegen/cpu/nest.h"

namespace nabla {

/// Buffers that no cache holds.
struct Streams {
  /// The only one that is read, once: loads had better ask for what comes next.
  mlir::Value read;
  /// Stores had better go past the caches: a line that is written to a cache is
  /// read from memory first, and is gone before anybody reads it. Only those
  /// are here that nobody reads at the same time.
  llvm::SmallVector<mlir::Value> written;
};

/// What of `nest`, if a cache of `cacheBytes`, or 0 if there is none, does not
/// hold all that it touches.
Streams findStreams(Nest &nest, int64_t cacheBytes);

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_STREAMS_H
