// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefixes=JVP,TRANSPOSE
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

!linear = !nabla.linear<(tensor<5x3xf32>) -> (tensor<2x3xf32>)>

// OP-LABEL: func.func private @f
// OP: nabla.gather %{{.*}}, %{{.*}} dims = [0] batch_dims = 0 : (tensor<5x3xf32>, tensor<2x1xi64>) -> tensor<2x3xf32>
func.func private @f(%x: tensor<5x3xf32>, %i: tensor<2x1xi64>) -> tensor<2x3xf32> {
  %r = nabla.gather %x, %i dims = [0] batch_dims = 0 : (tensor<5x3xf32>, tensor<2x1xi64>) -> tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}

// JVP-LABEL: func.func @jvp
// JVP-SAME: (%[[X:.*]]: tensor<5x3xf32>, %[[I:.*]]: tensor<2x1xi64>, %[[T:.*]]: tensor<5x3xf32>)
// JVP-NEXT: %[[GATHER:.*]] = nabla.gather %[[X]], %[[I]] dims = [0] batch_dims = 0 : (tensor<5x3xf32>, tensor<2x1xi64>) -> tensor<2x3xf32>
// JVP-NEXT: %[[GATHER2:.*]] = nabla.gather %[[T]], %[[I]] dims = [0] batch_dims = 0 : (tensor<5x3xf32>, tensor<2x1xi64>) -> tensor<2x3xf32>
// JVP-NEXT: return %[[GATHER]], %[[GATHER2]]
func.func @jvp(%x: tensor<5x3xf32>, %i: tensor<2x1xi64>, %t: tensor<5x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %r, %dr = nabla.jvp @f(%x, %i) tangents(%t) wrt = [0]
      : (tensor<5x3xf32>, tensor<2x1xi64>, tensor<5x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>)
  return %r, %dr : tensor<2x3xf32>, tensor<2x3xf32>
}

// TRANSPOSE-LABEL: func.func @transpose
// TRANSPOSE-SAME: (%[[X:.*]]: tensor<5x3xf32>, %[[I:.*]]: tensor<2x1xi64>, %[[CT:.*]]: tensor<2x3xf32>)
// TRANSPOSE-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<5x3xf32>
// TRANSPOSE-NEXT: %[[SCATTER:.*]] = nabla.scatter add %[[ZERO]], %[[I]], %[[CT]] dims = [0] batch_dims = 0 : (tensor<5x3xf32>, tensor<2x1xi64>, tensor<2x3xf32>) -> tensor<5x3xf32>
// TRANSPOSE-NEXT: return %[[SCATTER]]
func.func @transpose(%x: tensor<5x3xf32>, %i: tensor<2x1xi64>, %ct: tensor<2x3xf32>) -> tensor<5x3xf32> {
  %r, %lin = nabla.linearize @f(%x, %i) wrt = [0]
      : (tensor<5x3xf32>, tensor<2x1xi64>) -> (tensor<2x3xf32>, !linear)
  %g = nabla.apply_transposed %lin(%ct)
      : (!linear, tensor<2x3xf32>) -> tensor<5x3xf32>
  return %g : tensor<5x3xf32>
}

// The batch is a batch dimension.
// BATCH-LABEL: func.func @batch
// BATCH-SAME: (%[[X:.*]]: tensor<8x5x3xf32>, %[[I:.*]]: tensor<8x2x1xi64>)
// BATCH-NEXT: %[[GATHER:.*]] = nabla.gather %[[X]], %[[I]] dims = [1] batch_dims = 1 : (tensor<8x5x3xf32>, tensor<8x2x1xi64>) -> tensor<8x2x3xf32>
// BATCH-NEXT: return %[[GATHER]]
func.func @batch(%x: tensor<8x5x3xf32>, %i: tensor<8x2x1xi64>) -> tensor<8x2x3xf32> {
  %r = nabla.vmap @f(%x, %i) in_axes = [0, 0] out_axes = [0] size = 8
      : (tensor<8x5x3xf32>, tensor<8x2x1xi64>) -> tensor<8x2x3xf32>
  return %r : tensor<8x2x3xf32>
}

// The batch is one more dimension that is not indexed; it comes after that of the
// indices.
// BATCH-LABEL: func.func @batch_x
// BATCH-SAME: (%[[X:.*]]: tensor<8x5x3xf32>, %[[I:.*]]: tensor<2x1xi64>)
// BATCH-NEXT: %[[GATHER:.*]] = nabla.gather %[[X]], %[[I]] dims = [1] batch_dims = 0 : (tensor<8x5x3xf32>, tensor<2x1xi64>) -> tensor<2x8x3xf32>
// BATCH-NEXT: %[[TRANSPOSED:.*]] = nabla.transpose %[[GATHER]] permutation = [1, 0, 2] : tensor<2x8x3xf32> -> tensor<8x2x3xf32>
// BATCH-NEXT: return %[[TRANSPOSED]]
func.func @batch_x(%x: tensor<8x5x3xf32>, %i: tensor<2x1xi64>) -> tensor<8x2x3xf32> {
  %r = nabla.vmap @f(%x, %i) in_axes = [0, -1] out_axes = [0] size = 8
      : (tensor<8x5x3xf32>, tensor<2x1xi64>) -> tensor<8x2x3xf32>
  return %r : tensor<8x2x3xf32>
}

// BATCH-LABEL: func.func @batch_i
// BATCH-SAME: (%[[X:.*]]: tensor<5x3xf32>, %[[I:.*]]: tensor<8x2x1xi64>)
// BATCH-NEXT: %[[GATHER:.*]] = nabla.gather %[[X]], %[[I]] dims = [0] batch_dims = 0 : (tensor<5x3xf32>, tensor<8x2x1xi64>) -> tensor<8x2x3xf32>
// BATCH-NEXT: return %[[GATHER]]
func.func @batch_i(%x: tensor<5x3xf32>, %i: tensor<8x2x1xi64>) -> tensor<8x2x3xf32> {
  %r = nabla.vmap @f(%x, %i) in_axes = [-1, 0] out_axes = [0] size = 8
      : (tensor<5x3xf32>, tensor<8x2x1xi64>) -> tensor<8x2x3xf32>
  return %r : tensor<8x2x3xf32>
}

!linear_of_rows = !nabla.linear<(tensor<4x5x3xf32>) -> (tensor<4x2x3xf32>)>

// OP-LABEL: func.func private @f_of_rows
// OP: nabla.gather %{{.*}}, %{{.*}} dims = [1] batch_dims = 1 : (tensor<4x5x3xf32>, tensor<4x2x1xi64>) -> tensor<4x2x3xf32>
func.func private @f_of_rows(%x: tensor<4x5x3xf32>, %i: tensor<4x2x1xi64>) -> tensor<4x2x3xf32> {
  %r = nabla.gather %x, %i dims = [1] batch_dims = 1 : (tensor<4x5x3xf32>, tensor<4x2x1xi64>) -> tensor<4x2x3xf32>
  return %r : tensor<4x2x3xf32>
}

// TRANSPOSE-LABEL: func.func @transpose_of_rows
// TRANSPOSE-SAME: (%[[X:.*]]: tensor<4x5x3xf32>, %[[I:.*]]: tensor<4x2x1xi64>, %[[CT:.*]]: tensor<4x2x3xf32>)
// TRANSPOSE-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<4x5x3xf32>
// TRANSPOSE-NEXT: %[[SCATTER:.*]] = nabla.scatter add %[[ZERO]], %[[I]], %[[CT]] dims = [1] batch_dims = 1 : (tensor<4x5x3xf32>, tensor<4x2x1xi64>, tensor<4x2x3xf32>) -> tensor<4x5x3xf32>
// TRANSPOSE-NEXT: return %[[SCATTER]]
func.func @transpose_of_rows(%x: tensor<4x5x3xf32>, %i: tensor<4x2x1xi64>, %ct: tensor<4x2x3xf32>) -> tensor<4x5x3xf32> {
  %r, %lin = nabla.linearize @f_of_rows(%x, %i) wrt = [0]
      : (tensor<4x5x3xf32>, tensor<4x2x1xi64>) -> (tensor<4x2x3xf32>, !linear_of_rows)
  %g = nabla.apply_transposed %lin(%ct)
      : (!linear_of_rows, tensor<4x2x3xf32>) -> tensor<4x5x3xf32>
  return %g : tensor<4x5x3xf32>
}

// BATCH-LABEL: func.func @batch_of_rows
// BATCH-SAME: (%[[X:.*]]: tensor<8x4x5x3xf32>, %[[I:.*]]: tensor<8x4x2x1xi64>)
// BATCH-NEXT: %[[GATHER:.*]] = nabla.gather %[[X]], %[[I]] dims = [2] batch_dims = 2 : (tensor<8x4x5x3xf32>, tensor<8x4x2x1xi64>) -> tensor<8x4x2x3xf32>
// BATCH-NEXT: return %[[GATHER]]
func.func @batch_of_rows(%x: tensor<8x4x5x3xf32>, %i: tensor<8x4x2x1xi64>) -> tensor<8x4x2x3xf32> {
  %r = nabla.vmap @f_of_rows(%x, %i) in_axes = [0, 0] out_axes = [0] size = 8
      : (tensor<8x4x5x3xf32>, tensor<8x4x2x1xi64>) -> tensor<8x4x2x3xf32>
  return %r : tensor<8x4x2x3xf32>
}

// BATCH-LABEL: func.func @batch_of_rows_x
// BATCH-SAME: (%[[X:.*]]: tensor<8x4x5x3xf32>, %[[I:.*]]: tensor<4x2x1xi64>)
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[I]] dims = [1, 2, 3] : tensor<4x2x1xi64> -> tensor<8x4x2x1xi64>
// BATCH-NEXT: %[[GATHER:.*]] = nabla.gather %[[X]], %[[BROADCAST]] dims = [2] batch_dims = 2 : (tensor<8x4x5x3xf32>, tensor<8x4x2x1xi64>) -> tensor<8x4x2x3xf32>
// BATCH-NEXT: return %[[GATHER]]
func.func @batch_of_rows_x(%x: tensor<8x4x5x3xf32>, %i: tensor<4x2x1xi64>) -> tensor<8x4x2x3xf32> {
  %r = nabla.vmap @f_of_rows(%x, %i) in_axes = [0, -1] out_axes = [0] size = 8
      : (tensor<8x4x5x3xf32>, tensor<4x2x1xi64>) -> tensor<8x4x2x3xf32>
  return %r : tensor<8x4x2x3xf32>
}

// BATCH-LABEL: func.func @batch_of_rows_i
// BATCH-SAME: (%[[X:.*]]: tensor<4x5x3xf32>, %[[I:.*]]: tensor<8x4x2x1xi64>)
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[X]] dims = [1, 2, 3] : tensor<4x5x3xf32> -> tensor<8x4x5x3xf32>
// BATCH-NEXT: %[[GATHER:.*]] = nabla.gather %[[BROADCAST]], %[[I]] dims = [2] batch_dims = 2 : (tensor<8x4x5x3xf32>, tensor<8x4x2x1xi64>) -> tensor<8x4x2x3xf32>
// BATCH-NEXT: return %[[GATHER]]
func.func @batch_of_rows_i(%x: tensor<4x5x3xf32>, %i: tensor<8x4x2x1xi64>) -> tensor<8x4x2x3xf32> {
  %r = nabla.vmap @f_of_rows(%x, %i) in_axes = [-1, 0] out_axes = [0] size = 8
      : (tensor<4x5x3xf32>, tensor<8x4x2x1xi64>) -> tensor<8x4x2x3xf32>
  return %r : tensor<8x4x2x3xf32>
}
