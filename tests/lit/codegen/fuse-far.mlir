// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-fuse-elementwise | FileCheck %s

#id = affine_map<(i, j) -> (i, j)>
#a = affine_map<(i, j, k) -> (i, k)>
#b = affine_map<(i, j, k) -> (k, j)>
#c = affine_map<(i, j, k) -> (i, j)>

// Over a product the sum of two is kept, not both of them.
// CHECK-LABEL: func.func @far
// CHECK: %[[SUM:.*]] = linalg.generic
// CHECK: arith.addf
// CHECK: "reduction"
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %[[SUM]]
// CHECK-NEXT: ^bb0
// CHECK-NEXT: arith.subf
// CHECK-NEXT: yield

// One of them is read later anyhow.
// CHECK-LABEL: func.func @kept
// CHECK: "reduction"
// CHECK: "parallel", "parallel"]
// CHECK: arith.addf
// CHECK-NEXT: arith.subf

// Without a product in between they share a loop.
// CHECK-LABEL: func.func @near
// CHECK: arith.addf
// CHECK-NEXT: arith.subf
func.func private @use(tensor<32x32xf32>) -> tensor<32x32xf32>
func.func @far(%x: tensor<32x32xf32>, %w: tensor<32x32xf32>) -> tensor<32x32xf32> {
  %e = tensor.empty() : tensor<32x32xf32>
  %p = call @use(%x) : (tensor<32x32xf32>) -> tensor<32x32xf32>
  %q = call @use(%w) : (tensor<32x32xf32>) -> tensor<32x32xf32>
  %s = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%p, %q : tensor<32x32xf32>, tensor<32x32xf32>) outs(%e : tensor<32x32xf32>) {
  ^bb0(%l: f32, %u: f32, %o: f32):
    %z = arith.addf %l, %u : f32
    linalg.yield %z : f32
  } -> tensor<32x32xf32>
  %d = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<32x32xf32>, tensor<32x32xf32>) outs(%x : tensor<32x32xf32>) {
  ^bb0(%l: f32, %u: f32, %o: f32):
    %m = arith.mulf %l, %u : f32
    %t = arith.addf %o, %m : f32
    linalg.yield %t : f32
  } -> tensor<32x32xf32>
  %r = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%d, %s : tensor<32x32xf32>, tensor<32x32xf32>) outs(%e : tensor<32x32xf32>) {
  ^bb0(%l: f32, %u: f32, %o: f32):
    %z = arith.subf %l, %u : f32
    linalg.yield %z : f32
  } -> tensor<32x32xf32>
  return %r : tensor<32x32xf32>
}
func.func @kept(%x: tensor<32x32xf32>, %w: tensor<32x32xf32>) -> tensor<32x32xf32> {
  %e = tensor.empty() : tensor<32x32xf32>
  %p = call @use(%x) : (tensor<32x32xf32>) -> tensor<32x32xf32>
  %q = call @use(%w) : (tensor<32x32xf32>) -> tensor<32x32xf32>
  %s = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%p, %q : tensor<32x32xf32>, tensor<32x32xf32>) outs(%e : tensor<32x32xf32>) {
  ^bb0(%l: f32, %u: f32, %o: f32):
    %z = arith.addf %l, %u : f32
    linalg.yield %z : f32
  } -> tensor<32x32xf32>
  %d = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<32x32xf32>, tensor<32x32xf32>) outs(%x : tensor<32x32xf32>) {
  ^bb0(%l: f32, %u: f32, %o: f32):
    %m = arith.mulf %l, %u : f32
    %t = arith.addf %o, %m : f32
    linalg.yield %t : f32
  } -> tensor<32x32xf32>
  %r = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%d, %s : tensor<32x32xf32>, tensor<32x32xf32>) outs(%e : tensor<32x32xf32>) {
  ^bb0(%l: f32, %u: f32, %o: f32):
    %z = arith.subf %l, %u : f32
    linalg.yield %z : f32
  } -> tensor<32x32xf32>
  %d2 = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%r, %q : tensor<32x32xf32>, tensor<32x32xf32>) outs(%x : tensor<32x32xf32>) {
  ^bb0(%l: f32, %u: f32, %o: f32):
    %m = arith.mulf %l, %u : f32
    %t = arith.addf %o, %m : f32
    linalg.yield %t : f32
  } -> tensor<32x32xf32>
  return %d2 : tensor<32x32xf32>
}
func.func @near(%x: tensor<32x32xf32>, %w: tensor<32x32xf32>) -> tensor<32x32xf32> {
  %e = tensor.empty() : tensor<32x32xf32>
  %p = call @use(%x) : (tensor<32x32xf32>) -> tensor<32x32xf32>
  %q = call @use(%w) : (tensor<32x32xf32>) -> tensor<32x32xf32>
  %s = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%p, %q : tensor<32x32xf32>, tensor<32x32xf32>) outs(%e : tensor<32x32xf32>) {
  ^bb0(%l: f32, %u: f32, %o: f32):
    %z = arith.addf %l, %u : f32
    linalg.yield %z : f32
  } -> tensor<32x32xf32>
  %r = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %s : tensor<32x32xf32>, tensor<32x32xf32>) outs(%e : tensor<32x32xf32>) {
  ^bb0(%l: f32, %u: f32, %o: f32):
    %z = arith.subf %l, %u : f32
    linalg.yield %z : f32
  } -> tensor<32x32xf32>
  return %r : tensor<32x32xf32>
}

// Not into a loop, which would do it in each turn; but what is larger than all it is made of is read from there.
// CHECK-LABEL: func.func @into_a_loop
// CHECK: linalg.generic
// CHECK: math.exp
// CHECK-NOT: linalg.generic
// CHECK: scf.for
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %{{.*}}, %{{.*}} : tensor<32x32xf32>, tensor<32x32xf32>, tensor<32xf32>)
func.func @into_a_loop(%x: tensor<32x32xf32>, %w: tensor<32x32xf32>, %b: tensor<32xf32>) -> tensor<32x32xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %e = tensor.empty() : tensor<32x32xf32>
  %p = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%w : tensor<32x32xf32>) outs(%e : tensor<32x32xf32>) {
  ^bb0(%l: f32, %o: f32):
    %z = math.exp %l : f32
    linalg.yield %z : f32
  } -> tensor<32x32xf32>
  %q = linalg.generic {indexing_maps = [affine_map<(i, j) -> (j)>, #id], iterator_types = ["parallel", "parallel"]}
      ins(%b : tensor<32xf32>) outs(%e : tensor<32x32xf32>) {
  ^bb0(%l: f32, %o: f32):
    linalg.yield %l : f32
  } -> tensor<32x32xf32>
  %r = scf.for %i = %c0 to %c4 step %c1 iter_args(%s = %x) -> tensor<32x32xf32> {
    %t = linalg.generic {indexing_maps = [#id, #id, #id, #id], iterator_types = ["parallel", "parallel"]}
        ins(%s, %p, %q : tensor<32x32xf32>, tensor<32x32xf32>, tensor<32x32xf32>) outs(%e : tensor<32x32xf32>) {
    ^bb0(%l: f32, %u: f32, %v: f32, %o: f32):
      %z = arith.mulf %l, %u : f32
      %y = arith.addf %z, %v : f32
      linalg.yield %y : f32
    } -> tensor<32x32xf32>
    scf.yield %t : tensor<32x32xf32>
  }
  return %r : tensor<32x32xf32>
}
