// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-autodiff --split-input-file | FileCheck %s

!linear = !nabla.linear<(tensor<f32>) -> (tensor<f32>)>

func.func private @chain(%x: tensor<f32>) -> tensor<f32> {
  %s = nabla.sin %x : tensor<f32>
  %e = nabla.exp %s : tensor<f32>
  %y = nabla.tanh %e : tensor<f32>
  return %y : tensor<f32>
}

// Derivatives are multiplied with each other, in the known part: one residual, and one
// product where the map is applied.
// CHECK-LABEL: func.func @chain_residual
// CHECK: %[[D1:.*]] = nabla.mul_zero
// CHECK: %[[D:.*]] = nabla.mul_zero %[[D1]],
// CHECK: return %[[D]] : tensor<f32>
// CHECK-LABEL: func.func nested @chain.jvp.linear
// CHECK-SAME: (%[[D:.*]]: tensor<f32>, %[[T:.*]]: tensor<f32>)
// CHECK-NEXT: %[[DY:.*]] = nabla.mul_zero %[[T]], %[[D]]
// CHECK-NEXT: return %[[DY]]
func.func @chain_residual(%x: tensor<f32>) -> !linear {
  %y, %lin = nabla.linearize @chain(%x) wrt = [0]
      : (tensor<f32>) -> (tensor<f32>, !linear)
  return %lin : !linear
}

// -----

func.func private @like_terms(%x: tensor<f32>) -> tensor<f32> {
  %c = nabla.constant dense<3.0> : tensor<f32>
  %s = nabla.sin %x : tensor<f32>
  %p = nabla.mul %s, %c : tensor<f32>
  %n = nabla.neg %s : tensor<f32>
  %a = nabla.add %p, %n : tensor<f32>
  %y = nabla.sub %a, %x : tensor<f32>
  return %y : tensor<f32>
}

// 3 cos x - cos x - 1 is 2 cos x - 1.
// CHECK-LABEL: func.func @likes
// CHECK-SAME: %[[X:.*]]: tensor<f32>, %[[T:.*]]: tensor<f32>
// CHECK-DAG: %[[ONE:.*]] = nabla.constant dense<1.000000e+00>
// CHECK-DAG: %[[TWO:.*]] = nabla.constant dense<2.000000e+00>
// CHECK: %[[COS:.*]] = nabla.cos %[[X]]
// CHECK-NEXT: %[[P:.*]] = nabla.mul %[[COS]], %[[TWO]]
// CHECK-NEXT: %[[D:.*]] = nabla.sub %[[P]], %[[ONE]]
// CHECK-NEXT: %[[DY:.*]] = nabla.mul_zero %[[T]], %[[D]]
// CHECK-NEXT: return %[[DY]]
func.func @likes(%x: tensor<f32>, %t: tensor<f32>) -> tensor<f32> {
  %y, %dy = nabla.jvp @like_terms(%x) tangents(%t) wrt = [0]
      : (tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %dy : tensor<f32>
}

// -----

func.func private @signs(%x: tensor<f32>) -> tensor<f32> {
  %c = nabla.cos %x : tensor<f32>
  %n = nabla.neg %c : tensor<f32>
  return %n : tensor<f32>
}

// The signs of both ops meet.
// CHECK-LABEL: func.func @two_signs
// CHECK-NOT: nabla.neg
// CHECK: return
func.func @two_signs(%x: tensor<f32>, %t: tensor<f32>) -> tensor<f32> {
  %y, %dy = nabla.jvp @signs(%x) tangents(%t) wrt = [0]
      : (tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %dy : tensor<f32>
}

// -----

func.func private @scales(%x: tensor<f16>) -> tensor<f16> {
  %c = nabla.constant dense<300.0> : tensor<f16>
  %a = nabla.mul %x, %c : tensor<f16>
  %b = nabla.mul %a, %c : tensor<f16>
  return %b : tensor<f16>
}

// 300 * 300 is infinite in f16: the scales stay apart.
// CHECK-LABEL: func.func @large_scales
// CHECK-SAME: %[[X:.*]]: tensor<f16>, %[[T:.*]]: tensor<f16>
// CHECK-NEXT: %[[C:.*]] = nabla.constant dense<3.000000e+02> : tensor<f16>
// CHECK-NEXT: %[[P:.*]] = nabla.mul %[[T]], %[[C]]
// CHECK-NEXT: %[[Q:.*]] = nabla.mul %[[P]], %[[C]]
// CHECK-NEXT: return %[[Q]]
func.func @large_scales(%x: tensor<f16>, %t: tensor<f16>) -> tensor<f16> {
  %y, %dy = nabla.jvp @scales(%x) tangents(%t) wrt = [0]
      : (tensor<f16>, tensor<f16>) -> (tensor<f16>, tensor<f16>)
  return %dy : tensor<f16>
}

// -----

func.func private @scaled_sine(%x: tensor<f16>) -> tensor<f16> {
  %c = nabla.constant dense<300.0> : tensor<f16>
  %s = nabla.sin %x : tensor<f16>
  %a = nabla.mul %s, %c : tensor<f16>
  %b = nabla.mul %a, %c : tensor<f16>
  return %b : tensor<f16>
}

// CHECK-LABEL: func.func @large_scales_of_a_value
// CHECK-NOT: 0x7C00
// CHECK: %[[COS:.*]] = nabla.cos
// CHECK-NEXT: %[[P:.*]] = nabla.mul %[[COS]], %[[C:.*]] :
// CHECK-NEXT: %[[Q:.*]] = nabla.mul %[[P]], %[[C]]
// CHECK-NEXT: %[[DY:.*]] = nabla.mul_zero %{{.*}}, %[[Q]]
// CHECK-NEXT: return %[[DY]]
func.func @large_scales_of_a_value(%x: tensor<f16>, %t: tensor<f16>) -> tensor<f16> {
  %y, %dy = nabla.jvp @scaled_sine(%x) tangents(%t) wrt = [0]
      : (tensor<f16>, tensor<f16>) -> (tensor<f16>, tensor<f16>)
  return %dy : tensor<f16>
}

// -----

func.func private @quotient(%x: tensor<f32>, %y: tensor<f32>) -> tensor<f32> {
  %r = nabla.div %x, %y : tensor<f32>
  return %r : tensor<f32>
}

// Terms of two tangents with one divisor are divided once.
// CHECK-LABEL: func.func @one_division
// CHECK-SAME: %[[X:.*]]: tensor<f32>, %[[Y:.*]]: tensor<f32>, %[[TX:.*]]: tensor<f32>, %[[TY:.*]]: tensor<f32>
// CHECK: %[[R:.*]] = nabla.div %[[X]], %[[Y]]
// CHECK-NEXT: %[[P:.*]] = nabla.mul_zero %[[TY]], %[[R]]
// CHECK-NEXT: %[[N:.*]] = nabla.sub %[[TX]], %[[P]]
// CHECK-NEXT: %[[W:.*]] = nabla.div %{{.*}}, %[[Y]]
// CHECK-NEXT: %[[D:.*]] = nabla.mul_zero %[[N]], %[[W]]
// CHECK-NEXT: return %[[D]]
func.func @one_division(%x: tensor<f32>, %y: tensor<f32>, %tx: tensor<f32>, %ty: tensor<f32>) -> tensor<f32> {
  %r, %dr = nabla.jvp @quotient(%x, %y) tangents(%tx, %ty) wrt = [0, 1]
      : (tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %dr : tensor<f32>
}

// -----

func.func private @hidden(%x: tensor<f32>) -> tensor<f32> {
  %zero = nabla.constant dense<0.0> : tensor<f32>
  %p = nabla.compare gt %x, %zero : tensor<f32>
  %l = nabla.log %x : tensor<f32>
  %s = nabla.select %p, %l, %zero : tensor<f32>
  %n = nabla.select %p, %l, %x : tensor<f32>
  %y = nabla.mul %s, %n : tensor<f32>
  return %y : tensor<f32>
}

// The predicate selects among factors, not among products with the tangent.
// CHECK-LABEL: func.func @selects_factors
// CHECK-SAME: %[[X:.*]]: tensor<f32>, %[[T:.*]]: tensor<f32>
// CHECK: %[[DY:.*]] = nabla.mul_zero %[[T]],
// CHECK-NOT: %[[T]]
// CHECK: return %[[DY]]
func.func @selects_factors(%x: tensor<f32>, %t: tensor<f32>) -> tensor<f32> {
  %y, %dy = nabla.jvp @hidden(%x) tangents(%t) wrt = [0]
      : (tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %dy : tensor<f32>
}

// -----

func.func private @masked(%p: tensor<f32>, %x: tensor<f32>) -> tensor<f32> {
  %zero = nabla.constant dense<0.0> : tensor<f32>
  %q = nabla.compare gt %p, %zero : tensor<f32>
  %y = nabla.select %q, %x, %zero : tensor<f32>
  return %y : tensor<f32>
}

// A tangent without a factor is selected itself: no factor of ones and zeros.
// CHECK-LABEL: func.func @selects_tangent
// CHECK-NOT: nabla.mul_zero
// CHECK: %[[DY:.*]] = nabla.select %{{.*}}, %{{.*}}, %{{.*}} : tensor<f32>
// CHECK-NEXT: return %[[DY]]
func.func @selects_tangent(%p: tensor<f32>, %x: tensor<f32>, %t: tensor<f32>) -> tensor<f32> {
  %y, %dy = nabla.jvp @masked(%p, %x) tangents(%t) wrt = [1]
      : (tensor<f32>, tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %dy : tensor<f32>
}

// -----

func.func private @through_sum(%x: tensor<3xf32>) -> tensor<f32> {
  %s = nabla.sin %x : tensor<3xf32>
  %e = nabla.exp %s : tensor<3xf32>
  %r = nabla.reduce_sum %e dims = [0] : tensor<3xf32> -> tensor<f32>
  %y = nabla.sin %r : tensor<f32>
  %z = nabla.exp %y : tensor<f32>
  return %z : tensor<f32>
}

// What comes out of an op that is not elementwise is a tangent of its own.
// CHECK-LABEL: func.func @two_chains
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>, %[[T:.*]]: tensor<3xf32>
// CHECK: %[[DE:.*]] = nabla.mul_zero %[[T]],
// CHECK-NEXT: %[[DR:.*]] = nabla.reduce_sum %[[DE]]
// CHECK: %[[DZ:.*]] = nabla.mul_zero %[[DR]],
// CHECK-NEXT: return %[[DZ]]
func.func @two_chains(%x: tensor<3xf32>, %t: tensor<3xf32>) -> tensor<f32> {
  %y, %dy = nabla.jvp @through_sum(%x) tangents(%t) wrt = [0]
      : (tensor<3xf32>, tensor<3xf32>) -> (tensor<f32>, tensor<f32>)
  return %dy : tensor<f32>
}
