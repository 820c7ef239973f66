// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --canonicalize | FileCheck %s

//===----------------------------------------------------------------------===//
// What does nothing goes.
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @nothing(
// CHECK-SAME: %[[X:.*]]: tensor<2x3xf32>, %[[V:.*]]: tensor<f32>)
// CHECK-NEXT: return %[[X]], %[[X]], %[[X]], %[[X]], %[[X]], %[[X]], %[[X]], %[[X]] :
func.func @nothing(%x: tensor<2x3xf32>, %v: tensor<f32>)
    -> (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>,
        tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) {
  %broadcast = nabla.broadcast %x dims = [0, 1] : tensor<2x3xf32> -> tensor<2x3xf32>
  %reshape = nabla.reshape %x : tensor<2x3xf32> -> tensor<2x3xf32>
  %transpose = nabla.transpose %x permutation = [0, 1] : tensor<2x3xf32> -> tensor<2x3xf32>
  %reverse = nabla.reverse %x dims = [] : tensor<2x3xf32>
  %slice = nabla.slice %x starts = [0, 0] limits = [2, 3] strides = [1, 1]
      : tensor<2x3xf32> -> tensor<2x3xf32>
  %pad = nabla.pad %x, %v low = [0, 0] high = [0, 0] interior = [0, 0]
      : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
  %concatenate = nabla.concatenate %x dim = 1 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %sum = nabla.reduce_sum %x dims = [] : tensor<2x3xf32> -> tensor<2x3xf32>
  return %broadcast, %reshape, %transpose, %reverse, %slice, %pad, %concatenate, %sum
      : tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>,
        tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>
}

// What does something stays.
// CHECK-LABEL: func.func @something(
// CHECK-NEXT: nabla.reverse
// CHECK-NEXT: nabla.pad
// CHECK-NEXT: nabla.transpose
// CHECK-NEXT: return
func.func @something(%x: tensor<3x3xf32>, %v: tensor<f32>)
    -> (tensor<3x3xf32>, tensor<4x3xf32>, tensor<3x3xf32>) {
  %reverse = nabla.reverse %x dims = [1] : tensor<3x3xf32>
  %pad = nabla.pad %x, %v low = [0, 0] high = [1, 0] interior = [0, 0]
      : (tensor<3x3xf32>, tensor<f32>) -> tensor<4x3xf32>
  %transpose = nabla.transpose %x permutation = [1, 0] : tensor<3x3xf32> -> tensor<3x3xf32>
  return %reverse, %pad, %transpose : tensor<3x3xf32>, tensor<4x3xf32>, tensor<3x3xf32>
}

// An empty slice of an empty tensor may have any stride.
// CHECK-LABEL: func.func @empty_slice(
// CHECK-SAME: %[[X:.*]]: tensor<1xf32>)
// CHECK-NEXT: %[[R:.*]] = nabla.slice %[[X]]
func.func @empty_slice(%x: tensor<1xf32>) -> tensor<1xf32> {
  %r = nabla.slice %x starts = [0] limits = [1] strides = [2] : tensor<1xf32> -> tensor<1xf32>
  return %r : tensor<1xf32>
}

//===----------------------------------------------------------------------===//
// Two of a kind are one.
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @twice(
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<2x3x4xf32>)
// CHECK-NEXT: %[[B:.*]] = nabla.broadcast %[[X]] dims = [2] : tensor<3xf32> -> tensor<4x2x3xf32>
// CHECK-NEXT: %[[R:.*]] = nabla.reshape %[[Y]] : tensor<2x3x4xf32> -> tensor<4x6xf32>
// CHECK-NEXT: %[[T:.*]] = nabla.transpose %[[Y]] permutation = [2, 0, 1] : tensor<2x3x4xf32> -> tensor<4x2x3xf32>
// CHECK-NEXT: return %[[B]], %[[R]], %[[T]]
func.func @twice(%x: tensor<3xf32>, %y: tensor<2x3x4xf32>)
    -> (tensor<4x2x3xf32>, tensor<4x6xf32>, tensor<4x2x3xf32>) {
  %b1 = nabla.broadcast %x dims = [1] : tensor<3xf32> -> tensor<2x3xf32>
  %b = nabla.broadcast %b1 dims = [1, 2] : tensor<2x3xf32> -> tensor<4x2x3xf32>
  %r1 = nabla.reshape %y : tensor<2x3x4xf32> -> tensor<24xf32>
  %r = nabla.reshape %r1 : tensor<24xf32> -> tensor<4x6xf32>
  %t1 = nabla.transpose %y permutation = [1, 2, 0] : tensor<2x3x4xf32> -> tensor<3x4x2xf32>
  %t = nabla.transpose %t1 permutation = [1, 2, 0] : tensor<3x4x2xf32> -> tensor<4x2x3xf32>
  return %b, %r, %t : tensor<4x2x3xf32>, tensor<4x6xf32>, tensor<4x2x3xf32>
}

//===----------------------------------------------------------------------===//
// Equal elements stay equal, however they move.
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @splats(
// CHECK-DAG: %[[A:.*]] = nabla.constant dense<5.000000e+00> : tensor<4x2x3xf32>
// CHECK-DAG: %[[B:.*]] = nabla.constant dense<5.000000e+00> : tensor<6xf32>
// CHECK-DAG: %[[C:.*]] = nabla.constant dense<5.000000e+00> : tensor<3x2xf32>
// CHECK-DAG: %[[D:.*]] = nabla.constant dense<5.000000e+00> : tensor<2x3xf32>
// CHECK-DAG: %[[E:.*]] = nabla.constant dense<5.000000e+00> : tensor<1x2xf32>
// CHECK: return %[[A]], %[[B]], %[[C]], %[[D]], %[[E]]
func.func @splats()
    -> (tensor<4x2x3xf32>, tensor<6xf32>, tensor<3x2xf32>, tensor<2x3xf32>, tensor<1x2xf32>) {
  %e0 = nabla.constant dense<5.0> : tensor<2x3xf32>
  %e = nabla.slice %e0 starts = [1, 0] limits = [2, 3] strides = [1, 2]
      : tensor<2x3xf32> -> tensor<1x2xf32>
  %d = nabla.reverse %e0 dims = [1] : tensor<2x3xf32>
  %c = nabla.transpose %e0 permutation = [1, 0] : tensor<2x3xf32> -> tensor<3x2xf32>
  %b = nabla.reshape %e0 : tensor<2x3xf32> -> tensor<6xf32>
  %a = nabla.broadcast %e0 dims = [1, 2] : tensor<2x3xf32> -> tensor<4x2x3xf32>
  return %a, %b, %c, %d, %e
      : tensor<4x2x3xf32>, tensor<6xf32>, tensor<3x2xf32>, tensor<2x3xf32>, tensor<1x2xf32>
}

// CHECK-LABEL: func.func @no_splat(
// CHECK: nabla.reverse
func.func @no_splat() -> tensor<2xf32> {
  %c = nabla.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %r = nabla.reverse %c dims = [0] : tensor<2xf32>
  return %r : tensor<2xf32>
}

//===----------------------------------------------------------------------===//
// Contractions read transposed operands as they lie.
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @transposed_operands(
// CHECK-SAME: %[[X:.*]]: tensor<3x2xf32>, %[[Y:.*]]: tensor<4x3xf32>)
// CHECK-NEXT: %[[R:.*]] = nabla.dot_general %[[X]], %[[Y]] batch = [] x [] contract = [0] x [1]
// CHECK-NEXT: return %[[R]]
func.func @transposed_operands(%x: tensor<3x2xf32>, %y: tensor<4x3xf32>) -> tensor<2x4xf32> {
  %xt = nabla.transpose %x permutation = [1, 0] : tensor<3x2xf32> -> tensor<2x3xf32>
  %yt = nabla.transpose %y permutation = [1, 0] : tensor<4x3xf32> -> tensor<3x4xf32>
  %r = nabla.dot_general %xt, %yt batch = [] x [] contract = [1] x [0]
      : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  return %r : tensor<2x4xf32>
}

// Not if the free dimensions change their order, which is that of the result.
// CHECK-LABEL: func.func @free_dimensions_change_places(
// CHECK: nabla.transpose
// CHECK: nabla.dot_general
func.func @free_dimensions_change_places(%x: tensor<2x4x3xf32>, %y: tensor<3xf32>)
    -> tensor<4x2xf32> {
  %xt = nabla.transpose %x permutation = [1, 0, 2] : tensor<2x4x3xf32> -> tensor<4x2x3xf32>
  %r = nabla.dot_general %xt, %y batch = [] x [] contract = [2] x [0]
      : (tensor<4x2x3xf32>, tensor<3xf32>) -> tensor<4x2xf32>
  return %r : tensor<4x2xf32>
}

// CHECK-LABEL: func.func @transposed_batch(
// CHECK-SAME: %[[X:.*]]: tensor<2x5x3xf32>, %[[Y:.*]]: tensor<5x3xf32>)
// CHECK-NEXT: %[[R:.*]] = nabla.dot_general %[[X]], %[[Y]] batch = [1] x [0] contract = [2] x [1]
// CHECK-NEXT: return %[[R]]
func.func @transposed_batch(%x: tensor<2x5x3xf32>, %y: tensor<5x3xf32>) -> tensor<5x2xf32> {
  %xt = nabla.transpose %x permutation = [1, 0, 2] : tensor<2x5x3xf32> -> tensor<5x2x3xf32>
  %r = nabla.dot_general %xt, %y batch = [0] x [0] contract = [2] x [1]
      : (tensor<5x2x3xf32>, tensor<5x3xf32>) -> tensor<5x2xf32>
  return %r : tensor<5x2xf32>
}

// A transposed product is the product of the exchanged operands, if nothing else uses it.
// CHECK-LABEL: func.func @transposed_product(
// CHECK-SAME: %[[X:.*]]: tensor<2x3xf32>, %[[Y:.*]]: tensor<3x4xf32>)
// CHECK-NEXT: %[[R:.*]] = nabla.dot_general %[[Y]], %[[X]] batch = [] x [] contract = [0] x [1]
// CHECK-NEXT: return %[[R]]
func.func @transposed_product(%x: tensor<2x3xf32>, %y: tensor<3x4xf32>) -> tensor<4x2xf32> {
  %p = nabla.dot_general %x, %y batch = [] x [] contract = [1] x [0]
      : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  %r = nabla.transpose %p permutation = [1, 0] : tensor<2x4xf32> -> tensor<4x2xf32>
  return %r : tensor<4x2xf32>
}

// CHECK-LABEL: func.func @product_used_twice(
// CHECK-NEXT: %[[P:.*]] = nabla.dot_general
// CHECK-NEXT: nabla.transpose %[[P]]
func.func @product_used_twice(%x: tensor<2x3xf32>, %y: tensor<3x4xf32>)
    -> (tensor<2x4xf32>, tensor<4x2xf32>) {
  %p = nabla.dot_general %x, %y batch = [] x [] contract = [1] x [0]
      : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  %r = nabla.transpose %p permutation = [1, 0] : tensor<2x4xf32> -> tensor<4x2xf32>
  return %p, %r : tensor<2x4xf32>, tensor<4x2xf32>
}

// Also if only the last dimension stays by that.
// CHECK-LABEL: func.func @last_dimension(
// CHECK-SAME: %[[X:.*]]: tensor<5x2x3xf32>, %[[Y:.*]]: tensor<5x3x4xf32>)
// CHECK-NEXT: %[[P:.*]] = nabla.dot_general %[[Y]], %[[X]] batch = [0] x [0] contract = [1] x [2]
// CHECK-NEXT: nabla.transpose %[[P]] permutation = [1, 0, 2]
func.func @last_dimension(%x: tensor<5x2x3xf32>, %y: tensor<5x3x4xf32>) -> tensor<4x5x2xf32> {
  %p = nabla.dot_general %x, %y batch = [0] x [0] contract = [2] x [1]
      : (tensor<5x2x3xf32>, tensor<5x3x4xf32>) -> tensor<5x2x4xf32>
  %r = nabla.transpose %p permutation = [2, 0, 1] : tensor<5x2x4xf32> -> tensor<4x5x2xf32>
  return %r : tensor<4x5x2xf32>
}

// Of windows that are cut off none is computed; here the slices meet the padding.

// CHECK-LABEL: func.func @slice_of_convolution
// CHECK-SAME: (%[[X:.*]]: tensor<2x6x4xf32>, %[[K:.*]]: tensor<3x4x5xf32>)
// CHECK: %[[Z:.*]] = nabla.constant
// CHECK: %[[P:.*]] = nabla.pad %[[X]], %[[Z]] low = [0, 0, 0] high = [0, 1, 0] interior = [0, 0, 0]
// CHECK: %[[Y:.*]] = nabla.convolution %[[P]], %[[K]] strides = [2] dilations = [1] groups = 1 : (tensor<2x7x4xf32>, tensor<3x4x5xf32>) -> tensor<2x3x5xf32>
// CHECK: return %[[Y]]
func.func @slice_of_convolution(%x: tensor<2x6x4xf32>, %k: tensor<3x4x5xf32>) -> tensor<2x3x5xf32> {
  %z = nabla.constant dense<0.0> : tensor<f32>
  %p = nabla.pad %x, %z low = [0, 2, 0] high = [0, 2, 0] interior = [0, 0, 0] : (tensor<2x6x4xf32>, tensor<f32>) -> tensor<2x10x4xf32>
  %y = nabla.convolution %p, %k strides = [2] dilations = [1] groups = 1 : (tensor<2x10x4xf32>, tensor<3x4x5xf32>) -> tensor<2x4x5xf32>
  %s = nabla.slice %y starts = [0, 1, 0] limits = [2, 4, 5] strides = [1, 1, 1] : tensor<2x4x5xf32> -> tensor<2x3x5xf32>
  return %s : tensor<2x3x5xf32>
}

// A slice that takes away some of x, or not every element, stays.

// CHECK-LABEL: func.func @other_slices
// CHECK-COUNT-2: nabla.slice
func.func @other_slices(%x: tensor<6xf32>) -> (tensor<6xf32>, tensor<4xf32>) {
  %z = nabla.constant dense<0.0> : tensor<f32>
  %p = nabla.pad %x, %z low = [1] high = [1] interior = [0] : (tensor<6xf32>, tensor<f32>) -> tensor<8xf32>
  %a = nabla.slice %p starts = [2] limits = [8] strides = [1] : tensor<8xf32> -> tensor<6xf32>
  %b = nabla.slice %p starts = [0] limits = [8] strides = [2] : tensor<8xf32> -> tensor<4xf32>
  return %a, %b : tensor<6xf32>, tensor<4xf32>
}

// Another user needs all windows.

// CHECK-LABEL: func.func @convolution_used_twice
// CHECK: nabla.convolution {{.*}} -> tensor<2x4x5xf32>
// CHECK: nabla.slice
func.func @convolution_used_twice(%x: tensor<2x6x4xf32>, %k: tensor<3x4x5xf32>) -> (tensor<2x4x5xf32>, tensor<2x3x5xf32>) {
  %y = nabla.convolution %x, %k strides = [1] dilations = [1] groups = 1 : (tensor<2x6x4xf32>, tensor<3x4x5xf32>) -> tensor<2x4x5xf32>
  %s = nabla.slice %y starts = [0, 1, 0] limits = [2, 4, 5] strides = [1, 1, 1] : tensor<2x4x5xf32> -> tensor<2x3x5xf32>
  return %y, %s : tensor<2x4x5xf32>, tensor<2x3x5xf32>
}

// CHECK-LABEL: func.func @other_permutation(
// CHECK-SAME: %[[X:.*]]: tensor<5x2x3xf32>, %[[Y:.*]]: tensor<5x3x4xf32>)
// CHECK-NEXT: %[[P:.*]] = nabla.dot_general %[[X]], %[[Y]]
// CHECK-NEXT: nabla.transpose %[[P]] permutation = [1, 2, 0]
func.func @other_permutation(%x: tensor<5x2x3xf32>, %y: tensor<5x3x4xf32>) -> tensor<2x4x5xf32> {
  %p = nabla.dot_general %x, %y batch = [0] x [0] contract = [2] x [1]
      : (tensor<5x2x3xf32>, tensor<5x3x4xf32>) -> tensor<5x2x4xf32>
  %r = nabla.transpose %p permutation = [1, 2, 0] : tensor<5x2x4xf32> -> tensor<2x4x5xf32>
  return %r : tensor<2x4x5xf32>
}
