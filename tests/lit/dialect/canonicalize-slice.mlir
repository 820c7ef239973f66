// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --canonicalize | FileCheck %s

// A slice goes before what it takes elements of.

// CHECK-LABEL: func.func @convolution(
//  CHECK-SAME: %[[X:.*]]: tensor<4x12x3xf32>, %[[K:.*]]: tensor<2x3x5xf32>)
//  CHECK-NEXT: %[[S:.*]] = nabla.slice %[[X]] starts = [1, 2, 0] limits = [3, 9, 3] strides = [1, 1, 1] : tensor<4x12x3xf32> -> tensor<2x7x3xf32>
//  CHECK-NEXT: %[[R:.*]] = nabla.convolution %[[S]], %[[K]] strides = [2] dilations = [2] groups = 1 : (tensor<2x7x3xf32>, tensor<2x3x5xf32>) -> tensor<2x3x5xf32>
//  CHECK-NEXT: return %[[R]]
func.func @convolution(%x: tensor<4x12x3xf32>, %k: tensor<2x3x5xf32>) -> tensor<2x3x5xf32> {
  %y = nabla.convolution %x, %k strides = [2] dilations = [2] groups = 1 : (tensor<4x12x3xf32>, tensor<2x3x5xf32>) -> tensor<4x5x5xf32>
  %r = nabla.slice %y starts = [1, 1, 0] limits = [3, 4, 5] strides = [1, 1, 1] : tensor<4x5x5xf32> -> tensor<2x3x5xf32>
  return %r : tensor<2x3x5xf32>
}

// Not where others use it, nor some features, nor every other window.
// CHECK-LABEL: func.func @convolution_stays(
// CHECK-COUNT-3: nabla.slice {{.*}} -> tensor
//     CHECK-NOT: nabla.convolution
//         CHECK: return
func.func @convolution_stays(%x: tensor<4x6x3xf32>, %k: tensor<2x3x5xf32>) -> (tensor<4x5x5xf32>, tensor<4x4x5xf32>, tensor<4x5x4xf32>, tensor<4x3x5xf32>) {
  %y = nabla.convolution %x, %k strides = [1] dilations = [1] groups = 1 : (tensor<4x6x3xf32>, tensor<2x3x5xf32>) -> tensor<4x5x5xf32>
  %r = nabla.slice %y starts = [0, 1, 0] limits = [4, 5, 5] strides = [1, 1, 1] : tensor<4x5x5xf32> -> tensor<4x4x5xf32>
  %z = nabla.convolution %x, %k strides = [1] dilations = [1] groups = 1 : (tensor<4x6x3xf32>, tensor<2x3x5xf32>) -> tensor<4x5x5xf32>
  %s = nabla.slice %z starts = [0, 0, 1] limits = [4, 5, 5] strides = [1, 1, 1] : tensor<4x5x5xf32> -> tensor<4x5x4xf32>
  %w = nabla.convolution %x, %k strides = [1] dilations = [1] groups = 1 : (tensor<4x6x3xf32>, tensor<2x3x5xf32>) -> tensor<4x5x5xf32>
  %t = nabla.slice %w starts = [0, 0, 0] limits = [4, 5, 5] strides = [1, 2, 1] : tensor<4x5x5xf32> -> tensor<4x3x5xf32>
  return %y, %r, %s, %t : tensor<4x5x5xf32>, tensor<4x4x5xf32>, tensor<4x5x4xf32>, tensor<4x3x5xf32>
}

// CHECK-LABEL: func.func @pad(
//  CHECK-SAME: %[[X:.*]]: tensor<3x5xf32>, %[[V:.*]]: tensor<f32>)
//  CHECK-NEXT: %[[S:.*]] = nabla.slice %[[X]] starts = [0, 2] limits = [2, 5] strides = [1, 1] : tensor<3x5xf32> -> tensor<2x3xf32>
//  CHECK-NEXT: %[[R:.*]] = nabla.pad %[[S]], %[[V]] low = [1, 0] high = [0, 2] interior = [0, 0] : (tensor<2x3xf32>, tensor<f32>) -> tensor<3x5xf32>
//  CHECK-NEXT: return %[[R]]
func.func @pad(%x: tensor<3x5xf32>, %v: tensor<f32>) -> tensor<3x5xf32> {
  %y = nabla.pad %x, %v low = [2, 1] high = [0, 3] interior = [0, 0] : (tensor<3x5xf32>, tensor<f32>) -> tensor<5x9xf32>
  %r = nabla.slice %y starts = [1, 3] limits = [4, 8] strides = [1, 1] : tensor<5x9xf32> -> tensor<3x5xf32>
  return %r : tensor<3x5xf32>
}

// A slice undoes a pad, whoever else uses that.
// CHECK-LABEL: func.func @undo(
//  CHECK-SAME: %[[X:.*]]: tensor<5xf32>, %[[V:.*]]: tensor<f32>)
//       CHECK: %[[Y:.*]] = nabla.pad
//       CHECK: return %[[Y]], %[[X]]
func.func @undo(%x: tensor<5xf32>, %v: tensor<f32>) -> (tensor<9xf32>, tensor<5xf32>) {
  %y = nabla.pad %x, %v low = [3] high = [1] interior = [0] : (tensor<5xf32>, tensor<f32>) -> tensor<9xf32>
  %r = nabla.slice %y starts = [3] limits = [8] strides = [1] : tensor<9xf32> -> tensor<5xf32>
  return %y, %r : tensor<9xf32>, tensor<5xf32>
}

// What lies between elements stays there.
// CHECK-LABEL: func.func @interior(
//  CHECK-SAME: %[[X:.*]]: tensor<3xf32>, %[[V:.*]]: tensor<f32>)
//  CHECK-NEXT: %[[R:.*]] = nabla.pad %[[X]], %[[V]] low = [1] high = [0] interior = [2]
//  CHECK-NEXT: return %[[R]]
func.func @interior(%x: tensor<3xf32>, %v: tensor<f32>) -> tensor<8xf32> {
  %y = nabla.pad %x, %v low = [3] high = [1] interior = [2] : (tensor<3xf32>, tensor<f32>) -> tensor<11xf32>
  %r = nabla.slice %y starts = [2] limits = [10] strides = [1] : tensor<11xf32> -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// Not a slice within what is spread, of padding only, or where others use it.
// CHECK-LABEL: func.func @pad_stays(
// CHECK-COUNT-3: nabla.slice {{.*}} -> tensor<4xf32>
func.func @pad_stays(%x: tensor<3xf32>, %v: tensor<f32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<11xf32>) {
  %y = nabla.pad %x, %v low = [3] high = [1] interior = [2] : (tensor<3xf32>, tensor<f32>) -> tensor<11xf32>
  %r = nabla.slice %y starts = [4] limits = [8] strides = [1] : tensor<11xf32> -> tensor<4xf32>
  %z = nabla.pad %x, %v low = [5] high = [1] interior = [0] : (tensor<3xf32>, tensor<f32>) -> tensor<9xf32>
  %s = nabla.slice %z starts = [1] limits = [5] strides = [1] : tensor<9xf32> -> tensor<4xf32>
  %w = nabla.pad %x, %v low = [4] high = [4] interior = [0] : (tensor<3xf32>, tensor<f32>) -> tensor<11xf32>
  %t = nabla.slice %w starts = [3] limits = [7] strides = [1] : tensor<11xf32> -> tensor<4xf32>
  return %r, %s, %t, %w : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<11xf32>
}
