// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefix=JVP
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

// OP-LABEL: func.func private @f
// OP: nabla.basis : tensor<6x2x3xf32>
func.func private @f(%x: tensor<f32>) -> tensor<6x2x3xf32> {
  %r = nabla.basis : tensor<6x2x3xf32>
  return %r : tensor<6x2x3xf32>
}

// JVP-LABEL: func.func @jvp
// JVP-DAG: %[[BASIS:.*]] = nabla.basis : tensor<6x2x3xf32>
// JVP-DAG: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<6x2x3xf32>
// JVP-NEXT: return %[[BASIS]], %[[ZERO]]
func.func @jvp(%x: tensor<f32>, %t: tensor<f32>) -> (tensor<6x2x3xf32>, tensor<6x2x3xf32>) {
  %r, %dr = nabla.jvp @f(%x) tangents(%t) wrt = [0]
      : (tensor<f32>, tensor<f32>) -> (tensor<6x2x3xf32>, tensor<6x2x3xf32>)
  return %r, %dr : tensor<6x2x3xf32>, tensor<6x2x3xf32>
}

// All examples share it.
// BATCH-LABEL: func.func @batch
// BATCH-NEXT: %[[BASIS:.*]] = nabla.basis : tensor<6x2x3xf32>
// BATCH-NEXT: return %[[BASIS]]
func.func @batch(%x: tensor<8xf32>) -> tensor<6x2x3xf32> {
  %r = nabla.vmap @f(%x) in_axes = [0] out_axes = [-1] size = 8 : (tensor<8xf32>) -> tensor<6x2x3xf32>
  return %r : tensor<6x2x3xf32>
}
