//===- NablaOps.h - The operations of the dialect ---------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_DIALECTS_NABLA_NABLAOPS_H
#define NABLA_DIALECTS_NABLA_NABLAOPS_H

#include "dialects/nabla/NablaDialect.h"
#include "dialects/nabla/RuleContexts.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace nabla {

/// Elementwise ops of one shape; see NablaInterfaces.td.
template <typename ConcreteType>
class ElementwiseFamily
    : public mlir::OpTrait::TraitBase<ConcreteType, ElementwiseFamily> {};

/// Reductions over `dims`; see NablaInterfaces.td.
template <typename ConcreteType>
class ReductionFamily
    : public mlir::OpTrait::TraitBase<ConcreteType, ReductionFamily> {};

} // namespace nabla

#include "dialects/nabla/NablaInterfaces.h.inc"

#define GET_OP_CLASSES
#include "dialects/nabla/NablaOps.h.inc"

#endif // NABLA_DIALECTS_NABLA_NABLAOPS_H
