// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-flat-empty-arguments | FileCheck %s

// What used an argument gets memory of the old type, which holds nothing either.
// CHECK-LABEL: func.func @main
// CHECK-SAME: (%{{.*}}: memref<0xf32>, %[[FLAT:.*]]: memref<0xf32>, %[[FULL:.*]]: memref<5x1xf32>)
// CHECK-NEXT: %[[EMPTY:.*]] = memref.alloca() : memref<5x0xf32>
// CHECK-NEXT: memref.copy %[[EMPTY]], %[[EMPTY]]
// CHECK-NEXT: memref.copy %[[FLAT]], %[[FLAT]]
// CHECK-NEXT: memref.copy %[[FULL]], %[[FULL]]
func.func @main(%a: memref<5x0xf32>, %b: memref<0xf32>, %c: memref<5x1xf32>) {
  memref.copy %a, %a : memref<5x0xf32> to memref<5x0xf32>
  memref.copy %b, %b : memref<0xf32> to memref<0xf32>
  memref.copy %c, %c : memref<5x1xf32> to memref<5x1xf32>
  return
}
