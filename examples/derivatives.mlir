// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Derivatives of f(x) = sin(x) x, stated as ops and expanded by passes:
//   nabla-opt --nabla-transforms --nabla-simplify examples/derivatives.mlir

!linear = !nabla.linear<(tensor<f32>) -> (tensor<f32>)>

func.func private @f(%x: tensor<f32>) -> tensor<f32> {
  %s = nabla.sin %x : tensor<f32>
  %y = nabla.mul %s, %x : tensor<f32>
  return %y : tensor<f32>
}

// The gradient: linearize at x, then pull the cotangent 1 back.
func.func private @gradient(%x: tensor<f32>) -> tensor<f32> {
  %y, %lin = nabla.linearize @f(%x) wrt = [0] : (tensor<f32>) -> (tensor<f32>, !linear)
  %one = nabla.constant dense<1.0> : tensor<f32>
  %g = nabla.apply_transposed %lin(%one) : (!linear, tensor<f32>) -> tensor<f32>
  return %g : tensor<f32>
}

// The second derivative along a direction: forward over reverse.
func.func @second(%x: tensor<f32>, %t: tensor<f32>) -> tensor<f32> {
  %g, %dg = nabla.jvp @gradient(%x) tangents(%t) wrt = [0]
      : (tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %dg : tensor<f32>
}

// The gradient at each of eight points.
func.func @gradients(%x: tensor<8xf32>) -> tensor<8xf32> {
  %g = nabla.vmap @gradient(%x) in_axes = [0] out_axes = [0] size = 8
      : (tensor<8xf32>) -> tensor<8xf32>
  return %g : tensor<8xf32>
}
