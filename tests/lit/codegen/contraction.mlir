// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s -split-input-file --nabla-vector-loops="vector-bits=512" --canonicalize --cse | FileCheck %s

// The sums of a block stay in registers over all of k, and start at 0: the fill is gone.

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>
// CHECK-LABEL: func.func @product
// CHECK-NOT: linalg
// CHECK-NOT: memref.alloc
// CHECK: %[[SUMS:.*]]:[[N:[0-9]+]] = scf.for {{.*}} iter_args({{.*}}) -> (vector<16xf32>
// CHECK: vector.load {{.*}} vector<16xf32>
// CHECK: memref.load
// CHECK: vector.broadcast
// CHECK: math.fma {{.*}} : vector<16xf32>
// CHECK-NOT: vector.store
// CHECK: scf.yield
// CHECK: vector.store %[[SUMS]]#0
func.func @product(%a: memref<64x100xf32>, %b: memref<100x64xf32>, %c: memref<64x64xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<64x64xf32>)
  linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<64x100xf32>, memref<100x64xf32>) outs(%c : memref<64x64xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %0 = arith.mulf %x, %y fastmath<contract> : f32
    %1 = arith.addf %sum, %0 fastmath<contract> : f32
    linalg.yield %1 : f32
  }
  return
}

// -----

// Of B transposed, a panel is copied in the order in which it is read.

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (n, k)>
#c = affine_map<(m, n, k) -> (m, n)>
// CHECK-LABEL: func.func @transposed
// CHECK: %[[PANEL:.*]] = memref.alloc
// CHECK: vector.shuffle
// CHECK: vector.store {{.*}}, %[[PANEL]]
// CHECK: vector.load %[[PANEL]]
// CHECK: math.fma
// CHECK: memref.dealloc %[[PANEL]]
func.func @transposed(%a: memref<64x100xf32>, %b: memref<64x100xf32>, %c: memref<64x64xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<64x64xf32>)
  linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<64x100xf32>, memref<64x100xf32>) outs(%c : memref<64x64xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %0 = arith.mulf %x, %y fastmath<contract> : f32
    %1 = arith.addf %sum, %0 fastmath<contract> : f32
    linalg.yield %1 : f32
  }
  return
}

// -----

// What is added to something else than 0 takes the loops of other ops.

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>
// CHECK-LABEL: func.func @added
// CHECK: %[[C:.*]] = memref.reinterpret_cast %arg2
// CHECK: %[[OLD:.*]] = vector.load %[[C]][
// CHECK: arith.addf %[[OLD]]
// CHECK: vector.store %{{.*}}, %[[C]]
func.func @added(%a: memref<64x100xf32>, %b: memref<100x64xf32>, %c: memref<64x64xf32>) {
  linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<64x100xf32>, memref<100x64xf32>) outs(%c : memref<64x64xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %0 = arith.mulf %x, %y fastmath<contract> : f32
    %1 = arith.addf %sum, %0 fastmath<contract> : f32
    linalg.yield %1 : f32
  }
  return
}
