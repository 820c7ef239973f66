// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-vector-loops=vector-bits=256 --canonicalize | FileCheck %s

#id = affine_map<(i) -> (i)>
#ij = affine_map<(i, j) -> (i, j)>
#i = affine_map<(i, j) -> (i)>

// Elements one by one: parts of whole lines, of which the last moves back.
// CHECK-LABEL: func.func @elements
// CHECK: scf.forall (%[[PART:.*]]) = (0) to (1000001) step
// CHECK: arith.minsi %[[PART]]
// CHECK: scf.for
// CHECK: vector.store
func.func @elements(%x: memref<1000001xf32>, %y: memref<1000001xf32>) {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%x : memref<1000001xf32>) outs(%y : memref<1000001xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = arith.mulf %a, %a : f32
    linalg.yield %0 : f32
  }
  return
}

// Small work stays with the caller.
// CHECK-LABEL: func.func @small
// CHECK-NOT: scf.forall
// CHECK: return
func.func @small(%x: memref<1000xf32>, %y: memref<1000xf32>) {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%x : memref<1000xf32>) outs(%y : memref<1000xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = arith.mulf %a, %a : f32
    linalg.yield %0 : f32
  }
  return
}

// An element that is changed in place must be done once: the parts divide the extent.
// CHECK-LABEL: func.func @in_place
// CHECK: scf.forall (%{{.*}}) = (0) to (1000000) step
// CHECK-NOT: arith.minsi %{{.*}}, %c{{[0-9]*}} : index
// CHECK: scf.for
func.func @in_place(%x: memref<1000000xf32>) {
  linalg.generic {indexing_maps = [#id], iterator_types = ["parallel"]}
      outs(%x : memref<1000000xf32>) {
  ^bb0(%a: f32):
    %0 = arith.mulf %a, %a : f32
    linalg.yield %0 : f32
  }
  return
}

// 1000003 is prime.
// CHECK-LABEL: func.func @in_place_prime
// CHECK-NOT: scf.forall
// CHECK: return
func.func @in_place_prime(%x: memref<1000003xf32>) {
  linalg.generic {indexing_maps = [#id], iterator_types = ["parallel"]}
      outs(%x : memref<1000003xf32>) {
  ^bb0(%a: f32):
    %0 = arith.mulf %a, %a : f32
    linalg.yield %0 : f32
  }
  return
}

// Sums of rows: threads share the rows.
// CHECK-LABEL: func.func @rows
// CHECK: scf.forall (%{{.*}}) = (0) to (1000) step
// CHECK: scf.for
// CHECK: scf.for
func.func @rows(%x: memref<1000x1000xf32>, %y: memref<1000xf32>) {
  linalg.generic {indexing_maps = [#ij, #i], iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<1000x1000xf32>) outs(%y : memref<1000xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = arith.addf %b, %a : f32
    linalg.yield %0 : f32
  }
  return
}

// One sum is one thread's: its bits do not depend on how many there are.
// CHECK-LABEL: func.func @sum
// CHECK-NOT: scf.forall
// CHECK: return
func.func @sum(%x: memref<1000000xf32>, %y: memref<f32>) {
  linalg.generic {indexing_maps = [#id, affine_map<(i) -> ()>], iterator_types = ["reduction"]}
      ins(%x : memref<1000000xf32>) outs(%y : memref<f32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = arith.addf %b, %a : f32
    linalg.yield %0 : f32
  }
  return
}

// A row that one kernel hands to the next is a buffer of each part.
// CHECK-LABEL: func.func @buffers
// CHECK: scf.forall
// CHECK: memref.alloc() {{.*}}: memref<1000xf32>
// CHECK: memref.dealloc
func.func @buffers(%x: memref<1000x1000xf32>, %y: memref<1000x1000xf32>, %s: memref<1000xf32>) {
  %t = memref.alloc() : memref<1000x1000xf32>
  linalg.generic {indexing_maps = [#ij, #ij], iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<1000x1000xf32>) outs(%t : memref<1000x1000xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = math.exp %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#ij, #i], iterator_types = ["parallel", "reduction"]}
      ins(%t : memref<1000x1000xf32>) outs(%s : memref<1000xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = arith.addf %b, %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#ij, #i, #ij], iterator_types = ["parallel", "parallel"]}
      ins(%t, %s : memref<1000x1000xf32>, memref<1000xf32>) outs(%y : memref<1000x1000xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %0 = arith.divf %a, %b : f32
    linalg.yield %0 : f32
  }
  memref.dealloc %t : memref<1000x1000xf32>
  return
}

// CHECK-LABEL: func.func @product
// CHECK: scf.forall
// CHECK: math.fma
func.func @product(%x: memref<512x512xf32>, %y: memref<512x512xf32>, %z: memref<512x512xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%z : memref<512x512xf32>)
  linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>,
                                   affine_map<(i, j, k) -> (i, j)>],
                  iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %y : memref<512x512xf32>, memref<512x512xf32>) outs(%z : memref<512x512xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %0 = arith.mulf %a, %b fastmath<contract> : f32
    %1 = arith.addf %c, %0 fastmath<contract> : f32
    linalg.yield %1 : f32
  }
  return
}
