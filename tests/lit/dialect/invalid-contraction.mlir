// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --split-input-file --verify-diagnostics

func.func @element(%x: tensor<2x3xf32>, %y: tensor<3x4xf64>) {
  // expected-error @+2 {{'nabla.dot_general' op x holds 'f32', but y holds 'f64'}}
  // expected-error @+1 {{failed to infer returned types}}
  %z = nabla.dot_general %x, %y batch = [] x [] contract = [1] x [0] : (tensor<2x3xf32>, tensor<3x4xf64>) -> tensor<2x4xf32>
  return
}

// -----

func.func @batch_range_x(%x: tensor<2x3xf32>, %y: tensor<4x5xf32>) {
  // expected-error @+2 {{x_batch names dimension 2, but x (2x3) has dimensions 0 to 1}}
  // expected-error @+1 {{failed to infer returned types}}
  %z = nabla.dot_general %x, %y batch = [2] x [0] contract = [1] x [0] : (tensor<2x3xf32>, tensor<4x5xf32>) -> tensor<f32>
  return
}

// -----

func.func @contract_range_x(%x: tensor<2x3xf32>, %y: tensor<4x5xf32>) {
  // expected-error @+2 {{x_contract names dimension -1, but x (2x3) has dimensions 0 to 1}}
  // expected-error @+1 {{failed to infer returned types}}
  %z = nabla.dot_general %x, %y batch = [] x [] contract = [-1] x [0] : (tensor<2x3xf32>, tensor<4x5xf32>) -> tensor<f32>
  return
}

// -----

func.func @batch_range_y(%x: tensor<2x3xf32>, %y: tensor<4x5xf32>) {
  // expected-error @+2 {{y_batch names dimension 2, but y (4x5) has dimensions 0 to 1}}
  // expected-error @+1 {{failed to infer returned types}}
  %z = nabla.dot_general %x, %y batch = [0] x [2] contract = [1] x [0] : (tensor<2x3xf32>, tensor<4x5xf32>) -> tensor<f32>
  return
}

// -----

func.func @contract_range_y(%x: tensor<2x3xf32>, %y: tensor<4x5xf32>) {
  // expected-error @+2 {{y_contract names dimension 7, but y (4x5) has dimensions 0 to 1}}
  // expected-error @+1 {{failed to infer returned types}}
  %z = nabla.dot_general %x, %y batch = [] x [] contract = [1] x [7] : (tensor<2x3xf32>, tensor<4x5xf32>) -> tensor<f32>
  return
}

// -----

func.func @twice_x(%x: tensor<2x3xf32>, %y: tensor<4x5xf32>) {
  // expected-error @+2 {{the batch and contracting dimensions of x names dimension 1 twice}}
  // expected-error @+1 {{failed to infer returned types}}
  %z = nabla.dot_general %x, %y batch = [1] x [0] contract = [1] x [1] : (tensor<2x3xf32>, tensor<4x5xf32>) -> tensor<f32>
  return
}

// -----

func.func @twice_y(%x: tensor<2x3xf32>, %y: tensor<4x5xf32>) {
  // expected-error @+2 {{the batch and contracting dimensions of y names dimension 0 twice}}
  // expected-error @+1 {{failed to infer returned types}}
  %z = nabla.dot_general %x, %y batch = [0] x [0] contract = [1] x [0] : (tensor<2x3xf32>, tensor<4x5xf32>) -> tensor<f32>
  return
}

// -----

func.func @contract_count(%x: tensor<2x3xf32>, %y: tensor<4x5xf32>) {
  // expected-error @+2 {{cannot contract 1 dimensions of x (2x3) with 2 dimensions of y (4x5)}}
  // expected-error @+1 {{failed to infer returned types}}
  %z = nabla.dot_general %x, %y batch = [] x [] contract = [1] x [0, 1] : (tensor<2x3xf32>, tensor<4x5xf32>) -> tensor<f32>
  return
}

// -----

func.func @batch_count(%x: tensor<2x3xf32>, %y: tensor<3x5xf32>) {
  // expected-error @+2 {{cannot batch 1 dimensions of x (2x3) with 0 dimensions of y (3x5)}}
  // expected-error @+1 {{failed to infer returned types}}
  %z = nabla.dot_general %x, %y batch = [0] x [] contract = [1] x [0] : (tensor<2x3xf32>, tensor<3x5xf32>) -> tensor<f32>
  return
}

// -----

func.func @contract_extent(%x: tensor<2x3xf32>, %y: tensor<4x5xf32>) {
  // expected-error @+2 {{cannot contract dimension 1 of x (2x3) with dimension 0 of y (4x5): extents 3 and 4 differ}}
  // expected-error @+1 {{failed to infer returned types}}
  %z = nabla.dot_general %x, %y batch = [] x [] contract = [1] x [0] : (tensor<2x3xf32>, tensor<4x5xf32>) -> tensor<2x5xf32>
  return
}

// -----

func.func @batch_extent(%x: tensor<2x3xf32>, %y: tensor<4x3xf32>) {
  // expected-error @+2 {{cannot batch dimension 0 of x (2x3) with dimension 0 of y (4x3): extents 2 and 4 differ}}
  // expected-error @+1 {{failed to infer returned types}}
  %z = nabla.dot_general %x, %y batch = [0] x [0] contract = [1] x [1] : (tensor<2x3xf32>, tensor<4x3xf32>) -> tensor<2xf32>
  return
}
