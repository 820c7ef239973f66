// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-linalg-to-loops --canonicalize | FileCheck %s

// CHECK-LABEL: func.func @main
// CHECK: scf.for %[[I:.*]] = %c0{{.*}} to %c4
// CHECK: scf.for %[[J:.*]] = %c0{{.*}} to %c8
// CHECK: memref.load %{{.*}}[%[[I]]]
// CHECK: scf.for %[[N:.*]] = %c0{{.*}} to %{{.*}}
// CHECK: memref.store %{{.*}}, %{{.*}}[%[[N]]] : memref<?xf32>
// CHECK-NOT: linalg
func.func @main(%x: memref<4xf32>, %y: memref<4x8xf32>, %z: memref<?xf32>, %c: f32) {
  linalg.generic {
      indexing_maps = [affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<4xf32>) outs(%y : memref<4x8xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = arith.addf %a, %b : f32
    linalg.yield %0 : f32
  }
  linalg.fill ins(%c : f32) outs(%z : memref<?xf32>)
  return
}
