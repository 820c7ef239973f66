//===- read_in_place.h - Values that are only read --------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_READ_IN_PLACE_H
#define NABLA_COMPILER_CODEGEN_CPU_READ_IN_PLACE_H

#include <memory>

namespace mlir {
class Pass;
} // namespace mlir

namespace nabla {

/// `--nabla-read-in-place`: shows readers the buffer of a value with many uses
/// that nobody writes to. Bufferization compares each use of a value with all
/// others, which takes the square of their number.
///
///     linalg.generic ins(%x) outs(...)
///
/// becomes
///
///     %b = bufferization.to_buffer %x read_only
///     %r = bufferization.to_tensor %b restrict
///     linalg.generic ins(%r) outs(...)
std::unique_ptr<mlir::Pass> createReadInPlacePass();

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_READ_IN_PLACE_H
