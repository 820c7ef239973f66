// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

// OP-LABEL: func.func private @f
// OP: nabla.reduce_or %{{.*}} dims = [1] : tensor<2x3xi1> -> tensor<2xi1>
func.func private @f(%x: tensor<2x3xi1>) -> tensor<2xi1> {
  %r = nabla.reduce_or %x dims = [1] : tensor<2x3xi1> -> tensor<2xi1>
  return %r : tensor<2xi1>
}

// BATCH-LABEL: func.func @batch
// BATCH-SAME: (%[[X:.*]]: tensor<8x2x3xi1>)
// BATCH-NEXT: %[[REDUCE_OR:.*]] = nabla.reduce_or %[[X]] dims = [2] : tensor<8x2x3xi1> -> tensor<8x2xi1>
// BATCH-NEXT: return %[[REDUCE_OR]]
func.func @batch(%x: tensor<8x2x3xi1>) -> tensor<8x2xi1> {
  %r = nabla.vmap @f(%x) in_axes = [0] out_axes = [0] size = 8
      : (tensor<8x2x3xi1>) -> tensor<8x2xi1>
  return %r : tensor<8x2xi1>
}
