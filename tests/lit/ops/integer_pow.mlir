// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefixes=JVP,TRANSPOSE
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

!linear = !nabla.linear<(tensor<3xf32>) -> (tensor<3xf32>)>

// OP-LABEL: func.func private @f
// OP: nabla.integer_pow %{{.*}}, 3 : tensor<3xf32>
func.func private @f(%x: tensor<3xf32>) -> tensor<3xf32> {
  %r = nabla.integer_pow %x, 3 : tensor<3xf32>
  return %r : tensor<3xf32>
}

// JVP-LABEL: func.func @jvp
// JVP-SAME: (%[[X:.*]]: tensor<3xf32>, %[[T:.*]]: tensor<3xf32>)
// JVP-NEXT: %[[C:.*]] = nabla.constant dense<3.000000e+00> : tensor<3xf32>
// JVP-NEXT: %[[INTEGER_POW:.*]] = nabla.integer_pow %[[X]], 3
// JVP-NEXT: %[[INTEGER_POW2:.*]] = nabla.integer_pow %[[X]], 2
// JVP-NEXT: %[[MUL:.*]] = nabla.mul %[[INTEGER_POW2]], %[[C]]
// JVP-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[T]], %[[MUL]]
// JVP-NEXT: return %[[INTEGER_POW]], %[[MUL_ZERO]]
func.func @jvp(%x: tensor<3xf32>, %t: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %r, %dr = nabla.jvp @f(%x) tangents(%t) wrt = [0]
      : (tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %r, %dr : tensor<3xf32>, tensor<3xf32>
}

// TRANSPOSE-LABEL: func.func @transpose
// TRANSPOSE-SAME: (%[[X:.*]]: tensor<3xf32>, %[[CT:.*]]: tensor<3xf32>)
// TRANSPOSE-NEXT: %[[C:.*]] = nabla.constant dense<3.000000e+00> : tensor<3xf32>
// TRANSPOSE-NEXT: %[[INTEGER_POW:.*]] = nabla.integer_pow %[[X]], 2
// TRANSPOSE-NEXT: %[[MUL:.*]] = nabla.mul %[[INTEGER_POW]], %[[C]]
// TRANSPOSE-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[CT]], %[[MUL]]
// TRANSPOSE-NEXT: return %[[MUL_ZERO]]
func.func @transpose(%x: tensor<3xf32>, %ct: tensor<3xf32>) -> tensor<3xf32> {
  %r, %lin = nabla.linearize @f(%x) wrt = [0]
      : (tensor<3xf32>) -> (tensor<3xf32>, !linear)
  %g = nabla.apply_transposed %lin(%ct)
      : (!linear, tensor<3xf32>) -> tensor<3xf32>
  return %g : tensor<3xf32>
}

// BATCH-LABEL: func.func @batch
// BATCH-SAME: (%[[X:.*]]: tensor<8x3xf32>)
// BATCH-NEXT: %[[INTEGER_POW:.*]] = nabla.integer_pow %[[X]], 3
// BATCH-NEXT: return %[[INTEGER_POW]]
func.func @batch(%x: tensor<8x3xf32>) -> tensor<8x3xf32> {
  %r = nabla.vmap @f(%x) in_axes = [0] out_axes = [0] size = 8
      : (tensor<8x3xf32>) -> tensor<8x3xf32>
  return %r : tensor<8x3xf32>
}

// OP-LABEL: func.func private @f_two
// OP: nabla.integer_pow %{{.*}}, 2 : tensor<3xf32>
func.func private @f_two(%x: tensor<3xf32>) -> tensor<3xf32> {
  %r = nabla.integer_pow %x, 2 : tensor<3xf32>
  return %r : tensor<3xf32>
}

// d(x^2) = 2 x dx, without a power.
// JVP-LABEL: func.func @jvp_two
// JVP-SAME: (%[[X:.*]]: tensor<3xf32>, %[[T:.*]]: tensor<3xf32>)
// JVP-NEXT: %[[C:.*]] = nabla.constant dense<2.000000e+00> : tensor<3xf32>
// JVP-NEXT: %[[INTEGER_POW:.*]] = nabla.integer_pow %[[X]], 2
// JVP-NEXT: %[[MUL:.*]] = nabla.mul %[[X]], %[[C]]
// JVP-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[T]], %[[MUL]]
// JVP-NEXT: return %[[INTEGER_POW]], %[[MUL_ZERO]]
func.func @jvp_two(%x: tensor<3xf32>, %t: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %r, %dr = nabla.jvp @f_two(%x) tangents(%t) wrt = [0]
      : (tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %r, %dr : tensor<3xf32>, tensor<3xf32>
}

// OP-LABEL: func.func private @f_zero
// OP: nabla.integer_pow %{{.*}}, 0 : tensor<3xf32>
func.func private @f_zero(%x: tensor<3xf32>) -> tensor<3xf32> {
  %r = nabla.integer_pow %x, 0 : tensor<3xf32>
  return %r : tensor<3xf32>
}

// x^0 is 1: its derivative is 0, also where x is 0.
// JVP-LABEL: func.func @jvp_zero
// JVP-SAME: (%[[X:.*]]: tensor<3xf32>, %[[T:.*]]: tensor<3xf32>)
// JVP-NEXT: %[[ONE:.*]] = nabla.constant dense<1.000000e+00> : tensor<3xf32>
// JVP-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<3xf32>
// JVP-NEXT: return %[[ONE]], %[[ZERO]]
func.func @jvp_zero(%x: tensor<3xf32>, %t: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %r, %dr = nabla.jvp @f_zero(%x) tangents(%t) wrt = [0]
      : (tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %r, %dr : tensor<3xf32>, tensor<3xf32>
}

// OP-LABEL: func.func private @f_negative
// OP: nabla.integer_pow %{{.*}}, -2 : tensor<3xf32>
func.func private @f_negative(%x: tensor<3xf32>) -> tensor<3xf32> {
  %r = nabla.integer_pow %x, -2 : tensor<3xf32>
  return %r : tensor<3xf32>
}

// JVP-LABEL: func.func @jvp_negative
// JVP-SAME: (%[[X:.*]]: tensor<3xf32>, %[[T:.*]]: tensor<3xf32>)
// JVP-NEXT: %[[C:.*]] = nabla.constant dense<-2.000000e+00> : tensor<3xf32>
// JVP-NEXT: %[[INTEGER_POW:.*]] = nabla.integer_pow %[[X]], -2
// JVP-NEXT: %[[INTEGER_POW2:.*]] = nabla.integer_pow %[[X]], -3
// JVP-NEXT: %[[MUL:.*]] = nabla.mul %[[INTEGER_POW2]], %[[C]]
// JVP-NEXT: %[[MUL_ZERO:.*]] = nabla.mul_zero %[[T]], %[[MUL]]
// JVP-NEXT: return %[[INTEGER_POW]], %[[MUL_ZERO]]
func.func @jvp_negative(%x: tensor<3xf32>, %t: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %r, %dr = nabla.jvp @f_negative(%x) tangents(%t) wrt = [0]
      : (tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %r, %dr : tensor<3xf32>, tensor<3xf32>
}
