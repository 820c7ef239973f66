// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --split-input-file --verify-diagnostics

// What holds of the operands and results of every op.

func.func @dynamic(%x: tensor<?xf32>) {
  // expected-error @+1 {{operand #0 must be a tensor of floats, but got 'tensor<?xf32>'}}
  %y = nabla.sin %x : tensor<?xf32>
  return
}

// -----

func.func @encoding(%x: tensor<3xf32, "sharded">) {
  // expected-error @+1 {{operand #0 must be a tensor of floats, but got 'tensor<3xf32, "sharded">'}}
  %y = nabla.sin %x : tensor<3xf32, "sharded">
  return
}

// -----

func.func @element(%x: tensor<3xi32>) {
  // expected-error @+1 {{operand #0 must be a tensor of floats, but got 'tensor<3xi32>'}}
  %y = nabla.sin %x : tensor<3xi32>
  return
}

// -----

func.func @odd_width(%x: tensor<3xi4>) {
  // expected-error @+1 {{operand #0 must be a tensor of numbers, but got 'tensor<3xi4>'}}
  %y = nabla.neg %x : tensor<3xi4>
  return
}

// -----

func.func @bools_are_no_numbers(%x: tensor<3xi1>) {
  // expected-error @+1 {{operand #0 must be a tensor of numbers, but got 'tensor<3xi1>'}}
  %y = nabla.add %x, %x : tensor<3xi1>
  return
}

// -----

func.func @floats_have_no_bits(%x: tensor<3xf32>) {
  // expected-error @+1 {{operand #0 must be a tensor of integers or bools, but got 'tensor<3xf32>'}}
  %y = nabla.and %x, %x : tensor<3xf32>
  return
}

// -----

func.func @operands_differ(%x: tensor<2xf32>, %y: tensor<3xf32>) {
  // expected-error @+1 {{'nabla.add' op requires the same type for all operands and results}}
  %z = "nabla.add"(%x, %y) : (tensor<2xf32>, tensor<3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @inferred_from_dynamic(%x: tensor<?xf32>) {
  // expected-error @+1 {{'nabla.is_nan' op operand 0 is not a tensor of static shape but 'tensor<?xf32>'}}
  %y = nabla.is_nan %x : tensor<?xf32>
  return
}

// -----

// expected-error @+1 {{a linear map acts on tensors of floats, not on 'tensor<3xi32>'}}
func.func private @linear_of_integers(!nabla.linear<(tensor<3xi32>) -> ()>)

// -----

// expected-error @+1 {{a linear map acts on tensors of floats, not on 'tensor<?xf32>'}}
func.func private @linear_of_dynamic(!nabla.linear<() -> (tensor<?xf32>)>)
