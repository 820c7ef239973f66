// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefixes=JVP,TRANSPOSE
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

!linear = !nabla.linear<(tensor<3xf32>) -> (tensor<3xf32>)>

// OP-LABEL: func.func private @f
// OP: nabla.div_zero %{{.*}}, %{{.*}} : tensor<3xf32>
func.func private @f(%x: tensor<3xf32>, %y: tensor<3xf32>) -> tensor<3xf32> {
  %r = nabla.div_zero %x, %y : tensor<3xf32>
  return %r : tensor<3xf32>
}

// JVP-LABEL: func.func @jvp
// JVP-SAME: (%[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<3xf32>, %[[TX:.*]]: tensor<3xf32>, %[[TY:.*]]: tensor<3xf32>)
// JVP-NEXT: %[[ONE:.*]] = nabla.constant dense<1.000000e+00> : tensor<3xf32>
// JVP-NEXT: %[[DIV_ZERO:.*]] = nabla.div_zero %[[X]], %[[Y]]
// JVP-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[TY]], %[[DIV_ZERO]]
// JVP-NEXT: %[[SUB:.*]] = nabla.sub %[[TX]], %[[MUL_ZERO]]
// JVP-NEXT: %[[DIV:.*]] = nabla.div %[[ONE]], %[[Y]]
// JVP-NEXT: %[[MUL_ZERO2:.*]] = nabla.mul_zero %[[SUB]], %[[DIV]]
// JVP-NEXT: return %[[DIV_ZERO]], %[[MUL_ZERO2]]
func.func @jvp(%x: tensor<3xf32>, %y: tensor<3xf32>, %tx: tensor<3xf32>, %ty: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %r, %dr = nabla.jvp @f(%x, %y) tangents(%tx, %ty) wrt = [0, 1]
      : (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %r, %dr : tensor<3xf32>, tensor<3xf32>
}

// JVP-LABEL: func.func @jvp_x
// JVP-SAME: (%[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<3xf32>, %[[T:.*]]: tensor<3xf32>)
// JVP-NEXT: %[[ONE:.*]] = nabla.constant dense<1.000000e+00> : tensor<3xf32>
// JVP-NEXT: %[[DIV_ZERO:.*]] = nabla.div_zero %[[X]], %[[Y]]
// JVP-NEXT: %[[DIV:.*]] = nabla.div %[[ONE]], %[[Y]]
// JVP-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[T]], %[[DIV]]
// JVP-NEXT: return %[[DIV_ZERO]], %[[MUL_ZERO]]
func.func @jvp_x(%x: tensor<3xf32>, %y: tensor<3xf32>, %t: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %r, %dr = nabla.jvp @f(%x, %y) tangents(%t) wrt = [0]
      : (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %r, %dr : tensor<3xf32>, tensor<3xf32>
}

// JVP-LABEL: func.func @jvp_y
// JVP-SAME: (%[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<3xf32>, %[[T:.*]]: tensor<3xf32>)
// JVP-NEXT: %[[DIV_ZERO:.*]] = nabla.div_zero %[[X]], %[[Y]]
// JVP-NEXT: %[[DIV_ZERO2:.*]] = nabla.div_zero %[[DIV_ZERO]], %[[Y]]
// JVP-NEXT: %[[NEG:.*]] = nabla.neg %[[DIV_ZERO2]]
// JVP-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[T]], %[[NEG]]
// JVP-NEXT: return %[[DIV_ZERO]], %[[MUL_ZERO]]
func.func @jvp_y(%x: tensor<3xf32>, %y: tensor<3xf32>, %t: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %r, %dr = nabla.jvp @f(%x, %y) tangents(%t) wrt = [1]
      : (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %r, %dr : tensor<3xf32>, tensor<3xf32>
}

// TRANSPOSE-LABEL: func.func @transpose
// TRANSPOSE-SAME: (%[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<3xf32>, %[[CT:.*]]: tensor<3xf32>)
// TRANSPOSE-NEXT: %[[ONE:.*]] = nabla.constant dense<1.000000e+00> : tensor<3xf32>
// TRANSPOSE-NEXT: %[[DIV:.*]] = nabla.div %[[ONE]], %[[Y]]
// TRANSPOSE-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[CT]], %[[DIV]]
// TRANSPOSE-NEXT: return %[[MUL_ZERO]]
func.func @transpose(%x: tensor<3xf32>, %y: tensor<3xf32>, %ct: tensor<3xf32>) -> tensor<3xf32> {
  %r, %lin = nabla.linearize @f(%x, %y) wrt = [0]
      : (tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, !linear)
  %g = nabla.apply_transposed %lin(%ct)
      : (!linear, tensor<3xf32>) -> tensor<3xf32>
  return %g : tensor<3xf32>
}

// BATCH-LABEL: func.func @batch
// BATCH-SAME: (%[[X:.*]]: tensor<8x3xf32>, %[[Y:.*]]: tensor<8x3xf32>)
// BATCH-NEXT: %[[DIV_ZERO:.*]] = nabla.div_zero %[[X]], %[[Y]]
// BATCH-NEXT: return %[[DIV_ZERO]]
func.func @batch(%x: tensor<8x3xf32>, %y: tensor<8x3xf32>) -> tensor<8x3xf32> {
  %r = nabla.vmap @f(%x, %y) in_axes = [0, 0] out_axes = [0] size = 8
      : (tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
  return %r : tensor<8x3xf32>
}

// BATCH-LABEL: func.func @batch_x
// BATCH-SAME: (%[[X:.*]]: tensor<8x3xf32>, %[[Y:.*]]: tensor<3xf32>)
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[Y]] dims = [1] : tensor<3xf32> -> tensor<8x3xf32>
// BATCH-NEXT: %[[DIV_ZERO:.*]] = nabla.div_zero %[[X]], %[[BROADCAST]]
// BATCH-NEXT: return %[[DIV_ZERO]]
func.func @batch_x(%x: tensor<8x3xf32>, %y: tensor<3xf32>) -> tensor<8x3xf32> {
  %r = nabla.vmap @f(%x, %y) in_axes = [0, -1] out_axes = [0] size = 8
      : (tensor<8x3xf32>, tensor<3xf32>) -> tensor<8x3xf32>
  return %r : tensor<8x3xf32>
}

// BATCH-LABEL: func.func @batch_y
// BATCH-SAME: (%[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<8x3xf32>)
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[X]] dims = [1] : tensor<3xf32> -> tensor<8x3xf32>
// BATCH-NEXT: %[[DIV_ZERO:.*]] = nabla.div_zero %[[BROADCAST]], %[[Y]]
// BATCH-NEXT: return %[[DIV_ZERO]]
func.func @batch_y(%x: tensor<3xf32>, %y: tensor<8x3xf32>) -> tensor<8x3xf32> {
  %r = nabla.vmap @f(%x, %y) in_axes = [-1, 0] out_axes = [0] size = 8
      : (tensor<3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
  return %r : tensor<8x3xf32>
}

// The op itself in a linear function, where no factor is kept apart.
func.func private @divide(%k: tensor<3xf32>, %t: tensor<3xf32>) -> tensor<3xf32> {
  %r = nabla.div_zero %t, %k : tensor<3xf32>
  return %r : tensor<3xf32>
}

// TRANSPOSE-LABEL: func.func @transpose_of_linear
// TRANSPOSE-SAME: (%[[K:.*]]: tensor<3xf32>, %[[CT:.*]]: tensor<3xf32>)
// TRANSPOSE-NEXT: %[[QUOTIENT:.*]] = nabla.div_zero %[[CT]], %[[K]]
// TRANSPOSE-NEXT: return %[[QUOTIENT]]
func.func @transpose_of_linear(%k: tensor<3xf32>, %ct: tensor<3xf32>) -> tensor<3xf32> {
  %lin = nabla.bind_linear @divide(%k) : (tensor<3xf32>) -> !linear
  %g = nabla.apply_transposed %lin(%ct) : (!linear, tensor<3xf32>) -> tensor<3xf32>
  return %g : tensor<3xf32>
}
