//===- NablaOps.cpp - What mlir-tblgen defines of the operations ----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/NablaOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/PatternMatch.h"

#include "dialects/nabla/NablaInterfaces.cpp.inc"

#define GET_OP_CLASSES
#include "dialects/nabla/NablaOps.cpp.inc"
