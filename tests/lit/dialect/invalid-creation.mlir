// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --split-input-file --verify-diagnostics

func.func @iota_range() {
  // expected-error @+1 {{'nabla.iota' op dim names dimension 2, but the result has dimensions 0 to 1}}
  %y = nabla.iota 2 : tensor<2x3xi32>
  return
}

// -----

func.func @iota_scalar() {
  // expected-error @+1 {{dim names dimension 0, but the result has no dimensions}}
  %y = nabla.iota 0 : tensor<i32>
  return
}

// -----

func.func @iota_bools() {
  // expected-error @+1 {{result #0 must be a tensor of numbers, but got 'tensor<3xi1>'}}
  %y = nabla.iota 0 : tensor<3xi1>
  return
}

// -----

func.func @constant_resource() {
  // expected-error @+1 {{attribute 'value' failed to satisfy constraint: elements of numbers or bools, written dense<...>}}
  %y = nabla.constant dense_resource<weights> : tensor<3xf32>
  return
}

// -----

func.func @constant_type() {
  // expected-error @+1 {{result #0 must be a tensor of floats, integers or bools with a static shape, but got 'vector<3xf32>'}}
  %y = nabla.constant dense<1.0> : vector<3xf32>
  return
}

// -----

func.func @constant_result() {
  // expected-error @+1 {{failed to verify that all of {value, result} have same type}}
  %y = "nabla.constant"() <{value = dense<1.0> : tensor<3xf32>}> : () -> tensor<2xf32>
  return
}

// -----

func.func @basis() {
  // expected-error @+1 {{has shape 5x2x3, whose leading extent is not the number of elements behind it}}
  %y = nabla.basis : tensor<5x2x3xf32>
  return
}
