//===- scalars.h - What ops do to one element -------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Bodies of structured ops. An element in a register is signless, and a bool is
// an i1; the signedness comes from the Nabla types beside it.
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CONVERSION_SCALARS_H
#define NABLA_COMPILER_CONVERSION_SCALARS_H

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace nabla {

/// How arithmetic reads the bits of an element. A bool is an unsigned number.
enum class NumberKind { Float, Signed, Unsigned };
NumberKind numberKind(mlir::Type element);

/// Constants of a float or signless integer type.
mlir::Value floatConstant(mlir::ImplicitLocOpBuilder &b, mlir::Type type,
                          double value);
mlir::Value intConstant(mlir::ImplicitLocOpBuilder &b, mlir::Type type,
                        int64_t value);
mlir::Value zeroConstant(mlir::ImplicitLocOpBuilder &b, mlir::Type type);

/// The type that arithmetic on `element`, a signless type, computes in: f32 for
/// f16 and bf16, else `element` itself.
mlir::Type computeType(mlir::Type element);
/// Between an element and its compute type; exact on the way there.
mlir::Value extendToCompute(mlir::ImplicitLocOpBuilder &b, mlir::Value value);
mlir::Value truncateFromCompute(mlir::ImplicitLocOpBuilder &b,
                                mlir::Value value, mlir::Type type);

/// `op`, of the elementwise family, on one element of each operand. Returns
/// null for an op that has no lowering.
mlir::Value emitScalar(mlir::ImplicitLocOpBuilder &b, mlir::Operation *op,
                       mlir::ValueRange args);

/// Converts between the element types of the dialect (ui8, i1, ...).
mlir::Value emitConvert(mlir::ImplicitLocOpBuilder &b, mlir::Type from,
                        mlir::Type to, mlir::Value value);

/// The larger or smaller of two elements; NaN if one is.
mlir::Value emitExtremum(mlir::ImplicitLocOpBuilder &b, NumberKind kind,
                         bool max, mlir::Value x, mlir::Value y);

} // namespace nabla

#endif // NABLA_COMPILER_CONVERSION_SCALARS_H
