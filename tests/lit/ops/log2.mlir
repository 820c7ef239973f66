// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefixes=JVP,TRANSPOSE
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

!linear = !nabla.linear<(tensor<3xf32>) -> (tensor<3xf32>)>

// OP-LABEL: func.func private @f
// OP: nabla.log2 %{{.*}} : tensor<3xf32>
func.func private @f(%x: tensor<3xf32>) -> tensor<3xf32> {
  %r = nabla.log2 %x : tensor<3xf32>
  return %r : tensor<3xf32>
}

// JVP-LABEL: func.func @jvp
// JVP-SAME: (%[[X:.*]]: tensor<3xf32>, %[[T:.*]]: tensor<3xf32>)
// JVP-NEXT: %[[SCALE:.*]] = nabla.constant dense<1.44269502> : tensor<3xf32>
// JVP-NEXT: %[[LOG2:.*]] = nabla.log2 %[[X]]
// JVP-NEXT: %[[DIV:.*]] = nabla.div %[[SCALE]], %[[X]]
// JVP-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[T]], %[[DIV]]
// JVP-NEXT: return %[[LOG2]], %[[MUL_ZERO]]
func.func @jvp(%x: tensor<3xf32>, %t: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %r, %dr = nabla.jvp @f(%x) tangents(%t) wrt = [0]
      : (tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %r, %dr : tensor<3xf32>, tensor<3xf32>
}

// TRANSPOSE-LABEL: func.func @transpose
// TRANSPOSE-SAME: (%[[X:.*]]: tensor<3xf32>, %[[CT:.*]]: tensor<3xf32>)
// TRANSPOSE-NEXT: %[[SCALE:.*]] = nabla.constant dense<1.44269502> : tensor<3xf32>
// TRANSPOSE-NEXT: %[[DIV:.*]] = nabla.div %[[SCALE]], %[[X]]
// TRANSPOSE-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[CT]], %[[DIV]]
// TRANSPOSE-NEXT: return %[[MUL_ZERO]]
func.func @transpose(%x: tensor<3xf32>, %ct: tensor<3xf32>) -> tensor<3xf32> {
  %r, %lin = nabla.linearize @f(%x) wrt = [0]
      : (tensor<3xf32>) -> (tensor<3xf32>, !linear)
  %g = nabla.apply_transposed %lin(%ct)
      : (!linear, tensor<3xf32>) -> tensor<3xf32>
  return %g : tensor<3xf32>
}

// BATCH-LABEL: func.func @batch
// BATCH-SAME: (%[[X:.*]]: tensor<8x3xf32>)
// BATCH-NEXT: %[[LOG2:.*]] = nabla.log2 %[[X]]
// BATCH-NEXT: return %[[LOG2]]
func.func @batch(%x: tensor<8x3xf32>) -> tensor<8x3xf32> {
  %r = nabla.vmap @f(%x) in_axes = [0] out_axes = [0] size = 8
      : (tensor<8x3xf32>) -> tensor<8x3xf32>
  return %r : tensor<8x3xf32>
}
