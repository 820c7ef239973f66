// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s -split-input-file --pass-pipeline="builtin.module(func.func(nabla-recompute{min-bytes=1}))" | FileCheck %s
// RUN: nabla-opt %s -split-input-file --pass-pipeline="builtin.module(func.func(nabla-recompute))" | FileCheck %s --check-prefix=LITTLE

#id = affine_map<(i, j) -> (i, j)>
#a = affine_map<(i, j, k) -> (i, k)>
#b = affine_map<(i, j, k) -> (k, j)>
#c = affine_map<(i, j, k) -> (i, j)>

// Of the first product, its square and exponentials of that, which are dear, the square is not
// kept over the second product. It is there again when it is first needed.
// CHECK-LABEL: func.func @chain
// CHECK: %[[P:.*]] = linalg.generic {{.*}}"reduction"]
// CHECK: arith.mulf
// CHECK: arith.addf
// CHECK: %[[SQUARE:.*]] = linalg.generic {{.*}} ins(%[[P]], %[[P]]
// CHECK: %[[E:.*]] = linalg.generic {{.*}} ins(%[[SQUARE]] :
// CHECK: math.exp
// CHECK: linalg.generic {{.*}}"reduction"]} ins(%[[SQUARE]], %
// CHECK: %[[AGAIN:.*]] = linalg.generic {{.*}} ins(%[[P]], %[[P]]
// CHECK: arith.mulf
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %[[AGAIN]]
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %[[P]]
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %[[E]]

// LITTLE-LABEL: func.func @chain
// LITTLE-COUNT-7: linalg.generic
// LITTLE-NOT: linalg.generic
// LITTLE: return
func.func @chain(%x: tensor<32x32xf32>, %w: tensor<32x32xf32>) -> tensor<32x32xf32> {
  %e = tensor.empty() : tensor<32x32xf32>
  %p = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<32x32xf32>, tensor<32x32xf32>) outs(%x : tensor<32x32xf32>) {
  ^bb0(%l: f32, %r: f32, %o: f32):
    %m = arith.mulf %l, %r : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  } -> tensor<32x32xf32>
  %square = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%p, %p : tensor<32x32xf32>, tensor<32x32xf32>) outs(%e : tensor<32x32xf32>) {
  ^bb0(%l: f32, %r: f32, %o: f32):
    %m = arith.mulf %l, %r : f32
    linalg.yield %m : f32
  } -> tensor<32x32xf32>
  %exp = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%square : tensor<32x32xf32>) outs(%e : tensor<32x32xf32>) {
  ^bb0(%l: f32, %o: f32):
    %m = math.exp %l : f32
    %n = math.exp %m : f32
    %q = math.exp %n : f32
    linalg.yield %q : f32
  } -> tensor<32x32xf32>
  %q = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%square, %w : tensor<32x32xf32>, tensor<32x32xf32>) outs(%x : tensor<32x32xf32>) {
  ^bb0(%l: f32, %r: f32, %o: f32):
    %m = arith.mulf %l, %r : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  } -> tensor<32x32xf32>
  %1 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%q, %square : tensor<32x32xf32>, tensor<32x32xf32>) outs(%e : tensor<32x32xf32>) {
  ^bb0(%l: f32, %r: f32, %o: f32):
    %m = arith.subf %l, %r : f32
    linalg.yield %m : f32
  } -> tensor<32x32xf32>
  %2 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%1, %p : tensor<32x32xf32>, tensor<32x32xf32>) outs(%e : tensor<32x32xf32>) {
  ^bb0(%l: f32, %r: f32, %o: f32):
    %m = arith.subf %l, %r : f32
    linalg.yield %m : f32
  } -> tensor<32x32xf32>
  %3 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%2, %exp : tensor<32x32xf32>, tensor<32x32xf32>) outs(%e : tensor<32x32xf32>) {
  ^bb0(%l: f32, %r: f32, %o: f32):
    %m = arith.subf %l, %r : f32
    linalg.yield %m : f32
  } -> tensor<32x32xf32>
  return %3 : tensor<32x32xf32>
}

// -----

#id = affine_map<(i, j) -> (i, j)>
#a = affine_map<(i, j, k) -> (i, k)>
#b = affine_map<(i, j, k) -> (k, j)>
#c = affine_map<(i, j, k) -> (i, j)>

// An argument is there anyhow; but not if a result takes its memory.
// CHECK-LABEL: func.func @plain
// CHECK: "reduction"
// CHECK: arith.negf
// CHECK: return
// CHECK-LABEL: func.func @donated
// CHECK: arith.negf
// CHECK: "reduction"
// CHECK-NOT: arith.negf
// CHECK: return
func.func @plain(%x: tensor<32x32xf32>, %w: tensor<32x32xf32>) -> tensor<32x32xf32> {
  %e = tensor.empty() : tensor<32x32xf32>
  %n = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<32x32xf32>) outs(%e : tensor<32x32xf32>) {
  ^bb0(%l: f32, %o: f32):
    %m = arith.negf %l : f32
    linalg.yield %m : f32
  } -> tensor<32x32xf32>
  %q = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%w, %w : tensor<32x32xf32>, tensor<32x32xf32>) outs(%w : tensor<32x32xf32>) {
  ^bb0(%l: f32, %r: f32, %o: f32):
    %m = arith.mulf %l, %r : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  } -> tensor<32x32xf32>
  %1 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%q, %n : tensor<32x32xf32>, tensor<32x32xf32>) outs(%e : tensor<32x32xf32>) {
  ^bb0(%l: f32, %r: f32, %o: f32):
    %m = arith.subf %l, %r : f32
    linalg.yield %m : f32
  } -> tensor<32x32xf32>
  return %1 : tensor<32x32xf32>
}
func.func @donated(%x: tensor<32x32xf32> {nabla.donated = 2}, %w: tensor<32x32xf32>) -> tensor<32x32xf32> {
  %e = tensor.empty() : tensor<32x32xf32>
  %n = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<32x32xf32>) outs(%e : tensor<32x32xf32>) {
  ^bb0(%l: f32, %o: f32):
    %m = arith.negf %l : f32
    linalg.yield %m : f32
  } -> tensor<32x32xf32>
  %q = linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%w, %w : tensor<32x32xf32>, tensor<32x32xf32>) outs(%w : tensor<32x32xf32>) {
  ^bb0(%l: f32, %r: f32, %o: f32):
    %m = arith.mulf %l, %r : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  } -> tensor<32x32xf32>
  %1 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%q, %n : tensor<32x32xf32>, tensor<32x32xf32>) outs(%e : tensor<32x32xf32>) {
  ^bb0(%l: f32, %r: f32, %o: f32):
    %m = arith.subf %l, %r : f32
    linalg.yield %m : f32
  } -> tensor<32x32xf32>
  return %1 : tensor<32x32xf32>
}
