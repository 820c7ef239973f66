//===- contraction.h - Matrix products in registers -------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_CONTRACTION_H
#define NABLA_COMPILER_CODEGEN_CPU_CONTRACTION_H

#include "compiler/codegen/cpu/host.h"
#include "compiler/codegen/cpu/kernel.h"
#include "compiler/codegen/cpu/loop_builder.h"
#include "compiler/codegen/cpu/register_block.h"

#include <memory>
#include <vector>

namespace nabla {

/// Fewer columns of a tile read A from beyond the second cache too often; fewer
/// rows, where a tile adds up in memory, all of its columns of B.
constexpr int64_t minTileColumns = 128, minTileRows = 128;

/// C[m, n] = sum over k of A[m, k] * B[k, n], for each value of other loops: a
/// product of matrices, or a convolution, whose windows are rows of A that
/// overlap.
///
/// Loops are positions among those of the kernel. Those that are not m or n
/// run, from the outside: `shared`, which move both A and B or B alone;
/// `memorySums`, over which C adds up in memory; `rows`, which move A but not
/// B. `sums` run within a block of registers, the last of them innermost.
struct Contraction {
  Kernel kernel;
  unsigned m = 0, n = 0;
  llvm::SmallVector<unsigned> shared, memorySums, rows, sums;
  /// Those of the shared loops over pieces of sums: they move A and B but not
  /// what C is in the program, as each piece has a C of its own.
  llvm::SmallVector<unsigned> pieces;
  unsigned a = 0, b = 1; // positions among the operands; C is the third
  RegisterBlock block;
  /// 0, or into tiles of how many columns C is cut, for what a tile reads of B
  /// to stay in the second cache while rows pass by.
  int64_t tileColumns = 0;
  /// How many steps of the innermost sum one operation adds up: 2 of bf16, if
  /// the machine can.
  int64_t pair = 1;
  /// Whether the sums are added to what C holds.
  bool adds = false;
  /// The last steps of sums that no good number of steps divides.
  std::shared_ptr<Contraction> rest;
  /// Elementwise work on C that follows. Its loops are those of the product,
  /// but n is the last one.
  std::vector<Kernel> epilogue;

  /// Nothing if `kernel` is no such product, or one that other loops do as
  /// well: of vectors, or tiny. `vectorBits` is the width of the machine's
  /// vector registers.
  static std::optional<Contraction>
  match(const Kernel &kernel, unsigned vectorBits, const Host &host);

  const Access &access(unsigned operand) const {
    return *kernel.accesses[operand];
  }
  int64_t extent(unsigned loop) const { return kernel.extents[loop]; }
  int64_t product(llvm::ArrayRef<unsigned> loops) const;
  /// Those that move C, from the one with the longest stride on.
  llvm::SmallVector<unsigned> loopsOfResult() const;
  /// Of all multiplications, in units of `numParts`.
  double work() const;
  /// Whether C is added to in memory.
  bool addsInMemory() const { return adds || !memorySums.empty(); }
  /// Whether A is to be copied if it is read often: its elements become wider,
  /// or the steps of the sums lie on pages of their own.
  bool copiesA() const;
  /// Whether elements of the operand become wider before they are multiplied.
  bool widens(unsigned operand) const {
    return elementType(operand) != factorType();
  }
  mlir::Type elementType(unsigned operand) const;
  mlir::Type sumType() const { return elementType(2); }
  int64_t sumBytes() const;
  /// What is multiplied, and its size.
  mlir::Type factorType() const {
    return pair == 1 ? sumType() : elementType(0);
  }
  int64_t factorBytes() const;

  /// Whether many blocks of rows read the same of B.
  bool readsAllOfBOften() const;

private:
  bool classifyLoops();
  bool chooseRowsAndBlock(unsigned vectorBits, const Host &host);
  bool canPair(const Host &host) const;
  void chooseTile(const Host &host);
  int64_t stepsInCache(int64_t bytes, int64_t elements) const;
  void divideSums(int64_t most);
  void cutSums(int64_t most);
};

/// Emits the product; what C held does not matter, unless it `adds`.
void emitContraction(LoopBuilder &b, Contraction &contraction);

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_CONTRACTION_H
