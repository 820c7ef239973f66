// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefixes=JVP,TRANSPOSE
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH
// RUN: nabla-opt %s --nabla-pipeline="to=linalg" | FileCheck %s --check-prefix=LOWER

!linear = !nabla.linear<(tensor<2x8x4xf32>, tensor<3x2x6xf32>) -> (tensor<2x3x6xf32>)>

// Windows of 3 elements begin every 2 elements: the last of the
// 8 elements is in none.
// OP-LABEL: func.func private @f
// OP: nabla.convolution %{{.*}}, %{{.*}} strides = [2] dilations = [1] groups = 2 : (tensor<2x8x4xf32>, tensor<3x2x6xf32>) -> tensor<2x3x6xf32>
func.func private @f(%x: tensor<2x8x4xf32>, %k: tensor<3x2x6xf32>) -> tensor<2x3x6xf32> {
  %r = nabla.convolution %x, %k strides = [2] dilations = [1] groups = 2
      : (tensor<2x8x4xf32>, tensor<3x2x6xf32>) -> tensor<2x3x6xf32>
  return %r : tensor<2x3x6xf32>
}

// JVP-LABEL: func.func @jvp
// JVP-SAME: (%[[X:.*]]: tensor<2x8x4xf32>, %[[K:.*]]: tensor<3x2x6xf32>, %[[TX:.*]]: tensor<2x8x4xf32>, %[[TK:.*]]: tensor<3x2x6xf32>)
// JVP: %[[LEFT:.*]] = nabla.convolution %[[TX]], %[[K]]
// JVP: %[[RIGHT:.*]] = nabla.convolution %[[X]], %[[TK]]
// JVP: %[[SUM:.*]] = nabla.add %[[LEFT]], %[[RIGHT]]
// JVP: return %[[SUM]]
func.func @jvp(%x: tensor<2x8x4xf32>, %k: tensor<3x2x6xf32>, %tx: tensor<2x8x4xf32>, %tk: tensor<3x2x6xf32>) -> tensor<2x3x6xf32> {
  %r, %dr = nabla.jvp @f(%x, %k) tangents(%tx, %tk) wrt = [0, 1]
      : (tensor<2x8x4xf32>, tensor<3x2x6xf32>, tensor<2x8x4xf32>, tensor<3x2x6xf32>) -> (tensor<2x3x6xf32>, tensor<2x3x6xf32>)
  return %dr : tensor<2x3x6xf32>
}

// The cotangent of x is spread by the stride and met by the flipped kernel; that of
// the kernel is a convolution of x, dilated by the stride.
// TRANSPOSE-LABEL: func.func @transpose
// TRANSPOSE-SAME: (%[[X:.*]]: tensor<2x8x4xf32>, %[[K:.*]]: tensor<3x2x6xf32>, %[[CT:.*]]: tensor<2x3x6xf32>)
// TRANSPOSE-DAG: nabla.pad %[[CT]], %{{.*}} low = [0, 2, 0] high = [0, 3, 0] interior = [0, 1, 0]
// TRANSPOSE-DAG: nabla.reverse %[[K]] dims = [0]
// TRANSPOSE-DAG: nabla.convolution %{{.*}}, %{{.*}} strides = [1] dilations = [1] groups = 2 : (tensor<2x10x6xf32>, tensor<3x3x4xf32>) -> tensor<2x8x4xf32>
// TRANSPOSE-DAG: nabla.slice %[[X]] starts = [0, 0, 0] limits = [2, 7, 4] strides = [1, 1, 1]
// TRANSPOSE-DAG: nabla.convolution %{{.*}}, %{{.*}} strides = [1] dilations = [2] groups = 2 : (tensor<2x7x4xf32>, tensor<3x2x6xf32>) -> tensor<2x3x6xf32>
func.func @transpose(%x: tensor<2x8x4xf32>, %k: tensor<3x2x6xf32>, %ct: tensor<2x3x6xf32>) -> (tensor<2x8x4xf32>, tensor<3x2x6xf32>) {
  %r, %lin = nabla.linearize @f(%x, %k) wrt = [0, 1]
      : (tensor<2x8x4xf32>, tensor<3x2x6xf32>) -> (tensor<2x3x6xf32>, !linear)
  %gx, %gk = nabla.apply_transposed %lin(%ct)
      : (!linear, tensor<2x3x6xf32>) -> (tensor<2x8x4xf32>, tensor<3x2x6xf32>)
  return %gx, %gk : tensor<2x8x4xf32>, tensor<3x2x6xf32>
}

// Examples of x are more of its batch, examples of the kernel more features,
// examples of both more groups.
// BATCH-LABEL: func.func @batch_x
// BATCH: nabla.convolution %{{.*}}, %{{.*}} strides = [2] dilations = [1] groups = 2 : (tensor<10x8x4xf32>, tensor<3x2x6xf32>) -> tensor<10x3x6xf32>
func.func @batch_x(%x: tensor<5x2x8x4xf32>, %k: tensor<3x2x6xf32>) -> tensor<5x2x3x6xf32> {
  %r = nabla.vmap @f(%x, %k) in_axes = [0, -1] out_axes = [0] size = 5
      : (tensor<5x2x8x4xf32>, tensor<3x2x6xf32>) -> tensor<5x2x3x6xf32>
  return %r : tensor<5x2x3x6xf32>
}
// BATCH-LABEL: func.func @batch_kernel
// BATCH: nabla.convolution %{{.*}}, %{{.*}} strides = [2] dilations = [1] groups = 2 : (tensor<2x8x4xf32>, tensor<3x2x30xf32>) -> tensor<2x3x30xf32>
func.func @batch_kernel(%x: tensor<2x8x4xf32>, %k: tensor<5x3x2x6xf32>) -> tensor<5x2x3x6xf32> {
  %r = nabla.vmap @f(%x, %k) in_axes = [-1, 0] out_axes = [0] size = 5
      : (tensor<2x8x4xf32>, tensor<5x3x2x6xf32>) -> tensor<5x2x3x6xf32>
  return %r : tensor<5x2x3x6xf32>
}
// BATCH-LABEL: func.func @batch_both
// BATCH: nabla.convolution %{{.*}}, %{{.*}} strides = [2] dilations = [1] groups = 10 : (tensor<2x8x20xf32>, tensor<3x2x30xf32>) -> tensor<2x3x30xf32>
func.func @batch_both(%x: tensor<5x2x8x4xf32>, %k: tensor<5x3x2x6xf32>) -> tensor<5x2x3x6xf32> {
  %r = nabla.vmap @f(%x, %k) in_axes = [0, 0] out_axes = [0] size = 5
      : (tensor<5x2x8x4xf32>, tensor<5x3x2x6xf32>) -> tensor<5x2x3x6xf32>
  return %r : tensor<5x2x3x6xf32>
}

// LOWER-LABEL: func.func @lower
// LOWER: linalg.generic
// LOWER-SAME: iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction", "parallel"]
func.func @lower(%x: tensor<2x8x4xf32>, %k: tensor<3x2x6xf32>) -> tensor<2x3x6xf32> {
  %r = nabla.call @f(%x, %k) : (tensor<2x8x4xf32>, tensor<3x2x6xf32>) -> tensor<2x3x6xf32>
  return %r : tensor<2x3x6xf32>
}
