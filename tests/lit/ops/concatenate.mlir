// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefixes=JVP,TRANSPOSE
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

!linear = !nabla.linear<(tensor<2x3xf32>, tensor<4x3xf32>) -> (tensor<6x3xf32>)>

// OP-LABEL: func.func private @f
// OP: nabla.concatenate %{{.*}}, %{{.*}} dim = 0 : (tensor<2x3xf32>, tensor<4x3xf32>) -> tensor<6x3xf32>
func.func private @f(%x: tensor<2x3xf32>, %y: tensor<4x3xf32>) -> tensor<6x3xf32> {
  %r = nabla.concatenate %x, %y dim = 0 : (tensor<2x3xf32>, tensor<4x3xf32>) -> tensor<6x3xf32>
  return %r : tensor<6x3xf32>
}

// JVP-LABEL: func.func @jvp
// JVP-SAME: (%[[X:.*]]: tensor<2x3xf32>, %[[Y:.*]]: tensor<4x3xf32>, %[[TX:.*]]: tensor<2x3xf32>, %[[TY:.*]]: tensor<4x3xf32>)
// JVP-NEXT: %[[CONCATENATE:.*]] = nabla.concatenate %[[X]], %[[Y]] dim = 0 : (tensor<2x3xf32>, tensor<4x3xf32>) -> tensor<6x3xf32>
// JVP-NEXT: %[[CONCATENATE2:.*]] = nabla.concatenate %[[TX]], %[[TY]] dim = 0 : (tensor<2x3xf32>, tensor<4x3xf32>) -> tensor<6x3xf32>
// JVP-NEXT: return %[[CONCATENATE]], %[[CONCATENATE2]]
func.func @jvp(%x: tensor<2x3xf32>, %y: tensor<4x3xf32>, %tx: tensor<2x3xf32>, %ty: tensor<4x3xf32>) -> (tensor<6x3xf32>, tensor<6x3xf32>) {
  %r, %dr = nabla.jvp @f(%x, %y) tangents(%tx, %ty) wrt = [0, 1]
      : (tensor<2x3xf32>, tensor<4x3xf32>, tensor<2x3xf32>, tensor<4x3xf32>) -> (tensor<6x3xf32>, tensor<6x3xf32>)
  return %r, %dr : tensor<6x3xf32>, tensor<6x3xf32>
}

// JVP-LABEL: func.func @jvp_x
// JVP-SAME: (%[[X:.*]]: tensor<2x3xf32>, %[[Y:.*]]: tensor<4x3xf32>, %[[T:.*]]: tensor<2x3xf32>)
// JVP-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<4x3xf32>
// JVP-NEXT: %[[CONCATENATE:.*]] = nabla.concatenate %[[X]], %[[Y]] dim = 0 : (tensor<2x3xf32>, tensor<4x3xf32>) -> tensor<6x3xf32>
// JVP-NEXT: %[[CONCATENATE2:.*]] = nabla.concatenate %[[T]], %[[ZERO]] dim = 0 : (tensor<2x3xf32>, tensor<4x3xf32>) -> tensor<6x3xf32>
// JVP-NEXT: return %[[CONCATENATE]], %[[CONCATENATE2]]
func.func @jvp_x(%x: tensor<2x3xf32>, %y: tensor<4x3xf32>, %t: tensor<2x3xf32>) -> (tensor<6x3xf32>, tensor<6x3xf32>) {
  %r, %dr = nabla.jvp @f(%x, %y) tangents(%t) wrt = [0]
      : (tensor<2x3xf32>, tensor<4x3xf32>, tensor<2x3xf32>) -> (tensor<6x3xf32>, tensor<6x3xf32>)
  return %r, %dr : tensor<6x3xf32>, tensor<6x3xf32>
}

// JVP-LABEL: func.func @jvp_y
// JVP-SAME: (%[[X:.*]]: tensor<2x3xf32>, %[[Y:.*]]: tensor<4x3xf32>, %[[T:.*]]: tensor<4x3xf32>)
// JVP-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<2x3xf32>
// JVP-NEXT: %[[CONCATENATE:.*]] = nabla.concatenate %[[X]], %[[Y]] dim = 0 : (tensor<2x3xf32>, tensor<4x3xf32>) -> tensor<6x3xf32>
// JVP-NEXT: %[[CONCATENATE2:.*]] = nabla.concatenate %[[ZERO]], %[[T]] dim = 0 : (tensor<2x3xf32>, tensor<4x3xf32>) -> tensor<6x3xf32>
// JVP-NEXT: return %[[CONCATENATE]], %[[CONCATENATE2]]
func.func @jvp_y(%x: tensor<2x3xf32>, %y: tensor<4x3xf32>, %t: tensor<4x3xf32>) -> (tensor<6x3xf32>, tensor<6x3xf32>) {
  %r, %dr = nabla.jvp @f(%x, %y) tangents(%t) wrt = [1]
      : (tensor<2x3xf32>, tensor<4x3xf32>, tensor<4x3xf32>) -> (tensor<6x3xf32>, tensor<6x3xf32>)
  return %r, %dr : tensor<6x3xf32>, tensor<6x3xf32>
}

// TRANSPOSE-LABEL: func.func @transpose
// TRANSPOSE-SAME: (%[[X:.*]]: tensor<2x3xf32>, %[[Y:.*]]: tensor<4x3xf32>, %[[CT:.*]]: tensor<6x3xf32>)
// TRANSPOSE-NEXT: %[[SLICE:.*]] = nabla.slice %[[CT]] starts = [0, 0] limits = [2, 3] strides = [1, 1] : tensor<6x3xf32> -> tensor<2x3xf32>
// TRANSPOSE-NEXT: %[[SLICE2:.*]] = nabla.slice %[[CT]] starts = [2, 0] limits = [6, 3] strides = [1, 1] : tensor<6x3xf32> -> tensor<4x3xf32>
// TRANSPOSE-NEXT: return %[[SLICE]], %[[SLICE2]]
func.func @transpose(%x: tensor<2x3xf32>, %y: tensor<4x3xf32>, %ct: tensor<6x3xf32>) -> (tensor<2x3xf32>, tensor<4x3xf32>) {
  %r, %lin = nabla.linearize @f(%x, %y) wrt = [0, 1]
      : (tensor<2x3xf32>, tensor<4x3xf32>) -> (tensor<6x3xf32>, !linear)
  %gx, %gy = nabla.apply_transposed %lin(%ct)
      : (!linear, tensor<6x3xf32>) -> (tensor<2x3xf32>, tensor<4x3xf32>)
  return %gx, %gy : tensor<2x3xf32>, tensor<4x3xf32>
}

// BATCH-LABEL: func.func @batch
// BATCH-SAME: (%[[X:.*]]: tensor<8x2x3xf32>, %[[Y:.*]]: tensor<8x4x3xf32>)
// BATCH-NEXT: %[[CONCATENATE:.*]] = nabla.concatenate %[[X]], %[[Y]] dim = 1 : (tensor<8x2x3xf32>, tensor<8x4x3xf32>) -> tensor<8x6x3xf32>
// BATCH-NEXT: return %[[CONCATENATE]]
func.func @batch(%x: tensor<8x2x3xf32>, %y: tensor<8x4x3xf32>) -> tensor<8x6x3xf32> {
  %r = nabla.vmap @f(%x, %y) in_axes = [0, 0] out_axes = [0] size = 8
      : (tensor<8x2x3xf32>, tensor<8x4x3xf32>) -> tensor<8x6x3xf32>
  return %r : tensor<8x6x3xf32>
}

// BATCH-LABEL: func.func @batch_x
// BATCH-SAME: (%[[X:.*]]: tensor<8x2x3xf32>, %[[Y:.*]]: tensor<4x3xf32>)
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[Y]] dims = [1, 2] : tensor<4x3xf32> -> tensor<8x4x3xf32>
// BATCH-NEXT: %[[CONCATENATE:.*]] = nabla.concatenate %[[X]], %[[BROADCAST]] dim = 1 : (tensor<8x2x3xf32>, tensor<8x4x3xf32>) -> tensor<8x6x3xf32>
// BATCH-NEXT: return %[[CONCATENATE]]
func.func @batch_x(%x: tensor<8x2x3xf32>, %y: tensor<4x3xf32>) -> tensor<8x6x3xf32> {
  %r = nabla.vmap @f(%x, %y) in_axes = [0, -1] out_axes = [0] size = 8
      : (tensor<8x2x3xf32>, tensor<4x3xf32>) -> tensor<8x6x3xf32>
  return %r : tensor<8x6x3xf32>
}

// BATCH-LABEL: func.func @batch_y
// BATCH-SAME: (%[[X:.*]]: tensor<2x3xf32>, %[[Y:.*]]: tensor<8x4x3xf32>)
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[X]] dims = [1, 2] : tensor<2x3xf32> -> tensor<8x2x3xf32>
// BATCH-NEXT: %[[CONCATENATE:.*]] = nabla.concatenate %[[BROADCAST]], %[[Y]] dim = 1 : (tensor<8x2x3xf32>, tensor<8x4x3xf32>) -> tensor<8x6x3xf32>
// BATCH-NEXT: return %[[CONCATENATE]]
func.func @batch_y(%x: tensor<2x3xf32>, %y: tensor<8x4x3xf32>) -> tensor<8x6x3xf32> {
  %r = nabla.vmap @f(%x, %y) in_axes = [-1, 0] out_axes = [0] size = 8
      : (tensor<2x3xf32>, tensor<8x4x3xf32>) -> tensor<8x6x3xf32>
  return %r : tensor<8x6x3xf32>
}
