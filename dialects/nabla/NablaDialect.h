//===- NablaDialect.h - The dialect and its types ---------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_DIALECTS_NABLA_NABLADIALECT_H
#define NABLA_DIALECTS_NABLA_NABLADIALECT_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"

#include "dialects/nabla/NablaDialect.h.inc"
#include "dialects/nabla/NablaEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/nabla/NablaAttributes.h.inc"

#define GET_TYPEDEF_CLASSES
#include "dialects/nabla/NablaTypes.h.inc"

namespace nabla {

/// The type of a tensor of bools of the shape of `type`, a ranked tensor.
mlir::Type boolTypeLike(mlir::Type type);

/// Whether the shape of `type`, a ranked tensor, is one we compute with:
/// static, without an encoding, and of a size in bytes that fits in 63 bits.
bool hasSupportedShape(mlir::Type type);

/// Whether values of `type` have tangents: tensors of floats do.
bool isDifferentiable(mlir::Type type);

} // namespace nabla

#endif // NABLA_DIALECTS_NABLA_NABLADIALECT_H
