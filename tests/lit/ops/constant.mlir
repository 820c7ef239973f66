// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefix=JVP
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

// OP-LABEL: func.func private @f
// OP: nabla.constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
func.func private @f(%x: tensor<f32>) -> tensor<2xf32> {
  %r = nabla.constant dense<[1.0, 2.0]> : tensor<2xf32>
  return %r : tensor<2xf32>
}

// JVP-LABEL: func.func @jvp
// JVP-DAG: %[[C:.*]] = nabla.constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
// JVP-DAG: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<2xf32>
// JVP-NEXT: return %[[C]], %[[ZERO]]
func.func @jvp(%x: tensor<f32>, %t: tensor<f32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %r, %dr = nabla.jvp @f(%x) tangents(%t) wrt = [0]
      : (tensor<f32>, tensor<f32>) -> (tensor<2xf32>, tensor<2xf32>)
  return %r, %dr : tensor<2xf32>, tensor<2xf32>
}

// All examples share it.
// BATCH-LABEL: func.func @batch
// BATCH-NEXT: %[[C:.*]] = nabla.constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[C]] dims = [1] : tensor<2xf32> -> tensor<8x2xf32>
// BATCH-NEXT: return %[[C]], %[[BROADCAST]]
func.func @batch(%x: tensor<8xf32>) -> (tensor<2xf32>, tensor<8x2xf32>) {
  %shared = nabla.vmap @f(%x) in_axes = [0] out_axes = [-1] size = 8 : (tensor<8xf32>) -> tensor<2xf32>
  %r = nabla.vmap @f(%x) in_axes = [0] out_axes = [0] size = 8 : (tensor<8xf32>) -> tensor<8x2xf32>
  return %shared, %r : tensor<2xf32>, tensor<8x2xf32>
}
