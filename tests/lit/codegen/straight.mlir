// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --split-input-file --nabla-vector-loops=vector-bits=128 | FileCheck %s

// Two iterations of a short body, of which the second one moves back, are no loop.
// CHECK-LABEL: func.func @two(
// CHECK-NOT:     scf.for
// CHECK-COUNT-2: vector.store {{.*}} vector<2xf32>
// CHECK-NOT:     vector.store
// CHECK:         return
#map = affine_map<(d0) -> (d0)>
func.func @two(%x: memref<3xf32>, %y: memref<3xf32>) {
  linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]}
      ins(%x : memref<3xf32>) outs(%y : memref<3xf32>) {
  ^bb0(%a: f32, %b: f32):
    %s = arith.addf %a, %a : f32
    linalg.yield %s : f32
  }
  return
}

// -----

// What is changed in place is changed once: the first element of the second iteration is old.
// CHECK-LABEL: func.func @in_place(
// CHECK-NOT:     scf.for
// CHECK:         vector.store {{.*}} vector<2xf32>
// CHECK:         %[[SUM:.*]] = arith.addf %[[OLD:.*]], %{{.*}} : vector<2xf32>
// CHECK-NEXT:    %[[NEW:.*]] = arith.select %{{.*}}, %[[SUM]], %[[OLD]]
// CHECK:         vector.store %[[NEW]]
// CHECK:         return
#map = affine_map<(d0) -> (d0)>
func.func @in_place(%x: memref<3xf32>) {
  linalg.generic {indexing_maps = [#map], iterator_types = ["parallel"]}
      outs(%x : memref<3xf32>) {
  ^bb0(%a: f32):
    %s = arith.addf %a, %a : f32
    linalg.yield %s : f32
  }
  return
}

// -----

// Within another loop it stays one.
// CHECK-LABEL: func.func @inner(
// CHECK:         scf.for
// CHECK:           scf.for
#columns = affine_map<(d0, d1) -> (d1)>
#all = affine_map<(d0, d1) -> (d0, d1)>
func.func @inner(%x: memref<3xf32>, %y: memref<9x3xf32>) {
  linalg.generic {indexing_maps = [#columns, #all], iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<3xf32>) outs(%y : memref<9x3xf32>) {
  ^bb0(%a: f32, %b: f32):
    %s = arith.addf %a, %a : f32
    linalg.yield %s : f32
  }
  return
}
