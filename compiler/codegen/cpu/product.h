//===- product.h - Which ops are products of matrices -----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_PRODUCT_H
#define NABLA_COMPILER_CODEGEN_CPU_PRODUCT_H

#include <cstdint>

namespace mlir {
class Operation;
} // namespace mlir

namespace nabla {

/// Whether the structured op reads elements of two factors many times each, as
/// products of matrices and convolutions do: what is in front of it and what is
/// behind it never share a loop.
bool isProduct(mlir::Operation *op);

/// Whether `columns` fill less of vectors of so many lanes than the terms of
/// their sums, of which so many lie in a row.
bool hasFewColumns(int64_t columns, int64_t terms, int64_t lanes);

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_PRODUCT_H
