// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefixes=JVP,TRANSPOSE
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

!linear = !nabla.linear<(tensor<2x2xf32>) -> (tensor<2xf32>)>

// OP-LABEL: func.func private @f
// OP: nabla.reduce_prod %{{.*}} dims = [1] : tensor<2x2xf32> -> tensor<2xf32>
func.func private @f(%x: tensor<2x2xf32>) -> tensor<2xf32> {
  %r = nabla.reduce_prod %x dims = [1] : tensor<2x2xf32> -> tensor<2xf32>
  return %r : tensor<2xf32>
}

// d(x0 x1) = dx0 x1 + dx1 x0, which is right where a factor is zero.
// JVP-LABEL: func.func @jvp
// JVP-SAME: (%[[X:.*]]: tensor<2x2xf32>, %[[T:.*]]: tensor<2x2xf32>)
// JVP-NEXT: %[[REDUCE_PROD:.*]] = nabla.reduce_prod %[[X]] dims = [1] : tensor<2x2xf32> -> tensor<2xf32>
// JVP-NEXT: %[[TRANSPOSED:.*]] = nabla.transpose %[[X]] permutation = [1, 0] : tensor<2x2xf32> -> tensor<2x2xf32>
// JVP-NEXT: %[[TRANSPOSED2:.*]] = nabla.transpose %[[T]] permutation = [1, 0] : tensor<2x2xf32> -> tensor<2x2xf32>
// JVP-NEXT: %[[SLICE:.*]] = nabla.slice %[[TRANSPOSED]] starts = [0, 0] limits = [1, 2] strides = [1, 1] : tensor<2x2xf32> -> tensor<1x2xf32>
// JVP-NEXT: %[[SLICE2:.*]] = nabla.slice %[[TRANSPOSED2]] starts = [0, 0] limits = [1, 2] strides = [1, 1] : tensor<2x2xf32> -> tensor<1x2xf32>
// JVP-NEXT: %[[SLICE3:.*]] = nabla.slice %[[TRANSPOSED]] starts = [1, 0] limits = [2, 2] strides = [1, 1] : tensor<2x2xf32> -> tensor<1x2xf32>
// JVP-NEXT: %[[SLICE4:.*]] = nabla.slice %[[TRANSPOSED2]] starts = [1, 0] limits = [2, 2] strides = [1, 1] : tensor<2x2xf32> -> tensor<1x2xf32>
// JVP-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[SLICE2]], %[[SLICE3]]
// JVP-NEXT: %[[MUL_ZERO2:.*]] = nabla.mul_zero %[[SLICE4]], %[[SLICE]]
// JVP-NEXT: %[[ADD:.*]] = nabla.add %[[MUL_ZERO]], %[[MUL_ZERO2]]
// JVP-NEXT: %[[RESHAPE:.*]] = nabla.reshape %[[ADD]] : tensor<1x2xf32> -> tensor<2xf32>
// JVP-NEXT: return %[[REDUCE_PROD]], %[[RESHAPE]]
func.func @jvp(%x: tensor<2x2xf32>, %t: tensor<2x2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %r, %dr = nabla.jvp @f(%x) tangents(%t) wrt = [0]
      : (tensor<2x2xf32>, tensor<2x2xf32>) -> (tensor<2xf32>, tensor<2xf32>)
  return %r, %dr : tensor<2xf32>, tensor<2xf32>
}

// TRANSPOSE-LABEL: func.func @transpose
// TRANSPOSE-SAME: (%[[X:.*]]: tensor<2x2xf32>, %[[CT:.*]]: tensor<2xf32>)
// TRANSPOSE-NEXT: %[[TRANSPOSED:.*]] = nabla.transpose %[[X]] permutation = [1, 0] : tensor<2x2xf32> -> tensor<2x2xf32>
// TRANSPOSE-NEXT: %[[SLICE:.*]] = nabla.slice %[[TRANSPOSED]] starts = [0, 0] limits = [1, 2] strides = [1, 1] : tensor<2x2xf32> -> tensor<1x2xf32>
// TRANSPOSE-NEXT: %[[SLICE2:.*]] = nabla.slice %[[TRANSPOSED]] starts = [1, 0] limits = [2, 2] strides = [1, 1] : tensor<2x2xf32> -> tensor<1x2xf32>
// TRANSPOSE-NEXT: %[[RESHAPE:.*]] = nabla.reshape %[[CT]] : tensor<2xf32> -> tensor<1x2xf32>
// TRANSPOSE-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[RESHAPE]], %[[SLICE]]
// TRANSPOSE-NEXT: %[[MUL_ZERO2:.*]] = nabla.mul_zero %[[RESHAPE]], %[[SLICE2]]
// TRANSPOSE-NEXT: %[[BOTH:.*]] = nabla.concatenate %[[MUL_ZERO2]], %[[MUL_ZERO]] dim = 0
// TRANSPOSE-NEXT: %[[TRANSPOSED2:.*]] = nabla.transpose %[[BOTH]] permutation = [1, 0] : tensor<2x2xf32> -> tensor<2x2xf32>
// TRANSPOSE-NEXT: return %[[TRANSPOSED2]]
func.func @transpose(%x: tensor<2x2xf32>, %ct: tensor<2xf32>) -> tensor<2x2xf32> {
  %r, %lin = nabla.linearize @f(%x) wrt = [0]
      : (tensor<2x2xf32>) -> (tensor<2xf32>, !linear)
  %g = nabla.apply_transposed %lin(%ct)
      : (!linear, tensor<2xf32>) -> tensor<2x2xf32>
  return %g : tensor<2x2xf32>
}

// BATCH-LABEL: func.func @batch
// BATCH-SAME: (%[[X:.*]]: tensor<8x2x2xf32>)
// BATCH-NEXT: %[[REDUCE_PROD:.*]] = nabla.reduce_prod %[[X]] dims = [2] : tensor<8x2x2xf32> -> tensor<8x2xf32>
// BATCH-NEXT: return %[[REDUCE_PROD]]
func.func @batch(%x: tensor<8x2x2xf32>) -> tensor<8x2xf32> {
  %r = nabla.vmap @f(%x) in_axes = [0] out_axes = [0] size = 8
      : (tensor<8x2x2xf32>) -> tensor<8x2xf32>
  return %r : tensor<8x2xf32>
}

// OP-LABEL: func.func private @f_odd
// OP: nabla.reduce_prod %{{.*}} dims = [0] : tensor<3xf32> -> tensor<f32>
func.func private @f_odd(%x: tensor<3xf32>) -> tensor<f32> {
  %r = nabla.reduce_prod %x dims = [0] : tensor<3xf32> -> tensor<f32>
  return %r : tensor<f32>
}

// Pairs are multiplied, then the pairs: (x0 x1) x2.
// JVP-LABEL: func.func @jvp_odd
// JVP-SAME: (%[[X:.*]]: tensor<3xf32>, %[[T:.*]]: tensor<3xf32>)
// JVP-NEXT: %[[REDUCE_PROD:.*]] = nabla.reduce_prod %[[X]] dims = [0] : tensor<3xf32> -> tensor<f32>
// JVP-NEXT: %[[SLICE:.*]] = nabla.slice %[[X]] starts = [0] limits = [1] strides = [1] : tensor<3xf32> -> tensor<1xf32>
// JVP-NEXT: %[[SLICE2:.*]] = nabla.slice %[[T]] starts = [0] limits = [1] strides = [1] : tensor<3xf32> -> tensor<1xf32>
// JVP-NEXT: %[[SLICE3:.*]] = nabla.slice %[[X]] starts = [1] limits = [2] strides = [1] : tensor<3xf32> -> tensor<1xf32>
// JVP-NEXT: %[[SLICE4:.*]] = nabla.slice %[[T]] starts = [1] limits = [2] strides = [1] : tensor<3xf32> -> tensor<1xf32>
// JVP-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[SLICE2]], %[[SLICE3]]
// JVP-NEXT: %[[MUL_ZERO2:.*]] = nabla.mul_zero %[[SLICE4]], %[[SLICE]]
// JVP-NEXT: %[[MUL:.*]] = nabla.mul %[[SLICE]], %[[SLICE3]]
// JVP-NEXT: %[[ADD:.*]] = nabla.add %[[MUL_ZERO]], %[[MUL_ZERO2]]
// JVP-NEXT: %[[SLICE5:.*]] = nabla.slice %[[X]] starts = [2] limits = [3] strides = [1] : tensor<3xf32> -> tensor<1xf32>
// JVP-NEXT: %[[SLICE6:.*]] = nabla.slice %[[T]] starts = [2] limits = [3] strides = [1] : tensor<3xf32> -> tensor<1xf32>
// JVP-NEXT: %[[CONCATENATE:.*]] = nabla.concatenate %[[MUL]], %[[SLICE5]] dim = 0 : (tensor<1xf32>, tensor<1xf32>) -> tensor<2xf32>
// JVP-NEXT: %[[CONCATENATE2:.*]] = nabla.concatenate %[[ADD]], %[[SLICE6]] dim = 0 : (tensor<1xf32>, tensor<1xf32>) -> tensor<2xf32>
// JVP-NEXT: %[[SLICE7:.*]] = nabla.slice %[[CONCATENATE]] starts = [0] limits = [1] strides = [1] : tensor<2xf32> -> tensor<1xf32>
// JVP-NEXT: %[[SLICE8:.*]] = nabla.slice %[[CONCATENATE2]] starts = [0] limits = [1] strides = [1] : tensor<2xf32> -> tensor<1xf32>
// JVP-NEXT: %[[SLICE9:.*]] = nabla.slice %[[CONCATENATE]] starts = [1] limits = [2] strides = [1] : tensor<2xf32> -> tensor<1xf32>
// JVP-NEXT: %[[SLICE10:.*]] = nabla.slice %[[CONCATENATE2]] starts = [1] limits = [2] strides = [1] : tensor<2xf32> -> tensor<1xf32>
// JVP-NEXT: %[[MUL_ZERO3:.*]] = nabla.mul_zero %[[SLICE8]], %[[SLICE9]]
// JVP-NEXT: %[[MUL_ZERO4:.*]] = nabla.mul_zero %[[SLICE10]], %[[SLICE7]]
// JVP-NEXT: %[[ADD2:.*]] = nabla.add %[[MUL_ZERO3]], %[[MUL_ZERO4]]
// JVP-NEXT: %[[RESHAPE:.*]] = nabla.reshape %[[ADD2]] : tensor<1xf32> -> tensor<f32>
// JVP-NEXT: return %[[REDUCE_PROD]], %[[RESHAPE]]
func.func @jvp_odd(%x: tensor<3xf32>, %t: tensor<3xf32>) -> (tensor<f32>, tensor<f32>) {
  %r, %dr = nabla.jvp @f_odd(%x) tangents(%t) wrt = [0]
      : (tensor<3xf32>, tensor<3xf32>) -> (tensor<f32>, tensor<f32>)
  return %r, %dr : tensor<f32>, tensor<f32>
}

// OP-LABEL: func.func private @f_of_nothing
// OP: nabla.reduce_prod %{{.*}} dims = [1] : tensor<2x0xf32> -> tensor<2xf32>
func.func private @f_of_nothing(%x: tensor<2x0xf32>) -> tensor<2xf32> {
  %r = nabla.reduce_prod %x dims = [1] : tensor<2x0xf32> -> tensor<2xf32>
  return %r : tensor<2xf32>
}

// The product of nothing is constant.
// JVP-LABEL: func.func @jvp_of_nothing
// JVP-SAME: (%[[X:.*]]: tensor<2x0xf32>, %[[T:.*]]: tensor<2x0xf32>)
// JVP-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<2xf32>
// JVP-NEXT: %[[REDUCE_PROD:.*]] = nabla.reduce_prod %[[X]] dims = [1] : tensor<2x0xf32> -> tensor<2xf32>
// JVP-NEXT: return %[[REDUCE_PROD]], %[[ZERO]]
func.func @jvp_of_nothing(%x: tensor<2x0xf32>, %t: tensor<2x0xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %r, %dr = nabla.jvp @f_of_nothing(%x) tangents(%t) wrt = [0]
      : (tensor<2x0xf32>, tensor<2x0xf32>) -> (tensor<2xf32>, tensor<2xf32>)
  return %r, %dr : tensor<2xf32>, tensor<2xf32>
}
