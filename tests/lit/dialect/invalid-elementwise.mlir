// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --split-input-file --verify-diagnostics

func.func @integer_pow(%x: tensor<3xi32>) {
  // expected-error @+1 {{'nabla.integer_pow' op cannot raise integers to the power of -1: the exponent is negative}}
  %y = nabla.integer_pow %x, -1 : tensor<3xi32>
  return
}

// -----

func.func @select_shapes(%p: tensor<2xi1>, %x: tensor<3xf32>) {
  // expected-error @+1 {{failed to verify that the predicate is a tensor of bools of the shape}}
  %y = "nabla.select"(%p, %x, %x) : (tensor<2xi1>, tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @select_types(%p: tensor<3xi1>, %x: tensor<3xf32>, %z: tensor<3xf64>) {
  // expected-error @+1 {{failed to verify that all of {x, y, result} have same type}}
  %y = "nabla.select"(%p, %x, %z) : (tensor<3xi1>, tensor<3xf32>, tensor<3xf64>) -> tensor<3xf32>
  return
}

// -----

func.func @convert_shapes(%x: tensor<3xf32>) {
  // expected-error @+1 {{failed to verify that all of {x, result} have same shape}}
  %y = nabla.convert %x : tensor<3xf32> -> tensor<2xi32>
  return
}

// -----

func.func @compare_types(%x: tensor<3xf32>, %z: tensor<2xf32>) {
  // expected-error @+1 {{'nabla.compare' op requires all operands to have the same type}}
  %y = "nabla.compare"(%x, %z) <{predicate = #nabla<predicate eq>}> : (tensor<3xf32>, tensor<2xf32>) -> tensor<3xi1>
  return
}
