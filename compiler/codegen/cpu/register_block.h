//===- register_block.h - How much of C registers hold ----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_REGISTER_BLOCK_H
#define NABLA_COMPILER_CODEGEN_CPU_REGISTER_BLOCK_H

#include <cstdint>

namespace nabla {

/// A block of the result of a product: rows, and vectors a row.
struct RegisterBlock {
  int64_t rows, vectors, lanes;
  /// About the cycles that all blocks of a product take.
  double cost;
  int64_t columns() const { return vectors * lanes; }
  int64_t size() const { return rows * vectors; }
};

/// The best block for `m` rows of `n` columns, each the sum of `k` products, on
/// vectors of `lanes` elements at most.
RegisterBlock chooseBlock(int64_t m, int64_t n, int64_t k, int64_t lanes,
                          int64_t registers);

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_REGISTER_BLOCK_H
