//===- cotangents.h - Sums of cotangents ------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_TRANSFORMS_COTANGENTS_H
#define NABLA_COMPILER_TRANSFORMS_COTANGENTS_H

#include "mlir/IR/Builders.h"

namespace nabla {

/// The sum of what the users of a value pass back to it, in this order but for
/// terms that are zero almost everywhere: what slices pass back is laid side by
/// side, and what gathers pass back is added to the sum where it belongs. The
/// sign of a zero may change by that.
mlir::Value sumCotangents(mlir::OpBuilder &b, mlir::Location loc,
                          llvm::ArrayRef<mlir::Value> terms);

} // namespace nabla

#endif // NABLA_COMPILER_TRANSFORMS_COTANGENTS_H
