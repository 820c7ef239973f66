// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefixes=JVP,TRANSPOSE
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

!linear = !nabla.linear<(tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>)>

// OP-LABEL: func.func private @f
// OP: nabla.mul_zero %{{.*}}, %{{.*}} : tensor<3xf32>
func.func private @f(%x: tensor<3xf32>, %d: tensor<3xf32>) -> tensor<3xf32> {
  %r = nabla.mul_zero %x, %d : tensor<3xf32>
  return %r : tensor<3xf32>
}

// JVP-LABEL: func.func @jvp
// JVP-SAME: (%[[X:.*]]: tensor<3xf32>, %[[D:.*]]: tensor<3xf32>, %[[TX:.*]]: tensor<3xf32>, %[[TD:.*]]: tensor<3xf32>)
// JVP-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[X]], %[[D]]
// JVP-NEXT: %[[MUL_ZERO2:.*]] = nabla.mul_zero %[[TX]], %[[D]]
// JVP-NEXT: %[[MUL_ZERO3:.*]] = nabla.mul_zero %[[TD]], %[[X]]
// JVP-NEXT: %[[ADD:.*]] = nabla.add %[[MUL_ZERO2]], %[[MUL_ZERO3]]
// JVP-NEXT: return %[[MUL_ZERO]], %[[ADD]]
func.func @jvp(%x: tensor<3xf32>, %d: tensor<3xf32>, %tx: tensor<3xf32>, %td: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %r, %dr = nabla.jvp @f(%x, %d) tangents(%tx, %td) wrt = [0, 1]
      : (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %r, %dr : tensor<3xf32>, tensor<3xf32>
}

// JVP-LABEL: func.func @jvp_x
// JVP-SAME: (%[[X:.*]]: tensor<3xf32>, %[[D:.*]]: tensor<3xf32>, %[[T:.*]]: tensor<3xf32>)
// JVP-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[X]], %[[D]]
// JVP-NEXT: %[[MUL_ZERO2:.*]] = nabla.mul_zero %[[T]], %[[D]]
// JVP-NEXT: return %[[MUL_ZERO]], %[[MUL_ZERO2]]
func.func @jvp_x(%x: tensor<3xf32>, %d: tensor<3xf32>, %t: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %r, %dr = nabla.jvp @f(%x, %d) tangents(%t) wrt = [0]
      : (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %r, %dr : tensor<3xf32>, tensor<3xf32>
}

// JVP-LABEL: func.func @jvp_d
// JVP-SAME: (%[[X:.*]]: tensor<3xf32>, %[[D:.*]]: tensor<3xf32>, %[[T:.*]]: tensor<3xf32>)
// JVP-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[X]], %[[D]]
// JVP-NEXT: %[[MUL_ZERO2:.*]] = nabla.mul_zero %[[T]], %[[X]]
// JVP-NEXT: return %[[MUL_ZERO]], %[[MUL_ZERO2]]
func.func @jvp_d(%x: tensor<3xf32>, %d: tensor<3xf32>, %t: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %r, %dr = nabla.jvp @f(%x, %d) tangents(%t) wrt = [1]
      : (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %r, %dr : tensor<3xf32>, tensor<3xf32>
}

// TRANSPOSE-LABEL: func.func @transpose
// TRANSPOSE-SAME: (%[[X:.*]]: tensor<3xf32>, %[[D:.*]]: tensor<3xf32>, %[[CT:.*]]: tensor<3xf32>)
// TRANSPOSE-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[CT]], %[[X]]
// TRANSPOSE-NEXT: %[[MUL_ZERO2:.*]] = nabla.mul_zero %[[CT]], %[[D]]
// TRANSPOSE-NEXT: return %[[MUL_ZERO2]], %[[MUL_ZERO]]
func.func @transpose(%x: tensor<3xf32>, %d: tensor<3xf32>, %ct: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %r, %lin = nabla.linearize @f(%x, %d) wrt = [0, 1]
      : (tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, !linear)
  %gx, %gd = nabla.apply_transposed %lin(%ct)
      : (!linear, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %gx, %gd : tensor<3xf32>, tensor<3xf32>
}

// BATCH-LABEL: func.func @batch
// BATCH-SAME: (%[[X:.*]]: tensor<8x3xf32>, %[[D:.*]]: tensor<8x3xf32>)
// BATCH-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[X]], %[[D]]
// BATCH-NEXT: return %[[MUL_ZERO]]
func.func @batch(%x: tensor<8x3xf32>, %d: tensor<8x3xf32>) -> tensor<8x3xf32> {
  %r = nabla.vmap @f(%x, %d) in_axes = [0, 0] out_axes = [0] size = 8
      : (tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
  return %r : tensor<8x3xf32>
}

// BATCH-LABEL: func.func @batch_x
// BATCH-SAME: (%[[X:.*]]: tensor<8x3xf32>, %[[D:.*]]: tensor<3xf32>)
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[D]] dims = [1] : tensor<3xf32> -> tensor<8x3xf32>
// BATCH-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[X]], %[[BROADCAST]]
// BATCH-NEXT: return %[[MUL_ZERO]]
func.func @batch_x(%x: tensor<8x3xf32>, %d: tensor<3xf32>) -> tensor<8x3xf32> {
  %r = nabla.vmap @f(%x, %d) in_axes = [0, -1] out_axes = [0] size = 8
      : (tensor<8x3xf32>, tensor<3xf32>) -> tensor<8x3xf32>
  return %r : tensor<8x3xf32>
}

// BATCH-LABEL: func.func @batch_d
// BATCH-SAME: (%[[X:.*]]: tensor<3xf32>, %[[D:.*]]: tensor<8x3xf32>)
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[X]] dims = [1] : tensor<3xf32> -> tensor<8x3xf32>
// BATCH-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[BROADCAST]], %[[D]]
// BATCH-NEXT: return %[[MUL_ZERO]]
func.func @batch_d(%x: tensor<3xf32>, %d: tensor<8x3xf32>) -> tensor<8x3xf32> {
  %r = nabla.vmap @f(%x, %d) in_axes = [-1, 0] out_axes = [0] size = 8
      : (tensor<3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
  return %r : tensor<8x3xf32>
}

// The linear factor may stand on either side.
func.func private @scale(%k: tensor<3xf32>, %t: tensor<3xf32>) -> tensor<3xf32> {
  %r = nabla.mul_zero %t, %k : tensor<3xf32>
  return %r : tensor<3xf32>
}
func.func private @scaled(%k: tensor<3xf32>, %t: tensor<3xf32>) -> tensor<3xf32> {
  %r = nabla.mul_zero %k, %t : tensor<3xf32>
  return %r : tensor<3xf32>
}
!linear1 = !nabla.linear<(tensor<3xf32>) -> (tensor<3xf32>)>

// TRANSPOSE-LABEL: func.func @transpose_left
// TRANSPOSE-SAME: (%[[K:.*]]: tensor<3xf32>, %[[CT:.*]]: tensor<3xf32>)
// TRANSPOSE-NEXT: %[[PRODUCT:.*]] = nabla.mul_zero %[[CT]], %[[K]]
// TRANSPOSE-NEXT: return %[[PRODUCT]]
func.func @transpose_left(%k: tensor<3xf32>, %ct: tensor<3xf32>) -> tensor<3xf32> {
  %lin = nabla.bind_linear @scale(%k) : (tensor<3xf32>) -> !linear1
  %g = nabla.apply_transposed %lin(%ct) : (!linear1, tensor<3xf32>) -> tensor<3xf32>
  return %g : tensor<3xf32>
}

// TRANSPOSE-LABEL: func.func @transpose_right
// TRANSPOSE-SAME: (%[[K:.*]]: tensor<3xf32>, %[[CT:.*]]: tensor<3xf32>)
// TRANSPOSE-NEXT: %[[PRODUCT:.*]] = nabla.mul_zero %[[CT]], %[[K]]
// TRANSPOSE-NEXT: return %[[PRODUCT]]
func.func @transpose_right(%k: tensor<3xf32>, %ct: tensor<3xf32>) -> tensor<3xf32> {
  %lin = nabla.bind_linear @scaled(%k) : (tensor<3xf32>) -> !linear1
  %g = nabla.apply_transposed %lin(%ct) : (!linear1, tensor<3xf32>) -> tensor<3xf32>
  return %g : tensor<3xf32>
}
