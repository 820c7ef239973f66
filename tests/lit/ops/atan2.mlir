// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefixes=JVP,TRANSPOSE
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

!linear = !nabla.linear<(tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>)>

// OP-LABEL: func.func private @f
// OP: nabla.atan2 %{{.*}}, %{{.*}} : tensor<3xf32>
func.func private @f(%y: tensor<3xf32>, %x: tensor<3xf32>) -> tensor<3xf32> {
  %r = nabla.atan2 %y, %x : tensor<3xf32>
  return %r : tensor<3xf32>
}

// JVP-LABEL: func.func @jvp
// JVP-SAME: (%[[Y:.*]]: tensor<3xf32>, %[[X:.*]]: tensor<3xf32>, %[[TY:.*]]: tensor<3xf32>, %[[TX:.*]]: tensor<3xf32>)
// JVP-NEXT: %[[ATAN2:.*]] = nabla.atan2 %[[Y]], %[[X]]
// JVP-NEXT: %[[MUL:.*]] = nabla.mul %[[X]], %[[X]]
// JVP-NEXT: %[[MUL2:.*]] = nabla.mul %[[Y]], %[[Y]]
// JVP-NEXT: %[[ADD:.*]] = nabla.add %[[MUL]], %[[MUL2]]
// JVP-NEXT: %[[DIV:.*]] = nabla.div %[[X]], %[[ADD]]
// JVP-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[TY]], %[[DIV]]
// JVP-NEXT: %[[DIV2:.*]] = nabla.div %[[Y]], %[[ADD]]
// JVP-NEXT: %[[MUL_ZERO2:.*]] = nabla.mul_zero %[[TX]], %[[DIV2]]
// JVP-NEXT: %[[SUB:.*]] = nabla.sub %[[MUL_ZERO]], %[[MUL_ZERO2]]
// JVP-NEXT: return %[[ATAN2]], %[[SUB]]
func.func @jvp(%y: tensor<3xf32>, %x: tensor<3xf32>, %ty: tensor<3xf32>, %tx: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %r, %dr = nabla.jvp @f(%y, %x) tangents(%ty, %tx) wrt = [0, 1]
      : (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %r, %dr : tensor<3xf32>, tensor<3xf32>
}

// JVP-LABEL: func.func @jvp_y
// JVP-SAME: (%[[Y:.*]]: tensor<3xf32>, %[[X:.*]]: tensor<3xf32>, %[[T:.*]]: tensor<3xf32>)
// JVP-NEXT: %[[ATAN2:.*]] = nabla.atan2 %[[Y]], %[[X]]
// JVP-NEXT: %[[MUL:.*]] = nabla.mul %[[X]], %[[X]]
// JVP-NEXT: %[[MUL2:.*]] = nabla.mul %[[Y]], %[[Y]]
// JVP-NEXT: %[[ADD:.*]] = nabla.add %[[MUL]], %[[MUL2]]
// JVP-NEXT: %[[DIV:.*]] = nabla.div %[[X]], %[[ADD]]
// JVP-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[T]], %[[DIV]]
// JVP-NEXT: return %[[ATAN2]], %[[MUL_ZERO]]
func.func @jvp_y(%y: tensor<3xf32>, %x: tensor<3xf32>, %t: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %r, %dr = nabla.jvp @f(%y, %x) tangents(%t) wrt = [0]
      : (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %r, %dr : tensor<3xf32>, tensor<3xf32>
}

// JVP-LABEL: func.func @jvp_x
// JVP-SAME: (%[[Y:.*]]: tensor<3xf32>, %[[X:.*]]: tensor<3xf32>, %[[T:.*]]: tensor<3xf32>)
// JVP-NEXT: %[[ATAN2:.*]] = nabla.atan2 %[[Y]], %[[X]]
// JVP-NEXT: %[[MUL:.*]] = nabla.mul %[[X]], %[[X]]
// JVP-NEXT: %[[MUL2:.*]] = nabla.mul %[[Y]], %[[Y]]
// JVP-NEXT: %[[ADD:.*]] = nabla.add %[[MUL]], %[[MUL2]]
// JVP-NEXT: %[[DIV:.*]] = nabla.div %[[Y]], %[[ADD]]
// JVP-NEXT: %[[NEG:.*]] = nabla.neg %[[DIV]]
// JVP-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[T]], %[[NEG]]
// JVP-NEXT: return %[[ATAN2]], %[[MUL_ZERO]]
func.func @jvp_x(%y: tensor<3xf32>, %x: tensor<3xf32>, %t: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %r, %dr = nabla.jvp @f(%y, %x) tangents(%t) wrt = [1]
      : (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %r, %dr : tensor<3xf32>, tensor<3xf32>
}

// TRANSPOSE-LABEL: func.func @transpose
// TRANSPOSE-SAME: (%[[Y:.*]]: tensor<3xf32>, %[[X:.*]]: tensor<3xf32>, %[[CT:.*]]: tensor<3xf32>)
// TRANSPOSE-NEXT: %[[MUL:.*]] = nabla.mul %[[X]], %[[X]]
// TRANSPOSE-NEXT: %[[MUL2:.*]] = nabla.mul %[[Y]], %[[Y]]
// TRANSPOSE-NEXT: %[[ADD:.*]] = nabla.add %[[MUL]], %[[MUL2]]
// TRANSPOSE-NEXT: %[[DIV:.*]] = nabla.div %[[X]], %[[ADD]]
// TRANSPOSE-NEXT: %[[DIV2:.*]] = nabla.div %[[Y]], %[[ADD]]
// TRANSPOSE-NEXT: %[[NEG:.*]] = nabla.neg %[[CT]]
// TRANSPOSE-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[NEG]], %[[DIV2]]
// TRANSPOSE-NEXT: %[[MUL_ZERO2:.*]] = nabla.mul_zero %[[CT]], %[[DIV]]
// TRANSPOSE-NEXT: return %[[MUL_ZERO2]], %[[MUL_ZERO]]
func.func @transpose(%y: tensor<3xf32>, %x: tensor<3xf32>, %ct: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %r, %lin = nabla.linearize @f(%y, %x) wrt = [0, 1]
      : (tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, !linear)
  %gy, %gx = nabla.apply_transposed %lin(%ct)
      : (!linear, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %gy, %gx : tensor<3xf32>, tensor<3xf32>
}

// BATCH-LABEL: func.func @batch
// BATCH-SAME: (%[[Y:.*]]: tensor<8x3xf32>, %[[X:.*]]: tensor<8x3xf32>)
// BATCH-NEXT: %[[ATAN2:.*]] = nabla.atan2 %[[Y]], %[[X]]
// BATCH-NEXT: return %[[ATAN2]]
func.func @batch(%y: tensor<8x3xf32>, %x: tensor<8x3xf32>) -> tensor<8x3xf32> {
  %r = nabla.vmap @f(%y, %x) in_axes = [0, 0] out_axes = [0] size = 8
      : (tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
  return %r : tensor<8x3xf32>
}

// BATCH-LABEL: func.func @batch_y
// BATCH-SAME: (%[[Y:.*]]: tensor<8x3xf32>, %[[X:.*]]: tensor<3xf32>)
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[X]] dims = [1] : tensor<3xf32> -> tensor<8x3xf32>
// BATCH-NEXT: %[[ATAN2:.*]] = nabla.atan2 %[[Y]], %[[BROADCAST]]
// BATCH-NEXT: return %[[ATAN2]]
func.func @batch_y(%y: tensor<8x3xf32>, %x: tensor<3xf32>) -> tensor<8x3xf32> {
  %r = nabla.vmap @f(%y, %x) in_axes = [0, -1] out_axes = [0] size = 8
      : (tensor<8x3xf32>, tensor<3xf32>) -> tensor<8x3xf32>
  return %r : tensor<8x3xf32>
}

// BATCH-LABEL: func.func @batch_x
// BATCH-SAME: (%[[Y:.*]]: tensor<3xf32>, %[[X:.*]]: tensor<8x3xf32>)
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[Y]] dims = [1] : tensor<3xf32> -> tensor<8x3xf32>
// BATCH-NEXT: %[[ATAN2:.*]] = nabla.atan2 %[[BROADCAST]], %[[X]]
// BATCH-NEXT: return %[[ATAN2]]
func.func @batch_x(%y: tensor<3xf32>, %x: tensor<8x3xf32>) -> tensor<8x3xf32> {
  %r = nabla.vmap @f(%y, %x) in_axes = [-1, 0] out_axes = [0] size = 8
      : (tensor<3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
  return %r : tensor<8x3xf32>
}
