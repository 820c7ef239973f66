//===- factor.h - One factor of a matrix product ----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_FACTOR_H
#define NABLA_COMPILER_CODEGEN_CPU_FACTOR_H

#include "compiler/codegen/cpu/contraction.h"
#include "compiler/codegen/cpu/emit_body.h"
#include "compiler/codegen/cpu/loop_builder.h"

namespace nabla {

/// Where the loops of a product are.
struct Place {
  /// The values of the loops.
  llvm::SmallVector<mlir::Value> ivs;
  /// The same where copies of factors are read: rows and columns are counted
  /// from the first copied one, and begin where a block would that is not moved
  /// back.
  llvm::SmallVector<mlir::Value> slots;

  void set(unsigned loop, mlir::Value iv) { ivs[loop] = slots[loop] = iv; }
};

/// A or B as a product reads it: in place, or as a copy of which each block
/// reads one stretch.
class Factor {
public:
  /// `along` is m for A and n for B; a block takes `count` elements along it.
  Factor(Contraction &c, unsigned operand, unsigned along, int64_t count);

  bool isCopied() const { return copied; }
  /// Has the factor copied, `extent` rows or columns at a time, and all that
  /// `outer` loops read.
  void copy(int64_t extent, llvm::ArrayRef<unsigned> outer = {});

  /// Memory for the copy.
  void allocate(LoopBuilder &b, FlatBuffers &buffers);
  void release(LoopBuilder &b);
  /// Copies what some blocks take, over all sums. `overBlocks` loops over the
  /// blocks and sets `place`.
  void
  copyBlocks(LoopBuilder &b, const FlatBuffers &buffers, Place &place,
             llvm::function_ref<void(llvm::function_ref<void()>)> overBlocks);

  /// How far apart neighbours along m or n are, and along a loop.
  int64_t next() const { return copied ? copiedNext : read().strides[along]; }
  int64_t stride(unsigned loop) const { return read().strides[loop]; }
  /// A scalar or vector at `place`, in the type that is multiplied.
  mlir::Value load(LoopBuilder &b, const FlatBuffers &buffers,
                   const Place &place, int64_t offset, int64_t lanes) const;

private:
  const Access &original() const { return c.access(operand); }
  const Access &read() const { return copied ? access : original(); }
  mlir::Value loadFrom(LoopBuilder &b, const FlatBuffers &buffers,
                       const Access &from, llvm::ArrayRef<mlir::Value> ivs,
                       int64_t offset, int64_t lanes) const;
  void storeCopy(LoopBuilder &b, const FlatBuffers &buffers, const Place &place,
                 int64_t offset, mlir::Value value) const;
  void copyStep(LoopBuilder &b, const FlatBuffers &buffers, const Place &place,
                bool hasNext);
  void copyAlongSums(LoopBuilder &b, const FlatBuffers &buffers, Place &place);
  void copyTransposed(LoopBuilder &b, const FlatBuffers &buffers, Place &place);

  Contraction &c;
  unsigned operand, along;
  int64_t count;
  bool copied = false;
  /// Of the copy.
  Access access;
  int64_t copiedNext = 1, size = 0;
};

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_FACTOR_H
