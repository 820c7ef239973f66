// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-separate-temporaries | FileCheck %s

// CHECK-LABEL: func.func @empty
// CHECK: %[[E:.*]] = tensor.empty() : tensor<3xf32>
// CHECK: linalg.exp ins(%{{.*}}) outs(%[[E]] : tensor<3xf32>)
// CHECK: %[[F:.*]] = tensor.empty() : tensor<3xf32>
// CHECK: linalg.log ins(%{{.*}}) outs(%[[F]] : tensor<3xf32>)
func.func @empty(%x: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %e = tensor.empty() : tensor<3xf32>
  %0 = linalg.exp ins(%x : tensor<3xf32>) outs(%e : tensor<3xf32>) -> tensor<3xf32>
  %1 = linalg.log ins(%x : tensor<3xf32>) outs(%e : tensor<3xf32>) -> tensor<3xf32>
  return %0, %1 : tensor<3xf32>, tensor<3xf32>
}

// CHECK-LABEL: func.func @filled
// CHECK-COUNT-2: linalg.fill
// CHECK-NOT: linalg.fill
func.func @filled(%x: tensor<4x3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<3xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<3xf32>) -> tensor<3xf32>
  %0 = linalg.reduce {arith.addf} ins(%x : tensor<4x3xf32>) outs(%f : tensor<3xf32>) dimensions = [0]
  %1 = linalg.reduce {arith.mulf} ins(%x : tensor<4x3xf32>) outs(%f : tensor<3xf32>) dimensions = [0]
  return %0, %1 : tensor<3xf32>, tensor<3xf32>
}

// Nobody uses them.
// CHECK-LABEL: func.func @unused
// CHECK: linalg.fill
func.func @unused() {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<3xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<3xf32>) -> tensor<3xf32>
  %unused = tensor.empty() : tensor<4xf32>
  return
}
