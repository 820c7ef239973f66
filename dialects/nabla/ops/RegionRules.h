//===- RegionRules.h - What the rules of region ops share -------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_DIALECTS_NABLA_OPS_REGIONRULES_H
#define NABLA_DIALECTS_NABLA_OPS_REGIONRULES_H

#include "dialects/nabla/Emit.h"

namespace nabla {

inline bool isPresent(mlir::Value value) { return static_cast<bool>(value); }

/// Gives `region` a block with arguments of `types` and moves the builder
/// there.
mlir::Block &openBlock(mlir::OpBuilder &b, mlir::Region &region,
                       mlir::TypeRange types, mlir::Location loc);

/// Ends `block` with a yield.
void closeBlock(mlir::OpBuilder &b, mlir::Block &block, mlir::Location loc,
                mlir::ValueRange yielded);

/// Ends a batched block; results with `batched` that hold no batch get one.
void closeBatchedBlock(BatchContext &ctx, mlir::Block &block,
                       mlir::Location loc, const BatchResult &results,
                       llvm::ArrayRef<bool> batched);

/// One value for each of `pattern`: the next of `values` where it is not null.
llvm::SmallVector<mlir::Value> spread(llvm::ArrayRef<mlir::Value> pattern,
                                      mlir::ValueRange values);

/// Appends the values with `wanted` to `to`, emitting zeros of `types` at the
/// end of `block` for those that are null.
void appendWhere(mlir::OpBuilder &b, mlir::Block &block,
                 llvm::ArrayRef<bool> wanted,
                 mlir::ArrayRef<mlir::Value> values, mlir::TypeRange types,
                 llvm::SmallVectorImpl<mlir::Value> &to);

} // namespace nabla

#endif // NABLA_DIALECTS_NABLA_OPS_REGIONRULES_H
