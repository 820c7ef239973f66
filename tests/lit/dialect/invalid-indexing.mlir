// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --split-input-file --verify-diagnostics

func.func @slice_starts(%x: tensor<2x3xf32>, %s: tensor<3xi32>) {
  // expected-error @+2 {{'nabla.dynamic_slice' op starts (3) does not hold one integer a dimension of x (2x3)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.dynamic_slice %x, %s sizes = [1, 1] : (tensor<2x3xf32>, tensor<3xi32>) -> tensor<1x1xf32>
  return
}

// -----

func.func @slice_starts_rank(%x: tensor<2x3xf32>, %s: tensor<i32>) {
  // expected-error @+2 {{starts (scalar) does not hold one integer a dimension of x (2x3)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.dynamic_slice %x, %s sizes = [1, 1] : (tensor<2x3xf32>, tensor<i32>) -> tensor<1x1xf32>
  return
}

// -----

func.func @slice_sizes(%x: tensor<2x3xf32>, %s: tensor<2xi32>) {
  // expected-error @+2 {{sizes has 1 entries, but x (2x3) has 2}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.dynamic_slice %x, %s sizes = [1] : (tensor<2x3xf32>, tensor<2xi32>) -> tensor<1x1xf32>
  return
}

// -----

func.func @slice_too_many(%x: tensor<2x3xf32>, %s: tensor<2xi32>) {
  // expected-error @+2 {{cannot take 4 elements of dimension 1 of x (2x3)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.dynamic_slice %x, %s sizes = [1, 4] : (tensor<2x3xf32>, tensor<2xi32>) -> tensor<1x1xf32>
  return
}

// -----

func.func @slice_negative(%x: tensor<2x3xf32>, %s: tensor<2xi32>) {
  // expected-error @+2 {{cannot take -1 elements of dimension 0 of x (2x3)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.dynamic_slice %x, %s sizes = [-1, 1] : (tensor<2x3xf32>, tensor<2xi32>) -> tensor<1x1xf32>
  return
}

// -----

func.func @update_element(%x: tensor<3xf32>, %u: tensor<2xf64>, %s: tensor<1xi32>) {
  // expected-error @+2 {{'nabla.dynamic_update_slice' op x holds 'f32', but update holds 'f64'}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.dynamic_update_slice %x, %u, %s : (tensor<3xf32>, tensor<2xf64>, tensor<1xi32>) -> tensor<3xf32>
  return
}

// -----

func.func @update_starts(%x: tensor<3xf32>, %u: tensor<2xf32>, %s: tensor<2xi32>) {
  // expected-error @+2 {{starts (2) does not hold one integer a dimension of x (3)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.dynamic_update_slice %x, %u, %s : (tensor<3xf32>, tensor<2xf32>, tensor<2xi32>) -> tensor<3xf32>
  return
}

// -----

func.func @update_extent(%x: tensor<3xf32>, %u: tensor<4xf32>, %s: tensor<1xi32>) {
  // expected-error @+2 {{update (4) does not fit into x (3)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.dynamic_update_slice %x, %u, %s : (tensor<3xf32>, tensor<4xf32>, tensor<1xi32>) -> tensor<3xf32>
  return
}

// -----

func.func @update_rank(%x: tensor<3xf32>, %u: tensor<1x1xf32>, %s: tensor<1xi32>) {
  // expected-error @+2 {{update (1x1) does not fit into x (3)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.dynamic_update_slice %x, %u, %s : (tensor<3xf32>, tensor<1x1xf32>, tensor<1xi32>) -> tensor<3xf32>
  return
}

// -----

func.func @gather_negative_batch(%x: tensor<5x3xf32>, %i: tensor<2x1xi64>) {
  // expected-error @+2 {{x (5x3) and indices (2x1) cannot have -1 batch dimensions in common}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.gather %x, %i dims = [0] batch_dims = -1 : (tensor<5x3xf32>, tensor<2x1xi64>) -> tensor<2x3xf32>
  return
}

// -----

func.func @gather_batch_of_x(%x: tensor<5xf32>, %i: tensor<5x3x1xi64>) {
  // expected-error @+2 {{x (5) and indices (5x3x1) cannot have 2 batch dimensions in common}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.gather %x, %i dims = [0] batch_dims = 2 : (tensor<5xf32>, tensor<5x3x1xi64>) -> tensor<2x3xf32>
  return
}

// -----

func.func @gather_batch_of_indices(%x: tensor<2x1x3xf32>, %i: tensor<2x1xi64>) {
  // expected-error @+2 {{x (2x1x3) and indices (2x1) cannot have 2 batch dimensions in common; the last dimension of indices is none}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.gather %x, %i dims = [2] batch_dims = 2 : (tensor<2x1x3xf32>, tensor<2x1xi64>) -> tensor<2x3xf32>
  return
}

// -----

func.func @gather_scalar_indices(%x: tensor<5x3xf32>, %i: tensor<i64>) {
  // expected-error @+2 {{x (5x3) and indices (scalar) cannot have 0 batch dimensions in common}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.gather %x, %i dims = [0] batch_dims = 0 : (tensor<5x3xf32>, tensor<i64>) -> tensor<3xf32>
  return
}

// -----

func.func @gather_batch_extent(%x: tensor<5x3xf32>, %i: tensor<4x1xi64>) {
  // expected-error @+2 {{batch dimension 0 of x (5x3) and indices (4x1): extents 5 and 4 differ}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.gather %x, %i dims = [1] batch_dims = 1 : (tensor<5x3xf32>, tensor<4x1xi64>) -> tensor<4xf32>
  return
}

// -----

func.func @gather_dims_range(%x: tensor<5x3xf32>, %i: tensor<2x1xi64>) {
  // expected-error @+2 {{dims names dimension 2, but x (5x3) has dimensions 0 to 1}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.gather %x, %i dims = [2] batch_dims = 0 : (tensor<5x3xf32>, tensor<2x1xi64>) -> tensor<2x3xf32>
  return
}

// -----

func.func @gather_dims_twice(%x: tensor<5x3xf32>, %i: tensor<2x2xi64>) {
  // expected-error @+2 {{dims names dimension 1 twice}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.gather %x, %i dims = [1, 1] batch_dims = 0 : (tensor<5x3xf32>, tensor<2x2xi64>) -> tensor<2x5xf32>
  return
}

// -----

func.func @gather_dims_in_batch(%x: tensor<5x3xf32>, %i: tensor<5x1xi64>) {
  // expected-error @+2 {{dims names dimension 0 of x (5x3), which is a batch dimension}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.gather %x, %i dims = [0] batch_dims = 1 : (tensor<5x3xf32>, tensor<5x1xi64>) -> tensor<5x3xf32>
  return
}

// -----

func.func @gather_table(%x: tensor<5x3xf32>, %i: tensor<2x3xi64>) {
  // expected-error @+2 {{the last dimension of indices (2x3) does not hold a position in 1 dimensions}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.gather %x, %i dims = [0] batch_dims = 0 : (tensor<5x3xf32>, tensor<2x3xi64>) -> tensor<2x3xf32>
  return
}

// -----

func.func @gather_float_indices(%x: tensor<5x3xf32>, %i: tensor<2x1xf32>) {
  // expected-error @+1 {{operand #1 must be a tensor of integers, but got 'tensor<2x1xf32>'}}
  %y = nabla.gather %x, %i dims = [0] batch_dims = 0 : (tensor<5x3xf32>, tensor<2x1xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @scatter_element(%x: tensor<5x3xf32>, %i: tensor<2x1xi64>, %u: tensor<2x3xf64>) {
  // expected-error @+2 {{'nabla.scatter' op x holds 'f32', but updates holds 'f64'}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.scatter add %x, %i, %u dims = [0] batch_dims = 0 : (tensor<5x3xf32>, tensor<2x1xi64>, tensor<2x3xf64>) -> tensor<5x3xf32>
  return
}

// -----

func.func @scatter_table(%x: tensor<5x3xf32>, %i: tensor<2x2xi64>, %u: tensor<2x3xf32>) {
  // expected-error @+2 {{the last dimension of indices (2x2) does not hold a position in 1 dimensions}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.scatter set %x, %i, %u dims = [0] batch_dims = 0 : (tensor<5x3xf32>, tensor<2x2xi64>, tensor<2x3xf32>) -> tensor<5x3xf32>
  return
}

// -----

func.func @scatter_updates(%x: tensor<5x3xf32>, %i: tensor<2x1xi64>, %u: tensor<3x3xf32>) {
  // expected-error @+2 {{updates (3x3) should have shape 2x3, that of the elements of x (5x3) at indices (2x1)}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = nabla.scatter set %x, %i, %u dims = [0] batch_dims = 0 : (tensor<5x3xf32>, tensor<2x1xi64>, tensor<3x3xf32>) -> tensor<5x3xf32>
  return
}
