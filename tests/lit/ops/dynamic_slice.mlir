// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefixes=JVP,TRANSPOSE
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

!linear = !nabla.linear<(tensor<5x4xf32>) -> (tensor<2x3xf32>)>

// OP-LABEL: func.func private @f
// OP: nabla.dynamic_slice %{{.*}}, %{{.*}} sizes = [2, 3] : (tensor<5x4xf32>, tensor<2xi32>) -> tensor<2x3xf32>
func.func private @f(%x: tensor<5x4xf32>, %i: tensor<2xi32>) -> tensor<2x3xf32> {
  %r = nabla.dynamic_slice %x, %i sizes = [2, 3] : (tensor<5x4xf32>, tensor<2xi32>) -> tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}

// JVP-LABEL: func.func @jvp
// JVP-SAME: (%[[X:.*]]: tensor<5x4xf32>, %[[I:.*]]: tensor<2xi32>, %[[T:.*]]: tensor<5x4xf32>)
// JVP-NEXT: %[[DYNAMIC_SLICE:.*]] = nabla.dynamic_slice %[[X]], %[[I]] sizes = [2, 3] : (tensor<5x4xf32>, tensor<2xi32>) -> tensor<2x3xf32>
// JVP-NEXT: %[[DYNAMIC_SLICE2:.*]] = nabla.dynamic_slice %[[T]], %[[I]] sizes = [2, 3] : (tensor<5x4xf32>, tensor<2xi32>) -> tensor<2x3xf32>
// JVP-NEXT: return %[[DYNAMIC_SLICE]], %[[DYNAMIC_SLICE2]]
func.func @jvp(%x: tensor<5x4xf32>, %i: tensor<2xi32>, %t: tensor<5x4xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %r, %dr = nabla.jvp @f(%x, %i) tangents(%t) wrt = [0]
      : (tensor<5x4xf32>, tensor<2xi32>, tensor<5x4xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>)
  return %r, %dr : tensor<2x3xf32>, tensor<2x3xf32>
}

// TRANSPOSE-LABEL: func.func @transpose
// TRANSPOSE-SAME: (%[[X:.*]]: tensor<5x4xf32>, %[[I:.*]]: tensor<2xi32>, %[[CT:.*]]: tensor<2x3xf32>)
// TRANSPOSE-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<5x4xf32>
// TRANSPOSE-NEXT: %[[DYNAMIC_UPDATE_SLICE:.*]] = nabla.dynamic_update_slice %[[ZERO]], %[[CT]], %[[I]] : (tensor<5x4xf32>, tensor<2x3xf32>, tensor<2xi32>) -> tensor<5x4xf32>
// TRANSPOSE-NEXT: return %[[DYNAMIC_UPDATE_SLICE]]
func.func @transpose(%x: tensor<5x4xf32>, %i: tensor<2xi32>, %ct: tensor<2x3xf32>) -> tensor<5x4xf32> {
  %r, %lin = nabla.linearize @f(%x, %i) wrt = [0]
      : (tensor<5x4xf32>, tensor<2xi32>) -> (tensor<2x3xf32>, !linear)
  %g = nabla.apply_transposed %lin(%ct)
      : (!linear, tensor<2x3xf32>) -> tensor<5x4xf32>
  return %g : tensor<5x4xf32>
}

// The box spans the batch.
// BATCH-LABEL: func.func @batch_x
// BATCH-SAME: (%[[X:.*]]: tensor<8x5x4xf32>, %[[I:.*]]: tensor<2xi32>)
// BATCH-NEXT: %[[C:.*]] = nabla.constant dense<0> : tensor<1xi32>
// BATCH-NEXT: %[[CONCATENATE:.*]] = nabla.concatenate %[[C]], %[[I]] dim = 0 : (tensor<1xi32>, tensor<2xi32>) -> tensor<3xi32>
// BATCH-NEXT: %[[DYNAMIC_SLICE:.*]] = nabla.dynamic_slice %[[X]], %[[CONCATENATE]] sizes = [8, 2, 3] : (tensor<8x5x4xf32>, tensor<3xi32>) -> tensor<8x2x3xf32>
// BATCH-NEXT: return %[[DYNAMIC_SLICE]]
func.func @batch_x(%x: tensor<8x5x4xf32>, %i: tensor<2xi32>) -> tensor<8x2x3xf32> {
  %r = nabla.vmap @f(%x, %i) in_axes = [0, -1] out_axes = [0] size = 8
      : (tensor<8x5x4xf32>, tensor<2xi32>) -> tensor<8x2x3xf32>
  return %r : tensor<8x2x3xf32>
}

// Each example has its own position: starts are clamped to [0, 3] x [0, 1], and the
// elements of the box gathered.
// BATCH-LABEL: func.func @batch_i
// BATCH-SAME: (%[[X:.*]]: tensor<5x4xf32>, %[[I:.*]]: tensor<8x2xi32>)
// BATCH-NEXT: %[[C:.*]] = nabla.constant dense<0> : tensor<8x2xi64>
// BATCH-NEXT: %[[C2:.*]] = nabla.constant dense<[3, 1]> : tensor<2xi64>
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[C2]] dims = [1] : tensor<2xi64> -> tensor<8x2xi64>
// BATCH-NEXT: %[[CONVERT:.*]] = nabla.convert %[[I]] : tensor<8x2xi32> -> tensor<8x2xi64>
// BATCH-NEXT: %[[MAX:.*]] = nabla.max %[[CONVERT]], %[[C]] : tensor<8x2xi64>
// BATCH-NEXT: %[[MIN:.*]] = nabla.min %[[MAX]], %[[BROADCAST]] : tensor<8x2xi64>
// BATCH-NEXT: %[[SLICE:.*]] = nabla.slice %[[MIN]] starts = [0, 0] limits = [8, 1] strides = [1, 1] : tensor<8x2xi64> -> tensor<8x1xi64>
// BATCH-NEXT: %[[RESHAPE:.*]] = nabla.reshape %[[SLICE]] : tensor<8x1xi64> -> tensor<8xi64>
// BATCH-NEXT: %[[BROADCAST2:.*]] = nabla.broadcast %[[RESHAPE]] dims = [0] : tensor<8xi64> -> tensor<8x2x3xi64>
// BATCH-NEXT: %[[IOTA:.*]] = nabla.iota 1 : tensor<8x2x3xi64>
// BATCH-NEXT: %[[ADD:.*]] = nabla.add %[[BROADCAST2]], %[[IOTA]]
// BATCH-NEXT: %[[RESHAPE2:.*]] = nabla.reshape %[[ADD]] : tensor<8x2x3xi64> -> tensor<8x2x3x1xi64>
// BATCH-NEXT: %[[SLICE2:.*]] = nabla.slice %[[MIN]] starts = [0, 1] limits = [8, 2] strides = [1, 1] : tensor<8x2xi64> -> tensor<8x1xi64>
// BATCH-NEXT: %[[RESHAPE3:.*]] = nabla.reshape %[[SLICE2]] : tensor<8x1xi64> -> tensor<8xi64>
// BATCH-NEXT: %[[BROADCAST3:.*]] = nabla.broadcast %[[RESHAPE3]] dims = [0] : tensor<8xi64> -> tensor<8x2x3xi64>
// BATCH-NEXT: %[[IOTA2:.*]] = nabla.iota 2 : tensor<8x2x3xi64>
// BATCH-NEXT: %[[ADD2:.*]] = nabla.add %[[BROADCAST3]], %[[IOTA2]]
// BATCH-NEXT: %[[RESHAPE4:.*]] = nabla.reshape %[[ADD2]] : tensor<8x2x3xi64> -> tensor<8x2x3x1xi64>
// BATCH-NEXT: %[[CONCATENATE:.*]] = nabla.concatenate %[[RESHAPE2]], %[[RESHAPE4]] dim = 3 : (tensor<8x2x3x1xi64>, tensor<8x2x3x1xi64>) -> tensor<8x2x3x2xi64>
// BATCH-NEXT: %[[GATHER:.*]] = nabla.gather %[[X]], %[[CONCATENATE]] dims = [0, 1] batch_dims = 0 : (tensor<5x4xf32>, tensor<8x2x3x2xi64>) -> tensor<8x2x3xf32>
// BATCH-NEXT: return %[[GATHER]]
func.func @batch_i(%x: tensor<5x4xf32>, %i: tensor<8x2xi32>) -> tensor<8x2x3xf32> {
  %r = nabla.vmap @f(%x, %i) in_axes = [-1, 0] out_axes = [0] size = 8
      : (tensor<5x4xf32>, tensor<8x2xi32>) -> tensor<8x2x3xf32>
  return %r : tensor<8x2x3xf32>
}

// BATCH-LABEL: func.func @batch
// BATCH-SAME: (%[[X:.*]]: tensor<8x5x4xf32>, %[[I:.*]]: tensor<8x2xi32>)
// BATCH: %[[GATHER:.*]] = nabla.gather %[[X]], %{{.*}} dims = [1, 2] batch_dims = 1 : (tensor<8x5x4xf32>, tensor<8x2x3x2xi64>) -> tensor<8x2x3xf32>
// BATCH-NEXT: return %[[GATHER]]
func.func @batch(%x: tensor<8x5x4xf32>, %i: tensor<8x2xi32>) -> tensor<8x2x3xf32> {
  %r = nabla.vmap @f(%x, %i) in_axes = [0, 0] out_axes = [0] size = 8
      : (tensor<8x5x4xf32>, tensor<8x2xi32>) -> tensor<8x2x3xf32>
  return %r : tensor<8x2x3xf32>
}

// OP-LABEL: func.func private @f_unsigned
// OP: nabla.dynamic_slice %{{.*}}, %{{.*}} sizes = [4] : (tensor<9xf32>, tensor<1xui64>) -> tensor<4xf32>
func.func private @f_unsigned(%x: tensor<9xf32>, %i: tensor<1xui64>) -> tensor<4xf32> {
  %r = nabla.dynamic_slice %x, %i sizes = [4] : (tensor<9xf32>, tensor<1xui64>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// A start above the signed range is clamped to the end.
// BATCH-LABEL: func.func @batch_unsigned_i
// BATCH-SAME: (%[[X:.*]]: tensor<9xf32>, %[[I:.*]]: tensor<8x1xui64>)
// BATCH-NEXT: %[[C:.*]] = nabla.constant dense<5> : tensor<8x1xui64>
// BATCH-NEXT: %[[MIN:.*]] = nabla.min %[[I]], %[[C]] : tensor<8x1xui64>
// BATCH-NEXT: %[[CONVERT:.*]] = nabla.convert %[[MIN]] : tensor<8x1xui64> -> tensor<8x1xi64>
// BATCH-NEXT: %[[RESHAPE:.*]] = nabla.reshape %[[CONVERT]] : tensor<8x1xi64> -> tensor<8xi64>
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[RESHAPE]] dims = [0] : tensor<8xi64> -> tensor<8x4xi64>
// BATCH-NEXT: %[[IOTA:.*]] = nabla.iota 1 : tensor<8x4xi64>
// BATCH-NEXT: %[[ADD:.*]] = nabla.add %[[BROADCAST]], %[[IOTA]]
// BATCH-NEXT: %[[RESHAPE2:.*]] = nabla.reshape %[[ADD]] : tensor<8x4xi64> -> tensor<8x4x1xi64>
// BATCH-NEXT: %[[GATHER:.*]] = nabla.gather %[[X]], %[[RESHAPE2]] dims = [0] batch_dims = 0 : (tensor<9xf32>, tensor<8x4x1xi64>) -> tensor<8x4xf32>
// BATCH-NEXT: return %[[GATHER]]
func.func @batch_unsigned_i(%x: tensor<9xf32>, %i: tensor<8x1xui64>) -> tensor<8x4xf32> {
  %r = nabla.vmap @f_unsigned(%x, %i) in_axes = [-1, 0] out_axes = [0] size = 8
      : (tensor<9xf32>, tensor<8x1xui64>) -> tensor<8x4xf32>
  return %r : tensor<8x4xf32>
}
