// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

// OP-LABEL: func.func private @f
// OP: nabla.random_bits %{{.*}} : tensor<2xui32> -> tensor<3xui64>
func.func private @f(%x: tensor<2xui32>) -> tensor<3xui64> {
  %r = nabla.random_bits %x : tensor<2xui32> -> tensor<3xui64>
  return %r : tensor<3xui64>
}

// BATCH-LABEL: func.func @batch
// BATCH-SAME: (%[[X:.*]]: tensor<8x2xui32>)
// BATCH-NEXT: %[[RANDOM_BITS:.*]] = nabla.random_bits %[[X]] : tensor<8x2xui32> -> tensor<8x3xui64>
// BATCH-NEXT: return %[[RANDOM_BITS]]
func.func @batch(%x: tensor<8x2xui32>) -> tensor<8x3xui64> {
  %r = nabla.vmap @f(%x) in_axes = [0] out_axes = [0] size = 8
      : (tensor<8x2xui32>) -> tensor<8x3xui64>
  return %r : tensor<8x3xui64>
}
