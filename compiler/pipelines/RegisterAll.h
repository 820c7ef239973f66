//===- RegisterAll.h - Registration for tools and bindings ------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_PIPELINES_REGISTERALL_H
#define NABLA_COMPILER_PIPELINES_REGISTERALL_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace nabla {

/// What the phases need: the dialects that they make ops of, with what the
/// passes ask of these. Half a millisecond less than all dialects.
void registerPhaseDialects(mlir::DialectRegistry &registry);

/// All dialects, upstream's included, with their external models.
void registerAllDialects(mlir::DialectRegistry &registry);

/// All passes, upstream's included, for textual pipelines.
void registerAllPasses();

} // namespace nabla

#endif // NABLA_COMPILER_PIPELINES_REGISTERALL_H
