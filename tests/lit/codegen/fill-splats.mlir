// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-fill-splats | FileCheck %s

// CHECK-LABEL: func.func @large
// CHECK-DAG: %[[C:.*]] = arith.constant 2.000000e+00 : f32
// CHECK-DAG: %[[EMPTY:.*]] = tensor.empty() : tensor<1000xf32>
// CHECK: %[[R:.*]] = linalg.fill ins(%[[C]] : f32) outs(%[[EMPTY]] : tensor<1000xf32>) -> tensor<1000xf32>
// CHECK-NEXT: return %[[R]]
func.func @large() -> tensor<1000xf32> {
  %0 = arith.constant dense<2.0> : tensor<1000xf32>
  return %0 : tensor<1000xf32>
}

// CHECK-LABEL: func.func @others
// CHECK-NEXT: arith.constant dense<2.000000e+00> : tensor<4xf32>
// CHECK-NEXT: arith.constant dense<[1, 2]> : tensor<2xi32>
// CHECK-NEXT: arith.constant 1 : i32
// CHECK-NEXT: arith.constant dense<0.000000e+00> : vector<1000xf32>
func.func @others() {
  %0 = arith.constant dense<2.0> : tensor<4xf32>
  %1 = arith.constant dense<[1, 2]> : tensor<2xi32>
  %2 = arith.constant 1 : i32
  %3 = arith.constant dense<0.0> : vector<1000xf32>
  return
}
