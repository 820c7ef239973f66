// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --split-input-file --verify-diagnostics

// broadcast

func.func @broadcast_element(%x: tensor<3xf32>) {
  // expected-error @+1 {{'nabla.broadcast' op x holds 'f32', but the result holds 'f64'}}
  %y = nabla.broadcast %x dims = [1] : tensor<3xf32> -> tensor<2x3xf64>
  return
}

// -----

func.func @broadcast_rank(%x: tensor<3xf32>) {
  // expected-error @+1 {{dims has 2 entries, but x (3) has 1}}
  %y = nabla.broadcast %x dims = [0, 1] : tensor<3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @broadcast_range(%x: tensor<3xf32>) {
  // expected-error @+1 {{dims names dimension 2, but the result (2x3) has dimensions 0 to 1}}
  %y = nabla.broadcast %x dims = [2] : tensor<3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @broadcast_negative(%x: tensor<3xf32>) {
  // expected-error @+1 {{dims names dimension -1, but the result (3) has one dimension, 0}}
  %y = nabla.broadcast %x dims = [-1] : tensor<3xf32> -> tensor<3xf32>
  return
}

// -----

func.func @broadcast_to_scalar(%x: tensor<3xf32>) {
  // expected-error @+1 {{dims names dimension 0, but the result (scalar) has no dimensions}}
  %y = nabla.broadcast %x dims = [0] : tensor<3xf32> -> tensor<f32>
  return
}

// -----

func.func @broadcast_order(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{dims is not in increasing order: 0 follows 1}}
  %y = nabla.broadcast %x dims = [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
  return
}

// -----

func.func @broadcast_extent(%x: tensor<1xf32>) {
  // expected-error @+1 {{dimension 0 of x (1) becomes dimension 1 of the result (2x3): extents 1 and 3 differ}}
  %y = nabla.broadcast %x dims = [1] : tensor<1xf32> -> tensor<2x3xf32>
  return
}

// -----

// reshape

func.func @reshape_element(%x: tensor<4xf32>) {
  // expected-error @+1 {{x holds 'f32', but the result holds 'i32'}}
  %y = nabla.reshape %x : tensor<4xf32> -> tensor<2x2xi32>
  return
}

// -----

func.func @reshape_count(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{cannot reshape x (2x3) to 4x2: 6 elements do not fill 8}}
  %y = nabla.reshape %x : tensor<2x3xf32> -> tensor<4x2xf32>
  return
}

// -----

// transpose

func.func @transpose_rank(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{permutation has 1 entries, but x (2x3) has 2}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.transpose %x permutation = [0] : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

func.func @transpose_range(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{permutation names dimension 2, but x (2x3) has dimensions 0 to 1}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.transpose %x permutation = [2, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
  return
}

// -----

func.func @transpose_twice(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{permutation names dimension 1 twice}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.transpose %x permutation = [1, 1] : tensor<2x3xf32> -> tensor<3x3xf32>
  return
}

// -----

func.func @transpose_result(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<3x2xf32>' are incompatible with return type(s) of operation 'tensor<2x3xf32>'}}
  %y = nabla.transpose %x permutation = [1, 0] : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

// reverse

func.func @reverse_range(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{dims names dimension 2, but x (2x3) has dimensions 0 to 1}}
  %y = nabla.reverse %x dims = [2] : tensor<2x3xf32>
  return
}

// -----

func.func @reverse_twice(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{dims names dimension 0 twice}}
  %y = nabla.reverse %x dims = [0, 0] : tensor<2x3xf32>
  return
}

// -----

// slice

func.func @slice_starts(%x: tensor<4xf32>) {
  // expected-error @+2 {{starts has 2 entries, but x (4) has 1}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.slice %x starts = [0, 0] limits = [2] strides = [1] : tensor<4xf32> -> tensor<2xf32>
  return
}

// -----

func.func @slice_limits(%x: tensor<4xf32>) {
  // expected-error @+2 {{limits has 0 entries, but x (4) has 1}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.slice %x starts = [0] limits = [] strides = [1] : tensor<4xf32> -> tensor<2xf32>
  return
}

// -----

func.func @slice_strides(%x: tensor<4xf32>) {
  // expected-error @+2 {{strides has 2 entries, but x (4) has 1}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.slice %x starts = [0] limits = [2] strides = [1, 1] : tensor<4xf32> -> tensor<2xf32>
  return
}

// -----

func.func @slice_negative_start(%x: tensor<4xf32>) {
  // expected-error @+2 {{cannot take elements -1 to 2 of dimension 0 of x (4)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.slice %x starts = [-1] limits = [2] strides = [1] : tensor<4xf32> -> tensor<3xf32>
  return
}

// -----

func.func @slice_start_behind_limit(%x: tensor<4xf32>) {
  // expected-error @+2 {{cannot take elements 3 to 2 of dimension 0 of x (4)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.slice %x starts = [3] limits = [2] strides = [1] : tensor<4xf32> -> tensor<0xf32>
  return
}

// -----

func.func @slice_limit(%x: tensor<2x4xf32>) {
  // expected-error @+2 {{cannot take elements 1 to 5 of dimension 1 of x (2x4)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.slice %x starts = [0, 1] limits = [2, 5] strides = [1, 1] : tensor<2x4xf32> -> tensor<2x4xf32>
  return
}

// -----

func.func @slice_stride(%x: tensor<4xf32>) {
  // expected-error @+2 {{the stride of dimension 0 is 0, which is not positive}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.slice %x starts = [0] limits = [2] strides = [0] : tensor<4xf32> -> tensor<2xf32>
  return
}

// -----

// pad

func.func @pad_element(%x: tensor<3xf32>, %v: tensor<f64>) {
  // expected-error @+2 {{x holds 'f32', but value holds 'f64'}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.pad %x, %v low = [1] high = [1] interior = [0] : (tensor<3xf32>, tensor<f64>) -> tensor<5xf32>
  return
}

// -----

func.func @pad_low(%x: tensor<3xf32>, %v: tensor<f32>) {
  // expected-error @+2 {{low has 2 entries, but x (3) has 1}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.pad %x, %v low = [1, 0] high = [1] interior = [0] : (tensor<3xf32>, tensor<f32>) -> tensor<5xf32>
  return
}

// -----

func.func @pad_high(%x: tensor<3xf32>, %v: tensor<f32>) {
  // expected-error @+2 {{high has 0 entries, but x (3) has 1}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.pad %x, %v low = [1] high = [] interior = [0] : (tensor<3xf32>, tensor<f32>) -> tensor<5xf32>
  return
}

// -----

func.func @pad_interior(%x: tensor<3xf32>, %v: tensor<f32>) {
  // expected-error @+2 {{interior has 2 entries, but x (3) has 1}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.pad %x, %v low = [1] high = [1] interior = [0, 0] : (tensor<3xf32>, tensor<f32>) -> tensor<5xf32>
  return
}

// -----

func.func @pad_value(%x: tensor<3xf32>, %v: tensor<2xf32>) {
  // expected-error @+2 {{value (2) is not a scalar}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.pad %x, %v low = [1] high = [1] interior = [0] : (tensor<3xf32>, tensor<2xf32>) -> tensor<5xf32>
  return
}

// -----

func.func @pad_negative_low(%x: tensor<3xf32>, %v: tensor<f32>) {
  // expected-error @+2 {{cannot pad dimension 0 of x (3) by a negative amount: low -1, high 1, interior 0}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.pad %x, %v low = [-1] high = [1] interior = [0] : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  return
}

// -----

func.func @pad_negative_high(%x: tensor<3xf32>, %v: tensor<f32>) {
  // expected-error @+2 {{by a negative amount: low 0, high -2, interior 0}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.pad %x, %v low = [0] high = [-2] interior = [0] : (tensor<3xf32>, tensor<f32>) -> tensor<1xf32>
  return
}

// -----

func.func @pad_negative_interior(%x: tensor<3xf32>, %v: tensor<f32>) {
  // expected-error @+2 {{by a negative amount: low 0, high 0, interior -1}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.pad %x, %v low = [0] high = [0] interior = [-1] : (tensor<3xf32>, tensor<f32>) -> tensor<1xf32>
  return
}

// -----

func.func @pad_overflow_of_gaps(%x: tensor<3xf32>, %v: tensor<f32>) {
  // expected-error @+2 {{dimension 0 of x (3) cannot be padded beyond the largest extent}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.pad %x, %v low = [0] high = [0] interior = [9223372036854775807] : (tensor<3xf32>, tensor<f32>) -> tensor<1xf32>
  return
}

// -----

func.func @pad_overflow_of_sides(%x: tensor<3xf32>, %v: tensor<f32>) {
  // expected-error @+2 {{cannot be padded beyond the largest extent}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.pad %x, %v low = [9223372036854775807] high = [1] interior = [0] : (tensor<3xf32>, tensor<f32>) -> tensor<1xf32>
  return
}

// -----

// concatenate

func.func @concatenate_nothing() {
  // expected-error @+2 {{expects 1 or more operands, but has 0}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.concatenate dim = 0 : () -> tensor<3xf32>
  return
}

// -----

func.func @concatenate_dim(%x: tensor<3xf32>) {
  // expected-error @+2 {{dim names dimension 1, but input 0 (3) has one dimension, 0}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.concatenate %x, %x dim = 1 : (tensor<3xf32>, tensor<3xf32>) -> tensor<6xf32>
  return
}

// -----

func.func @concatenate_element(%x: tensor<3xf32>, %z: tensor<3xf64>) {
  // expected-error @+2 {{input 0 holds 'f32', but input 1 holds 'f64'}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.concatenate %x, %z dim = 0 : (tensor<3xf32>, tensor<3xf64>) -> tensor<6xf32>
  return
}

// -----

func.func @concatenate_extent(%x: tensor<2x3xf32>, %z: tensor<2x4xf32>) {
  // expected-error @+2 {{cannot join input 1 (2x4) to input 0 (2x3) along dimension 0: the other extents differ}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.concatenate %x, %z dim = 0 : (tensor<2x3xf32>, tensor<2x4xf32>) -> tensor<4x3xf32>
  return
}

// -----

func.func @concatenate_rank(%x: tensor<2x3xf32>, %z: tensor<3xf32>) {
  // expected-error @+2 {{cannot join input 1 (3) to input 0 (2x3) along dimension 0}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.concatenate %x, %z dim = 0 : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<3x3xf32>
  return
}
