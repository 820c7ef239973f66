// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s

func.func private @f(%x: tensor<f32>, %w: tensor<f32>) -> tensor<f32> {
  %s = nabla.sin %x : tensor<f32>
  %y = nabla.mul %s, %w : tensor<f32>
  return %y : tensor<f32>
}

// No tangent of w: the product has one term.
// CHECK-LABEL: func.func @one_active
// CHECK-SAME: %[[X:.*]]: tensor<f32>, %[[W:.*]]: tensor<f32>, %[[T:.*]]: tensor<f32>
// CHECK-DAG: %[[S:.*]] = nabla.sin %[[X]]
// CHECK-DAG: %[[C:.*]] = nabla.cos %[[X]]
// CHECK-DAG: %[[Y:.*]] = nabla.mul %[[S]], %[[W]]
// CHECK-DAG: %[[D:.*]] = nabla.mul_zero %[[C]], %[[W]]
// CHECK-DAG: %[[DY:.*]] = nabla.mul_zero %[[T]], %[[D]]
// CHECK-NOT: nabla.add
// CHECK: return %[[Y]], %[[DY]]
func.func @one_active(%x: tensor<f32>, %w: tensor<f32>, %t: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
  %y, %dy = nabla.jvp @f(%x, %w) tangents(%t) wrt = [0]
      : (tensor<f32>, tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %y, %dy : tensor<f32>, tensor<f32>
}

// The result does not depend on the argument: its tangent is zero.
func.func private @constant(%x: tensor<f32>) -> tensor<f32> {
  %c = nabla.constant dense<2.0> : tensor<f32>
  return %c : tensor<f32>
}
// CHECK-LABEL: func.func @zero_tangent
// CHECK: %[[Z:.*]] = nabla.constant dense<0.000000e+00>
// CHECK: return %[[Z]]
func.func @zero_tangent(%x: tensor<f32>, %t: tensor<f32>) -> tensor<f32> {
  %y, %dy = nabla.jvp @constant(%x) tangents(%t) wrt = [0]
      : (tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %dy : tensor<f32>
}
