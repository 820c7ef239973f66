// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s -split-input-file --nabla-split-convolutions --canonicalize | FileCheck %s

// Windows at even places read the weight in the middle of three, others the two around it.
// CHECK-LABEL: func.func @stride_of_two
// CHECK-SAME: (%[[X:.*]]: tensor<2x4x3xf32>, %[[K:.*]]: tensor<3x3x5xf32>)
// CHECK: %[[P:.*]] = nabla.pad %[[X]], %{{.*}} low = [0, 1, 0] high = [0, 1, 0] interior = [0, 0, 0]
// CHECK: %[[E:.*]] = tensor.empty() : tensor<2x9x5xf32>
// CHECK: %[[K0:.*]] = nabla.slice %[[K]] starts = [0, 0, 0] limits = [3, 3, 5] strides = [2, 1, 1]
// CHECK: %[[Y0:.*]] = nabla.convolution %[[P]], %[[K0]] strides = [1] dilations = [1] groups = 1 : (tensor<2x6x3xf32>, tensor<2x3x5xf32>) -> tensor<2x5x5xf32>
// CHECK: %[[R0:.*]] = tensor.insert_slice %[[Y0]] into %[[E]][0, 0, 0] [2, 5, 5] [1, 2, 1]
// CHECK: %[[K1:.*]] = nabla.slice %[[K]] starts = [1, 0, 0] limits = [3, 3, 5] strides = [2, 1, 1]
// CHECK: %[[Y1:.*]] = nabla.convolution %[[X]], %[[K1]] strides = [1] dilations = [1] groups = 1 : (tensor<2x4x3xf32>, tensor<1x3x5xf32>) -> tensor<2x4x5xf32>
// CHECK: %[[R1:.*]] = tensor.insert_slice %[[Y1]] into %[[R0]][0, 1, 0] [2, 4, 5] [1, 2, 1]
// CHECK: return %[[R1]]
func.func @stride_of_two(%x: tensor<2x4x3xf32>, %k: tensor<3x3x5xf32>) -> tensor<2x9x5xf32> {
  %zero = nabla.constant dense<0.0> : tensor<f32>
  %s = nabla.pad %x, %zero low = [0, 2, 0] high = [0, 2, 0] interior = [0, 1, 0]
      : (tensor<2x4x3xf32>, tensor<f32>) -> tensor<2x11x3xf32>
  %y = nabla.convolution %s, %k strides = [1] dilations = [1] groups = 1
      : (tensor<2x11x3xf32>, tensor<3x3x5xf32>) -> tensor<2x9x5xf32>
  return %y : tensor<2x9x5xf32>
}

// -----

// One weight meets an element at one of three windows; the others are zero.
// CHECK-LABEL: func.func @windows_of_nothing
// CHECK: %[[ZEROS:.*]] = nabla.constant dense<0.000000e+00> : tensor<2x10x5xf32>
// CHECK: %[[Y:.*]] = nabla.convolution
// CHECK: %[[R:.*]] = tensor.insert_slice %[[Y]] into %[[ZEROS]][0, 0, 0] [2, 4, 5] [1, 3, 1]
// CHECK-NEXT: return %[[R]]
func.func @windows_of_nothing(%x: tensor<2x4x3xf32>, %k: tensor<1x3x5xf32>) -> tensor<2x10x5xf32> {
  %zero = nabla.constant dense<0.0> : tensor<f32>
  %s = nabla.pad %x, %zero low = [0, 0, 0] high = [0, 0, 0] interior = [0, 2, 0]
      : (tensor<2x4x3xf32>, tensor<f32>) -> tensor<2x10x3xf32>
  %y = nabla.convolution %s, %k strides = [1] dilations = [1] groups = 1
      : (tensor<2x10x3xf32>, tensor<1x3x5xf32>) -> tensor<2x10x5xf32>
  return %y : tensor<2x10x5xf32>
}

// -----

// Nothing happens to what is spread with something else than zeros, read with strides or
// dilations, or in too many phases.
// CHECK-LABEL: func.func @whole
// CHECK-NOT: tensor.insert_slice
// CHECK: return
func.func @whole(%x: tensor<2x4x3xf32>, %k: tensor<2x3x5xf32>, %v: tensor<f32>)
    -> (tensor<2x6x5xf32>, tensor<2x3x5xf32>, tensor<2x5x5xf32>, tensor<2x51x5xf32>) {
  %zero = nabla.constant dense<0.0> : tensor<f32>
  %s = nabla.pad %x, %v low = [0, 0, 0] high = [0, 0, 0] interior = [0, 1, 0]
      : (tensor<2x4x3xf32>, tensor<f32>) -> tensor<2x7x3xf32>
  %0 = nabla.convolution %s, %k strides = [1] dilations = [1] groups = 1
      : (tensor<2x7x3xf32>, tensor<2x3x5xf32>) -> tensor<2x6x5xf32>
  %z = nabla.pad %x, %zero low = [0, 0, 0] high = [0, 0, 0] interior = [0, 1, 0]
      : (tensor<2x4x3xf32>, tensor<f32>) -> tensor<2x7x3xf32>
  %1 = nabla.convolution %z, %k strides = [2] dilations = [1] groups = 1
      : (tensor<2x7x3xf32>, tensor<2x3x5xf32>) -> tensor<2x3x5xf32>
  %2 = nabla.convolution %z, %k strides = [1] dilations = [2] groups = 1
      : (tensor<2x7x3xf32>, tensor<2x3x5xf32>) -> tensor<2x5x5xf32>
  %w = nabla.pad %x, %zero low = [0, 0, 0] high = [0, 0, 0] interior = [0, 16, 0]
      : (tensor<2x4x3xf32>, tensor<f32>) -> tensor<2x52x3xf32>
  %3 = nabla.convolution %w, %k strides = [1] dilations = [1] groups = 1
      : (tensor<2x52x3xf32>, tensor<2x3x5xf32>) -> tensor<2x51x5xf32>
  return %0, %1, %2, %3
      : tensor<2x6x5xf32>, tensor<2x3x5xf32>, tensor<2x5x5xf32>, tensor<2x51x5xf32>
}
