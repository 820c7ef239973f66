// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s -split-input-file --nabla-vector-loops="vector-bits=512" --canonicalize --cse | FileCheck %s

// A body of few operations runs on four registers at once. 1000 is no multiple of 32:
// the last iteration moves back.

#id = affine_map<(d0) -> (d0)>
// CHECK-LABEL: func.func @odd_chain
// CHECK-SAME: (%[[X:.*]]: memref<1000xf32>, %[[Y:.*]]: memref<1000xf32>)
// CHECK-DAG: %[[STEP:.*]] = arith.constant 64 : index
// CHECK-DAG: %[[LAST:.*]] = arith.constant 936 : index
// CHECK: scf.for %[[I:.*]] = %{{.*}} to %{{.*}} step %[[STEP]] {
// CHECK-NEXT: %[[FIRST:.*]] = arith.minsi %[[I]], %[[LAST]]
// CHECK-NEXT: %[[V:.*]] = vector.load %[[X]][%[[FIRST]]] : memref<1000xf32>, vector<64xf32>
// CHECK-NEXT: %[[S:.*]] = arith.mulf %[[V]], %[[V]] : vector<64xf32>
// CHECK-NEXT: %[[N:.*]] = arith.negf %[[S]] : vector<64xf32>
// CHECK-NEXT: vector.store %[[N]], %[[Y]][%[[FIRST]]]
// CHECK-NEXT: }
// CHECK-NEXT: return
func.func @odd_chain(%x: memref<1000xf32>, %y: memref<1000xf32>) {
  %t = memref.alloc() : memref<1000xf32>
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%x : memref<1000xf32>) outs(%t : memref<1000xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.mulf %a, %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%t : memref<1000xf32>) outs(%y : memref<1000xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.negf %a : f32
    linalg.yield %0 : f32
  }
  memref.dealloc %t : memref<1000xf32>
  return
}

// -----

// Rows: one loop around the sum and the division by it; the temporary of all rows
// becomes one of one row.

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
// CHECK-LABEL: func.func @rows
// CHECK: %[[SUM:.*]] = memref.alloc() {{.*}}: memref<1xf32>
// CHECK: scf.for %{{.*}} step %c1 {
// CHECK: memref.store %{{.*}}, %[[SUM]]
// CHECK: scf.for {{.*}} iter_args({{.*}}) -> (vector<64xf32>)
// CHECK: arith.addf %{{.*}} : vector<64xf32>
// CHECK: scf.yield
// CHECK-COUNT-6: arith.addf
// CHECK: vector.broadcast %{{.*}} : f32 to vector<64xf32>
// CHECK: scf.for
// CHECK: arith.divf {{.*}} : vector<64xf32>
// CHECK-NOT: scf.for
func.func @rows(%x: memref<8x256xf32>, %y: memref<8x256xf32>) {
  %zero = arith.constant 0.0 : f32
  %s = memref.alloc() {alignment = 64 : i64} : memref<8xf32>
  linalg.fill ins(%zero : f32) outs(%s : memref<8xf32>)
  linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<8x256xf32>) outs(%s : memref<8xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.addf %out, %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %s : memref<8x256xf32>, memref<8xf32>) outs(%y : memref<8x256xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %0 = arith.divf %a, %b : f32
    linalg.yield %0 : f32
  }
  memref.dealloc %s : memref<8xf32>
  return
}

// -----

// A total takes only the lanes that are new.

#id = affine_map<(d0) -> (d0)>
#one = affine_map<(d0) -> ()>
// CHECK-LABEL: func.func @odd_sum
// CHECK: scf.for %[[I:.*]] = {{.*}} iter_args(%[[T:.*]] = %{{.*}})
// CHECK: %[[NEW:.*]] = arith.cmpi sle, %{{.*}} : vector<16xi32>
// CHECK: %[[SUM:.*]] = arith.addf %[[T]], %{{.*}} : vector<16xf32>
// CHECK: arith.select %[[NEW]], %[[SUM]], %[[T]]
func.func @odd_sum(%x: memref<17xf32>, %y: memref<f32>) {
  linalg.generic {indexing_maps = [#id, #one], iterator_types = ["reduction"]}
      ins(%x : memref<17xf32>) outs(%y : memref<f32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.addf %out, %a : f32
    linalg.yield %0 : f32
  }
  return
}

// -----

// An element that is changed in place must not be changed twice.

#id = affine_map<(d0) -> (d0)>
// CHECK-LABEL: func.func @in_place
// CHECK: %[[NEW:.*]] = arith.cmpi sle, %{{.*}} : vector<16xi32>
// CHECK: %[[OLD:.*]] = vector.load
// CHECK: %[[SUM:.*]] = arith.addf %[[OLD]], %[[OLD]]
// CHECK: %[[KEPT:.*]] = arith.select %[[NEW]], %[[SUM]], %[[OLD]]
// CHECK: vector.store %[[KEPT]]
func.func @in_place(%x: memref<17xf32>) {
  linalg.generic {indexing_maps = [#id], iterator_types = ["parallel"]}
      outs(%x : memref<17xf32>) {
  ^bb0(%out: f32):
    %0 = arith.addf %out, %out : f32
    linalg.yield %0 : f32
  }
  return
}

// -----

// Two dimensions without a gap are one loop; a column is gathered, and what stands
// backwards is reversed.

#id = affine_map<(d0, d1) -> (d0, d1)>
#t = affine_map<(d0, d1) -> (d1, d0)>
#back = affine_map<(d0, d1) -> (d0, -d1 + 31)>
// CHECK-LABEL: func.func @layouts
// CHECK: scf.for {{.*}} to %c1024 step
// CHECK: arith.negf
// CHECK: scf.for {{.*}} to %c32 step
// CHECK: vector.gather
// CHECK-NOT: scf.for
// CHECK: vector.shuffle {{.*}} [31, 30,
func.func @layouts(%x: memref<32x32xf32>, %a: memref<32x32xf32>, %b: memref<32x32xf32>,
                   %c: memref<32x32xf32>) {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<32x32xf32>) outs(%a : memref<32x32xf32>) {
  ^bb0(%e: f32, %out: f32):
    %0 = arith.negf %e : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#t, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a : memref<32x32xf32>) outs(%b : memref<32x32xf32>) {
  ^bb0(%e: f32, %out: f32):
    linalg.yield %e : f32
  }
  linalg.generic {indexing_maps = [#back, #id], iterator_types = ["parallel", "parallel"]}
      ins(%b : memref<32x32xf32>) outs(%c : memref<32x32xf32>) {
  ^bb0(%e: f32, %out: f32):
    linalg.yield %e : f32
  }
  return
}

// -----

// A running sum is done in order.

#id = affine_map<(d0) -> (d0)>
#one = affine_map<(d0) -> ()>
// CHECK-LABEL: func.func @running_sum
// CHECK-NOT: vector
func.func @running_sum(%x: memref<64xf32>, %total: memref<f32>, %y: memref<64xf32>) {
  linalg.generic {indexing_maps = [#id, #one, #id], iterator_types = ["reduction"]}
      ins(%x : memref<64xf32>) outs(%total, %y : memref<f32>, memref<64xf32>) {
  ^bb0(%a: f32, %t: f32, %out: f32):
    %0 = arith.addf %t, %a : f32
    linalg.yield %0, %0 : f32, f32
  }
  return
}

// -----

// What lies in columns is read in rows, and a square of it transposed.

#id = affine_map<(d0, d1) -> (d0, d1)>
#t = affine_map<(d0, d1) -> (d1, d0)>
// CHECK-LABEL: func.func @square
// CHECK: scf.for
// CHECK: scf.for
// CHECK-COUNT-16: vector.load {{.*}} vector<16xf32>
// CHECK-NOT: vector.load
// CHECK-COUNT-64: vector.shuffle
// CHECK-NOT: vector.shuffle
// CHECK-COUNT-16: vector.store {{.*}} vector<16xf32>
// CHECK-NOT: vector.gather
func.func @square(%x: memref<32x32xf32>, %y: memref<32x32xf32>) {
  linalg.generic {indexing_maps = [#t, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<32x32xf32>) outs(%y : memref<32x32xf32>) {
  ^bb0(%e: f32, %out: f32):
    linalg.yield %e : f32
  }
  return
}

// -----

// Four rows are added to a sum in memory at once; two are left.

#id = affine_map<(d0, d1) -> (d0, d1)>
#column = affine_map<(d0, d1) -> (d1)>
// CHECK-LABEL: func.func @columns
// CHECK: scf.for {{.*}} to %c8 step %c4
// CHECK: %[[X0:.*]] = vector.load %[[X:.*]][
// CHECK: %[[OLD:.*]] = vector.load %[[S:arg1]]
// CHECK: %[[S0:.*]] = arith.addf %[[OLD]], %[[X0]]
// CHECK: %[[S1:.*]] = arith.addf %[[S0]]
// CHECK: %[[S2:.*]] = arith.addf %[[S1]]
// CHECK: %[[S3:.*]] = arith.addf %[[S2]]
// CHECK: vector.store %[[S3]], %[[S]]
// CHECK-COUNT-2: arith.addf {{.*}} : vector
// CHECK-NOT: arith.addf {{.*}} : vector
func.func @columns(%x: memref<10x64xf32>, %sum: memref<64xf32>) {
  linalg.generic {indexing_maps = [#id, #column], iterator_types = ["reduction", "parallel"]}
      ins(%x : memref<10x64xf32>) outs(%sum : memref<64xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.addf %out, %a : f32
    linalg.yield %0 : f32
  }
  return
}
