// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefixes=JVP,TRANSPOSE
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

!linear = !nabla.linear<(tensor<2x3xf32>) -> (tensor<6xf32>)>

// OP-LABEL: func.func private @f
// OP: nabla.reshape %{{.*}} : tensor<2x3xf32> -> tensor<6xf32>
func.func private @f(%x: tensor<2x3xf32>) -> tensor<6xf32> {
  %r = nabla.reshape %x : tensor<2x3xf32> -> tensor<6xf32>
  return %r : tensor<6xf32>
}

// JVP-LABEL: func.func @jvp
// JVP-SAME: (%[[X:.*]]: tensor<2x3xf32>, %[[T:.*]]: tensor<2x3xf32>)
// JVP-NEXT: %[[RESHAPE:.*]] = nabla.reshape %[[X]] : tensor<2x3xf32> -> tensor<6xf32>
// JVP-NEXT: %[[RESHAPE2:.*]] = nabla.reshape %[[T]] : tensor<2x3xf32> -> tensor<6xf32>
// JVP-NEXT: return %[[RESHAPE]], %[[RESHAPE2]]
func.func @jvp(%x: tensor<2x3xf32>, %t: tensor<2x3xf32>) -> (tensor<6xf32>, tensor<6xf32>) {
  %r, %dr = nabla.jvp @f(%x) tangents(%t) wrt = [0]
      : (tensor<2x3xf32>, tensor<2x3xf32>) -> (tensor<6xf32>, tensor<6xf32>)
  return %r, %dr : tensor<6xf32>, tensor<6xf32>
}

// TRANSPOSE-LABEL: func.func @transpose
// TRANSPOSE-SAME: (%[[X:.*]]: tensor<2x3xf32>, %[[CT:.*]]: tensor<6xf32>)
// TRANSPOSE-NEXT: %[[RESHAPE:.*]] = nabla.reshape %[[CT]] : tensor<6xf32> -> tensor<2x3xf32>
// TRANSPOSE-NEXT: return %[[RESHAPE]]
func.func @transpose(%x: tensor<2x3xf32>, %ct: tensor<6xf32>) -> tensor<2x3xf32> {
  %r, %lin = nabla.linearize @f(%x) wrt = [0]
      : (tensor<2x3xf32>) -> (tensor<6xf32>, !linear)
  %g = nabla.apply_transposed %lin(%ct)
      : (!linear, tensor<6xf32>) -> tensor<2x3xf32>
  return %g : tensor<2x3xf32>
}

// BATCH-LABEL: func.func @batch
// BATCH-SAME: (%[[X:.*]]: tensor<8x2x3xf32>)
// BATCH-NEXT: %[[RESHAPE:.*]] = nabla.reshape %[[X]] : tensor<8x2x3xf32> -> tensor<8x6xf32>
// BATCH-NEXT: return %[[RESHAPE]]
func.func @batch(%x: tensor<8x2x3xf32>) -> tensor<8x6xf32> {
  %r = nabla.vmap @f(%x) in_axes = [0] out_axes = [0] size = 8
      : (tensor<8x2x3xf32>) -> tensor<8x6xf32>
  return %r : tensor<8x6xf32>
}
