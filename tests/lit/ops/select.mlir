// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefixes=JVP,TRANSPOSE
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

!linear = !nabla.linear<(tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>)>

// OP-LABEL: func.func private @f
// OP: nabla.select %{{.*}}, %{{.*}}, %{{.*}} : tensor<3xf32>
func.func private @f(%p: tensor<3xi1>, %x: tensor<3xf32>, %y: tensor<3xf32>) -> tensor<3xf32> {
  %r = nabla.select %p, %x, %y : tensor<3xf32>
  return %r : tensor<3xf32>
}

// JVP-LABEL: func.func @jvp
// JVP-SAME: (%[[P:.*]]: tensor<3xi1>, %[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<3xf32>, %[[TX:.*]]: tensor<3xf32>, %[[TY:.*]]: tensor<3xf32>)
// JVP-NEXT: %[[SELECT:.*]] = nabla.select %[[P]], %[[X]], %[[Y]]
// JVP-NEXT: %[[SELECT2:.*]] = nabla.select %[[P]], %[[TX]], %[[TY]]
// JVP-NEXT: return %[[SELECT]], %[[SELECT2]]
func.func @jvp(%p: tensor<3xi1>, %x: tensor<3xf32>, %y: tensor<3xf32>, %tx: tensor<3xf32>, %ty: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %r, %dr = nabla.jvp @f(%p, %x, %y) tangents(%tx, %ty) wrt = [1, 2]
      : (tensor<3xi1>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %r, %dr : tensor<3xf32>, tensor<3xf32>
}

// JVP-LABEL: func.func @jvp_x
// JVP-SAME: (%[[P:.*]]: tensor<3xi1>, %[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<3xf32>, %[[T:.*]]: tensor<3xf32>)
// JVP-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<3xf32>
// JVP-NEXT: %[[SELECT:.*]] = nabla.select %[[P]], %[[X]], %[[Y]]
// JVP-NEXT: %[[SELECT2:.*]] = nabla.select %[[P]], %[[T]], %[[ZERO]]
// JVP-NEXT: return %[[SELECT]], %[[SELECT2]]
func.func @jvp_x(%p: tensor<3xi1>, %x: tensor<3xf32>, %y: tensor<3xf32>, %t: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %r, %dr = nabla.jvp @f(%p, %x, %y) tangents(%t) wrt = [1]
      : (tensor<3xi1>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %r, %dr : tensor<3xf32>, tensor<3xf32>
}

// JVP-LABEL: func.func @jvp_y
// JVP-SAME: (%[[P:.*]]: tensor<3xi1>, %[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<3xf32>, %[[T:.*]]: tensor<3xf32>)
// JVP-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<3xf32>
// JVP-NEXT: %[[SELECT:.*]] = nabla.select %[[P]], %[[X]], %[[Y]]
// JVP-NEXT: %[[SELECT2:.*]] = nabla.select %[[P]], %[[ZERO]], %[[T]]
// JVP-NEXT: return %[[SELECT]], %[[SELECT2]]
func.func @jvp_y(%p: tensor<3xi1>, %x: tensor<3xf32>, %y: tensor<3xf32>, %t: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %r, %dr = nabla.jvp @f(%p, %x, %y) tangents(%t) wrt = [2]
      : (tensor<3xi1>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %r, %dr : tensor<3xf32>, tensor<3xf32>
}

// TRANSPOSE-LABEL: func.func @transpose
// TRANSPOSE-SAME: (%[[P:.*]]: tensor<3xi1>, %[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<3xf32>, %[[CT:.*]]: tensor<3xf32>)
// TRANSPOSE-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<3xf32>
// TRANSPOSE-NEXT: %[[SELECT:.*]] = nabla.select %[[P]], %[[CT]], %[[ZERO]]
// TRANSPOSE-NEXT: %[[SELECT2:.*]] = nabla.select %[[P]], %[[ZERO]], %[[CT]]
// TRANSPOSE-NEXT: return %[[SELECT]], %[[SELECT2]]
func.func @transpose(%p: tensor<3xi1>, %x: tensor<3xf32>, %y: tensor<3xf32>, %ct: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %r, %lin = nabla.linearize @f(%p, %x, %y) wrt = [1, 2]
      : (tensor<3xi1>, tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, !linear)
  %gx, %gy = nabla.apply_transposed %lin(%ct)
      : (!linear, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %gx, %gy : tensor<3xf32>, tensor<3xf32>
}

// BATCH-LABEL: func.func @batch
// BATCH-SAME: (%[[P:.*]]: tensor<8x3xi1>, %[[X:.*]]: tensor<8x3xf32>, %[[Y:.*]]: tensor<8x3xf32>)
// BATCH-NEXT: %[[SELECT:.*]] = nabla.select %[[P]], %[[X]], %[[Y]]
// BATCH-NEXT: return %[[SELECT]]
func.func @batch(%p: tensor<8x3xi1>, %x: tensor<8x3xf32>, %y: tensor<8x3xf32>) -> tensor<8x3xf32> {
  %r = nabla.vmap @f(%p, %x, %y) in_axes = [0, 0, 0] out_axes = [0] size = 8
      : (tensor<8x3xi1>, tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
  return %r : tensor<8x3xf32>
}

// BATCH-LABEL: func.func @batch_p
// BATCH-SAME: (%[[P:.*]]: tensor<8x3xi1>, %[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<3xf32>)
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[X]] dims = [1] : tensor<3xf32> -> tensor<8x3xf32>
// BATCH-NEXT: %[[BROADCAST2:.*]] = nabla.broadcast %[[Y]] dims = [1] : tensor<3xf32> -> tensor<8x3xf32>
// BATCH-NEXT: %[[SELECT:.*]] = nabla.select %[[P]], %[[BROADCAST]], %[[BROADCAST2]]
// BATCH-NEXT: return %[[SELECT]]
func.func @batch_p(%p: tensor<8x3xi1>, %x: tensor<3xf32>, %y: tensor<3xf32>) -> tensor<8x3xf32> {
  %r = nabla.vmap @f(%p, %x, %y) in_axes = [0, -1, -1] out_axes = [0] size = 8
      : (tensor<8x3xi1>, tensor<3xf32>, tensor<3xf32>) -> tensor<8x3xf32>
  return %r : tensor<8x3xf32>
}

// BATCH-LABEL: func.func @batch_x
// BATCH-SAME: (%[[P:.*]]: tensor<3xi1>, %[[X:.*]]: tensor<8x3xf32>, %[[Y:.*]]: tensor<3xf32>)
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[P]] dims = [1] : tensor<3xi1> -> tensor<8x3xi1>
// BATCH-NEXT: %[[BROADCAST2:.*]] = nabla.broadcast %[[Y]] dims = [1] : tensor<3xf32> -> tensor<8x3xf32>
// BATCH-NEXT: %[[SELECT:.*]] = nabla.select %[[BROADCAST]], %[[X]], %[[BROADCAST2]]
// BATCH-NEXT: return %[[SELECT]]
func.func @batch_x(%p: tensor<3xi1>, %x: tensor<8x3xf32>, %y: tensor<3xf32>) -> tensor<8x3xf32> {
  %r = nabla.vmap @f(%p, %x, %y) in_axes = [-1, 0, -1] out_axes = [0] size = 8
      : (tensor<3xi1>, tensor<8x3xf32>, tensor<3xf32>) -> tensor<8x3xf32>
  return %r : tensor<8x3xf32>
}

// BATCH-LABEL: func.func @batch_y
// BATCH-SAME: (%[[P:.*]]: tensor<3xi1>, %[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<8x3xf32>)
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[P]] dims = [1] : tensor<3xi1> -> tensor<8x3xi1>
// BATCH-NEXT: %[[BROADCAST2:.*]] = nabla.broadcast %[[X]] dims = [1] : tensor<3xf32> -> tensor<8x3xf32>
// BATCH-NEXT: %[[SELECT:.*]] = nabla.select %[[BROADCAST]], %[[BROADCAST2]], %[[Y]]
// BATCH-NEXT: return %[[SELECT]]
func.func @batch_y(%p: tensor<3xi1>, %x: tensor<3xf32>, %y: tensor<8x3xf32>) -> tensor<8x3xf32> {
  %r = nabla.vmap @f(%p, %x, %y) in_axes = [-1, -1, 0] out_axes = [0] size = 8
      : (tensor<3xi1>, tensor<3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
  return %r : tensor<8x3xf32>
}
