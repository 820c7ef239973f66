// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefixes=JVP,TRANSPOSE
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

!linear = !nabla.linear<(tensor<2x3xf32>, tensor<f32>) -> (tensor<5x6xf32>)>

// OP-LABEL: func.func private @f
// OP: nabla.pad %{{.*}}, %{{.*}} low = [1, 0] high = [2, 1] interior = [0, 1] : (tensor<2x3xf32>, tensor<f32>) -> tensor<5x6xf32>
func.func private @f(%x: tensor<2x3xf32>, %v: tensor<f32>) -> tensor<5x6xf32> {
  %r = nabla.pad %x, %v low = [1, 0] high = [2, 1] interior = [0, 1] : (tensor<2x3xf32>, tensor<f32>) -> tensor<5x6xf32>
  return %r : tensor<5x6xf32>
}

// JVP-LABEL: func.func @jvp
// JVP-SAME: (%[[X:.*]]: tensor<2x3xf32>, %[[V:.*]]: tensor<f32>, %[[TX:.*]]: tensor<2x3xf32>, %[[TV:.*]]: tensor<f32>)
// JVP-NEXT: %[[PAD:.*]] = nabla.pad %[[X]], %[[V]] low = [1, 0] high = [2, 1] interior = [0, 1] : (tensor<2x3xf32>, tensor<f32>) -> tensor<5x6xf32>
// JVP-NEXT: %[[PAD2:.*]] = nabla.pad %[[TX]], %[[TV]] low = [1, 0] high = [2, 1] interior = [0, 1] : (tensor<2x3xf32>, tensor<f32>) -> tensor<5x6xf32>
// JVP-NEXT: return %[[PAD]], %[[PAD2]]
func.func @jvp(%x: tensor<2x3xf32>, %v: tensor<f32>, %tx: tensor<2x3xf32>, %tv: tensor<f32>) -> (tensor<5x6xf32>, tensor<5x6xf32>) {
  %r, %dr = nabla.jvp @f(%x, %v) tangents(%tx, %tv) wrt = [0, 1]
      : (tensor<2x3xf32>, tensor<f32>, tensor<2x3xf32>, tensor<f32>) -> (tensor<5x6xf32>, tensor<5x6xf32>)
  return %r, %dr : tensor<5x6xf32>, tensor<5x6xf32>
}

// JVP-LABEL: func.func @jvp_x
// JVP-SAME: (%[[X:.*]]: tensor<2x3xf32>, %[[V:.*]]: tensor<f32>, %[[T:.*]]: tensor<2x3xf32>)
// JVP-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<f32>
// JVP-NEXT: %[[PAD:.*]] = nabla.pad %[[X]], %[[V]] low = [1, 0] high = [2, 1] interior = [0, 1] : (tensor<2x3xf32>, tensor<f32>) -> tensor<5x6xf32>
// JVP-NEXT: %[[PAD2:.*]] = nabla.pad %[[T]], %[[ZERO]] low = [1, 0] high = [2, 1] interior = [0, 1] : (tensor<2x3xf32>, tensor<f32>) -> tensor<5x6xf32>
// JVP-NEXT: return %[[PAD]], %[[PAD2]]
func.func @jvp_x(%x: tensor<2x3xf32>, %v: tensor<f32>, %t: tensor<2x3xf32>) -> (tensor<5x6xf32>, tensor<5x6xf32>) {
  %r, %dr = nabla.jvp @f(%x, %v) tangents(%t) wrt = [0]
      : (tensor<2x3xf32>, tensor<f32>, tensor<2x3xf32>) -> (tensor<5x6xf32>, tensor<5x6xf32>)
  return %r, %dr : tensor<5x6xf32>, tensor<5x6xf32>
}

// JVP-LABEL: func.func @jvp_v
// JVP-SAME: (%[[X:.*]]: tensor<2x3xf32>, %[[V:.*]]: tensor<f32>, %[[T:.*]]: tensor<f32>)
// JVP-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<2x3xf32>
// JVP-NEXT: %[[PAD:.*]] = nabla.pad %[[X]], %[[V]] low = [1, 0] high = [2, 1] interior = [0, 1] : (tensor<2x3xf32>, tensor<f32>) -> tensor<5x6xf32>
// JVP-NEXT: %[[PAD2:.*]] = nabla.pad %[[ZERO]], %[[T]] low = [1, 0] high = [2, 1] interior = [0, 1] : (tensor<2x3xf32>, tensor<f32>) -> tensor<5x6xf32>
// JVP-NEXT: return %[[PAD]], %[[PAD2]]
func.func @jvp_v(%x: tensor<2x3xf32>, %v: tensor<f32>, %t: tensor<f32>) -> (tensor<5x6xf32>, tensor<5x6xf32>) {
  %r, %dr = nabla.jvp @f(%x, %v) tangents(%t) wrt = [1]
      : (tensor<2x3xf32>, tensor<f32>, tensor<f32>) -> (tensor<5x6xf32>, tensor<5x6xf32>)
  return %r, %dr : tensor<5x6xf32>, tensor<5x6xf32>
}

// The padding value gets the sum over the padding, where the mask is true.
// TRANSPOSE-LABEL: func.func @transpose
// TRANSPOSE-SAME: (%[[X:.*]]: tensor<2x3xf32>, %[[V:.*]]: tensor<f32>, %[[CT:.*]]: tensor<5x6xf32>)
// TRANSPOSE-NEXT: %[[TRUE:.*]] = nabla.constant dense<true> : tensor<i1>
// TRANSPOSE-NEXT: %[[FALSE:.*]] = nabla.constant dense<false> : tensor<2x3xi1>
// TRANSPOSE-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<5x6xf32>
// TRANSPOSE-NEXT: %[[SLICE:.*]] = nabla.slice %[[CT]] starts = [1, 0] limits = [3, 5] strides = [1, 2] : tensor<5x6xf32> -> tensor<2x3xf32>
// TRANSPOSE-NEXT: %[[PAD:.*]] = nabla.pad %[[FALSE]], %[[TRUE]] low = [1, 0] high = [2, 1] interior = [0, 1] : (tensor<2x3xi1>, tensor<i1>) -> tensor<5x6xi1>
// TRANSPOSE-NEXT: %[[SELECT:.*]] = nabla.select %[[PAD]], %[[CT]], %[[ZERO]] : tensor<5x6xf32>
// TRANSPOSE-NEXT: %[[REDUCE_SUM:.*]] = nabla.reduce_sum %[[SELECT]] dims = [0, 1] : tensor<5x6xf32> -> tensor<f32>
// TRANSPOSE-NEXT: return %[[SLICE]], %[[REDUCE_SUM]]
func.func @transpose(%x: tensor<2x3xf32>, %v: tensor<f32>, %ct: tensor<5x6xf32>) -> (tensor<2x3xf32>, tensor<f32>) {
  %r, %lin = nabla.linearize @f(%x, %v) wrt = [0, 1]
      : (tensor<2x3xf32>, tensor<f32>) -> (tensor<5x6xf32>, !linear)
  %gx, %gv = nabla.apply_transposed %lin(%ct)
      : (!linear, tensor<5x6xf32>) -> (tensor<2x3xf32>, tensor<f32>)
  return %gx, %gv : tensor<2x3xf32>, tensor<f32>
}

// Each example has its own padding value.
// BATCH-LABEL: func.func @batch
// BATCH-SAME: (%[[X:.*]]: tensor<8x2x3xf32>, %[[V:.*]]: tensor<8xf32>)
// BATCH-NEXT: %[[TRUE:.*]] = nabla.constant dense<true> : tensor<i1>
// BATCH-NEXT: %[[FALSE:.*]] = nabla.constant dense<false> : tensor<2x3xi1>
// BATCH-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<f32>
// BATCH-NEXT: %[[PAD:.*]] = nabla.pad %[[X]], %[[ZERO]] low = [0, 1, 0] high = [0, 2, 1] interior = [0, 0, 1] : (tensor<8x2x3xf32>, tensor<f32>) -> tensor<8x5x6xf32>
// BATCH-NEXT: %[[PAD2:.*]] = nabla.pad %[[FALSE]], %[[TRUE]] low = [1, 0] high = [2, 1] interior = [0, 1] : (tensor<2x3xi1>, tensor<i1>) -> tensor<5x6xi1>
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[PAD2]] dims = [1, 2] : tensor<5x6xi1> -> tensor<8x5x6xi1>
// BATCH-NEXT: %[[BROADCAST2:.*]] = nabla.broadcast %[[V]] dims = [0] : tensor<8xf32> -> tensor<8x5x6xf32>
// BATCH-NEXT: %[[SELECT:.*]] = nabla.select %[[BROADCAST]], %[[BROADCAST2]], %[[PAD]] : tensor<8x5x6xf32>
// BATCH-NEXT: return %[[SELECT]]
func.func @batch(%x: tensor<8x2x3xf32>, %v: tensor<8xf32>) -> tensor<8x5x6xf32> {
  %r = nabla.vmap @f(%x, %v) in_axes = [0, 0] out_axes = [0] size = 8
      : (tensor<8x2x3xf32>, tensor<8xf32>) -> tensor<8x5x6xf32>
  return %r : tensor<8x5x6xf32>
}

// BATCH-LABEL: func.func @batch_x
// BATCH-SAME: (%[[X:.*]]: tensor<8x2x3xf32>, %[[V:.*]]: tensor<f32>)
// BATCH-NEXT: %[[PAD:.*]] = nabla.pad %[[X]], %[[V]] low = [0, 1, 0] high = [0, 2, 1] interior = [0, 0, 1] : (tensor<8x2x3xf32>, tensor<f32>) -> tensor<8x5x6xf32>
// BATCH-NEXT: return %[[PAD]]
func.func @batch_x(%x: tensor<8x2x3xf32>, %v: tensor<f32>) -> tensor<8x5x6xf32> {
  %r = nabla.vmap @f(%x, %v) in_axes = [0, -1] out_axes = [0] size = 8
      : (tensor<8x2x3xf32>, tensor<f32>) -> tensor<8x5x6xf32>
  return %r : tensor<8x5x6xf32>
}

// Each example has its own padding value.
// BATCH-LABEL: func.func @batch_v
// BATCH-SAME: (%[[X:.*]]: tensor<2x3xf32>, %[[V:.*]]: tensor<8xf32>)
// BATCH-NEXT: %[[TRUE:.*]] = nabla.constant dense<true> : tensor<i1>
// BATCH-NEXT: %[[FALSE:.*]] = nabla.constant dense<false> : tensor<2x3xi1>
// BATCH-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<f32>
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[X]] dims = [1, 2] : tensor<2x3xf32> -> tensor<8x2x3xf32>
// BATCH-NEXT: %[[PAD:.*]] = nabla.pad %[[BROADCAST]], %[[ZERO]] low = [0, 1, 0] high = [0, 2, 1] interior = [0, 0, 1] : (tensor<8x2x3xf32>, tensor<f32>) -> tensor<8x5x6xf32>
// BATCH-NEXT: %[[PAD2:.*]] = nabla.pad %[[FALSE]], %[[TRUE]] low = [1, 0] high = [2, 1] interior = [0, 1] : (tensor<2x3xi1>, tensor<i1>) -> tensor<5x6xi1>
// BATCH-NEXT: %[[BROADCAST2:.*]] = nabla.broadcast %[[PAD2]] dims = [1, 2] : tensor<5x6xi1> -> tensor<8x5x6xi1>
// BATCH-NEXT: %[[BROADCAST3:.*]] = nabla.broadcast %[[V]] dims = [0] : tensor<8xf32> -> tensor<8x5x6xf32>
// BATCH-NEXT: %[[SELECT:.*]] = nabla.select %[[BROADCAST2]], %[[BROADCAST3]], %[[PAD]] : tensor<8x5x6xf32>
// BATCH-NEXT: return %[[SELECT]]
func.func @batch_v(%x: tensor<2x3xf32>, %v: tensor<8xf32>) -> tensor<8x5x6xf32> {
  %r = nabla.vmap @f(%x, %v) in_axes = [-1, 0] out_axes = [0] size = 8
      : (tensor<2x3xf32>, tensor<8xf32>) -> tensor<8x5x6xf32>
  return %r : tensor<8x5x6xf32>
}
