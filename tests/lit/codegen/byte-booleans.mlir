// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-byte-booleans | FileCheck %s

// CHECK-LABEL: func.func @flags
// CHECK-SAME: (%[[FLAG:.*]]: i1, %[[I:.*]]: index)
// CHECK-NEXT: %[[FLAGS:.*]] = memref.alloc(%[[I]]) : memref<?xi8>
// CHECK-NEXT: %[[BYTE:.*]] = arith.extui %[[FLAG]] : i1 to i8
// CHECK-NEXT: memref.store %[[BYTE]], %[[FLAGS]][%[[I]]] : memref<?xi8>
// CHECK-NEXT: %[[LOADED:.*]] = memref.load %[[FLAGS]][%[[I]]] : memref<?xi8>
// CHECK-NEXT: %[[FOUND:.*]] = arith.trunci %[[LOADED]] : i8 to i1
// CHECK-NEXT: return %[[FOUND]] : i1
func.func @flags(%flag: i1, %i: index) -> i1 {
  %flags = memref.alloc(%i) : memref<?xi1>
  memref.store %flag, %flags[%i] : memref<?xi1>
  %found = memref.load %flags[%i] : memref<?xi1>
  return %found : i1
}
