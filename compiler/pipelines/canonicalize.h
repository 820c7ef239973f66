//===- canonicalize.h - Canonicalization, prepared once ---------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_PIPELINES_CANONICALIZE_H
#define NABLA_COMPILER_PIPELINES_CANONICALIZE_H

#include <memory>

namespace mlir {
class DialectRegistry;
class Pass;
} // namespace mlir

namespace nabla {

/// `--nabla-canonicalize`: as upstream's pass, whose every instance gathers the
/// patterns of all ops anew: for a short program, that takes longer than all
/// other passes. Here, a context gathers them once.
std::unique_ptr<mlir::Pass> createCanonicalizePass();

/// What contexts of the registry need for it.
void registerCanonicalizations(mlir::DialectRegistry &registry);

} // namespace nabla

#endif // NABLA_COMPILER_PIPELINES_CANONICALIZE_H
