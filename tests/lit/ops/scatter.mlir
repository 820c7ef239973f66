// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefixes=JVP,TRANSPOSE
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

!linear_add = !nabla.linear<(tensor<5x3xf32>, tensor<2x3xf32>) -> (tensor<5x3xf32>)>

// OP-LABEL: func.func private @f_add
// OP: nabla.scatter add %{{.*}}, %{{.*}}, %{{.*}} dims = [0] batch_dims = 0 : (tensor<5x3xf32>, tensor<2x1xi64>, tensor<2x3xf32>) -> tensor<5x3xf32>
func.func private @f_add(%x: tensor<5x3xf32>, %i: tensor<2x1xi64>, %u: tensor<2x3xf32>) -> tensor<5x3xf32> {
  %r = nabla.scatter add %x, %i, %u dims = [0] batch_dims = 0 : (tensor<5x3xf32>, tensor<2x1xi64>, tensor<2x3xf32>) -> tensor<5x3xf32>
  return %r : tensor<5x3xf32>
}

// JVP-LABEL: func.func @jvp_add
// JVP-SAME: (%[[X:.*]]: tensor<5x3xf32>, %[[I:.*]]: tensor<2x1xi64>, %[[U:.*]]: tensor<2x3xf32>, %[[TX:.*]]: tensor<5x3xf32>, %[[TU:.*]]: tensor<2x3xf32>)
// JVP-NEXT: %[[SCATTER:.*]] = nabla.scatter add %[[X]], %[[I]], %[[U]] dims = [0] batch_dims = 0 : (tensor<5x3xf32>, tensor<2x1xi64>, tensor<2x3xf32>) -> tensor<5x3xf32>
// JVP-NEXT: %[[SCATTER2:.*]] = nabla.scatter add %[[TX]], %[[I]], %[[TU]] dims = [0] batch_dims = 0 : (tensor<5x3xf32>, tensor<2x1xi64>, tensor<2x3xf32>) -> tensor<5x3xf32>
// JVP-NEXT: return %[[SCATTER]], %[[SCATTER2]]
func.func @jvp_add(%x: tensor<5x3xf32>, %i: tensor<2x1xi64>, %u: tensor<2x3xf32>, %tx: tensor<5x3xf32>, %tu: tensor<2x3xf32>) -> (tensor<5x3xf32>, tensor<5x3xf32>) {
  %r, %dr = nabla.jvp @f_add(%x, %i, %u) tangents(%tx, %tu) wrt = [0, 2]
      : (tensor<5x3xf32>, tensor<2x1xi64>, tensor<2x3xf32>, tensor<5x3xf32>, tensor<2x3xf32>) -> (tensor<5x3xf32>, tensor<5x3xf32>)
  return %r, %dr : tensor<5x3xf32>, tensor<5x3xf32>
}

// What is added does not change.
// JVP-LABEL: func.func @jvp_add_x
// JVP-SAME: (%[[X:.*]]: tensor<5x3xf32>, %[[I:.*]]: tensor<2x1xi64>, %[[U:.*]]: tensor<2x3xf32>, %[[T:.*]]: tensor<5x3xf32>)
// JVP-NEXT: %[[SCATTER:.*]] = nabla.scatter add %[[X]], %[[I]], %[[U]] dims = [0] batch_dims = 0 : (tensor<5x3xf32>, tensor<2x1xi64>, tensor<2x3xf32>) -> tensor<5x3xf32>
// JVP-NEXT: return %[[SCATTER]], %[[T]]
func.func @jvp_add_x(%x: tensor<5x3xf32>, %i: tensor<2x1xi64>, %u: tensor<2x3xf32>, %t: tensor<5x3xf32>) -> (tensor<5x3xf32>, tensor<5x3xf32>) {
  %r, %dr = nabla.jvp @f_add(%x, %i, %u) tangents(%t) wrt = [0]
      : (tensor<5x3xf32>, tensor<2x1xi64>, tensor<2x3xf32>, tensor<5x3xf32>) -> (tensor<5x3xf32>, tensor<5x3xf32>)
  return %r, %dr : tensor<5x3xf32>, tensor<5x3xf32>
}

// JVP-LABEL: func.func @jvp_add_u
// JVP-SAME: (%[[X:.*]]: tensor<5x3xf32>, %[[I:.*]]: tensor<2x1xi64>, %[[U:.*]]: tensor<2x3xf32>, %[[T:.*]]: tensor<2x3xf32>)
// JVP-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<5x3xf32>
// JVP-NEXT: %[[SCATTER:.*]] = nabla.scatter add %[[X]], %[[I]], %[[U]] dims = [0] batch_dims = 0 : (tensor<5x3xf32>, tensor<2x1xi64>, tensor<2x3xf32>) -> tensor<5x3xf32>
// JVP-NEXT: %[[SCATTER2:.*]] = nabla.scatter add %[[ZERO]], %[[I]], %[[T]] dims = [0] batch_dims = 0 : (tensor<5x3xf32>, tensor<2x1xi64>, tensor<2x3xf32>) -> tensor<5x3xf32>
// JVP-NEXT: return %[[SCATTER]], %[[SCATTER2]]
func.func @jvp_add_u(%x: tensor<5x3xf32>, %i: tensor<2x1xi64>, %u: tensor<2x3xf32>, %t: tensor<2x3xf32>) -> (tensor<5x3xf32>, tensor<5x3xf32>) {
  %r, %dr = nabla.jvp @f_add(%x, %i, %u) tangents(%t) wrt = [2]
      : (tensor<5x3xf32>, tensor<2x1xi64>, tensor<2x3xf32>, tensor<2x3xf32>) -> (tensor<5x3xf32>, tensor<5x3xf32>)
  return %r, %dr : tensor<5x3xf32>, tensor<5x3xf32>
}

// TRANSPOSE-LABEL: func.func @transpose_add
// TRANSPOSE-SAME: (%[[X:.*]]: tensor<5x3xf32>, %[[I:.*]]: tensor<2x1xi64>, %[[U:.*]]: tensor<2x3xf32>, %[[CT:.*]]: tensor<5x3xf32>)
// TRANSPOSE-NEXT: %[[GATHER:.*]] = nabla.gather %[[CT]], %[[I]] dims = [0] batch_dims = 0 : (tensor<5x3xf32>, tensor<2x1xi64>) -> tensor<2x3xf32>
// TRANSPOSE-NEXT: return %[[CT]], %[[GATHER]]
func.func @transpose_add(%x: tensor<5x3xf32>, %i: tensor<2x1xi64>, %u: tensor<2x3xf32>, %ct: tensor<5x3xf32>) -> (tensor<5x3xf32>, tensor<2x3xf32>) {
  %r, %lin = nabla.linearize @f_add(%x, %i, %u) wrt = [0, 2]
      : (tensor<5x3xf32>, tensor<2x1xi64>, tensor<2x3xf32>) -> (tensor<5x3xf32>, !linear_add)
  %gx, %gu = nabla.apply_transposed %lin(%ct)
      : (!linear_add, tensor<5x3xf32>) -> (tensor<5x3xf32>, tensor<2x3xf32>)
  return %gx, %gu : tensor<5x3xf32>, tensor<2x3xf32>
}

// BATCH-LABEL: func.func @batch_add
// BATCH-SAME: (%[[X:.*]]: tensor<8x5x3xf32>, %[[I:.*]]: tensor<8x2x1xi64>, %[[U:.*]]: tensor<8x2x3xf32>)
// BATCH-NEXT: %[[SCATTER:.*]] = nabla.scatter add %[[X]], %[[I]], %[[U]] dims = [1] batch_dims = 1 : (tensor<8x5x3xf32>, tensor<8x2x1xi64>, tensor<8x2x3xf32>) -> tensor<8x5x3xf32>
// BATCH-NEXT: return %[[SCATTER]]
func.func @batch_add(%x: tensor<8x5x3xf32>, %i: tensor<8x2x1xi64>, %u: tensor<8x2x3xf32>) -> tensor<8x5x3xf32> {
  %r = nabla.vmap @f_add(%x, %i, %u) in_axes = [0, 0, 0] out_axes = [0] size = 8
      : (tensor<8x5x3xf32>, tensor<8x2x1xi64>, tensor<8x2x3xf32>) -> tensor<8x5x3xf32>
  return %r : tensor<8x5x3xf32>
}

// BATCH-LABEL: func.func @batch_add_x
// BATCH-SAME: (%[[X:.*]]: tensor<8x5x3xf32>, %[[I:.*]]: tensor<2x1xi64>, %[[U:.*]]: tensor<2x3xf32>)
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[I]] dims = [1, 2] : tensor<2x1xi64> -> tensor<8x2x1xi64>
// BATCH-NEXT: %[[BROADCAST2:.*]] = nabla.broadcast %[[U]] dims = [1, 2] : tensor<2x3xf32> -> tensor<8x2x3xf32>
// BATCH-NEXT: %[[SCATTER:.*]] = nabla.scatter add %[[X]], %[[BROADCAST]], %[[BROADCAST2]] dims = [1] batch_dims = 1 : (tensor<8x5x3xf32>, tensor<8x2x1xi64>, tensor<8x2x3xf32>) -> tensor<8x5x3xf32>
// BATCH-NEXT: return %[[SCATTER]]
func.func @batch_add_x(%x: tensor<8x5x3xf32>, %i: tensor<2x1xi64>, %u: tensor<2x3xf32>) -> tensor<8x5x3xf32> {
  %r = nabla.vmap @f_add(%x, %i, %u) in_axes = [0, -1, -1] out_axes = [0] size = 8
      : (tensor<8x5x3xf32>, tensor<2x1xi64>, tensor<2x3xf32>) -> tensor<8x5x3xf32>
  return %r : tensor<8x5x3xf32>
}

// BATCH-LABEL: func.func @batch_add_i
// BATCH-SAME: (%[[X:.*]]: tensor<5x3xf32>, %[[I:.*]]: tensor<8x2x1xi64>, %[[U:.*]]: tensor<2x3xf32>)
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[X]] dims = [1, 2] : tensor<5x3xf32> -> tensor<8x5x3xf32>
// BATCH-NEXT: %[[BROADCAST2:.*]] = nabla.broadcast %[[U]] dims = [1, 2] : tensor<2x3xf32> -> tensor<8x2x3xf32>
// BATCH-NEXT: %[[SCATTER:.*]] = nabla.scatter add %[[BROADCAST]], %[[I]], %[[BROADCAST2]] dims = [1] batch_dims = 1 : (tensor<8x5x3xf32>, tensor<8x2x1xi64>, tensor<8x2x3xf32>) -> tensor<8x5x3xf32>
// BATCH-NEXT: return %[[SCATTER]]
func.func @batch_add_i(%x: tensor<5x3xf32>, %i: tensor<8x2x1xi64>, %u: tensor<2x3xf32>) -> tensor<8x5x3xf32> {
  %r = nabla.vmap @f_add(%x, %i, %u) in_axes = [-1, 0, -1] out_axes = [0] size = 8
      : (tensor<5x3xf32>, tensor<8x2x1xi64>, tensor<2x3xf32>) -> tensor<8x5x3xf32>
  return %r : tensor<8x5x3xf32>
}

// BATCH-LABEL: func.func @batch_add_u
// BATCH-SAME: (%[[X:.*]]: tensor<5x3xf32>, %[[I:.*]]: tensor<2x1xi64>, %[[U:.*]]: tensor<8x2x3xf32>)
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[X]] dims = [1, 2] : tensor<5x3xf32> -> tensor<8x5x3xf32>
// BATCH-NEXT: %[[BROADCAST2:.*]] = nabla.broadcast %[[I]] dims = [1, 2] : tensor<2x1xi64> -> tensor<8x2x1xi64>
// BATCH-NEXT: %[[SCATTER:.*]] = nabla.scatter add %[[BROADCAST]], %[[BROADCAST2]], %[[U]] dims = [1] batch_dims = 1 : (tensor<8x5x3xf32>, tensor<8x2x1xi64>, tensor<8x2x3xf32>) -> tensor<8x5x3xf32>
// BATCH-NEXT: return %[[SCATTER]]
func.func @batch_add_u(%x: tensor<5x3xf32>, %i: tensor<2x1xi64>, %u: tensor<8x2x3xf32>) -> tensor<8x5x3xf32> {
  %r = nabla.vmap @f_add(%x, %i, %u) in_axes = [-1, -1, 0] out_axes = [0] size = 8
      : (tensor<5x3xf32>, tensor<2x1xi64>, tensor<8x2x3xf32>) -> tensor<8x5x3xf32>
  return %r : tensor<8x5x3xf32>
}

!linear_set = !nabla.linear<(tensor<5x3xf32>, tensor<2x3xf32>) -> (tensor<5x3xf32>)>

// OP-LABEL: func.func private @f_set
// OP: nabla.scatter set %{{.*}}, %{{.*}}, %{{.*}} dims = [0] batch_dims = 0 : (tensor<5x3xf32>, tensor<2x1xi64>, tensor<2x3xf32>) -> tensor<5x3xf32>
func.func private @f_set(%x: tensor<5x3xf32>, %i: tensor<2x1xi64>, %u: tensor<2x3xf32>) -> tensor<5x3xf32> {
  %r = nabla.scatter set %x, %i, %u dims = [0] batch_dims = 0 : (tensor<5x3xf32>, tensor<2x1xi64>, tensor<2x3xf32>) -> tensor<5x3xf32>
  return %r : tensor<5x3xf32>
}

// JVP-LABEL: func.func @jvp_set
// JVP-SAME: (%[[X:.*]]: tensor<5x3xf32>, %[[I:.*]]: tensor<2x1xi64>, %[[U:.*]]: tensor<2x3xf32>, %[[TX:.*]]: tensor<5x3xf32>, %[[TU:.*]]: tensor<2x3xf32>)
// JVP-NEXT: %[[SCATTER:.*]] = nabla.scatter set %[[X]], %[[I]], %[[U]] dims = [0] batch_dims = 0 : (tensor<5x3xf32>, tensor<2x1xi64>, tensor<2x3xf32>) -> tensor<5x3xf32>
// JVP-NEXT: %[[SCATTER2:.*]] = nabla.scatter set %[[TX]], %[[I]], %[[TU]] dims = [0] batch_dims = 0 : (tensor<5x3xf32>, tensor<2x1xi64>, tensor<2x3xf32>) -> tensor<5x3xf32>
// JVP-NEXT: return %[[SCATTER]], %[[SCATTER2]]
func.func @jvp_set(%x: tensor<5x3xf32>, %i: tensor<2x1xi64>, %u: tensor<2x3xf32>, %tx: tensor<5x3xf32>, %tu: tensor<2x3xf32>) -> (tensor<5x3xf32>, tensor<5x3xf32>) {
  %r, %dr = nabla.jvp @f_set(%x, %i, %u) tangents(%tx, %tu) wrt = [0, 2]
      : (tensor<5x3xf32>, tensor<2x1xi64>, tensor<2x3xf32>, tensor<5x3xf32>, tensor<2x3xf32>) -> (tensor<5x3xf32>, tensor<5x3xf32>)
  return %r, %dr : tensor<5x3xf32>, tensor<5x3xf32>
}

// Of updates at one position the last counts: it is the one whose number reads back.
// TRANSPOSE-LABEL: func.func @transpose_set
// TRANSPOSE-SAME: (%[[X:.*]]: tensor<5x3xf32>, %[[I:.*]]: tensor<2x1xi64>, %[[U:.*]]: tensor<2x3xf32>, %[[CT:.*]]: tensor<5x3xf32>)
// TRANSPOSE-NEXT: %[[C:.*]] = nabla.constant dense<-1> : tensor<5x3xi64>
// TRANSPOSE-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<2x3xf32>
// TRANSPOSE-NEXT: %[[SCATTER:.*]] = nabla.scatter set %[[CT]], %[[I]], %[[ZERO]] dims = [0] batch_dims = 0 : (tensor<5x3xf32>, tensor<2x1xi64>, tensor<2x3xf32>) -> tensor<5x3xf32>
// TRANSPOSE-NEXT: %[[GATHER:.*]] = nabla.gather %[[CT]], %[[I]] dims = [0] batch_dims = 0 : (tensor<5x3xf32>, tensor<2x1xi64>) -> tensor<2x3xf32>
// TRANSPOSE-NEXT: %[[IOTA:.*]] = nabla.iota 0 : tensor<6xi64>
// TRANSPOSE-NEXT: %[[RESHAPE:.*]] = nabla.reshape %[[IOTA]] : tensor<6xi64> -> tensor<2x3xi64>
// TRANSPOSE-NEXT: %[[SCATTER2:.*]] = nabla.scatter set %[[C]], %[[I]], %[[RESHAPE]] dims = [0] batch_dims = 0 : (tensor<5x3xi64>, tensor<2x1xi64>, tensor<2x3xi64>) -> tensor<5x3xi64>
// TRANSPOSE-NEXT: %[[GATHER2:.*]] = nabla.gather %[[SCATTER2]], %[[I]] dims = [0] batch_dims = 0 : (tensor<5x3xi64>, tensor<2x1xi64>) -> tensor<2x3xi64>
// TRANSPOSE-NEXT: %[[COMPARE:.*]] = nabla.compare eq %[[GATHER2]], %[[RESHAPE]] : tensor<2x3xi64>
// TRANSPOSE-NEXT: %[[SELECT:.*]] = nabla.select %[[COMPARE]], %[[GATHER]], %[[ZERO]] : tensor<2x3xf32>
// TRANSPOSE-NEXT: return %[[SCATTER]], %[[SELECT]]
func.func @transpose_set(%x: tensor<5x3xf32>, %i: tensor<2x1xi64>, %u: tensor<2x3xf32>, %ct: tensor<5x3xf32>) -> (tensor<5x3xf32>, tensor<2x3xf32>) {
  %r, %lin = nabla.linearize @f_set(%x, %i, %u) wrt = [0, 2]
      : (tensor<5x3xf32>, tensor<2x1xi64>, tensor<2x3xf32>) -> (tensor<5x3xf32>, !linear_set)
  %gx, %gu = nabla.apply_transposed %lin(%ct)
      : (!linear_set, tensor<5x3xf32>) -> (tensor<5x3xf32>, tensor<2x3xf32>)
  return %gx, %gu : tensor<5x3xf32>, tensor<2x3xf32>
}

// BATCH-LABEL: func.func @batch_set
// BATCH-SAME: (%[[X:.*]]: tensor<8x5x3xf32>, %[[I:.*]]: tensor<8x2x1xi64>, %[[U:.*]]: tensor<8x2x3xf32>)
// BATCH-NEXT: %[[SCATTER:.*]] = nabla.scatter set %[[X]], %[[I]], %[[U]] dims = [1] batch_dims = 1 : (tensor<8x5x3xf32>, tensor<8x2x1xi64>, tensor<8x2x3xf32>) -> tensor<8x5x3xf32>
// BATCH-NEXT: return %[[SCATTER]]
func.func @batch_set(%x: tensor<8x5x3xf32>, %i: tensor<8x2x1xi64>, %u: tensor<8x2x3xf32>) -> tensor<8x5x3xf32> {
  %r = nabla.vmap @f_set(%x, %i, %u) in_axes = [0, 0, 0] out_axes = [0] size = 8
      : (tensor<8x5x3xf32>, tensor<8x2x1xi64>, tensor<8x2x3xf32>) -> tensor<8x5x3xf32>
  return %r : tensor<8x5x3xf32>
}
