// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s -split-input-file -verify-diagnostics

func.func @elements(%x: tensor<2x8x4xf32>, %k: tensor<3x4x6xf64>) {
  // expected-error @+2 {{x holds 'f32', but kernel holds 'f64'}}
  // expected-error @+1 {{failed to infer returned types}}
  %r = nabla.convolution %x, %k strides = [1] dilations = [1] groups = 1
      : (tensor<2x8x4xf32>, tensor<3x4x6xf64>) -> tensor<2x6x6xf32>
  return
}

// -----

func.func @ranks(%x: tensor<2x8x4xf32>, %k: tensor<3x3x4x6xf32>) {
  // expected-error @+2 {{x (2x8x4) and kernel (3x3x4x6) must have one rank}}
  // expected-error @+1 {{failed to infer returned types}}
  %r = nabla.convolution %x, %k strides = [1] dilations = [1] groups = 1
      : (tensor<2x8x4xf32>, tensor<3x3x4x6xf32>) -> tensor<2x6x6xf32>
  return
}

// -----

func.func @strides(%x: tensor<2x8x4xf32>, %k: tensor<3x4x6xf32>) {
  // expected-error @+2 {{strides has 2 entries, but the space of x (2x8x4) has 1}}
  // expected-error @+1 {{failed to infer returned types}}
  %r = nabla.convolution %x, %k strides = [1, 1] dilations = [1] groups = 1
      : (tensor<2x8x4xf32>, tensor<3x4x6xf32>) -> tensor<2x6x6xf32>
  return
}

// -----

func.func @dilations(%x: tensor<2x8x4xf32>, %k: tensor<3x4x6xf32>) {
  // expected-error @+2 {{dilations has 0 entries, but the space of x (2x8x4) has 1}}
  // expected-error @+1 {{failed to infer returned types}}
  %r = nabla.convolution %x, %k strides = [1] dilations = [] groups = 1
      : (tensor<2x8x4xf32>, tensor<3x4x6xf32>) -> tensor<2x6x6xf32>
  return
}

// -----

func.func @stride(%x: tensor<2x8x4xf32>, %k: tensor<3x4x6xf32>) {
  // expected-error @+2 {{strides holds 0, which is not a positive number}}
  // expected-error @+1 {{failed to infer returned types}}
  %r = nabla.convolution %x, %k strides = [0] dilations = [1] groups = 1
      : (tensor<2x8x4xf32>, tensor<3x4x6xf32>) -> tensor<2x6x6xf32>
  return
}

// -----

func.func @dilation(%x: tensor<2x8x4xf32>, %k: tensor<3x4x6xf32>) {
  // expected-error @+2 {{dilations holds -1, which is not a positive number}}
  // expected-error @+1 {{failed to infer returned types}}
  %r = nabla.convolution %x, %k strides = [1] dilations = [-1] groups = 1
      : (tensor<2x8x4xf32>, tensor<3x4x6xf32>) -> tensor<2x6x6xf32>
  return
}

// -----

func.func @groups(%x: tensor<2x8x4xf32>, %k: tensor<3x4x6xf32>) {
  // expected-error @+2 {{groups is 0, not a positive number}}
  // expected-error @+1 {{failed to infer returned types}}
  %r = nabla.convolution %x, %k strides = [1] dilations = [1] groups = 0
      : (tensor<2x8x4xf32>, tensor<3x4x6xf32>) -> tensor<2x6x6xf32>
  return
}

// -----

func.func @divided(%x: tensor<2x8x4xf32>, %k: tensor<3x4x6xf32>) {
  // expected-error @+2 {{cannot divide 4 channels of x (2x8x4) and 6 features of kernel (3x4x6) into 4 groups}}
  // expected-error @+1 {{failed to infer returned types}}
  %r = nabla.convolution %x, %k strides = [1] dilations = [1] groups = 4
      : (tensor<2x8x4xf32>, tensor<3x4x6xf32>) -> tensor<2x6x6xf32>
  return
}

// -----

func.func @channels(%x: tensor<2x8x4xf32>, %k: tensor<3x4x6xf32>) {
  // expected-error @+2 {{x (2x8x4) has 2 channels a group, but kernel (3x4x6) weighs 4}}
  // expected-error @+1 {{failed to infer returned types}}
  %r = nabla.convolution %x, %k strides = [1] dilations = [1] groups = 2
      : (tensor<2x8x4xf32>, tensor<3x4x6xf32>) -> tensor<2x6x6xf32>
  return
}

// -----

func.func @empty(%x: tensor<2x8x4xf32>, %k: tensor<0x4x6xf32>) {
  // expected-error @+2 {{the windows of kernel (0x4x6) are empty or too large along dimension 0}}
  // expected-error @+1 {{failed to infer returned types}}
  %r = nabla.convolution %x, %k strides = [1] dilations = [1] groups = 1
      : (tensor<2x8x4xf32>, tensor<0x4x6xf32>) -> tensor<2x8x6xf32>
  return
}
