// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-verify-linear --split-input-file --verify-diagnostics

!linear = !nabla.linear<(tensor<f32>) -> (tensor<f32>)>
func.func private @square(%t: tensor<f32>) -> tensor<f32> {
  // expected-error @+1 {{is not linear in operand 0}}
  %y = nabla.mul %t, %t : tensor<f32>
  return %y : tensor<f32>
}
func.func @product_of_tangents() -> !linear {
  %lin = nabla.bind_linear @square() : () -> !linear
  return %lin : !linear
}

// -----

!linear = !nabla.linear<(tensor<f32>) -> (tensor<f32>)>
func.func private @sine(%t: tensor<f32>) -> tensor<f32> {
  // expected-error @+1 {{is not linear and cannot be transposed}}
  %y = nabla.sin %t : tensor<f32>
  return %y : tensor<f32>
}
func.func @nonlinear() -> !linear {
  %lin = nabla.bind_linear @sine() : () -> !linear
  return %lin : !linear
}
