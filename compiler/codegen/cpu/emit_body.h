//===- emit_body.h - Iterations of kernels as vector ops --------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_EMIT_BODY_H
#define NABLA_COMPILER_CODEGEN_CPU_EMIT_BODY_H

#include "compiler/codegen/cpu/kernel.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace nabla {

/// One-dimensional views of buffers, and offsets known at run time.
class FlatBuffers {
public:
  /// Makes both for `access` here, for use from here on.
  void prepare(mlir::ImplicitLocOpBuilder &b, const Access &access);
  mlir::Value buffer(const Access &access) const {
    return buffers.lookup(access.root);
  }
  /// The index of the element at these values of the loops.
  mlir::Value index(mlir::ImplicitLocOpBuilder &b, const Access &access,
                    llvm::ArrayRef<mlir::Value> ivs) const;

private:
  llvm::DenseMap<mlir::Value, mlir::Value> buffers, offsets;
};

/// The type of `lanes` elements; the element's own type for one.
mlir::Type laneType(mlir::Type element, unsigned lanes);
/// `scalar` in each lane.
mlir::Value splat(mlir::ImplicitLocOpBuilder &b, mlir::Value scalar,
                  unsigned lanes);
mlir::Value splatConstant(mlir::ImplicitLocOpBuilder &b, mlir::TypedAttr value,
                          unsigned lanes);
/// 0, 1, 2, ... as elements of `type`.
mlir::Value laneNumbers(mlir::ImplicitLocOpBuilder &b, mlir::Type type,
                        unsigned lanes, int64_t step = 1);
/// `combiner` applied to other operands.
mlir::Value combine(mlir::ImplicitLocOpBuilder &b, mlir::Operation *combiner,
                    mlir::Value x, mlir::Value y);

/// Emits one iteration of kernels, each on as many elements as there are lanes
/// along the innermost loop. What one kernel stores, the next takes from its
/// register.
class BodyEmitter {
public:
  /// `ivs` has one value a loop, that of the innermost for the first lane.
  /// What does not change in that loop goes in front of `loop`, if there is
  /// one. Totals take only the lanes of `isNew`, if that is set; with
  /// `maskStores`, so does memory.
  BodyEmitter(mlir::ImplicitLocOpBuilder &b, const FlatBuffers &buffers,
              llvm::ArrayRef<mlir::Value> ivs, unsigned lanes,
              mlir::Operation *loop = nullptr, mlir::Value isNew = {},
              bool maskStores = false)
      : b(b), buffers(buffers), ivs(ivs), lanes(lanes), loop(loop),
        isNew(isNew), maskStores(maskStores && isNew) {}

  /// `totals` stand for the outputs of a reduction along the innermost loop and
  /// are replaced by the new ones; without them outputs are in memory.
  void emit(Kernel &kernel, llvm::MutableArrayRef<mlir::Value> totals = {});

private:
  using Known = std::pair<Access, mlir::Value>;

  mlir::Value load(const Access &access, mlir::Type element);
  mlir::Value loadLanes(const Access &access, mlir::Type element);
  void store(const Access &access, mlir::Value value);
  void storeLanes(const Access &access, mlir::Value value);
  mlir::Value reversed(mlir::Value vector);
  mlir::Value index(const Access &access) {
    return buffers.index(b, access, ivs);
  }
  mlir::Value lowestIndex(const Access &access);
  mlir::Value laneOffsets(int64_t stride);
  mlir::Value allLanes();
  mlir::Value indexOf(Kernel &kernel, unsigned dim);
  mlir::Value operand(mlir::Value value);
  int64_t stride(const Access &access) const {
    return lanes == 1 ? 0 : access.strides.back();
  }

  mlir::ImplicitLocOpBuilder &b;
  const FlatBuffers &buffers;
  llvm::ArrayRef<mlir::Value> ivs;
  unsigned lanes;
  mlir::Operation *loop;
  mlir::Value isNew;
  bool maskStores;
  mlir::IRMapping mapping;
  llvm::SmallVector<Known> known;
};

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_EMIT_BODY_H
