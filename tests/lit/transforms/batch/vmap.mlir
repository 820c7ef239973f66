// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-batch --split-input-file --verify-diagnostics | FileCheck %s

func.func private @f(%x: tensor<3xf32>, %w: tensor<3xf32>) -> (tensor<f32>, tensor<3xf32>) {
  %p = nabla.mul %x, %w : tensor<3xf32>
  %s = nabla.reduce_sum %p dims = [0] : tensor<3xf32> -> tensor<f32>
  %e = nabla.exp %w : tensor<3xf32>
  return %s, %e : tensor<f32>, tensor<3xf32>
}

// The batch lies along dimension 1 of x; what depends on w alone is not batched.
// CHECK-LABEL: func.func @axes
// CHECK-SAME: %[[X:.*]]: tensor<3x8xf32>, %[[W:.*]]: tensor<3xf32>
// CHECK-DAG: %[[XT:.*]] = nabla.transpose %[[X]] permutation = [1, 0]
// CHECK-DAG: %[[WB:.*]] = nabla.broadcast %[[W]] dims = [1]
// CHECK-DAG: %[[P:.*]] = nabla.mul %[[XT]], %[[WB]] : tensor<8x3xf32>
// CHECK-DAG: %[[S:.*]] = nabla.reduce_sum %[[P]] dims = [1]
// CHECK-DAG: %[[E:.*]] = nabla.exp %[[W]] : tensor<3xf32>
// CHECK: return %[[S]], %[[E]]
func.func @axes(%x: tensor<3x8xf32>, %w: tensor<3xf32>) -> (tensor<8xf32>, tensor<3xf32>) {
  %y:2 = nabla.vmap @f(%x, %w) in_axes = [1, -1] out_axes = [0, -1] size = 8
      : (tensor<3x8xf32>, tensor<3xf32>) -> (tensor<8xf32>, tensor<3xf32>)
  return %y#0, %y#1 : tensor<8xf32>, tensor<3xf32>
}

// -----

func.func private @g(%x: tensor<f32>) -> tensor<f32> {
  return %x : tensor<f32>
}
func.func @depends(%x: tensor<8xf32>) -> tensor<f32> {
  // expected-error @+1 {{result 0 depends on the example, but its out_axes says -1}}
  %y = nabla.vmap @g(%x) in_axes = [0] out_axes = [-1] size = 8 : (tensor<8xf32>) -> tensor<f32>
  return %y : tensor<f32>
}
