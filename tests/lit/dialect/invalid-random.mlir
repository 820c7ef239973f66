// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --split-input-file --verify-diagnostics

func.func @words(%k: tensor<3xui32>) {
  // expected-error @+1 {{'nabla.random_bits' op the last dimension of keys (3) does not hold the two words of a key}}
  %y = nabla.random_bits %k : tensor<3xui32> -> tensor<4xui32>
  return
}

// -----

func.func @scalar_key(%k: tensor<ui32>) {
  // expected-error @+1 {{the last dimension of keys (scalar) does not hold the two words of a key}}
  %y = nabla.random_bits %k : tensor<ui32> -> tensor<4xui32>
  return
}

// -----

func.func @lead(%k: tensor<5x2xui32>) {
  // expected-error @+1 {{the shape of result (4x3) does not begin with that of keys (5x2) without its last dimension}}
  %y = nabla.random_bits %k : tensor<5x2xui32> -> tensor<4x3xui32>
  return
}

// -----

func.func @rank(%k: tensor<5x2xui32>) {
  // expected-error @+1 {{the shape of result (scalar) does not begin with that of keys (5x2) without its last dimension}}
  %y = nabla.random_bits %k : tensor<5x2xui32> -> tensor<ui32>
  return
}

// -----

func.func @key_type(%k: tensor<2xi32>) {
  // expected-error @+1 {{operand #0 must be a tensor of ui32, but got 'tensor<2xi32>'}}
  %y = nabla.random_bits %k : tensor<2xi32> -> tensor<4xui32>
  return
}

// -----

func.func @result_type(%k: tensor<2xui32>) {
  // expected-error @+1 {{result #0 must be a tensor of ui32 or ui64, but got 'tensor<4xf32>'}}
  %y = nabla.random_bits %k : tensor<2xui32> -> tensor<4xf32>
  return
}
