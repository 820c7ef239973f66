// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s -split-input-file --nabla-vector-loops="vector-bits=512" --canonicalize --cse | FileCheck %s

// Sixteen matrices at once, one in each lane. Nine vectors of memory are nine of elements; what
// is added up is in registers. Eight matrices are left.

#a = affine_map<(b, i, j, k) -> (b, i, k)>
#b = affine_map<(b, i, j, k) -> (b, k, j)>
#c = affine_map<(b, i, j, k) -> (b, i, j)>
// CHECK-LABEL: func.func @matrices
// CHECK-SAME: (%arg0: {{.*}}, %arg1: {{.*}}, %arg2: memref<40x3x3xf32>)
// CHECK: %[[C:.*]] = memref.reinterpret_cast %arg2
// CHECK: scf.for %{{.*}} = %c0 to %c32 step %c16 {
// CHECK-COUNT-27: arith.mulf {{.*}} : vector<16xf32>
// CHECK-COUNT-9: vector.store {{.*}}, %[[C]][{{.*}}] : memref<360xf32>, vector<16xf32>
// CHECK-NEXT: }
// CHECK: scf.for %{{.*}} = %c32 to %c40 step %c1 {
func.func @matrices(%a: memref<40x3x3xf32>, %b: memref<40x3x3xf32>, %c: memref<40x3x3xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<40x3x3xf32>)
  linalg.generic {indexing_maps = [#a, #b, #c],
                  iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<40x3x3xf32>, memref<40x3x3xf32>) outs(%c : memref<40x3x3xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %0 = arith.mulf %x, %y : f32
    %1 = arith.addf %sum, %0 : f32
    linalg.yield %1 : f32
  }
  return
}

// -----

// Points of two numbers: even and odd elements.

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
// CHECK-LABEL: func.func @points
// CHECK: scf.for %{{.*}} = %c0 to %c64 step %c16 {
// CHECK-DAG: vector.shuffle %[[V:.*]], %[[W:.*]] [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30]
// CHECK-DAG: vector.shuffle %[[V]], %[[W]] [1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31]
// CHECK-COUNT-2: arith.divf {{.*}} : vector<16xf32>
// CHECK: vector.shuffle {{.*}} [0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23]
// CHECK: vector.shuffle {{.*}} [8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31]
// CHECK-COUNT-2: vector.store {{.*}} memref<128xf32>
// CHECK-NEXT: }
func.func @points(%x: memref<64x2xf32>, %y: memref<64x2xf32>) {
  %zero = arith.constant 0.0 : f32
  %s = memref.alloc() : memref<64xf32>
  linalg.fill ins(%zero : f32) outs(%s : memref<64xf32>)
  linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<64x2xf32>) outs(%s : memref<64xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.addf %out, %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %s : memref<64x2xf32>, memref<64xf32>) outs(%y : memref<64x2xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %0 = arith.divf %a, %b : f32
    linalg.yield %0 : f32
  }
  memref.dealloc %s : memref<64xf32>
  return
}

// -----

// What moves on from problem to problem is done in order.

#id = affine_map<(d0, d1) -> (d0, d1)>
#total = affine_map<(d0, d1) -> (d1)>
// CHECK-LABEL: func.func @total
// CHECK-NOT: vector<16xf32>
func.func @total(%x: memref<64x3xf32>, %s: memref<3xf32>) {
  linalg.generic {indexing_maps = [#id, #total], iterator_types = ["reduction", "parallel"]}
      ins(%x : memref<64x3xf32>) outs(%s : memref<3xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.addf %out, %a : f32
    linalg.yield %0 : f32
  }
  return
}
