// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefixes=JVP,TRANSPOSE
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

!linear = !nabla.linear<(tensor<5x4xf32>, tensor<2x3xf32>) -> (tensor<5x4xf32>)>

// OP-LABEL: func.func private @f
// OP: nabla.dynamic_update_slice %{{.*}}, %{{.*}}, %{{.*}} : (tensor<5x4xf32>, tensor<2x3xf32>, tensor<2xi32>) -> tensor<5x4xf32>
func.func private @f(%x: tensor<5x4xf32>, %u: tensor<2x3xf32>, %i: tensor<2xi32>) -> tensor<5x4xf32> {
  %r = nabla.dynamic_update_slice %x, %u, %i : (tensor<5x4xf32>, tensor<2x3xf32>, tensor<2xi32>) -> tensor<5x4xf32>
  return %r : tensor<5x4xf32>
}

// JVP-LABEL: func.func @jvp
// JVP-SAME: (%[[X:.*]]: tensor<5x4xf32>, %[[U:.*]]: tensor<2x3xf32>, %[[I:.*]]: tensor<2xi32>, %[[TX:.*]]: tensor<5x4xf32>, %[[TU:.*]]: tensor<2x3xf32>)
// JVP-NEXT: %[[DYNAMIC_UPDATE_SLICE:.*]] = nabla.dynamic_update_slice %[[X]], %[[U]], %[[I]] : (tensor<5x4xf32>, tensor<2x3xf32>, tensor<2xi32>) -> tensor<5x4xf32>
// JVP-NEXT: %[[DYNAMIC_UPDATE_SLICE2:.*]] = nabla.dynamic_update_slice %[[TX]], %[[TU]], %[[I]] : (tensor<5x4xf32>, tensor<2x3xf32>, tensor<2xi32>) -> tensor<5x4xf32>
// JVP-NEXT: return %[[DYNAMIC_UPDATE_SLICE]], %[[DYNAMIC_UPDATE_SLICE2]]
func.func @jvp(%x: tensor<5x4xf32>, %u: tensor<2x3xf32>, %i: tensor<2xi32>, %tx: tensor<5x4xf32>, %tu: tensor<2x3xf32>) -> (tensor<5x4xf32>, tensor<5x4xf32>) {
  %r, %dr = nabla.jvp @f(%x, %u, %i) tangents(%tx, %tu) wrt = [0, 1]
      : (tensor<5x4xf32>, tensor<2x3xf32>, tensor<2xi32>, tensor<5x4xf32>, tensor<2x3xf32>) -> (tensor<5x4xf32>, tensor<5x4xf32>)
  return %r, %dr : tensor<5x4xf32>, tensor<5x4xf32>
}

// JVP-LABEL: func.func @jvp_x
// JVP-SAME: (%[[X:.*]]: tensor<5x4xf32>, %[[U:.*]]: tensor<2x3xf32>, %[[I:.*]]: tensor<2xi32>, %[[T:.*]]: tensor<5x4xf32>)
// JVP-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<2x3xf32>
// JVP-NEXT: %[[DYNAMIC_UPDATE_SLICE:.*]] = nabla.dynamic_update_slice %[[X]], %[[U]], %[[I]] : (tensor<5x4xf32>, tensor<2x3xf32>, tensor<2xi32>) -> tensor<5x4xf32>
// JVP-NEXT: %[[DYNAMIC_UPDATE_SLICE2:.*]] = nabla.dynamic_update_slice %[[T]], %[[ZERO]], %[[I]] : (tensor<5x4xf32>, tensor<2x3xf32>, tensor<2xi32>) -> tensor<5x4xf32>
// JVP-NEXT: return %[[DYNAMIC_UPDATE_SLICE]], %[[DYNAMIC_UPDATE_SLICE2]]
func.func @jvp_x(%x: tensor<5x4xf32>, %u: tensor<2x3xf32>, %i: tensor<2xi32>, %t: tensor<5x4xf32>) -> (tensor<5x4xf32>, tensor<5x4xf32>) {
  %r, %dr = nabla.jvp @f(%x, %u, %i) tangents(%t) wrt = [0]
      : (tensor<5x4xf32>, tensor<2x3xf32>, tensor<2xi32>, tensor<5x4xf32>) -> (tensor<5x4xf32>, tensor<5x4xf32>)
  return %r, %dr : tensor<5x4xf32>, tensor<5x4xf32>
}

// JVP-LABEL: func.func @jvp_u
// JVP-SAME: (%[[X:.*]]: tensor<5x4xf32>, %[[U:.*]]: tensor<2x3xf32>, %[[I:.*]]: tensor<2xi32>, %[[T:.*]]: tensor<2x3xf32>)
// JVP-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<5x4xf32>
// JVP-NEXT: %[[DYNAMIC_UPDATE_SLICE:.*]] = nabla.dynamic_update_slice %[[X]], %[[U]], %[[I]] : (tensor<5x4xf32>, tensor<2x3xf32>, tensor<2xi32>) -> tensor<5x4xf32>
// JVP-NEXT: %[[DYNAMIC_UPDATE_SLICE2:.*]] = nabla.dynamic_update_slice %[[ZERO]], %[[T]], %[[I]] : (tensor<5x4xf32>, tensor<2x3xf32>, tensor<2xi32>) -> tensor<5x4xf32>
// JVP-NEXT: return %[[DYNAMIC_UPDATE_SLICE]], %[[DYNAMIC_UPDATE_SLICE2]]
func.func @jvp_u(%x: tensor<5x4xf32>, %u: tensor<2x3xf32>, %i: tensor<2xi32>, %t: tensor<2x3xf32>) -> (tensor<5x4xf32>, tensor<5x4xf32>) {
  %r, %dr = nabla.jvp @f(%x, %u, %i) tangents(%t) wrt = [1]
      : (tensor<5x4xf32>, tensor<2x3xf32>, tensor<2xi32>, tensor<2x3xf32>) -> (tensor<5x4xf32>, tensor<5x4xf32>)
  return %r, %dr : tensor<5x4xf32>, tensor<5x4xf32>
}

// TRANSPOSE-LABEL: func.func @transpose
// TRANSPOSE-SAME: (%[[X:.*]]: tensor<5x4xf32>, %[[U:.*]]: tensor<2x3xf32>, %[[I:.*]]: tensor<2xi32>, %[[CT:.*]]: tensor<5x4xf32>)
// TRANSPOSE-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<2x3xf32>
// TRANSPOSE-NEXT: %[[DYNAMIC_UPDATE_SLICE:.*]] = nabla.dynamic_update_slice %[[CT]], %[[ZERO]], %[[I]] : (tensor<5x4xf32>, tensor<2x3xf32>, tensor<2xi32>) -> tensor<5x4xf32>
// TRANSPOSE-NEXT: %[[DYNAMIC_SLICE:.*]] = nabla.dynamic_slice %[[CT]], %[[I]] sizes = [2, 3] : (tensor<5x4xf32>, tensor<2xi32>) -> tensor<2x3xf32>
// TRANSPOSE-NEXT: return %[[DYNAMIC_UPDATE_SLICE]], %[[DYNAMIC_SLICE]]
func.func @transpose(%x: tensor<5x4xf32>, %u: tensor<2x3xf32>, %i: tensor<2xi32>, %ct: tensor<5x4xf32>) -> (tensor<5x4xf32>, tensor<2x3xf32>) {
  %r, %lin = nabla.linearize @f(%x, %u, %i) wrt = [0, 1]
      : (tensor<5x4xf32>, tensor<2x3xf32>, tensor<2xi32>) -> (tensor<5x4xf32>, !linear)
  %gx, %gu = nabla.apply_transposed %lin(%ct)
      : (!linear, tensor<5x4xf32>) -> (tensor<5x4xf32>, tensor<2x3xf32>)
  return %gx, %gu : tensor<5x4xf32>, tensor<2x3xf32>
}

// BATCH-LABEL: func.func @batch_x_u
// BATCH-SAME: (%[[X:.*]]: tensor<8x5x4xf32>, %[[U:.*]]: tensor<8x2x3xf32>, %[[I:.*]]: tensor<2xi32>)
// BATCH-NEXT: %[[C:.*]] = nabla.constant dense<0> : tensor<1xi32>
// BATCH-NEXT: %[[CONCATENATE:.*]] = nabla.concatenate %[[C]], %[[I]] dim = 0 : (tensor<1xi32>, tensor<2xi32>) -> tensor<3xi32>
// BATCH-NEXT: %[[DYNAMIC_UPDATE_SLICE:.*]] = nabla.dynamic_update_slice %[[X]], %[[U]], %[[CONCATENATE]] : (tensor<8x5x4xf32>, tensor<8x2x3xf32>, tensor<3xi32>) -> tensor<8x5x4xf32>
// BATCH-NEXT: return %[[DYNAMIC_UPDATE_SLICE]]
func.func @batch_x_u(%x: tensor<8x5x4xf32>, %u: tensor<8x2x3xf32>, %i: tensor<2xi32>) -> tensor<8x5x4xf32> {
  %r = nabla.vmap @f(%x, %u, %i) in_axes = [0, 0, -1] out_axes = [0] size = 8
      : (tensor<8x5x4xf32>, tensor<8x2x3xf32>, tensor<2xi32>) -> tensor<8x5x4xf32>
  return %r : tensor<8x5x4xf32>
}

// BATCH-LABEL: func.func @batch_u
// BATCH-SAME: (%[[X:.*]]: tensor<5x4xf32>, %[[U:.*]]: tensor<8x2x3xf32>, %[[I:.*]]: tensor<2xi32>)
// BATCH-NEXT: %[[C:.*]] = nabla.constant dense<0> : tensor<1xi32>
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[X]] dims = [1, 2] : tensor<5x4xf32> -> tensor<8x5x4xf32>
// BATCH-NEXT: %[[CONCATENATE:.*]] = nabla.concatenate %[[C]], %[[I]] dim = 0 : (tensor<1xi32>, tensor<2xi32>) -> tensor<3xi32>
// BATCH-NEXT: %[[DYNAMIC_UPDATE_SLICE:.*]] = nabla.dynamic_update_slice %[[BROADCAST]], %[[U]], %[[CONCATENATE]] : (tensor<8x5x4xf32>, tensor<8x2x3xf32>, tensor<3xi32>) -> tensor<8x5x4xf32>
// BATCH-NEXT: return %[[DYNAMIC_UPDATE_SLICE]]
func.func @batch_u(%x: tensor<5x4xf32>, %u: tensor<8x2x3xf32>, %i: tensor<2xi32>) -> tensor<8x5x4xf32> {
  %r = nabla.vmap @f(%x, %u, %i) in_axes = [-1, 0, -1] out_axes = [0] size = 8
      : (tensor<5x4xf32>, tensor<8x2x3xf32>, tensor<2xi32>) -> tensor<8x5x4xf32>
  return %r : tensor<8x5x4xf32>
}

// BATCH-LABEL: func.func @batch_i
// BATCH-SAME: (%[[X:.*]]: tensor<5x4xf32>, %[[U:.*]]: tensor<2x3xf32>, %[[I:.*]]: tensor<8x2xi32>)
// BATCH-NEXT: %[[C:.*]] = nabla.constant dense<0> : tensor<8x2xi64>
// BATCH-NEXT: %[[C2:.*]] = nabla.constant dense<[3, 1]> : tensor<2xi64>
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[X]] dims = [1, 2] : tensor<5x4xf32> -> tensor<8x5x4xf32>
// BATCH-NEXT: %[[BROADCAST2:.*]] = nabla.broadcast %[[U]] dims = [1, 2] : tensor<2x3xf32> -> tensor<8x2x3xf32>
// BATCH-NEXT: %[[BROADCAST3:.*]] = nabla.broadcast %[[C2]] dims = [1] : tensor<2xi64> -> tensor<8x2xi64>
// BATCH-NEXT: %[[CONVERT:.*]] = nabla.convert %[[I]] : tensor<8x2xi32> -> tensor<8x2xi64>
// BATCH-NEXT: %[[MAX:.*]] = nabla.max %[[CONVERT]], %[[C]] : tensor<8x2xi64>
// BATCH-NEXT: %[[MIN:.*]] = nabla.min %[[MAX]], %[[BROADCAST3]] : tensor<8x2xi64>
// BATCH-NEXT: %[[SLICE:.*]] = nabla.slice %[[MIN]] starts = [0, 0] limits = [8, 1] strides = [1, 1] : tensor<8x2xi64> -> tensor<8x1xi64>
// BATCH-NEXT: %[[RESHAPE:.*]] = nabla.reshape %[[SLICE]] : tensor<8x1xi64> -> tensor<8xi64>
// BATCH-NEXT: %[[BROADCAST4:.*]] = nabla.broadcast %[[RESHAPE]] dims = [0] : tensor<8xi64> -> tensor<8x2x3xi64>
// BATCH-NEXT: %[[IOTA:.*]] = nabla.iota 1 : tensor<8x2x3xi64>
// BATCH-NEXT: %[[ADD:.*]] = nabla.add %[[BROADCAST4]], %[[IOTA]]
// BATCH-NEXT: %[[RESHAPE2:.*]] = nabla.reshape %[[ADD]] : tensor<8x2x3xi64> -> tensor<8x2x3x1xi64>
// BATCH-NEXT: %[[SLICE2:.*]] = nabla.slice %[[MIN]] starts = [0, 1] limits = [8, 2] strides = [1, 1] : tensor<8x2xi64> -> tensor<8x1xi64>
// BATCH-NEXT: %[[RESHAPE3:.*]] = nabla.reshape %[[SLICE2]] : tensor<8x1xi64> -> tensor<8xi64>
// BATCH-NEXT: %[[BROADCAST5:.*]] = nabla.broadcast %[[RESHAPE3]] dims = [0] : tensor<8xi64> -> tensor<8x2x3xi64>
// BATCH-NEXT: %[[IOTA2:.*]] = nabla.iota 2 : tensor<8x2x3xi64>
// BATCH-NEXT: %[[ADD2:.*]] = nabla.add %[[BROADCAST5]], %[[IOTA2]]
// BATCH-NEXT: %[[RESHAPE4:.*]] = nabla.reshape %[[ADD2]] : tensor<8x2x3xi64> -> tensor<8x2x3x1xi64>
// BATCH-NEXT: %[[CONCATENATE:.*]] = nabla.concatenate %[[RESHAPE2]], %[[RESHAPE4]] dim = 3 : (tensor<8x2x3x1xi64>, tensor<8x2x3x1xi64>) -> tensor<8x2x3x2xi64>
// BATCH-NEXT: %[[SCATTER:.*]] = nabla.scatter set %[[BROADCAST]], %[[CONCATENATE]], %[[BROADCAST2]] dims = [1, 2] batch_dims = 1 : (tensor<8x5x4xf32>, tensor<8x2x3x2xi64>, tensor<8x2x3xf32>) -> tensor<8x5x4xf32>
// BATCH-NEXT: return %[[SCATTER]]
func.func @batch_i(%x: tensor<5x4xf32>, %u: tensor<2x3xf32>, %i: tensor<8x2xi32>) -> tensor<8x5x4xf32> {
  %r = nabla.vmap @f(%x, %u, %i) in_axes = [-1, -1, 0] out_axes = [0] size = 8
      : (tensor<5x4xf32>, tensor<2x3xf32>, tensor<8x2xi32>) -> tensor<8x5x4xf32>
  return %r : tensor<8x5x4xf32>
}
