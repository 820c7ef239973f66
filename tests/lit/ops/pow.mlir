// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefixes=JVP,TRANSPOSE
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

!linear = !nabla.linear<(tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>)>

// OP-LABEL: func.func private @f
// OP: nabla.pow %{{.*}}, %{{.*}} : tensor<3xf32>
func.func private @f(%x: tensor<3xf32>, %y: tensor<3xf32>) -> tensor<3xf32> {
  %r = nabla.pow %x, %y : tensor<3xf32>
  return %r : tensor<3xf32>
}

// JVP-LABEL: func.func @jvp
// JVP-SAME: (%[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<3xf32>, %[[TX:.*]]: tensor<3xf32>, %[[TY:.*]]: tensor<3xf32>)
// JVP-NEXT: %[[ONE:.*]] = nabla.constant dense<1.000000e+00> : tensor<3xf32>
// JVP-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<3xf32>
// JVP-NEXT: %[[POW:.*]] = nabla.pow %[[X]], %[[Y]]
// JVP-NEXT: %[[COMPARE:.*]] = nabla.compare eq %[[Y]], %[[ZERO]]
// JVP-NEXT: %[[SUB:.*]] = nabla.sub %[[Y]], %[[ONE]]
// JVP-NEXT: %[[POW2:.*]] = nabla.pow %[[X]], %[[SUB]]
// JVP-NEXT: %[[MUL:.*]] = nabla.mul %[[Y]], %[[POW2]]
// JVP-NEXT: %[[SELECT:.*]] = nabla.select %[[COMPARE]], %[[ZERO]], %[[MUL]]
// JVP-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[TX]], %[[SELECT]]
// JVP-NEXT: %[[COMPARE2:.*]] = nabla.compare eq %[[X]], %[[ZERO]]
// JVP-NEXT: %[[SELECT2:.*]] = nabla.select %[[COMPARE2]], %[[ONE]], %[[X]]
// JVP-NEXT: %[[LOG:.*]] = nabla.log %[[SELECT2]]
// JVP-NEXT: %[[MUL2:.*]] = nabla.mul %[[POW]], %[[LOG]]
// JVP-NEXT: %[[MUL_ZERO2:.*]] = nabla.mul_zero %[[TY]], %[[MUL2]]
// JVP-NEXT: %[[ADD:.*]] = nabla.add %[[MUL_ZERO]], %[[MUL_ZERO2]]
// JVP-NEXT: return %[[POW]], %[[ADD]]
func.func @jvp(%x: tensor<3xf32>, %y: tensor<3xf32>, %tx: tensor<3xf32>, %ty: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %r, %dr = nabla.jvp @f(%x, %y) tangents(%tx, %ty) wrt = [0, 1]
      : (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %r, %dr : tensor<3xf32>, tensor<3xf32>
}

// JVP-LABEL: func.func @jvp_x
// JVP-SAME: (%[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<3xf32>, %[[T:.*]]: tensor<3xf32>)
// JVP-NEXT: %[[ONE:.*]] = nabla.constant dense<1.000000e+00> : tensor<3xf32>
// JVP-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<3xf32>
// JVP-NEXT: %[[POW:.*]] = nabla.pow %[[X]], %[[Y]]
// JVP-NEXT: %[[COMPARE:.*]] = nabla.compare eq %[[Y]], %[[ZERO]]
// JVP-NEXT: %[[SUB:.*]] = nabla.sub %[[Y]], %[[ONE]]
// JVP-NEXT: %[[POW2:.*]] = nabla.pow %[[X]], %[[SUB]]
// JVP-NEXT: %[[MUL:.*]] = nabla.mul %[[Y]], %[[POW2]]
// JVP-NEXT: %[[SELECT:.*]] = nabla.select %[[COMPARE]], %[[ZERO]], %[[MUL]]
// JVP-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[T]], %[[SELECT]]
// JVP-NEXT: return %[[POW]], %[[MUL_ZERO]]
func.func @jvp_x(%x: tensor<3xf32>, %y: tensor<3xf32>, %t: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %r, %dr = nabla.jvp @f(%x, %y) tangents(%t) wrt = [0]
      : (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %r, %dr : tensor<3xf32>, tensor<3xf32>
}

// JVP-LABEL: func.func @jvp_y
// JVP-SAME: (%[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<3xf32>, %[[T:.*]]: tensor<3xf32>)
// JVP-NEXT: %[[ONE:.*]] = nabla.constant dense<1.000000e+00> : tensor<3xf32>
// JVP-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<3xf32>
// JVP-NEXT: %[[POW:.*]] = nabla.pow %[[X]], %[[Y]]
// JVP-NEXT: %[[COMPARE:.*]] = nabla.compare eq %[[X]], %[[ZERO]]
// JVP-NEXT: %[[SELECT:.*]] = nabla.select %[[COMPARE]], %[[ONE]], %[[X]]
// JVP-NEXT: %[[LOG:.*]] = nabla.log %[[SELECT]]
// JVP-NEXT: %[[MUL:.*]] = nabla.mul %[[POW]], %[[LOG]]
// JVP-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[T]], %[[MUL]]
// JVP-NEXT: return %[[POW]], %[[MUL_ZERO]]
func.func @jvp_y(%x: tensor<3xf32>, %y: tensor<3xf32>, %t: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %r, %dr = nabla.jvp @f(%x, %y) tangents(%t) wrt = [1]
      : (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %r, %dr : tensor<3xf32>, tensor<3xf32>
}

// TRANSPOSE-LABEL: func.func @transpose
// TRANSPOSE-SAME: (%[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<3xf32>, %[[CT:.*]]: tensor<3xf32>)
// TRANSPOSE-NEXT: %[[ONE:.*]] = nabla.constant dense<1.000000e+00> : tensor<3xf32>
// TRANSPOSE-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<3xf32>
// TRANSPOSE-NEXT: %[[POW:.*]] = nabla.pow %[[X]], %[[Y]]
// TRANSPOSE-NEXT: %[[COMPARE:.*]] = nabla.compare eq %[[Y]], %[[ZERO]]
// TRANSPOSE-NEXT: %[[SUB:.*]] = nabla.sub %[[Y]], %[[ONE]]
// TRANSPOSE-NEXT: %[[POW2:.*]] = nabla.pow %[[X]], %[[SUB]]
// TRANSPOSE-NEXT: %[[MUL:.*]] = nabla.mul %[[Y]], %[[POW2]]
// TRANSPOSE-NEXT: %[[SELECT:.*]] = nabla.select %[[COMPARE]], %[[ZERO]], %[[MUL]]
// TRANSPOSE-NEXT: %[[COMPARE2:.*]] = nabla.compare eq %[[X]], %[[ZERO]]
// TRANSPOSE-NEXT: %[[SELECT2:.*]] = nabla.select %[[COMPARE2]], %[[ONE]], %[[X]]
// TRANSPOSE-NEXT: %[[LOG:.*]] = nabla.log %[[SELECT2]]
// TRANSPOSE-NEXT: %[[MUL2:.*]] = nabla.mul %[[POW]], %[[LOG]]
// TRANSPOSE-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[CT]], %[[MUL2]]
// TRANSPOSE-NEXT: %[[MUL_ZERO2:.*]] = nabla.mul_zero %[[CT]], %[[SELECT]]
// TRANSPOSE-NEXT: return %[[MUL_ZERO2]], %[[MUL_ZERO]]
func.func @transpose(%x: tensor<3xf32>, %y: tensor<3xf32>, %ct: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %r, %lin = nabla.linearize @f(%x, %y) wrt = [0, 1]
      : (tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, !linear)
  %gx, %gy = nabla.apply_transposed %lin(%ct)
      : (!linear, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %gx, %gy : tensor<3xf32>, tensor<3xf32>
}

// BATCH-LABEL: func.func @batch
// BATCH-SAME: (%[[X:.*]]: tensor<8x3xf32>, %[[Y:.*]]: tensor<8x3xf32>)
// BATCH-NEXT: %[[POW:.*]] = nabla.pow %[[X]], %[[Y]]
// BATCH-NEXT: return %[[POW]]
func.func @batch(%x: tensor<8x3xf32>, %y: tensor<8x3xf32>) -> tensor<8x3xf32> {
  %r = nabla.vmap @f(%x, %y) in_axes = [0, 0] out_axes = [0] size = 8
      : (tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
  return %r : tensor<8x3xf32>
}

// BATCH-LABEL: func.func @batch_x
// BATCH-SAME: (%[[X:.*]]: tensor<8x3xf32>, %[[Y:.*]]: tensor<3xf32>)
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[Y]] dims = [1] : tensor<3xf32> -> tensor<8x3xf32>
// BATCH-NEXT: %[[POW:.*]] = nabla.pow %[[X]], %[[BROADCAST]]
// BATCH-NEXT: return %[[POW]]
func.func @batch_x(%x: tensor<8x3xf32>, %y: tensor<3xf32>) -> tensor<8x3xf32> {
  %r = nabla.vmap @f(%x, %y) in_axes = [0, -1] out_axes = [0] size = 8
      : (tensor<8x3xf32>, tensor<3xf32>) -> tensor<8x3xf32>
  return %r : tensor<8x3xf32>
}

// BATCH-LABEL: func.func @batch_y
// BATCH-SAME: (%[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<8x3xf32>)
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[X]] dims = [1] : tensor<3xf32> -> tensor<8x3xf32>
// BATCH-NEXT: %[[POW:.*]] = nabla.pow %[[BROADCAST]], %[[Y]]
// BATCH-NEXT: return %[[POW]]
func.func @batch_y(%x: tensor<3xf32>, %y: tensor<8x3xf32>) -> tensor<8x3xf32> {
  %r = nabla.vmap @f(%x, %y) in_axes = [-1, 0] out_axes = [0] size = 8
      : (tensor<3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
  return %r : tensor<8x3xf32>
}
