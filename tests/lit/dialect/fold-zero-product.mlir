// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-simplify | FileCheck %s
// RUN: nabla-opt %s --canonicalize | FileCheck %s --check-prefix=FOLD

// A zero gives a zero, on either side.
// CHECK-LABEL: func.func @zero_product
// FOLD-LABEL: func.func @zero_product
// FOLD-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<f32>
// FOLD-NEXT: return %[[ZERO]], %[[ZERO]], %[[ZERO]]
// CHECK-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<f32>
// CHECK-NEXT: return %[[ZERO]], %[[ZERO]], %[[ZERO]]
func.func @zero_product(%x: tensor<f32>) -> (tensor<f32>, tensor<f32>, tensor<f32>) {
  %zero = nabla.constant dense<0.0> : tensor<f32>
  %p = nabla.mul_zero %zero, %x : tensor<f32>
  %q = nabla.mul_zero %x, %zero : tensor<f32>
  %r = nabla.div_zero %zero, %x : tensor<f32>
  return %p, %q, %r : tensor<f32>, tensor<f32>, tensor<f32>
}

// CHECK-LABEL: func.func @product_with_one
// FOLD-LABEL: func.func @product_with_one
// FOLD-SAME: %[[X:.*]]: tensor<f32>
// FOLD-NEXT: return %[[X]], %[[X]], %[[X]]
// CHECK-SAME: %[[X:.*]]: tensor<f32>
// CHECK-NEXT: return %[[X]], %[[X]], %[[X]]
func.func @product_with_one(%x: tensor<f32>) -> (tensor<f32>, tensor<f32>, tensor<f32>) {
  %one = nabla.constant dense<1.0> : tensor<f32>
  %p = nabla.mul_zero %one, %x : tensor<f32>
  %q = nabla.mul_zero %x, %one : tensor<f32>
  %r = nabla.div_zero %x, %one : tensor<f32>
  return %p, %q, %r : tensor<f32>, tensor<f32>, tensor<f32>
}

// A number that is finite and not 0 asks for no guard.
// CHECK-LABEL: func.func @guard_is_needless
// CHECK-SAME: %[[X:.*]]: tensor<2xf32>
// CHECK: %[[P:.*]] = nabla.mul %[[X]],
// CHECK-NEXT: %[[Q:.*]] = nabla.mul %[[X]],
// CHECK-NEXT: %[[R:.*]] = nabla.div %[[X]],
// CHECK-NEXT: %[[S:.*]] = nabla.div %{{.*}}, %[[X]]
// CHECK-NEXT: return %[[P]], %[[Q]], %[[R]], %[[S]]
func.func @guard_is_needless(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  %c = nabla.constant dense<[2.0, -3.0]> : tensor<2xf32>
  %d = nabla.constant dense<[2.0, -5.0]> : tensor<2xf32>
  %p = nabla.mul_zero %c, %x : tensor<2xf32>
  %q = nabla.mul_zero %x, %d : tensor<2xf32>
  %r = nabla.div_zero %x, %c : tensor<2xf32>
  %s = nabla.div_zero %c, %x : tensor<2xf32>
  return %p, %q, %r, %s : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}

// 0 times infinity, 0 divided by 0: the guards stay.
// CHECK-LABEL: func.func @guard_is_needed
// CHECK-COUNT-2: nabla.mul_zero
// CHECK-COUNT-2: nabla.div_zero
func.func @guard_is_needed(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  %inf = nabla.constant dense<[1.0, 0x7F800000]> : tensor<2xf32>
  %zero = nabla.constant dense<[1.0, 0.0]> : tensor<2xf32>
  %p = nabla.mul_zero %x, %inf : tensor<2xf32>
  %q = nabla.mul_zero %x, %zero : tensor<2xf32>
  %r = nabla.div_zero %x, %zero : tensor<2xf32>
  %s = nabla.div_zero %zero, %x : tensor<2xf32>
  return %p, %q, %r, %s : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}

// The product is the same either way round.
// CHECK-LABEL: func.func @commutes
// CHECK-COUNT-1: nabla.mul_zero
// CHECK-NOT: nabla.mul_zero
// CHECK: return
func.func @commutes(%x: tensor<f32>, %y: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
  %p = nabla.mul_zero %x, %y : tensor<f32>
  %q = nabla.mul_zero %y, %x : tensor<f32>
  return %p, %q : tensor<f32>, tensor<f32>
}
