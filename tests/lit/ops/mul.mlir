// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefixes=JVP,TRANSPOSE
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

!linear = !nabla.linear<(tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>)>

// OP-LABEL: func.func private @f
// OP: nabla.mul %{{.*}}, %{{.*}} : tensor<3xf32>
func.func private @f(%x: tensor<3xf32>, %y: tensor<3xf32>) -> tensor<3xf32> {
  %r = nabla.mul %x, %y : tensor<3xf32>
  return %r : tensor<3xf32>
}

// JVP-LABEL: func.func @jvp
// JVP-SAME: (%[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<3xf32>, %[[TX:.*]]: tensor<3xf32>, %[[TY:.*]]: tensor<3xf32>)
// JVP-NEXT: %[[MUL:.*]] = nabla.mul %[[X]], %[[Y]]
// JVP-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[TX]], %[[Y]]
// JVP-NEXT: %[[MUL_ZERO2:.*]] = nabla.mul_zero %[[TY]], %[[X]]
// JVP-NEXT: %[[ADD:.*]] = nabla.add %[[MUL_ZERO]], %[[MUL_ZERO2]]
// JVP-NEXT: return %[[MUL]], %[[ADD]]
func.func @jvp(%x: tensor<3xf32>, %y: tensor<3xf32>, %tx: tensor<3xf32>, %ty: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %r, %dr = nabla.jvp @f(%x, %y) tangents(%tx, %ty) wrt = [0, 1]
      : (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %r, %dr : tensor<3xf32>, tensor<3xf32>
}

// JVP-LABEL: func.func @jvp_x
// JVP-SAME: (%[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<3xf32>, %[[T:.*]]: tensor<3xf32>)
// JVP-NEXT: %[[MUL:.*]] = nabla.mul %[[X]], %[[Y]]
// JVP-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[T]], %[[Y]]
// JVP-NEXT: return %[[MUL]], %[[MUL_ZERO]]
func.func @jvp_x(%x: tensor<3xf32>, %y: tensor<3xf32>, %t: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %r, %dr = nabla.jvp @f(%x, %y) tangents(%t) wrt = [0]
      : (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %r, %dr : tensor<3xf32>, tensor<3xf32>
}

// JVP-LABEL: func.func @jvp_y
// JVP-SAME: (%[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<3xf32>, %[[T:.*]]: tensor<3xf32>)
// JVP-NEXT: %[[MUL:.*]] = nabla.mul %[[X]], %[[Y]]
// JVP-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[T]], %[[X]]
// JVP-NEXT: return %[[MUL]], %[[MUL_ZERO]]
func.func @jvp_y(%x: tensor<3xf32>, %y: tensor<3xf32>, %t: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %r, %dr = nabla.jvp @f(%x, %y) tangents(%t) wrt = [1]
      : (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %r, %dr : tensor<3xf32>, tensor<3xf32>
}

// TRANSPOSE-LABEL: func.func @transpose
// TRANSPOSE-SAME: (%[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<3xf32>, %[[CT:.*]]: tensor<3xf32>)
// TRANSPOSE-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[CT]], %[[X]]
// TRANSPOSE-NEXT: %[[MUL_ZERO2:.*]] = nabla.mul_zero %[[CT]], %[[Y]]
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
// BATCH-NEXT: %[[MUL:.*]] = nabla.mul %[[X]], %[[Y]]
// BATCH-NEXT: return %[[MUL]]
func.func @batch(%x: tensor<8x3xf32>, %y: tensor<8x3xf32>) -> tensor<8x3xf32> {
  %r = nabla.vmap @f(%x, %y) in_axes = [0, 0] out_axes = [0] size = 8
      : (tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
  return %r : tensor<8x3xf32>
}

// BATCH-LABEL: func.func @batch_x
// BATCH-SAME: (%[[X:.*]]: tensor<8x3xf32>, %[[Y:.*]]: tensor<3xf32>)
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[Y]] dims = [1] : tensor<3xf32> -> tensor<8x3xf32>
// BATCH-NEXT: %[[MUL:.*]] = nabla.mul %[[X]], %[[BROADCAST]]
// BATCH-NEXT: return %[[MUL]]
func.func @batch_x(%x: tensor<8x3xf32>, %y: tensor<3xf32>) -> tensor<8x3xf32> {
  %r = nabla.vmap @f(%x, %y) in_axes = [0, -1] out_axes = [0] size = 8
      : (tensor<8x3xf32>, tensor<3xf32>) -> tensor<8x3xf32>
  return %r : tensor<8x3xf32>
}

// BATCH-LABEL: func.func @batch_y
// BATCH-SAME: (%[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<8x3xf32>)
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[X]] dims = [1] : tensor<3xf32> -> tensor<8x3xf32>
// BATCH-NEXT: %[[MUL:.*]] = nabla.mul %[[BROADCAST]], %[[Y]]
// BATCH-NEXT: return %[[MUL]]
func.func @batch_y(%x: tensor<3xf32>, %y: tensor<8x3xf32>) -> tensor<8x3xf32> {
  %r = nabla.vmap @f(%x, %y) in_axes = [-1, 0] out_axes = [0] size = 8
      : (tensor<3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
  return %r : tensor<8x3xf32>
}

//===----------------------------------------------------------------------===//
// In a linear function either factor may be the tangent.
//===----------------------------------------------------------------------===//

!linear1 = !nabla.linear<(tensor<3xf32>) -> (tensor<3xf32>)>

func.func private @scale(%k: tensor<3xf32>, %t: tensor<3xf32>) -> tensor<3xf32> {
  %r = nabla.mul %t, %k : tensor<3xf32>
  return %r : tensor<3xf32>
}

func.func private @scaled(%k: tensor<3xf32>, %t: tensor<3xf32>) -> tensor<3xf32> {
  %r = nabla.mul %k, %t : tensor<3xf32>
  return %r : tensor<3xf32>
}

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
