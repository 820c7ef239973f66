// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-autodiff --split-input-file | FileCheck %s

!linear = !nabla.linear<(tensor<2xf32>, tensor<2xf32>) -> (tensor<f32>)>

func.func private @dot_sin(%x: tensor<2xf32>, %w: tensor<2xf32>) -> tensor<f32> {
  %s = nabla.sin %x : tensor<2xf32>
  %p = nabla.mul %s, %w : tensor<2xf32>
  %y = nabla.reduce_sum %p dims = [0] : tensor<2xf32> -> tensor<f32>
  return %y : tensor<f32>
}

// CHECK-LABEL: func.func @gradient
// CHECK-SAME: %[[X:.*]]: tensor<2xf32>, %[[W:.*]]: tensor<2xf32>, %[[CT:.*]]: tensor<f32>
// The primal result is not needed, so neither are its ops.
// CHECK-NOT: nabla.reduce_sum
// CHECK-DAG: %[[S:.*]] = nabla.sin %[[X]]
// CHECK-DAG: %[[C:.*]] = nabla.cos %[[X]]
// CHECK-DAG: %[[B:.*]] = nabla.broadcast %[[CT]] dims = []
// CHECK-DAG: %[[GW:.*]] = nabla.mul_zero %[[B]], %[[S]]
// CHECK-DAG: %[[D:.*]] = nabla.mul_zero %[[C]], %[[W]]
// CHECK-DAG: %[[GX:.*]] = nabla.mul_zero %[[B]], %[[D]]
// CHECK: return %[[GX]], %[[GW]]
func.func @gradient(%x: tensor<2xf32>, %w: tensor<2xf32>, %ct: tensor<f32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %y, %lin = nabla.linearize @dot_sin(%x, %w) wrt = [0, 1]
      : (tensor<2xf32>, tensor<2xf32>) -> (tensor<f32>, !linear)
  %g:2 = nabla.apply_transposed %lin(%ct)
      : (!linear, tensor<f32>) -> (tensor<2xf32>, tensor<2xf32>)
  return %g#0, %g#1 : tensor<2xf32>, tensor<2xf32>
}

// -----

!linear = !nabla.linear<(tensor<f32>) -> (tensor<f32>)>

func.func private @product(%x: tensor<f32>, %y: tensor<f32>) -> tensor<f32> {
  %p = nabla.mul %x, %y : tensor<f32>
  return %p : tensor<f32>
}

// The captured operand is the same value as the differentiated one, but it has no
// tangent: d(x y)/dx at y = x is y, not 2 x.
// CHECK-LABEL: func.func @captured
// CHECK-SAME: %[[X:.*]]: tensor<f32>, %[[CT:.*]]: tensor<f32>
// CHECK-NEXT: %[[G:.*]] = nabla.mul_zero %[[CT]], %[[X]]
// CHECK-NEXT: return %[[G]]
func.func @captured(%x: tensor<f32>, %ct: tensor<f32>) -> tensor<f32> {
  %y, %lin = nabla.linearize @product(%x, %x) wrt = [0]
      : (tensor<f32>, tensor<f32>) -> (tensor<f32>, !linear)
  %g = nabla.apply_transposed %lin(%ct) : (!linear, tensor<f32>) -> tensor<f32>
  return %g : tensor<f32>
}

// CHECK-LABEL: func.func @residuals_for_a_map
// CHECK-SAME: (%[[X:.*]]: tensor<f32>, %[[Y:.*]]: tensor<f32>) -> tensor<f32>
// CHECK-NEXT: return %[[Y]]
func.func @residuals_for_a_map(%x: tensor<f32>, %y: tensor<f32>) -> !linear {
  %p, %lin = nabla.linearize @product(%x, %y) wrt = [0]
      : (tensor<f32>, tensor<f32>) -> (tensor<f32>, !linear)
  return %lin : !linear
}
// CHECK-LABEL: func.func nested @product.jvp.linear
