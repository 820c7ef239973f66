// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefixes=JVP,TRANSPOSE
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

!linear = !nabla.linear<(tensor<7x4xf32>) -> (tensor<3x4xf32>)>

// OP-LABEL: func.func private @f
// OP: nabla.slice %{{.*}} starts = [1, 0] limits = [6, 4] strides = [2, 1] : tensor<7x4xf32> -> tensor<3x4xf32>
func.func private @f(%x: tensor<7x4xf32>) -> tensor<3x4xf32> {
  %r = nabla.slice %x starts = [1, 0] limits = [6, 4] strides = [2, 1] : tensor<7x4xf32> -> tensor<3x4xf32>
  return %r : tensor<3x4xf32>
}

// JVP-LABEL: func.func @jvp
// JVP-SAME: (%[[X:.*]]: tensor<7x4xf32>, %[[T:.*]]: tensor<7x4xf32>)
// JVP-NEXT: %[[SLICE:.*]] = nabla.slice %[[X]] starts = [1, 0] limits = [6, 4] strides = [2, 1] : tensor<7x4xf32> -> tensor<3x4xf32>
// JVP-NEXT: %[[SLICE2:.*]] = nabla.slice %[[T]] starts = [1, 0] limits = [6, 4] strides = [2, 1] : tensor<7x4xf32> -> tensor<3x4xf32>
// JVP-NEXT: return %[[SLICE]], %[[SLICE2]]
func.func @jvp(%x: tensor<7x4xf32>, %t: tensor<7x4xf32>) -> (tensor<3x4xf32>, tensor<3x4xf32>) {
  %r, %dr = nabla.jvp @f(%x) tangents(%t) wrt = [0]
      : (tensor<7x4xf32>, tensor<7x4xf32>) -> (tensor<3x4xf32>, tensor<3x4xf32>)
  return %r, %dr : tensor<3x4xf32>, tensor<3x4xf32>
}

// Rows 1, 3 and 5 of 7 get the cotangent.
// TRANSPOSE-LABEL: func.func @transpose
// TRANSPOSE-SAME: (%[[X:.*]]: tensor<7x4xf32>, %[[CT:.*]]: tensor<3x4xf32>)
// TRANSPOSE-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<f32>
// TRANSPOSE-NEXT: %[[PAD:.*]] = nabla.pad %[[CT]], %[[ZERO]] low = [1, 0] high = [1, 0] interior = [1, 0] : (tensor<3x4xf32>, tensor<f32>) -> tensor<7x4xf32>
// TRANSPOSE-NEXT: return %[[PAD]]
func.func @transpose(%x: tensor<7x4xf32>, %ct: tensor<3x4xf32>) -> tensor<7x4xf32> {
  %r, %lin = nabla.linearize @f(%x) wrt = [0]
      : (tensor<7x4xf32>) -> (tensor<3x4xf32>, !linear)
  %g = nabla.apply_transposed %lin(%ct)
      : (!linear, tensor<3x4xf32>) -> tensor<7x4xf32>
  return %g : tensor<7x4xf32>
}

// BATCH-LABEL: func.func @batch
// BATCH-SAME: (%[[X:.*]]: tensor<8x7x4xf32>)
// BATCH-NEXT: %[[SLICE:.*]] = nabla.slice %[[X]] starts = [0, 1, 0] limits = [8, 6, 4] strides = [1, 2, 1] : tensor<8x7x4xf32> -> tensor<8x3x4xf32>
// BATCH-NEXT: return %[[SLICE]]
func.func @batch(%x: tensor<8x7x4xf32>) -> tensor<8x3x4xf32> {
  %r = nabla.vmap @f(%x) in_axes = [0] out_axes = [0] size = 8
      : (tensor<8x7x4xf32>) -> tensor<8x3x4xf32>
  return %r : tensor<8x3x4xf32>
}

!linear_empty = !nabla.linear<(tensor<7x4xf32>) -> (tensor<0x4xf32>)>

// OP-LABEL: func.func private @f_empty
// OP: nabla.slice %{{.*}} starts = [7, 0] limits = [7, 4] strides = [1, 1] : tensor<7x4xf32> -> tensor<0x4xf32>
func.func private @f_empty(%x: tensor<7x4xf32>) -> tensor<0x4xf32> {
  %r = nabla.slice %x starts = [7, 0] limits = [7, 4] strides = [1, 1] : tensor<7x4xf32> -> tensor<0x4xf32>
  return %r : tensor<0x4xf32>
}

// TRANSPOSE-LABEL: func.func @transpose_empty
// TRANSPOSE-SAME: (%[[X:.*]]: tensor<7x4xf32>, %[[CT:.*]]: tensor<0x4xf32>)
// TRANSPOSE-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<7x4xf32>
// TRANSPOSE-NEXT: return %[[ZERO]]
func.func @transpose_empty(%x: tensor<7x4xf32>, %ct: tensor<0x4xf32>) -> tensor<7x4xf32> {
  %r, %lin = nabla.linearize @f_empty(%x) wrt = [0]
      : (tensor<7x4xf32>) -> (tensor<0x4xf32>, !linear_empty)
  %g = nabla.apply_transposed %lin(%ct)
      : (!linear_empty, tensor<0x4xf32>) -> tensor<7x4xf32>
  return %g : tensor<7x4xf32>
}
