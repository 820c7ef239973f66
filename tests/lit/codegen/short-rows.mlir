// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s -split-input-file --nabla-vector-loops="vector-bits=512" --canonicalize --cse | FileCheck %s

// Sixteen rows at once: what they share is loaded once, and pairs of partial sums meet, within
// 128 bits first. The totals are one vector.

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
#column = affine_map<(d0, d1) -> (d1)>
// CHECK-LABEL: func.func @products_of_rows
// CHECK-SAME: (%{{.*}}: memref<16x16xf32>, %[[W:.*]]: memref<16xf32>, %[[Y:.*]]: memref<16xf32>)
// CHECK: vector.load {{.*}} memref<256xf32>, vector<16xf32>
// CHECK: vector.load %[[W]][%c0]
// CHECK-NOT: vector.load %[[W]]
// CHECK-COUNT-15: vector.load {{.*}} memref<256xf32>, vector<16xf32>
// CHECK-NOT: vector.load %[[W]]
// CHECK-DAG: vector.shuffle %[[A:.*]], %[[B:.*]] [0, 2, 16, 18, 4, 6, 20, 22, 8, 10, 24, 26, 12, 14, 28, 30]
// CHECK-DAG: vector.shuffle %[[A]], %[[B]] [1, 3, 17, 19, 5, 7, 21, 23, 9, 11, 25, 27, 13, 15, 29, 31]
// CHECK-DAG: vector.shuffle %[[C:.*]], %[[D:.*]] [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27]
// CHECK-DAG: vector.shuffle %[[C]], %[[D]] [4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31]
// CHECK: %[[OLD:.*]] = vector.load %[[Y]][%c0] : memref<16xf32>, vector<16xf32>
// CHECK: %[[NEW:.*]] = arith.addf %[[OLD]], %{{.*}} : vector<16xf32>
// CHECK: vector.store %[[NEW]], %[[Y]][%c0]
// CHECK-NEXT: return
func.func @products_of_rows(%x: memref<16x16xf32>, %w: memref<16xf32>, %y: memref<16xf32>) {
  linalg.generic {indexing_maps = [#id, #column, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x, %w : memref<16x16xf32>, memref<16xf32>) outs(%y : memref<16xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %0 = arith.mulf %a, %b : f32
    %1 = arith.addf %out, %0 : f32
    linalg.yield %1 : f32
  }
  return
}

// -----

// Rows that are left: eight, four and one.

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
// CHECK-LABEL: func.func @rows_left
// CHECK: scf.for {{.*}} to %c32 step %c16
// CHECK: vector.store {{.*}} : memref<45xf32>, vector<16xf32>
// CHECK: }
// CHECK: vector.store {{.*}}[%c32] : memref<45xf32>, vector<8xf32>
// CHECK: vector.store {{.*}}[%c40] : memref<45xf32>, vector<4xf32>
// CHECK: memref.store {{.*}}[%c44] : memref<45xf32>
// CHECK-NEXT: return
func.func @rows_left(%x: memref<45x16xf32>, %y: memref<45xf32>) {
  linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<45x16xf32>) outs(%y : memref<45xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.addf %out, %a : f32
    linalg.yield %0 : f32
  }
  return
}

// -----

// Several things are done to each row: each to all rows of a block. What they pass on are
// vectors of the block's rows.

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
// CHECK-LABEL: func.func @blocks
// CHECK: memref.alloc() : memref<64xf32>
// CHECK: scf.for {{.*}} to %c5 step %c1 {
// CHECK: vector.store {{.*}} : memref<64xf32>, vector<64xf32>
// CHECK: scf.for {{.*}} to %c64 step %c16 {
// CHECK: vector.store {{.*}} : memref<64xf32>, vector<16xf32>
// CHECK: scf.for {{.*}} to %c64 step %c1 {
// CHECK: arith.divf {{.*}} : vector<32xf32>
func.func @blocks(%x: memref<320x32xf32>, %y: memref<320x32xf32>) {
  %zero = arith.constant 0.0 : f32
  %s = memref.alloc() : memref<320xf32>
  linalg.fill ins(%zero : f32) outs(%s : memref<320xf32>)
  linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<320x32xf32>) outs(%s : memref<320xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.addf %out, %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %s : memref<320x32xf32>, memref<320xf32>) outs(%y : memref<320x32xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %0 = arith.divf %a, %b : f32
    linalg.yield %0 : f32
  }
  memref.dealloc %s : memref<320xf32>
  return
}

// -----

// Of 67 rows three are left: a nest of their own, with a buffer of its own.

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
// CHECK-LABEL: func.func @blocks_left
// CHECK-SAME: (%[[X:.*]]: memref<67x32xf32>
// CHECK-DAG: memref.alloc() : memref<64xf32>
// CHECK-DAG: memref.alloc() : memref<1xf32>
// CHECK-NOT: memref<67xf32>
// CHECK: scf.for {{.*}} to %c64 step %c16
// CHECK: scf.for {{.*}} to %c64 step %c1 {
// CHECK: arith.divf
// CHECK: scf.for {{.*}} to %c3 step %c1 {
// CHECK: arith.divf
// CHECK-DAG: memref.dealloc {{.*}} : memref<64xf32>
// CHECK-DAG: memref.dealloc {{.*}} : memref<1xf32>
func.func @blocks_left(%x: memref<67x32xf32>, %y: memref<67x32xf32>) {
  %zero = arith.constant 0.0 : f32
  %s = memref.alloc() : memref<67xf32>
  linalg.fill ins(%zero : f32) outs(%s : memref<67xf32>)
  linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<67x32xf32>) outs(%s : memref<67xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.addf %out, %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %s : memref<67x32xf32>, memref<67xf32>) outs(%y : memref<67x32xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %0 = arith.divf %a, %b : f32
    linalg.yield %0 : f32
  }
  memref.dealloc %s : memref<67xf32>
  return
}

// -----

// Blocks have no numbers of rows.

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
#each = affine_map<(d0) -> (d0)>
// CHECK-LABEL: func.func @numbered
// CHECK: scf.for %{{.*}} to %c320 step %c1 {
// CHECK: arith.index_cast
// CHECK-NOT: scf.for %{{.*}} to %c64
func.func @numbered(%x: memref<320x32xf32>, %s: memref<320xf32>) {
  linalg.generic {indexing_maps = [#each], iterator_types = ["parallel"]}
      outs(%s : memref<320xf32>) {
  ^bb0(%out: f32):
    %i = linalg.index 0 : index
    %n = arith.index_cast %i : index to i32
    %0 = arith.sitofp %n : i32 to f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<320x32xf32>) outs(%s : memref<320xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.addf %out, %a : f32
    linalg.yield %0 : f32
  }
  return
}
