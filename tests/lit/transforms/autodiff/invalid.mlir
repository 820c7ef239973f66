// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-transforms -split-input-file -verify-diagnostics

func.func private @square(%t: tensor<3xf32>) -> tensor<f32> {
  // expected-error @+1 {{'nabla.dot_general' op is not linear in both of its operands together}}
  %r = nabla.dot_general %t, %t batch = [] x [] contract = [0] x [0]
      : (tensor<3xf32>, tensor<3xf32>) -> tensor<f32>
  return %r : tensor<f32>
}

func.func @transpose(%ct: tensor<f32>) -> tensor<3xf32> {
  %lin = nabla.bind_linear @square() : () -> !nabla.linear<(tensor<3xf32>) -> (tensor<f32>)>
  %g = nabla.apply_transposed %lin(%ct)
      : (!nabla.linear<(tensor<3xf32>) -> (tensor<f32>)>, tensor<f32>) -> tensor<3xf32>
  return %g : tensor<3xf32>
}

// -----

func.func private @counts(%y: tensor<f32>, %t: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'nabla.scan' op has a carry that is not linear and cannot be transposed}}
  %r:2 = nabla.scan length = 4 consts() carries(%y) xs(%t)
      : (tensor<f32>, tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>) {
  ^bb0(%a: tensor<f32>, %x: tensor<f32>):
    %s = nabla.sin %a : tensor<f32>
    %p = nabla.mul_zero %x, %a : tensor<f32>
    nabla.yield %s, %p : tensor<f32>, tensor<f32>
  }
  return %r#1 : tensor<4xf32>
}

func.func @transpose(%y: tensor<f32>, %ct: tensor<4xf32>) -> tensor<4xf32> {
  %lin = nabla.bind_linear @counts(%y)
      : (tensor<f32>) -> !nabla.linear<(tensor<4xf32>) -> (tensor<4xf32>)>
  %g = nabla.apply_transposed %lin(%ct)
      : (!nabla.linear<(tensor<4xf32>) -> (tensor<4xf32>)>, tensor<4xf32>) -> tensor<4xf32>
  return %g : tensor<4xf32>
}

// -----

func.func private @foreign(%x: tensor<3xf32>) -> tensor<3xf32> {
  // expected-error @+1 {{'arith.negf' op cannot be differentiated in forward mode}}
  %r = arith.negf %x : tensor<3xf32>
  return %r : tensor<3xf32>
}

func.func @jvp(%x: tensor<3xf32>, %t: tensor<3xf32>) -> tensor<3xf32> {
  %r, %dr = nabla.jvp @foreign(%x) tangents(%t) wrt = [0]
      : (tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %dr : tensor<3xf32>
}

// -----

func.func private @foreign(%x: tensor<3xf32>) -> tensor<3xf32> {
  // expected-error @+1 {{'arith.negf' op cannot be batched}}
  %r = arith.negf %x : tensor<3xf32>
  return %r : tensor<3xf32>
}

func.func @batch(%x: tensor<8x3xf32>) -> tensor<8x3xf32> {
  %r = nabla.vmap @foreign(%x) in_axes = [0] out_axes = [0] size = 8
      : (tensor<8x3xf32>) -> tensor<8x3xf32>
  return %r : tensor<8x3xf32>
}

// -----

func.func private @external(tensor<f32>) -> tensor<f32>

func.func @main(%x: tensor<f32>, %t: tensor<f32>) -> tensor<f32> {
  // expected-error @+1 {{names @external, which has no body here}}
  %r, %dr = nabla.jvp @external(%x) tangents(%t) wrt = [0]
      : (tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %dr : tensor<f32>
}

// -----

func.func private @blocks(%x: tensor<f32>) -> tensor<f32> {
  cf.br ^bb1
^bb1:
  return %x : tensor<f32>
}

func.func @main(%x: tensor<f32>, %t: tensor<f32>) -> tensor<f32> {
  // expected-error @+1 {{names @blocks, which has more than one block}}
  %r, %dr = nabla.jvp @blocks(%x) tangents(%t) wrt = [0]
      : (tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %dr : tensor<f32>
}

// -----

func.func private @even(%x: tensor<f32>) -> tensor<f32> {
  %r = nabla.call @odd(%x) : (tensor<f32>) -> tensor<f32>
  return %r : tensor<f32>
}

func.func private @odd(%x: tensor<f32>) -> tensor<f32> {
  // expected-error @+1 {{names @even, which calls itself this way}}
  %r = nabla.call @even(%x) : (tensor<f32>) -> tensor<f32>
  return %r : tensor<f32>
}

func.func @main(%x: tensor<f32>, %t: tensor<f32>) -> tensor<f32> {
  %r, %dr = nabla.jvp @even(%x) tangents(%t) wrt = [0]
      : (tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %dr : tensor<f32>
}

// -----

func.func private @convolved(%t: tensor<1x3x1xf32>) -> tensor<1x1x1xf32> {
  %k = nabla.reshape %t : tensor<1x3x1xf32> -> tensor<3x1x1xf32>
  // expected-error @+1 {{'nabla.convolution' op is not linear in both of its operands together}}
  %r = nabla.convolution %t, %k strides = [1] dilations = [1] groups = 1
      : (tensor<1x3x1xf32>, tensor<3x1x1xf32>) -> tensor<1x1x1xf32>
  return %r : tensor<1x1x1xf32>
}

func.func @transpose(%ct: tensor<1x1x1xf32>) -> tensor<1x3x1xf32> {
  %lin = nabla.bind_linear @convolved()
      : () -> !nabla.linear<(tensor<1x3x1xf32>) -> (tensor<1x1x1xf32>)>
  %g = nabla.apply_transposed %lin(%ct)
      : (!nabla.linear<(tensor<1x3x1xf32>) -> (tensor<1x1x1xf32>)>, tensor<1x1x1xf32>) -> tensor<1x3x1xf32>
  return %g : tensor<1x3x1xf32>
}
