// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefixes=JVP,TRANSPOSE
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

!linear = !nabla.linear<(tensor<2x3xf32>) -> (tensor<2xf32>)>

// OP-LABEL: func.func private @f
// OP: nabla.reduce_max %{{.*}} dims = [1] : tensor<2x3xf32> -> tensor<2xf32>
func.func private @f(%x: tensor<2x3xf32>) -> tensor<2xf32> {
  %r = nabla.reduce_max %x dims = [1] : tensor<2x3xf32> -> tensor<2xf32>
  return %r : tensor<2xf32>
}

// The mean of the tangents of the elements that attain it.
// JVP-LABEL: func.func @jvp
// JVP-SAME: (%[[X:.*]]: tensor<2x3xf32>, %[[T:.*]]: tensor<2x3xf32>)
// JVP-NEXT: %[[REDUCE_MAX:.*]] = nabla.reduce_max %[[X]] dims = [1] : tensor<2x3xf32> -> tensor<2xf32>
// JVP-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[REDUCE_MAX]] dims = [0] : tensor<2xf32> -> tensor<2x3xf32>
// JVP-NEXT: %[[COMPARE:.*]] = nabla.compare eq %[[X]], %[[BROADCAST]] : tensor<2x3xf32>
// JVP-NEXT: %[[CONVERT:.*]] = nabla.convert %[[COMPARE]] : tensor<2x3xi1> -> tensor<2x3xf32>
// JVP-NEXT: %[[REDUCE_SUM:.*]] = nabla.reduce_sum %[[CONVERT]] dims = [1] : tensor<2x3xf32> -> tensor<2xf32>
// JVP-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[T]], %[[CONVERT]]
// JVP-NEXT: %[[REDUCE_SUM2:.*]] = nabla.reduce_sum %[[MUL_ZERO]] dims = [1] : tensor<2x3xf32> -> tensor<2xf32>
// JVP-NEXT: %[[DIV:.*]] = nabla.div %[[REDUCE_SUM2]], %[[REDUCE_SUM]]
// JVP-NEXT: return %[[REDUCE_MAX]], %[[DIV]]
func.func @jvp(%x: tensor<2x3xf32>, %t: tensor<2x3xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %r, %dr = nabla.jvp @f(%x) tangents(%t) wrt = [0]
      : (tensor<2x3xf32>, tensor<2x3xf32>) -> (tensor<2xf32>, tensor<2xf32>)
  return %r, %dr : tensor<2xf32>, tensor<2xf32>
}

// TRANSPOSE-LABEL: func.func @transpose
// TRANSPOSE-SAME: (%[[X:.*]]: tensor<2x3xf32>, %[[CT:.*]]: tensor<2xf32>)
// TRANSPOSE-NEXT: %[[REDUCE_MAX:.*]] = nabla.reduce_max %[[X]] dims = [1] : tensor<2x3xf32> -> tensor<2xf32>
// TRANSPOSE-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[REDUCE_MAX]] dims = [0] : tensor<2xf32> -> tensor<2x3xf32>
// TRANSPOSE-NEXT: %[[COMPARE:.*]] = nabla.compare eq %[[X]], %[[BROADCAST]] : tensor<2x3xf32>
// TRANSPOSE-NEXT: %[[CONVERT:.*]] = nabla.convert %[[COMPARE]] : tensor<2x3xi1> -> tensor<2x3xf32>
// TRANSPOSE-NEXT: %[[REDUCE_SUM:.*]] = nabla.reduce_sum %[[CONVERT]] dims = [1] : tensor<2x3xf32> -> tensor<2xf32>
// TRANSPOSE-NEXT: %[[DIV_ZERO:.*]] = nabla.div_zero %[[CT]], %[[REDUCE_SUM]]
// TRANSPOSE-NEXT: %[[BROADCAST2:.*]] = nabla.broadcast %[[DIV_ZERO]] dims = [0] : tensor<2xf32> -> tensor<2x3xf32>
// TRANSPOSE-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[BROADCAST2]], %[[CONVERT]]
// TRANSPOSE-NEXT: return %[[MUL_ZERO]]
func.func @transpose(%x: tensor<2x3xf32>, %ct: tensor<2xf32>) -> tensor<2x3xf32> {
  %r, %lin = nabla.linearize @f(%x) wrt = [0]
      : (tensor<2x3xf32>) -> (tensor<2xf32>, !linear)
  %g = nabla.apply_transposed %lin(%ct)
      : (!linear, tensor<2xf32>) -> tensor<2x3xf32>
  return %g : tensor<2x3xf32>
}

// BATCH-LABEL: func.func @batch
// BATCH-SAME: (%[[X:.*]]: tensor<8x2x3xf32>)
// BATCH-NEXT: %[[REDUCE_MAX:.*]] = nabla.reduce_max %[[X]] dims = [2] : tensor<8x2x3xf32> -> tensor<8x2xf32>
// BATCH-NEXT: return %[[REDUCE_MAX]]
func.func @batch(%x: tensor<8x2x3xf32>) -> tensor<8x2xf32> {
  %r = nabla.vmap @f(%x) in_axes = [0] out_axes = [0] size = 8
      : (tensor<8x2x3xf32>) -> tensor<8x2xf32>
  return %r : tensor<8x2xf32>
}

// OP-LABEL: func.func private @f_of_nothing
// OP: nabla.reduce_max %{{.*}} dims = [1] : tensor<2x0xf32> -> tensor<2xf32>
func.func private @f_of_nothing(%x: tensor<2x0xf32>) -> tensor<2xf32> {
  %r = nabla.reduce_max %x dims = [1] : tensor<2x0xf32> -> tensor<2xf32>
  return %r : tensor<2xf32>
}

// The maximum of nothing is constant.
// JVP-LABEL: func.func @jvp_of_nothing
// JVP-SAME: (%[[X:.*]]: tensor<2x0xf32>, %[[T:.*]]: tensor<2x0xf32>)
// JVP-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<2xf32>
// JVP-NEXT: %[[REDUCE_MAX:.*]] = nabla.reduce_max %[[X]] dims = [1] : tensor<2x0xf32> -> tensor<2xf32>
// JVP-NEXT: return %[[REDUCE_MAX]], %[[ZERO]]
func.func @jvp_of_nothing(%x: tensor<2x0xf32>, %t: tensor<2x0xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %r, %dr = nabla.jvp @f_of_nothing(%x) tangents(%t) wrt = [0]
      : (tensor<2x0xf32>, tensor<2x0xf32>) -> (tensor<2xf32>, tensor<2xf32>)
  return %r, %dr : tensor<2xf32>, tensor<2xf32>
}
