//===- expand.h - Expansion of transform ops --------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_TRANSFORMS_EXPAND_H
#define NABLA_COMPILER_TRANSFORMS_EXPAND_H

#include "mlir/IR/BuiltinOps.h"

#include <string>
#include <vector>

namespace nabla {

/// A result of the entry that was a linear map: residuals stand in its place.
struct LinearResult {
  /// Its position among the results before the expansion.
  int64_t position;
  /// How many residuals it became.
  int64_t residuals;
  /// The function (residuals..., tangents...) -> tangents, of nested
  /// visibility.
  std::string symbol;
};

/// Which transform ops to expand.
struct ExpandOptions {
  bool jvp = true;
  bool linearize = true;
  /// apply and apply_transposed.
  bool apply = true;
  bool vmap = true;
};

/// What an expansion tells about itself.
struct Expansion {
  std::vector<LinearResult> linearResults;
  /// The most ops that the module had on the way, by `countOps`.
  int64_t peakOps = 0;
};

/// Expands transform ops, innermost first, until none is left that the options
/// name and whose callee is a plain function.
llvm::FailureOr<Expansion> expandTransforms(mlir::ModuleOp module,
                                            ExpandOptions options = {});

} // namespace nabla

#endif // NABLA_COMPILER_TRANSFORMS_EXPAND_H
