// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

// OP-LABEL: func.func private @f
// OP: nabla.not %{{.*}} : tensor<3xi32>
func.func private @f(%x: tensor<3xi32>) -> tensor<3xi32> {
  %r = nabla.not %x : tensor<3xi32>
  return %r : tensor<3xi32>
}

// BATCH-LABEL: func.func @batch
// BATCH-SAME: (%[[X:.*]]: tensor<8x3xi32>)
// BATCH-NEXT: %[[NOT:.*]] = nabla.not %[[X]] : tensor<8x3xi32>
// BATCH-NEXT: return %[[NOT]]
func.func @batch(%x: tensor<8x3xi32>) -> tensor<8x3xi32> {
  %r = nabla.vmap @f(%x) in_axes = [0] out_axes = [0] size = 8
      : (tensor<8x3xi32>) -> tensor<8x3xi32>
  return %r : tensor<8x3xi32>
}
