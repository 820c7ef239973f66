// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-read-in-place -split-input-file | FileCheck %s

// An argument with many uses. What is not read stays, and so does a value with few uses.
// CHECK-LABEL: func.func @argument
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>, %[[I:.*]]: index)
// CHECK: %[[B:.*]] = bufferization.to_buffer %[[X]] read_only : tensor<4xf32> to memref<4xf32>
// CHECK-COUNT-18: bufferization.to_tensor %[[B]] restrict : memref<4xf32> to tensor<4xf32>
// CHECK-NOT: bufferization
// CHECK: tensor.insert %{{.*}} into %[[X]]
// CHECK: return %{{.*}}, %[[X]]
func.func @argument(%x: tensor<4xf32>, %i: index) -> (tensor<4xf32>, tensor<4xf32>) {
  %s = arith.constant 1.0 : f32
  %0 = tensor.extract %x[%i] : tensor<4xf32>
  %1 = tensor.extract %x[%i] : tensor<4xf32>
  %2 = tensor.extract %x[%i] : tensor<4xf32>
  %3 = tensor.extract %x[%i] : tensor<4xf32>
  %4 = tensor.extract %x[%i] : tensor<4xf32>
  %5 = tensor.extract %x[%i] : tensor<4xf32>
  %6 = tensor.extract %x[%i] : tensor<4xf32>
  %7 = tensor.extract %x[%i] : tensor<4xf32>
  %8 = tensor.extract %x[%i] : tensor<4xf32>
  %9 = tensor.extract %x[%i] : tensor<4xf32>
  %10 = tensor.extract %x[%i] : tensor<4xf32>
  %11 = tensor.extract %x[%i] : tensor<4xf32>
  %12 = tensor.extract %x[%i] : tensor<4xf32>
  %13 = tensor.extract %x[%i] : tensor<4xf32>
  %14 = tensor.extract %x[%i] : tensor<4xf32>
  %15 = tensor.extract %x[%i] : tensor<4xf32>
  %16 = tensor.extract %x[%i] : tensor<4xf32>
  %slice = tensor.extract_slice %x[0] [2] [1] : tensor<4xf32> to tensor<2xf32>
  %part = tensor.extract %slice[%i] : tensor<2xf32>
  %new = tensor.insert %s into %x[%i] : tensor<4xf32>
  return %new, %x : tensor<4xf32>, tensor<4xf32>
}

// -----

// A result that may be written to, through a view here.
// CHECK-LABEL: func.func @written
// CHECK-NOT: bufferization
// CHECK: return
func.func @written(%i: index) -> tensor<2xf32> {
  %s = arith.constant 1.0 : f32
  %empty = tensor.empty() : tensor<4xf32>
  %x = linalg.fill ins(%s : f32) outs(%empty : tensor<4xf32>) -> tensor<4xf32>
  %0 = tensor.extract %x[%i] : tensor<4xf32>
  %1 = tensor.extract %x[%i] : tensor<4xf32>
  %2 = tensor.extract %x[%i] : tensor<4xf32>
  %3 = tensor.extract %x[%i] : tensor<4xf32>
  %4 = tensor.extract %x[%i] : tensor<4xf32>
  %5 = tensor.extract %x[%i] : tensor<4xf32>
  %6 = tensor.extract %x[%i] : tensor<4xf32>
  %7 = tensor.extract %x[%i] : tensor<4xf32>
  %8 = tensor.extract %x[%i] : tensor<4xf32>
  %9 = tensor.extract %x[%i] : tensor<4xf32>
  %10 = tensor.extract %x[%i] : tensor<4xf32>
  %11 = tensor.extract %x[%i] : tensor<4xf32>
  %12 = tensor.extract %x[%i] : tensor<4xf32>
  %13 = tensor.extract %x[%i] : tensor<4xf32>
  %14 = tensor.extract %x[%i] : tensor<4xf32>
  %15 = tensor.extract %x[%i] : tensor<4xf32>
  %16 = tensor.extract %x[%i] : tensor<4xf32>
  %slice = tensor.extract_slice %x[0] [2] [1] : tensor<4xf32> to tensor<2xf32>
  %new = tensor.insert %s into %slice[%i] : tensor<2xf32>
  return %new : tensor<2xf32>
}

// -----

// A result that is read, and returned; the output of an op is no reader.
// CHECK-LABEL: func.func @result
// CHECK: %[[X:.*]] = linalg.fill
// CHECK: %[[B:.*]] = bufferization.to_buffer %[[X]] read_only
// CHECK-COUNT-17: bufferization.to_tensor %[[B]] restrict
// CHECK: return %[[X]]
// CHECK-LABEL: func.func @output
// CHECK-NOT: bufferization
// CHECK: return
func.func @result(%i: index) -> tensor<4xf32> {
  %s = arith.constant 1.0 : f32
  %empty = tensor.empty() : tensor<4xf32>
  %x = linalg.fill ins(%s : f32) outs(%empty : tensor<4xf32>) -> tensor<4xf32>
  %0 = tensor.extract %x[%i] : tensor<4xf32>
  %1 = tensor.extract %x[%i] : tensor<4xf32>
  %2 = tensor.extract %x[%i] : tensor<4xf32>
  %3 = tensor.extract %x[%i] : tensor<4xf32>
  %4 = tensor.extract %x[%i] : tensor<4xf32>
  %5 = tensor.extract %x[%i] : tensor<4xf32>
  %6 = tensor.extract %x[%i] : tensor<4xf32>
  %7 = tensor.extract %x[%i] : tensor<4xf32>
  %8 = tensor.extract %x[%i] : tensor<4xf32>
  %9 = tensor.extract %x[%i] : tensor<4xf32>
  %10 = tensor.extract %x[%i] : tensor<4xf32>
  %11 = tensor.extract %x[%i] : tensor<4xf32>
  %12 = tensor.extract %x[%i] : tensor<4xf32>
  %13 = tensor.extract %x[%i] : tensor<4xf32>
  %14 = tensor.extract %x[%i] : tensor<4xf32>
  %15 = tensor.extract %x[%i] : tensor<4xf32>
  %16 = tensor.extract %x[%i] : tensor<4xf32>
  return %x : tensor<4xf32>
}
func.func @output(%i: index) -> tensor<4xf32> {
  %s = arith.constant 1.0 : f32
  %empty = tensor.empty() : tensor<4xf32>
  %x = linalg.fill ins(%s : f32) outs(%empty : tensor<4xf32>) -> tensor<4xf32>
  %0 = tensor.extract %x[%i] : tensor<4xf32>
  %1 = tensor.extract %x[%i] : tensor<4xf32>
  %2 = tensor.extract %x[%i] : tensor<4xf32>
  %3 = tensor.extract %x[%i] : tensor<4xf32>
  %4 = tensor.extract %x[%i] : tensor<4xf32>
  %5 = tensor.extract %x[%i] : tensor<4xf32>
  %6 = tensor.extract %x[%i] : tensor<4xf32>
  %7 = tensor.extract %x[%i] : tensor<4xf32>
  %8 = tensor.extract %x[%i] : tensor<4xf32>
  %9 = tensor.extract %x[%i] : tensor<4xf32>
  %10 = tensor.extract %x[%i] : tensor<4xf32>
  %11 = tensor.extract %x[%i] : tensor<4xf32>
  %12 = tensor.extract %x[%i] : tensor<4xf32>
  %13 = tensor.extract %x[%i] : tensor<4xf32>
  %14 = tensor.extract %x[%i] : tensor<4xf32>
  %15 = tensor.extract %x[%i] : tensor<4xf32>
  %16 = tensor.extract %x[%i] : tensor<4xf32>
  %y = linalg.fill ins(%s : f32) outs(%x : tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}
