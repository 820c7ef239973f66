// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --split-input-file --verify-diagnostics

func.func @range(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{'nabla.reduce_sum' op dims names dimension 2, but x (2x3) has dimensions 0 to 1}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.reduce_sum %x dims = [2] : tensor<2x3xf32> -> tensor<2xf32>
  return
}

// -----

func.func @negative(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{dims names dimension -1, but x (2x3) has dimensions 0 to 1}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.reduce_max %x dims = [-1] : tensor<2x3xf32> -> tensor<2xf32>
  return
}

// -----

func.func @twice(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{dims is not in increasing order: 1 follows 1}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.reduce_prod %x dims = [1, 1] : tensor<2x3xf32> -> tensor<2xf32>
  return
}

// -----

func.func @order(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{dims is not in increasing order: 0 follows 1}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.reduce_min %x dims = [1, 0] : tensor<2x3xf32> -> tensor<f32>
  return
}

// -----

func.func @result(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<3xf32>' are incompatible with return type(s) of operation 'tensor<2xf32>'}}
  %y = nabla.reduce_sum %x dims = [0] : tensor<2x3xf32> -> tensor<2xf32>
  return
}

// -----

func.func @and_of_floats(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{operand #0 must be a tensor of integers or bools, but got 'tensor<2x3xf32>'}}
  %y = nabla.reduce_and %x dims = [0] : tensor<2x3xf32> -> tensor<3xf32>
  return
}

// -----

func.func @argmax_range(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{'nabla.argmax' op dim names dimension 2, but x (2x3) has dimensions 0 to 1}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.argmax %x dim = 2 : tensor<2x3xf32> -> tensor<2xi64>
  return
}

// -----

func.func @argmin_scalar(%x: tensor<f32>) {
  // expected-error @+2 {{dim names dimension 0, but x (scalar) has no dimensions}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.argmin %x dim = 0 : tensor<f32> -> tensor<i64>
  return
}

// -----

func.func @argsort_range(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{'nabla.argsort' op dim names dimension 2, but x (2x3) has dimensions 0 to 1}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.argsort %x dim = 2 count = 3 : tensor<2x3xf32> -> tensor<2x3xi64>
  return
}

// -----

func.func @argsort_count(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{'nabla.argsort' op count is 4, but dimension 1 of x (2x3) has 3 elements}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.argsort %x dim = 1 count = 4 : tensor<2x3xf32> -> tensor<2x4xi64>
  return
}

// -----

func.func @argmax_of_nothing(%x: tensor<2x0xf32>) {
  // expected-error @+2 {{dimension 1 of x (2x0) has no elements}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.argmax %x dim = 1 : tensor<2x0xf32> -> tensor<2xi64>
  return
}

// -----

func.func @cumsum_range(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'nabla.cumsum' op dim names dimension 2, but x (2x3) has dimensions 0 to 1}}
  %y = nabla.cumsum %x dim = 2 : tensor<2x3xf32>
  return
}
