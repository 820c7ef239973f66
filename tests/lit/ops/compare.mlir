// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefix=JVP
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

// OP-LABEL: func.func private @f
// OP: nabla.compare lt %{{.*}}, %{{.*}} : tensor<3xf32>
func.func private @f(%x: tensor<3xf32>, %y: tensor<3xf32>) -> tensor<3xi1> {
  %r = nabla.compare lt %x, %y : tensor<3xf32>
  return %r : tensor<3xi1>
}

// JVP-LABEL: func.func @jvp
// JVP-SAME: (%[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<3xf32>, %[[TX:.*]]: tensor<3xf32>, %[[TY:.*]]: tensor<3xf32>)
// JVP-NEXT: %[[COMPARE:.*]] = nabla.compare lt %[[X]], %[[Y]]
// JVP-NEXT: return %[[COMPARE]]
func.func @jvp(%x: tensor<3xf32>, %y: tensor<3xf32>, %tx: tensor<3xf32>, %ty: tensor<3xf32>) -> tensor<3xi1> {
  %r = nabla.jvp @f(%x, %y) tangents(%tx, %ty) wrt = [0, 1]
      : (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<3xi1>
  return %r : tensor<3xi1>
}

// BATCH-LABEL: func.func @batch
// BATCH-SAME: (%[[X:.*]]: tensor<8x3xf32>, %[[Y:.*]]: tensor<8x3xf32>)
// BATCH-NEXT: %[[COMPARE:.*]] = nabla.compare lt %[[X]], %[[Y]]
// BATCH-NEXT: return %[[COMPARE]]
func.func @batch(%x: tensor<8x3xf32>, %y: tensor<8x3xf32>) -> tensor<8x3xi1> {
  %r = nabla.vmap @f(%x, %y) in_axes = [0, 0] out_axes = [0] size = 8
      : (tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<8x3xi1>
  return %r : tensor<8x3xi1>
}

// BATCH-LABEL: func.func @batch_x
// BATCH-SAME: (%[[X:.*]]: tensor<8x3xf32>, %[[Y:.*]]: tensor<3xf32>)
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[Y]] dims = [1] : tensor<3xf32> -> tensor<8x3xf32>
// BATCH-NEXT: %[[COMPARE:.*]] = nabla.compare lt %[[X]], %[[BROADCAST]]
// BATCH-NEXT: return %[[COMPARE]]
func.func @batch_x(%x: tensor<8x3xf32>, %y: tensor<3xf32>) -> tensor<8x3xi1> {
  %r = nabla.vmap @f(%x, %y) in_axes = [0, -1] out_axes = [0] size = 8
      : (tensor<8x3xf32>, tensor<3xf32>) -> tensor<8x3xi1>
  return %r : tensor<8x3xi1>
}

// BATCH-LABEL: func.func @batch_y
// BATCH-SAME: (%[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<8x3xf32>)
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[X]] dims = [1] : tensor<3xf32> -> tensor<8x3xf32>
// BATCH-NEXT: %[[COMPARE:.*]] = nabla.compare lt %[[BROADCAST]], %[[Y]]
// BATCH-NEXT: return %[[COMPARE]]
func.func @batch_y(%x: tensor<3xf32>, %y: tensor<8x3xf32>) -> tensor<8x3xi1> {
  %r = nabla.vmap @f(%x, %y) in_axes = [-1, 0] out_axes = [0] size = 8
      : (tensor<3xf32>, tensor<8x3xf32>) -> tensor<8x3xi1>
  return %r : tensor<8x3xi1>
}
