// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefix=JVP
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

// OP-LABEL: func.func private @f
// OP: nabla.argsort %{{.*}} dim = 1 count = 2 descending : tensor<2x3xf32> -> tensor<2x2xi64>
func.func private @f(%x: tensor<2x3xf32>) -> tensor<2x2xi64> {
  %r = nabla.argsort %x dim = 1 count = 2 descending : tensor<2x3xf32> -> tensor<2x2xi64>
  return %r : tensor<2x2xi64>
}

// An integer has no tangent.
// JVP-LABEL: func.func @jvp
// JVP-SAME: (%[[X:.*]]: tensor<2x3xf32>, %[[T:.*]]: tensor<2x3xf32>)
// JVP-NEXT: %[[ARGSORT:.*]] = nabla.argsort %[[X]] dim = 1 count = 2 descending : tensor<2x3xf32> -> tensor<2x2xi64>
// JVP-NEXT: return %[[ARGSORT]]
func.func @jvp(%x: tensor<2x3xf32>, %t: tensor<2x3xf32>) -> tensor<2x2xi64> {
  %r = nabla.jvp @f(%x) tangents(%t) wrt = [0]
      : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x2xi64>
  return %r : tensor<2x2xi64>
}

// BATCH-LABEL: func.func @batch
// BATCH-SAME: (%[[X:.*]]: tensor<8x2x3xf32>)
// BATCH-NEXT: %[[ARGSORT:.*]] = nabla.argsort %[[X]] dim = 2 count = 2 descending : tensor<8x2x3xf32> -> tensor<8x2x2xi64>
// BATCH-NEXT: return %[[ARGSORT]]
func.func @batch(%x: tensor<8x2x3xf32>) -> tensor<8x2x2xi64> {
  %r = nabla.vmap @f(%x) in_axes = [0] out_axes = [0] size = 8
      : (tensor<8x2x3xf32>) -> tensor<8x2x2xi64>
  return %r : tensor<8x2x2xi64>
}
