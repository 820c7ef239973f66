// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s -split-input-file --nabla-terms-in-rows=vector-bits=512 | FileCheck %s

#rows = affine_map<(i, j, k) -> (i, k)>
#columns = affine_map<(i, j, k) -> (k, j)>
#result = affine_map<(i, j, k) -> (i, j)>

// CHECK-DAG: #[[TURNED:.*]] = affine_map<(d0, d1, d2) -> (d1, d2)>
// CHECK-LABEL: func.func @three_columns
// CHECK-SAME: (%[[X:.*]]: tensor<100x64xf32>, %[[Y:.*]]: tensor<64x3xf32>
// CHECK: %[[E:.*]] = tensor.empty() : tensor<3x64xf32>
// CHECK: %[[T:.*]] = linalg.transpose ins(%[[Y]] : tensor<64x3xf32>) outs(%[[E]] : tensor<3x64xf32>) permutation = [1, 0]
// CHECK: linalg.generic {indexing_maps = [#{{.*}}, #[[TURNED]], #{{.*}}], iterator_types = ["parallel", "parallel", "reduction"]} ins(%[[X]], %[[T]] :
func.func @three_columns(%x: tensor<100x64xf32>, %y: tensor<64x3xf32>, %z: tensor<100x3xf32>) -> tensor<100x3xf32> {
  %r = linalg.generic {indexing_maps = [#rows, #columns, #result],
                       iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %y : tensor<100x64xf32>, tensor<64x3xf32>) outs(%z : tensor<100x3xf32>) {
  ^bb0(%a: f32, %b: f32, %sum: f32):
    %0 = arith.mulf %a, %b fastmath<contract> : f32
    %1 = arith.addf %sum, %0 fastmath<contract> : f32
    linalg.yield %1 : f32
  } -> tensor<100x3xf32>
  return %r : tensor<100x3xf32>
}

// -----

#rows = affine_map<(i, j, k) -> (i, k)>
#columns = affine_map<(i, j, k) -> (k, j)>
#result = affine_map<(i, j, k) -> (i, j)>

// 16 columns fill a vector, and 8 terms do not.
// CHECK-LABEL: func.func @as_they_are
// CHECK-NOT: linalg.transpose
// CHECK: return
func.func @as_they_are(%x: tensor<100x64xf32>, %y: tensor<64x16xf32>, %z: tensor<100x16xf32>,
                       %u: tensor<100x8xf32>, %v: tensor<8x3xf32>, %w: tensor<100x3xf32>)
    -> (tensor<100x16xf32>, tensor<100x3xf32>) {
  %r = linalg.generic {indexing_maps = [#rows, #columns, #result],
                       iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %y : tensor<100x64xf32>, tensor<64x16xf32>) outs(%z : tensor<100x16xf32>) {
  ^bb0(%a: f32, %b: f32, %sum: f32):
    %0 = arith.mulf %a, %b fastmath<contract> : f32
    %1 = arith.addf %sum, %0 fastmath<contract> : f32
    linalg.yield %1 : f32
  } -> tensor<100x16xf32>
  %s = linalg.generic {indexing_maps = [#rows, #columns, #result],
                       iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%u, %v : tensor<100x8xf32>, tensor<8x3xf32>) outs(%w : tensor<100x3xf32>) {
  ^bb0(%a: f32, %b: f32, %sum: f32):
    %0 = arith.mulf %a, %b fastmath<contract> : f32
    %1 = arith.addf %sum, %0 fastmath<contract> : f32
    linalg.yield %1 : f32
  } -> tensor<100x3xf32>
  return %r, %s : tensor<100x16xf32>, tensor<100x3xf32>
}

// -----

#x = affine_map<(n, i, u, c, f) -> (n, i + u, c)>
#kernel = affine_map<(n, i, u, c, f) -> (u, c, f)>
#result = affine_map<(n, i, u, c, f) -> (n, i, f)>

// Features come before all that is summed over.
// CHECK-DAG: #[[X:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1 + d3, d4)>
// CHECK-DAG: #[[KERNEL:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d2, d3, d4)>
// CHECK-LABEL: func.func @convolution
// CHECK: linalg.transpose {{.*}} permutation = [2, 0, 1]
// CHECK: linalg.generic {indexing_maps = [#[[X]], #[[KERNEL]], #{{.*}}], iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]}
func.func @convolution(%x: tensor<2x20x32xf32>, %k: tensor<3x32x3xf32>, %z: tensor<2x18x3xf32>) -> tensor<2x18x3xf32> {
  %r = linalg.generic {indexing_maps = [#x, #kernel, #result],
                       iterator_types = ["parallel", "parallel", "reduction", "reduction", "parallel"]}
      ins(%x, %k : tensor<2x20x32xf32>, tensor<3x32x3xf32>) outs(%z : tensor<2x18x3xf32>) {
  ^bb0(%a: f32, %b: f32, %sum: f32):
    %0 = arith.mulf %a, %b fastmath<contract> : f32
    %1 = arith.addf %sum, %0 fastmath<contract> : f32
    linalg.yield %1 : f32
  } -> tensor<2x18x3xf32>
  return %r : tensor<2x18x3xf32>
}
