// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

// OP-LABEL: func.func private @f
// OP: nabla.shift_right %{{.*}}, %{{.*}} : tensor<3xi32>
func.func private @f(%x: tensor<3xi32>, %y: tensor<3xi32>) -> tensor<3xi32> {
  %r = nabla.shift_right %x, %y : tensor<3xi32>
  return %r : tensor<3xi32>
}

// BATCH-LABEL: func.func @batch
// BATCH-SAME: (%[[X:.*]]: tensor<8x3xi32>, %[[Y:.*]]: tensor<8x3xi32>)
// BATCH-NEXT: %[[SHIFT_RIGHT:.*]] = nabla.shift_right %[[X]], %[[Y]] : tensor<8x3xi32>
// BATCH-NEXT: return %[[SHIFT_RIGHT]]
func.func @batch(%x: tensor<8x3xi32>, %y: tensor<8x3xi32>) -> tensor<8x3xi32> {
  %r = nabla.vmap @f(%x, %y) in_axes = [0, 0] out_axes = [0] size = 8
      : (tensor<8x3xi32>, tensor<8x3xi32>) -> tensor<8x3xi32>
  return %r : tensor<8x3xi32>
}

// BATCH-LABEL: func.func @batch_x
// BATCH-SAME: (%[[X:.*]]: tensor<8x3xi32>, %[[Y:.*]]: tensor<3xi32>)
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[Y]] dims = [1] : tensor<3xi32> -> tensor<8x3xi32>
// BATCH-NEXT: %[[SHIFT_RIGHT:.*]] = nabla.shift_right %[[X]], %[[BROADCAST]] : tensor<8x3xi32>
// BATCH-NEXT: return %[[SHIFT_RIGHT]]
func.func @batch_x(%x: tensor<8x3xi32>, %y: tensor<3xi32>) -> tensor<8x3xi32> {
  %r = nabla.vmap @f(%x, %y) in_axes = [0, -1] out_axes = [0] size = 8
      : (tensor<8x3xi32>, tensor<3xi32>) -> tensor<8x3xi32>
  return %r : tensor<8x3xi32>
}

// BATCH-LABEL: func.func @batch_y
// BATCH-SAME: (%[[X:.*]]: tensor<3xi32>, %[[Y:.*]]: tensor<8x3xi32>)
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[X]] dims = [1] : tensor<3xi32> -> tensor<8x3xi32>
// BATCH-NEXT: %[[SHIFT_RIGHT:.*]] = nabla.shift_right %[[BROADCAST]], %[[Y]] : tensor<8x3xi32>
// BATCH-NEXT: return %[[SHIFT_RIGHT]]
func.func @batch_y(%x: tensor<3xi32>, %y: tensor<8x3xi32>) -> tensor<8x3xi32> {
  %r = nabla.vmap @f(%x, %y) in_axes = [-1, 0] out_axes = [0] size = 8
      : (tensor<3xi32>, tensor<8x3xi32>) -> tensor<8x3xi32>
  return %r : tensor<8x3xi32>
}
