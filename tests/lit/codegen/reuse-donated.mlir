// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-reuse-donated --split-input-file --verify-diagnostics | FileCheck %s

// Each element is read before it is written.
// CHECK-LABEL: @update
// CHECK-SAME: (%[[W:.*]]: memref<3xf32>, %[[G:.*]]: memref<3xf32>, %[[OUT:.*]]: memref<3xf32>)
// CHECK-NOT: memref.alloc
// CHECK: linalg.generic {{.*}} ins(%[[W]], %[[G]] : {{.*}}) outs(%[[W]] :
#same = affine_map<(i) -> (i)>
func.func @update(%w: memref<3xf32> {nabla.donated = 2 : i64}, %g: memref<3xf32>,
                  %out: memref<3xf32>) {
  linalg.generic {indexing_maps = [#same, #same, #same], iterator_types = ["parallel"]}
      ins(%w, %g : memref<3xf32>, memref<3xf32>) outs(%out : memref<3xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %d = arith.subf %a, %b : f32
    linalg.yield %d : f32
  }
  return
}

// -----

// A body may look up any element.
// CHECK-LABEL: @look_up
// CHECK-SAME: (%[[W:.*]]: memref<3xf32>, %[[I:.*]]: memref<3xindex>, %[[OUT:.*]]: memref<3xf32>)
// CHECK: %[[COPY:.*]] = memref.alloc() : memref<3xf32>
// CHECK: memref.copy %[[W]], %[[COPY]]
// CHECK: linalg.generic {{.*}} ins(%[[I]] : {{.*}}) outs(%[[W]] :
// CHECK: memref.load %[[COPY]]
#same = affine_map<(i) -> (i)>
func.func @look_up(%w: memref<3xf32> {nabla.donated = 2 : i64}, %i: memref<3xindex>,
                   %out: memref<3xf32>) {
  linalg.generic {indexing_maps = [#same, #same], iterator_types = ["parallel"]}
      ins(%i : memref<3xindex>) outs(%out : memref<3xf32>) {
  ^bb0(%a: index, %c: f32):
    %d = memref.load %w[%a] : memref<3xf32>
    linalg.yield %d : f32
  }
  return
}

// -----

// Elements are read after others are written: the reader gets a copy.
// CHECK-LABEL: @reverse
// CHECK-SAME: (%[[W:.*]]: memref<3x3xf32>, %[[OUT:.*]]: memref<3x3xf32>)
// CHECK: %[[COPY:.*]] = memref.alloc() : memref<3x3xf32>
// CHECK: memref.copy %[[W]], %[[COPY]]
// CHECK: linalg.generic {{.*}} ins(%[[COPY]] : {{.*}}) outs(%[[W]] :
#ij = affine_map<(i, j) -> (i, j)>
#ji = affine_map<(i, j) -> (j, i)>
func.func @reverse(%w: memref<3x3xf32> {nabla.donated = 1 : i64}, %out: memref<3x3xf32>) {
  linalg.generic {indexing_maps = [#ji, #ij], iterator_types = ["parallel", "parallel"]}
      ins(%w : memref<3x3xf32>) outs(%out : memref<3x3xf32>) {
  ^bb0(%a: f32, %b: f32):
    linalg.yield %a : f32
  }
  return
}

// -----

// A later op reads it as well.
// CHECK-LABEL: @later
// CHECK-SAME: (%[[W:.*]]: memref<3xf32>, %[[OUT:.*]]: memref<3xf32>, %[[OTHER:.*]]: memref<3xf32>)
// CHECK: memref.copy %[[W]], %[[COPY:.*]] :
// CHECK: memref.copy %{{.*}}, %[[W]]
// CHECK: memref.copy %[[COPY]], %[[OTHER]]
func.func @later(%w: memref<3xf32> {nabla.donated = 1 : i64}, %out: memref<3xf32>,
                 %other: memref<3xf32>) {
  %t = memref.alloc() : memref<3xf32>
  memref.copy %t, %out : memref<3xf32> to memref<3xf32>
  memref.copy %w, %other : memref<3xf32> to memref<3xf32>
  return
}

// -----

// A view may be read at any time.
// CHECK-LABEL: @view
// CHECK: memref.copy %{{.*}}, %[[COPY:.*]] :
// CHECK: memref.subview %[[COPY]]
func.func @view(%w: memref<3xf32> {nabla.donated = 1 : i64}, %out: memref<3xf32>) {
  %view = memref.subview %w[0] [2] [1] : memref<3xf32> to memref<2xf32, strided<[1]>>
  %x = arith.constant 0.0 : f32
  %i = arith.constant 0 : index
  memref.store %x, %out[%i] : memref<3xf32>
  %y = memref.load %view[%i] : memref<2xf32, strided<[1]>>
  memref.store %y, %out[%i] : memref<3xf32>
  return
}

// -----

// expected-error @+1 {{argument 0 is donated to 1, which it does not fit}}
func.func @other(%w: memref<3xf32> {nabla.donated = 1 : i64}, %out: memref<4xf32>) {
  return
}
