//===- Precompiled.h - Headers parsed once for the library ------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sources include what they use all the same, as if this file were not there.
// Only headers of the toolchain belong here: one of ours would rebuild
// everything. And only those that most sources need: gcc takes four times as
// long to write a precompiled header as to parse it, and a second a GB to load
// it. This set takes 13 s once and saves each source 0.5 to 2.5 s; adding
// linalg and scf gains nothing.
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_PRECOMPILED_H
#define NABLA_COMPILER_PRECOMPILED_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Transforms/DialectConversion.h"

#endif // NABLA_COMPILER_PRECOMPILED_H
