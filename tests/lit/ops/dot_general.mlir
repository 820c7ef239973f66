// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefixes=JVP,TRANSPOSE
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

!linear = !nabla.linear<(tensor<2x3xf32>, tensor<3x4xf32>) -> (tensor<2x4xf32>)>

// OP-LABEL: func.func private @f
// OP: nabla.dot_general %{{.*}}, %{{.*}} batch = [] x [] contract = [1] x [0] : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
func.func private @f(%x: tensor<2x3xf32>, %y: tensor<3x4xf32>) -> tensor<2x4xf32> {
  %r = nabla.dot_general %x, %y batch = [] x [] contract = [1] x [0] : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  return %r : tensor<2x4xf32>
}

// JVP-LABEL: func.func @jvp
// JVP-SAME: (%[[X:.*]]: tensor<2x3xf32>, %[[Y:.*]]: tensor<3x4xf32>, %[[TX:.*]]: tensor<2x3xf32>, %[[TY:.*]]: tensor<3x4xf32>)
// JVP-NEXT: %[[DOT_GENERAL:.*]] = nabla.dot_general %[[X]], %[[Y]] batch = [] x [] contract = [1] x [0] : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
// JVP-NEXT: %[[DOT_GENERAL2:.*]] = nabla.dot_general %[[TX]], %[[Y]] batch = [] x [] contract = [1] x [0] : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
// JVP-NEXT: %[[DOT_GENERAL3:.*]] = nabla.dot_general %[[X]], %[[TY]] batch = [] x [] contract = [1] x [0] : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
// JVP-NEXT: %[[ADD:.*]] = nabla.add %[[DOT_GENERAL2]], %[[DOT_GENERAL3]]
// JVP-NEXT: return %[[DOT_GENERAL]], %[[ADD]]
func.func @jvp(%x: tensor<2x3xf32>, %y: tensor<3x4xf32>, %tx: tensor<2x3xf32>, %ty: tensor<3x4xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>) {
  %r, %dr = nabla.jvp @f(%x, %y) tangents(%tx, %ty) wrt = [0, 1]
      : (tensor<2x3xf32>, tensor<3x4xf32>, tensor<2x3xf32>, tensor<3x4xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>)
  return %r, %dr : tensor<2x4xf32>, tensor<2x4xf32>
}

// JVP-LABEL: func.func @jvp_x
// JVP-SAME: (%[[X:.*]]: tensor<2x3xf32>, %[[Y:.*]]: tensor<3x4xf32>, %[[T:.*]]: tensor<2x3xf32>)
// JVP-NEXT: %[[DOT_GENERAL:.*]] = nabla.dot_general %[[X]], %[[Y]] batch = [] x [] contract = [1] x [0] : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
// JVP-NEXT: %[[DOT_GENERAL2:.*]] = nabla.dot_general %[[T]], %[[Y]] batch = [] x [] contract = [1] x [0] : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
// JVP-NEXT: return %[[DOT_GENERAL]], %[[DOT_GENERAL2]]
func.func @jvp_x(%x: tensor<2x3xf32>, %y: tensor<3x4xf32>, %t: tensor<2x3xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>) {
  %r, %dr = nabla.jvp @f(%x, %y) tangents(%t) wrt = [0]
      : (tensor<2x3xf32>, tensor<3x4xf32>, tensor<2x3xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>)
  return %r, %dr : tensor<2x4xf32>, tensor<2x4xf32>
}

// JVP-LABEL: func.func @jvp_y
// JVP-SAME: (%[[X:.*]]: tensor<2x3xf32>, %[[Y:.*]]: tensor<3x4xf32>, %[[T:.*]]: tensor<3x4xf32>)
// JVP-NEXT: %[[DOT_GENERAL:.*]] = nabla.dot_general %[[X]], %[[Y]] batch = [] x [] contract = [1] x [0] : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
// JVP-NEXT: %[[DOT_GENERAL2:.*]] = nabla.dot_general %[[X]], %[[T]] batch = [] x [] contract = [1] x [0] : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
// JVP-NEXT: return %[[DOT_GENERAL]], %[[DOT_GENERAL2]]
func.func @jvp_y(%x: tensor<2x3xf32>, %y: tensor<3x4xf32>, %t: tensor<3x4xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>) {
  %r, %dr = nabla.jvp @f(%x, %y) tangents(%t) wrt = [1]
      : (tensor<2x3xf32>, tensor<3x4xf32>, tensor<3x4xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>)
  return %r, %dr : tensor<2x4xf32>, tensor<2x4xf32>
}

// TRANSPOSE-LABEL: func.func @transpose
// TRANSPOSE-SAME: (%[[X:.*]]: tensor<2x3xf32>, %[[Y:.*]]: tensor<3x4xf32>, %[[CT:.*]]: tensor<2x4xf32>)
// TRANSPOSE-NEXT: %[[DOT_GENERAL:.*]] = nabla.dot_general %[[X]], %[[CT]] batch = [] x [] contract = [0] x [0] : (tensor<2x3xf32>, tensor<2x4xf32>) -> tensor<3x4xf32>
// TRANSPOSE-NEXT: %[[DOT_GENERAL2:.*]] = nabla.dot_general %[[CT]], %[[Y]] batch = [] x [] contract = [1] x [1] : (tensor<2x4xf32>, tensor<3x4xf32>) -> tensor<2x3xf32>
// TRANSPOSE-NEXT: return %[[DOT_GENERAL2]], %[[DOT_GENERAL]]
func.func @transpose(%x: tensor<2x3xf32>, %y: tensor<3x4xf32>, %ct: tensor<2x4xf32>) -> (tensor<2x3xf32>, tensor<3x4xf32>) {
  %r, %lin = nabla.linearize @f(%x, %y) wrt = [0, 1]
      : (tensor<2x3xf32>, tensor<3x4xf32>) -> (tensor<2x4xf32>, !linear)
  %gx, %gy = nabla.apply_transposed %lin(%ct)
      : (!linear, tensor<2x4xf32>) -> (tensor<2x3xf32>, tensor<3x4xf32>)
  return %gx, %gy : tensor<2x3xf32>, tensor<3x4xf32>
}

// BATCH-LABEL: func.func @batch
// BATCH-SAME: (%[[X:.*]]: tensor<8x2x3xf32>, %[[Y:.*]]: tensor<8x3x4xf32>)
// BATCH-NEXT: %[[DOT_GENERAL:.*]] = nabla.dot_general %[[X]], %[[Y]] batch = [0] x [0] contract = [2] x [1] : (tensor<8x2x3xf32>, tensor<8x3x4xf32>) -> tensor<8x2x4xf32>
// BATCH-NEXT: return %[[DOT_GENERAL]]
func.func @batch(%x: tensor<8x2x3xf32>, %y: tensor<8x3x4xf32>) -> tensor<8x2x4xf32> {
  %r = nabla.vmap @f(%x, %y) in_axes = [0, 0] out_axes = [0] size = 8
      : (tensor<8x2x3xf32>, tensor<8x3x4xf32>) -> tensor<8x2x4xf32>
  return %r : tensor<8x2x4xf32>
}

// BATCH-LABEL: func.func @batch_x
// BATCH-SAME: (%[[X:.*]]: tensor<8x2x3xf32>, %[[Y:.*]]: tensor<3x4xf32>)
// BATCH-NEXT: %[[DOT_GENERAL:.*]] = nabla.dot_general %[[X]], %[[Y]] batch = [] x [] contract = [2] x [0] : (tensor<8x2x3xf32>, tensor<3x4xf32>) -> tensor<8x2x4xf32>
// BATCH-NEXT: return %[[DOT_GENERAL]]
func.func @batch_x(%x: tensor<8x2x3xf32>, %y: tensor<3x4xf32>) -> tensor<8x2x4xf32> {
  %r = nabla.vmap @f(%x, %y) in_axes = [0, -1] out_axes = [0] size = 8
      : (tensor<8x2x3xf32>, tensor<3x4xf32>) -> tensor<8x2x4xf32>
  return %r : tensor<8x2x4xf32>
}

// BATCH-LABEL: func.func @batch_y
// BATCH-SAME: (%[[X:.*]]: tensor<2x3xf32>, %[[Y:.*]]: tensor<8x3x4xf32>)
// BATCH-NEXT: %[[DOT_GENERAL:.*]] = nabla.dot_general %[[X]], %[[Y]] batch = [] x [] contract = [1] x [1] : (tensor<2x3xf32>, tensor<8x3x4xf32>) -> tensor<2x8x4xf32>
// BATCH-NEXT: %[[TRANSPOSED:.*]] = nabla.transpose %[[DOT_GENERAL]] permutation = [1, 0, 2] : tensor<2x8x4xf32> -> tensor<8x2x4xf32>
// BATCH-NEXT: return %[[TRANSPOSED]]
func.func @batch_y(%x: tensor<2x3xf32>, %y: tensor<8x3x4xf32>) -> tensor<8x2x4xf32> {
  %r = nabla.vmap @f(%x, %y) in_axes = [-1, 0] out_axes = [0] size = 8
      : (tensor<2x3xf32>, tensor<8x3x4xf32>) -> tensor<8x2x4xf32>
  return %r : tensor<8x2x4xf32>
}

!linear_of_four = !nabla.linear<(tensor<6x7x2x3xf32>, tensor<3x4x6x7xf32>) -> (tensor<7x2x4xf32>)>

// r[b, i, j] = sum over k, l of x[k, b, i, l] y[l, j, k, b]
// OP-LABEL: func.func private @f_of_four
// OP: nabla.dot_general %{{.*}}, %{{.*}} batch = [1] x [3] contract = [0, 3] x [2, 0] : (tensor<6x7x2x3xf32>, tensor<3x4x6x7xf32>) -> tensor<7x2x4xf32>
func.func private @f_of_four(%x: tensor<6x7x2x3xf32>, %y: tensor<3x4x6x7xf32>) -> tensor<7x2x4xf32> {
  %r = nabla.dot_general %x, %y batch = [1] x [3] contract = [0, 3] x [2, 0] : (tensor<6x7x2x3xf32>, tensor<3x4x6x7xf32>) -> tensor<7x2x4xf32>
  return %r : tensor<7x2x4xf32>
}

// TRANSPOSE-LABEL: func.func @transpose_of_four
// TRANSPOSE-SAME: (%[[X:.*]]: tensor<6x7x2x3xf32>, %[[Y:.*]]: tensor<3x4x6x7xf32>, %[[CT:.*]]: tensor<7x2x4xf32>)
// TRANSPOSE-NEXT: %[[DOT_GENERAL:.*]] = nabla.dot_general %[[CT]], %[[X]] batch = [0] x [1] contract = [1] x [2] : (tensor<7x2x4xf32>, tensor<6x7x2x3xf32>) -> tensor<7x4x6x3xf32>
// TRANSPOSE-NEXT: %[[TRANSPOSED:.*]] = nabla.transpose %[[DOT_GENERAL]] permutation = [3, 1, 2, 0] : tensor<7x4x6x3xf32> -> tensor<3x4x6x7xf32>
// TRANSPOSE-NEXT: %[[DOT_GENERAL2:.*]] = nabla.dot_general %[[CT]], %[[Y]] batch = [0] x [3] contract = [2] x [1] : (tensor<7x2x4xf32>, tensor<3x4x6x7xf32>) -> tensor<7x2x3x6xf32>
// TRANSPOSE-NEXT: %[[TRANSPOSED2:.*]] = nabla.transpose %[[DOT_GENERAL2]] permutation = [3, 0, 1, 2] : tensor<7x2x3x6xf32> -> tensor<6x7x2x3xf32>
// TRANSPOSE-NEXT: return %[[TRANSPOSED2]], %[[TRANSPOSED]]
func.func @transpose_of_four(%x: tensor<6x7x2x3xf32>, %y: tensor<3x4x6x7xf32>, %ct: tensor<7x2x4xf32>) -> (tensor<6x7x2x3xf32>, tensor<3x4x6x7xf32>) {
  %r, %lin = nabla.linearize @f_of_four(%x, %y) wrt = [0, 1]
      : (tensor<6x7x2x3xf32>, tensor<3x4x6x7xf32>) -> (tensor<7x2x4xf32>, !linear_of_four)
  %gx, %gy = nabla.apply_transposed %lin(%ct)
      : (!linear_of_four, tensor<7x2x4xf32>) -> (tensor<6x7x2x3xf32>, tensor<3x4x6x7xf32>)
  return %gx, %gy : tensor<6x7x2x3xf32>, tensor<3x4x6x7xf32>
}

// BATCH-LABEL: func.func @batch_of_four
// BATCH-SAME: (%[[X:.*]]: tensor<8x6x7x2x3xf32>, %[[Y:.*]]: tensor<8x3x4x6x7xf32>)
// BATCH-NEXT: %[[DOT_GENERAL:.*]] = nabla.dot_general %[[X]], %[[Y]] batch = [0, 2] x [0, 4] contract = [1, 4] x [3, 1] : (tensor<8x6x7x2x3xf32>, tensor<8x3x4x6x7xf32>) -> tensor<8x7x2x4xf32>
// BATCH-NEXT: return %[[DOT_GENERAL]]
func.func @batch_of_four(%x: tensor<8x6x7x2x3xf32>, %y: tensor<8x3x4x6x7xf32>) -> tensor<8x7x2x4xf32> {
  %r = nabla.vmap @f_of_four(%x, %y) in_axes = [0, 0] out_axes = [0] size = 8
      : (tensor<8x6x7x2x3xf32>, tensor<8x3x4x6x7xf32>) -> tensor<8x7x2x4xf32>
  return %r : tensor<8x7x2x4xf32>
}

// BATCH-LABEL: func.func @batch_of_four_x
// BATCH-SAME: (%[[X:.*]]: tensor<8x6x7x2x3xf32>, %[[Y:.*]]: tensor<3x4x6x7xf32>)
// BATCH-NEXT: %[[DOT_GENERAL:.*]] = nabla.dot_general %[[X]], %[[Y]] batch = [2] x [3] contract = [1, 4] x [2, 0] : (tensor<8x6x7x2x3xf32>, tensor<3x4x6x7xf32>) -> tensor<7x8x2x4xf32>
// BATCH-NEXT: %[[TRANSPOSED:.*]] = nabla.transpose %[[DOT_GENERAL]] permutation = [1, 0, 2, 3] : tensor<7x8x2x4xf32> -> tensor<8x7x2x4xf32>
// BATCH-NEXT: return %[[TRANSPOSED]]
func.func @batch_of_four_x(%x: tensor<8x6x7x2x3xf32>, %y: tensor<3x4x6x7xf32>) -> tensor<8x7x2x4xf32> {
  %r = nabla.vmap @f_of_four(%x, %y) in_axes = [0, -1] out_axes = [0] size = 8
      : (tensor<8x6x7x2x3xf32>, tensor<3x4x6x7xf32>) -> tensor<8x7x2x4xf32>
  return %r : tensor<8x7x2x4xf32>
}

// BATCH-LABEL: func.func @batch_of_four_y
// BATCH-SAME: (%[[X:.*]]: tensor<6x7x2x3xf32>, %[[Y:.*]]: tensor<8x3x4x6x7xf32>)
// BATCH-NEXT: %[[DOT_GENERAL:.*]] = nabla.dot_general %[[X]], %[[Y]] batch = [1] x [4] contract = [0, 3] x [3, 1] : (tensor<6x7x2x3xf32>, tensor<8x3x4x6x7xf32>) -> tensor<7x2x8x4xf32>
// BATCH-NEXT: %[[TRANSPOSED:.*]] = nabla.transpose %[[DOT_GENERAL]] permutation = [2, 0, 1, 3] : tensor<7x2x8x4xf32> -> tensor<8x7x2x4xf32>
// BATCH-NEXT: return %[[TRANSPOSED]]
func.func @batch_of_four_y(%x: tensor<6x7x2x3xf32>, %y: tensor<8x3x4x6x7xf32>) -> tensor<8x7x2x4xf32> {
  %r = nabla.vmap @f_of_four(%x, %y) in_axes = [-1, 0] out_axes = [0] size = 8
      : (tensor<6x7x2x3xf32>, tensor<8x3x4x6x7xf32>) -> tensor<8x7x2x4xf32>
  return %r : tensor<8x7x2x4xf32>
}
