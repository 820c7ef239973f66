// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefixes=JVP,TRANSPOSE
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

!linear = !nabla.linear<(tensor<2x3x4xf32>) -> (tensor<3xf32>)>

// OP-LABEL: func.func private @f
// OP: nabla.reduce_sum %{{.*}} dims = [0, 2] : tensor<2x3x4xf32> -> tensor<3xf32>
func.func private @f(%x: tensor<2x3x4xf32>) -> tensor<3xf32> {
  %r = nabla.reduce_sum %x dims = [0, 2] : tensor<2x3x4xf32> -> tensor<3xf32>
  return %r : tensor<3xf32>
}

// JVP-LABEL: func.func @jvp
// JVP-SAME: (%[[X:.*]]: tensor<2x3x4xf32>, %[[T:.*]]: tensor<2x3x4xf32>)
// JVP-NEXT: %[[REDUCE_SUM:.*]] = nabla.reduce_sum %[[X]] dims = [0, 2] : tensor<2x3x4xf32> -> tensor<3xf32>
// JVP-NEXT: %[[REDUCE_SUM2:.*]] = nabla.reduce_sum %[[T]] dims = [0, 2] : tensor<2x3x4xf32> -> tensor<3xf32>
// JVP-NEXT: return %[[REDUCE_SUM]], %[[REDUCE_SUM2]]
func.func @jvp(%x: tensor<2x3x4xf32>, %t: tensor<2x3x4xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %r, %dr = nabla.jvp @f(%x) tangents(%t) wrt = [0]
      : (tensor<2x3x4xf32>, tensor<2x3x4xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %r, %dr : tensor<3xf32>, tensor<3xf32>
}

// TRANSPOSE-LABEL: func.func @transpose
// TRANSPOSE-SAME: (%[[X:.*]]: tensor<2x3x4xf32>, %[[CT:.*]]: tensor<3xf32>)
// TRANSPOSE-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[CT]] dims = [1] : tensor<3xf32> -> tensor<2x3x4xf32>
// TRANSPOSE-NEXT: return %[[BROADCAST]]
func.func @transpose(%x: tensor<2x3x4xf32>, %ct: tensor<3xf32>) -> tensor<2x3x4xf32> {
  %r, %lin = nabla.linearize @f(%x) wrt = [0]
      : (tensor<2x3x4xf32>) -> (tensor<3xf32>, !linear)
  %g = nabla.apply_transposed %lin(%ct)
      : (!linear, tensor<3xf32>) -> tensor<2x3x4xf32>
  return %g : tensor<2x3x4xf32>
}

// BATCH-LABEL: func.func @batch
// BATCH-SAME: (%[[X:.*]]: tensor<8x2x3x4xf32>)
// BATCH-NEXT: %[[REDUCE_SUM:.*]] = nabla.reduce_sum %[[X]] dims = [1, 3] : tensor<8x2x3x4xf32> -> tensor<8x3xf32>
// BATCH-NEXT: return %[[REDUCE_SUM]]
func.func @batch(%x: tensor<8x2x3x4xf32>) -> tensor<8x3xf32> {
  %r = nabla.vmap @f(%x) in_axes = [0] out_axes = [0] size = 8
      : (tensor<8x2x3x4xf32>) -> tensor<8x3xf32>
  return %r : tensor<8x3xf32>
}
