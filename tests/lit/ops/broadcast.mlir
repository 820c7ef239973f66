// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefixes=JVP,TRANSPOSE
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

!linear = !nabla.linear<(tensor<3xf32>) -> (tensor<2x3x4xf32>)>

// OP-LABEL: func.func private @f
// OP: nabla.broadcast %{{.*}} dims = [1] : tensor<3xf32> -> tensor<2x3x4xf32>
func.func private @f(%x: tensor<3xf32>) -> tensor<2x3x4xf32> {
  %r = nabla.broadcast %x dims = [1] : tensor<3xf32> -> tensor<2x3x4xf32>
  return %r : tensor<2x3x4xf32>
}

// JVP-LABEL: func.func @jvp
// JVP-SAME: (%[[X:.*]]: tensor<3xf32>, %[[T:.*]]: tensor<3xf32>)
// JVP-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[X]] dims = [1] : tensor<3xf32> -> tensor<2x3x4xf32>
// JVP-NEXT: %[[BROADCAST2:.*]] = nabla.broadcast %[[T]] dims = [1] : tensor<3xf32> -> tensor<2x3x4xf32>
// JVP-NEXT: return %[[BROADCAST]], %[[BROADCAST2]]
func.func @jvp(%x: tensor<3xf32>, %t: tensor<3xf32>) -> (tensor<2x3x4xf32>, tensor<2x3x4xf32>) {
  %r, %dr = nabla.jvp @f(%x) tangents(%t) wrt = [0]
      : (tensor<3xf32>, tensor<3xf32>) -> (tensor<2x3x4xf32>, tensor<2x3x4xf32>)
  return %r, %dr : tensor<2x3x4xf32>, tensor<2x3x4xf32>
}

// TRANSPOSE-LABEL: func.func @transpose
// TRANSPOSE-SAME: (%[[X:.*]]: tensor<3xf32>, %[[CT:.*]]: tensor<2x3x4xf32>)
// TRANSPOSE-NEXT: %[[REDUCE_SUM:.*]] = nabla.reduce_sum %[[CT]] dims = [0, 2] : tensor<2x3x4xf32> -> tensor<3xf32>
// TRANSPOSE-NEXT: return %[[REDUCE_SUM]]
func.func @transpose(%x: tensor<3xf32>, %ct: tensor<2x3x4xf32>) -> tensor<3xf32> {
  %r, %lin = nabla.linearize @f(%x) wrt = [0]
      : (tensor<3xf32>) -> (tensor<2x3x4xf32>, !linear)
  %g = nabla.apply_transposed %lin(%ct)
      : (!linear, tensor<2x3x4xf32>) -> tensor<3xf32>
  return %g : tensor<3xf32>
}

// BATCH-LABEL: func.func @batch
// BATCH-SAME: (%[[X:.*]]: tensor<8x3xf32>)
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[X]] dims = [0, 2] : tensor<8x3xf32> -> tensor<8x2x3x4xf32>
// BATCH-NEXT: return %[[BROADCAST]]
func.func @batch(%x: tensor<8x3xf32>) -> tensor<8x2x3x4xf32> {
  %r = nabla.vmap @f(%x) in_axes = [0] out_axes = [0] size = 8
      : (tensor<8x3xf32>) -> tensor<8x2x3x4xf32>
  return %r : tensor<8x2x3x4xf32>
}
