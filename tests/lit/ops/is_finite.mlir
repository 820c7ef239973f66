// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefix=JVP
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

// OP-LABEL: func.func private @f
// OP: nabla.is_finite %{{.*}} : tensor<3xf32>
func.func private @f(%x: tensor<3xf32>) -> tensor<3xi1> {
  %r = nabla.is_finite %x : tensor<3xf32>
  return %r : tensor<3xi1>
}

// A bool has no tangent.
// JVP-LABEL: func.func @jvp
// JVP-SAME: (%[[X:.*]]: tensor<3xf32>, %[[T:.*]]: tensor<3xf32>)
// JVP-NEXT: %[[IS_FINITE:.*]] = nabla.is_finite %[[X]] : tensor<3xf32>
// JVP-NEXT: return %[[IS_FINITE]]
func.func @jvp(%x: tensor<3xf32>, %t: tensor<3xf32>) -> tensor<3xi1> {
  %r = nabla.jvp @f(%x) tangents(%t) wrt = [0]
      : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xi1>
  return %r : tensor<3xi1>
}

// BATCH-LABEL: func.func @batch
// BATCH-SAME: (%[[X:.*]]: tensor<8x3xf32>)
// BATCH-NEXT: %[[IS_FINITE:.*]] = nabla.is_finite %[[X]] : tensor<8x3xf32>
// BATCH-NEXT: return %[[IS_FINITE]]
func.func @batch(%x: tensor<8x3xf32>) -> tensor<8x3xi1> {
  %r = nabla.vmap @f(%x) in_axes = [0] out_axes = [0] size = 8
      : (tensor<8x3xf32>) -> tensor<8x3xi1>
  return %r : tensor<8x3xi1>
}
