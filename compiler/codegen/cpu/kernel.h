//===- kernel.h - A structured op as loops around a body --------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_KERNEL_H
#define NABLA_COMPILER_CODEGEN_CPU_KERNEL_H

#include "compiler/codegen/cpu/access.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace nabla {

/// A linalg op on buffers whose body is straight-line arithmetic. Loops that
/// run once are left out.
struct Kernel {
  mlir::linalg::LinalgOp op;
  /// The loops, outermost first: how often each runs, whether it is a
  /// reduction, and which dimension of the op it is.
  llvm::SmallVector<int64_t> extents;
  llvm::SmallVector<bool> isReduction;
  llvm::SmallVector<unsigned> dims;
  /// One an operand of the op; none for scalars.
  llvm::SmallVector<std::optional<Access>> accesses;
  /// A load in the body, from where it computes. The access has a stride for
  /// each dimension of the buffer.
  struct Lookup {
    mlir::Operation *load;
    Access access;
  };
  llvm::SmallVector<Lookup> lookups;

  /// Nothing for an op of another kind.
  static std::optional<Kernel> create(mlir::linalg::LinalgOp op);
  /// Loops around the body that `op` carries; `accesses` are missing.
  static Kernel around(mlir::linalg::LinalgOp op,
                       llvm::ArrayRef<int64_t> extents,
                       bool isOutermostReduction);
  /// Moves the loop inside along which the most operands lie in a row.
  void chooseInnermostLoop();

  unsigned depth() const { return extents.size(); }
  bool isEmpty() const { return llvm::is_contained(extents, 0); }
  bool isOutput(unsigned operand) { return operand >= op.getNumDpsInputs(); }
  /// Whether the body uses what the operand holds.
  bool reads(unsigned operand) {
    return !op.getBlock()->getArgument(operand).use_empty();
  }
  bool writes(mlir::Value root);
  /// Whether it looks up elements that `other` writes.
  bool looksUpResultOf(Kernel &other);
  /// Whether `value` of the body is the same for all iterations of the
  /// innermost loop.
  bool isUniform(mlir::Value value);
  /// Whether all iterations of the loop write the same elements; those of a
  /// running sum write one each.
  bool keepsOutputs(unsigned level);
  /// Whether several iterations of the innermost loop may run at once.
  bool canVectorize();
  /// Whether the loops `level` and `level + 1` walk through all operands
  /// without a gap, and may be one.
  bool canCollapse(unsigned level);
  void collapse(unsigned level);
  /// Collapses all loops that can be.
  void collapseAll();
  /// Cuts the loop into pieces of `size` iterations, which must divide it; a
  /// new loop, which becomes the loop `inner`, runs over a piece.
  void split(unsigned level, int64_t size, unsigned inner);
  /// Operations in the body, functions of mathematics counted by their size.
  unsigned bodyCost();
  /// The width of the widest number in the body.
  unsigned widestBits();

  /// Whether the body uses the number of the iteration.
  bool usesIndexOf(unsigned level);

private:
  bool addLookups();
  void dropUnitLoops();
  void moveInnermost(unsigned loop);
};

/// The op that adds up an output over a reduction: its other operand is the new
/// term. Null if the body has another form.
mlir::Operation *findCombiner(mlir::linalg::LinalgOp op, unsigned output);

/// What `combiner` makes of nothing: x combined with it is x.
mlir::TypedAttr neutralElement(mlir::Operation *combiner);

/// An op that only carries a body and buffers: what it does to them is said by
/// the accesses of a kernel.
mlir::linalg::GenericOp carryBody(
    mlir::ImplicitLocOpBuilder &b, llvm::ArrayRef<mlir::Value> inputs,
    llvm::ArrayRef<mlir::Value> outputs,
    llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::ValueRange)> body);

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_KERNEL_H
