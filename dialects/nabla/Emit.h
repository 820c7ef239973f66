//===- Emit.h - Small constructions that rules share ------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_DIALECTS_NABLA_EMIT_H
#define NABLA_DIALECTS_NABLA_EMIT_H

#include "dialects/nabla/NablaOps.h"

namespace nabla {

/// The shape of a value, a ranked tensor.
llvm::ArrayRef<int64_t> shapeOf(mlir::Value value);
mlir::RankedTensorType tensorTypeOf(mlir::Value value);

/// `type` with another shape, or with `size` as a new leading extent.
mlir::RankedTensorType withShape(mlir::Type type,
                                 llvm::ArrayRef<int64_t> shape);
mlir::RankedTensorType withLeading(mlir::Type type, int64_t size);

/// 0, 1, ..., n - 1.
llvm::SmallVector<int64_t> iotaDims(int64_t n);
/// 0, then every dimension plus one: the dimensions of an op once its operand
/// has a new leading one.
llvm::SmallVector<int64_t> shifted(llvm::ArrayRef<int64_t> dims);
/// `front`, then `rest`.
llvm::SmallVector<int64_t> prepended(int64_t front,
                                     llvm::ArrayRef<int64_t> rest);
/// The dimensions below `rank` that are not in `dims`.
llvm::SmallVector<int64_t> otherDims(int64_t rank,
                                     llvm::ArrayRef<int64_t> dims);

mlir::Value emitSplat(mlir::OpBuilder &b, mlir::Location loc, mlir::Type type,
                      double value);
mlir::Value emitZeros(mlir::OpBuilder &b, mlir::Location loc, mlir::Type type);
/// `value`, or zeros if it is null.
mlir::Value orZeros(mlir::OpBuilder &b, mlir::Location loc, mlir::Value value,
                    mlir::Type type);
/// The sum of two values, either of which may be null for zero.
mlir::Value emitSum(mlir::OpBuilder &b, mlir::Location loc, mlir::Value lhs,
                    mlir::Value rhs);
/// `value` with a new leading dimension of `size` equal examples.
mlir::Value emitBatch(mlir::OpBuilder &b, mlir::Location loc, mlir::Value value,
                      int64_t size);
/// `value` with dimension `from` moved to `to`.
mlir::Value emitMoveDim(mlir::OpBuilder &b, mlir::Location loc,
                        mlir::Value value, int64_t from, int64_t to);
mlir::Value emitReshape(mlir::OpBuilder &b, mlir::Location loc,
                        mlir::Value value, llvm::ArrayRef<int64_t> shape);

/// `op` with other operands and result types; its attributes stay.
mlir::Operation *rebuild(mlir::OpBuilder &b, mlir::Operation *op,
                         mlir::ValueRange operands, mlir::TypeRange results);

/// The rule of an op that is linear in the operands at `linearOperands` jointly
/// and has one result: the op itself acts on the tangents.
llvm::LogicalResult jvpOfLinear(mlir::Operation *op, JvpContext &ctx,
                                mlir::ValueRange primals,
                                llvm::ArrayRef<mlir::Value> tangents,
                                llvm::ArrayRef<int64_t> linearOperands,
                                JvpResult &outs);

/// The rule of an op of two operands and one result that is linear in each
/// operand: the product rule.
llvm::LogicalResult jvpOfBilinear(mlir::Operation *op, JvpContext &ctx,
                                  mlir::ValueRange primals,
                                  llvm::ArrayRef<mlir::Value> tangents,
                                  JvpResult &outs);

/// The rule of an op whose results have no tangents.
llvm::LogicalResult jvpOfConstant(mlir::Operation *op, JvpContext &ctx,
                                  mlir::ValueRange primals, JvpResult &outs);

} // namespace nabla

#endif // NABLA_DIALECTS_NABLA_EMIT_H
