// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-transforms | FileCheck %s

!linear = !nabla.linear<(tensor<2xf32>) -> (tensor<2xf32>)>

func.func private @f(%x: tensor<2xf32>, %w: tensor<2xf32>) -> tensor<2xf32> {
  %s = nabla.sin %x : tensor<2xf32>
  %y = nabla.mul %s, %w : tensor<2xf32>
  return %y : tensor<2xf32>
}
func.func private @pull(%lin: !linear, %ct: tensor<2xf32>) -> tensor<2xf32> {
  %g = nabla.apply_transposed %lin(%ct) : (!linear, tensor<2xf32>) -> tensor<2xf32>
  return %g : tensor<2xf32>
}

// The pullback is batched, the function is not.
// CHECK-LABEL: func.func @jacobian
// CHECK-SAME: %[[X:.*]]: tensor<2xf32>, %[[W:.*]]: tensor<2xf32>, %[[B:.*]]: tensor<2x2xf32>
// CHECK-NOT: nabla.vmap
// CHECK: %[[C:.*]] = nabla.cos %[[X]] : tensor<2xf32>
// CHECK-NEXT: %[[D:.*]] = nabla.mul_zero %[[C]], %[[W]] : tensor<2xf32>
// CHECK-NEXT: %[[DB:.*]] = nabla.broadcast %[[D]] dims = [1]
// CHECK-NEXT: %[[J:.*]] = nabla.mul_zero %[[B]], %[[DB]] : tensor<2x2xf32>
// CHECK-NEXT: return %[[J]]
func.func @jacobian(%x: tensor<2xf32>, %w: tensor<2xf32>, %basis: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %y, %lin = nabla.linearize @f(%x, %w) wrt = [0]
      : (tensor<2xf32>, tensor<2xf32>) -> (tensor<2xf32>, !linear)
  %j = nabla.vmap @pull(%lin, %basis) in_axes = [-1, 0] out_axes = [0] size = 2
      : (!linear, tensor<2x2xf32>) -> tensor<2x2xf32>
  return %j : tensor<2x2xf32>
}

// A linear map goes into a function and comes back.
func.func private @through(%lin: !linear, %z: tensor<2xf32>) -> (tensor<2xf32>, !linear) {
  %g = nabla.apply_transposed %lin(%z) : (!linear, tensor<2xf32>) -> tensor<2xf32>
  return %g, %lin : tensor<2xf32>, !linear
}
// CHECK-LABEL: func.func @passed_on
// CHECK-SAME: %[[X:.*]]: tensor<2xf32>, %[[W:.*]]: tensor<2xf32>, %[[Z:.*]]: tensor<2xf32>
// CHECK-NOT: !nabla.linear
// CHECK: %[[D:.*]] = nabla.mul_zero %{{.*}}, %[[W]]
// CHECK-NEXT: %[[G:.*]] = nabla.mul_zero %[[Z]], %[[D]]
// CHECK-NEXT: return %[[G]], %[[G]]
func.func @passed_on(%x: tensor<2xf32>, %w: tensor<2xf32>, %z: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %y, %lin = nabla.linearize @f(%x, %w) wrt = [0]
      : (tensor<2xf32>, tensor<2xf32>) -> (tensor<2xf32>, !linear)
  %r:2 = nabla.call @through(%lin, %z) : (!linear, tensor<2xf32>) -> (tensor<2xf32>, !linear)
  %g = nabla.apply_transposed %r#1(%z) : (!linear, tensor<2xf32>) -> tensor<2xf32>
  return %r#0, %g : tensor<2xf32>, tensor<2xf32>
}
