//===- RegionRewrite.h - What region canonicalizations share ----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_DIALECTS_NABLA_OPS_REGIONREWRITE_H
#define NABLA_DIALECTS_NABLA_OPS_REGIONREWRITE_H

#include "mlir/IR/PatternMatch.h"

namespace nabla {

/// The values that `op` uses: its operands and what its regions take from
/// around it.
llvm::SmallVector<mlir::Value> usedValues(mlir::Operation &op);

/// Makes the terminator of `block` yield only the values with `keep`.
void keepYielded(mlir::PatternRewriter &rewriter, mlir::Block &block,
                 llvm::ArrayRef<bool> keep);

/// Replaces `op` by `fresh`, whose results are those of `op` with `keep`; the
/// others have no uses.
void replaceKept(mlir::PatternRewriter &rewriter, mlir::Operation *op,
                 mlir::Operation *fresh, llvm::ArrayRef<bool> keep);

/// Erases the arguments from number `first` on, one for each of `operands`,
/// that no block uses, whose operand is a constant (which is copied into the
/// blocks) or the same as an earlier one. Says which are kept; the op keeps its
/// operands.
llvm::SmallVector<bool> dropArguments(mlir::PatternRewriter &rewriter,
                                      mlir::ValueRange operands,
                                      llvm::ArrayRef<mlir::Block *> blocks,
                                      unsigned first = 0);

} // namespace nabla

#endif // NABLA_DIALECTS_NABLA_OPS_REGIONREWRITE_H
