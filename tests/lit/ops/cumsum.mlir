// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefixes=JVP,TRANSPOSE
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

!linear = !nabla.linear<(tensor<2x3xf32>) -> (tensor<2x3xf32>)>

// OP-LABEL: func.func private @f
// OP: nabla.cumsum %{{.*}} dim = 1 : tensor<2x3xf32>
func.func private @f(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %r = nabla.cumsum %x dim = 1 : tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}

// JVP-LABEL: func.func @jvp
// JVP-SAME: (%[[X:.*]]: tensor<2x3xf32>, %[[T:.*]]: tensor<2x3xf32>)
// JVP-NEXT: %[[CUMSUM:.*]] = nabla.cumsum %[[X]] dim = 1 : tensor<2x3xf32>
// JVP-NEXT: %[[CUMSUM2:.*]] = nabla.cumsum %[[T]] dim = 1 : tensor<2x3xf32>
// JVP-NEXT: return %[[CUMSUM]], %[[CUMSUM2]]
func.func @jvp(%x: tensor<2x3xf32>, %t: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %r, %dr = nabla.jvp @f(%x) tangents(%t) wrt = [0]
      : (tensor<2x3xf32>, tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>)
  return %r, %dr : tensor<2x3xf32>, tensor<2x3xf32>
}

// The sum runs the other way.
// TRANSPOSE-LABEL: func.func @transpose
// TRANSPOSE-SAME: (%[[X:.*]]: tensor<2x3xf32>, %[[CT:.*]]: tensor<2x3xf32>)
// TRANSPOSE-NEXT: %[[CUMSUM:.*]] = nabla.cumsum %[[CT]] dim = 1 reverse : tensor<2x3xf32>
// TRANSPOSE-NEXT: return %[[CUMSUM]]
func.func @transpose(%x: tensor<2x3xf32>, %ct: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %r, %lin = nabla.linearize @f(%x) wrt = [0]
      : (tensor<2x3xf32>) -> (tensor<2x3xf32>, !linear)
  %g = nabla.apply_transposed %lin(%ct)
      : (!linear, tensor<2x3xf32>) -> tensor<2x3xf32>
  return %g : tensor<2x3xf32>
}

// BATCH-LABEL: func.func @batch
// BATCH-SAME: (%[[X:.*]]: tensor<8x2x3xf32>)
// BATCH-NEXT: %[[CUMSUM:.*]] = nabla.cumsum %[[X]] dim = 2 : tensor<8x2x3xf32>
// BATCH-NEXT: return %[[CUMSUM]]
func.func @batch(%x: tensor<8x2x3xf32>) -> tensor<8x2x3xf32> {
  %r = nabla.vmap @f(%x) in_axes = [0] out_axes = [0] size = 8
      : (tensor<8x2x3xf32>) -> tensor<8x2x3xf32>
  return %r : tensor<8x2x3xf32>
}

!linear_reverse = !nabla.linear<(tensor<2x3xf32>) -> (tensor<2x3xf32>)>

// OP-LABEL: func.func private @f_reverse
// OP: nabla.cumsum %{{.*}} dim = 0 reverse : tensor<2x3xf32>
func.func private @f_reverse(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %r = nabla.cumsum %x dim = 0 reverse : tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}

// JVP-LABEL: func.func @jvp_reverse
// JVP-SAME: (%[[X:.*]]: tensor<2x3xf32>, %[[T:.*]]: tensor<2x3xf32>)
// JVP-NEXT: %[[CUMSUM:.*]] = nabla.cumsum %[[X]] dim = 0 reverse : tensor<2x3xf32>
// JVP-NEXT: %[[CUMSUM2:.*]] = nabla.cumsum %[[T]] dim = 0 reverse : tensor<2x3xf32>
// JVP-NEXT: return %[[CUMSUM]], %[[CUMSUM2]]
func.func @jvp_reverse(%x: tensor<2x3xf32>, %t: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %r, %dr = nabla.jvp @f_reverse(%x) tangents(%t) wrt = [0]
      : (tensor<2x3xf32>, tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>)
  return %r, %dr : tensor<2x3xf32>, tensor<2x3xf32>
}

// TRANSPOSE-LABEL: func.func @transpose_reverse
// TRANSPOSE-SAME: (%[[X:.*]]: tensor<2x3xf32>, %[[CT:.*]]: tensor<2x3xf32>)
// TRANSPOSE-NEXT: %[[CUMSUM:.*]] = nabla.cumsum %[[CT]] dim = 0 : tensor<2x3xf32>
// TRANSPOSE-NEXT: return %[[CUMSUM]]
func.func @transpose_reverse(%x: tensor<2x3xf32>, %ct: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %r, %lin = nabla.linearize @f_reverse(%x) wrt = [0]
      : (tensor<2x3xf32>) -> (tensor<2x3xf32>, !linear_reverse)
  %g = nabla.apply_transposed %lin(%ct)
      : (!linear_reverse, tensor<2x3xf32>) -> tensor<2x3xf32>
  return %g : tensor<2x3xf32>
}

// BATCH-LABEL: func.func @batch_reverse
// BATCH-SAME: (%[[X:.*]]: tensor<8x2x3xf32>)
// BATCH-NEXT: %[[CUMSUM:.*]] = nabla.cumsum %[[X]] dim = 1 reverse : tensor<8x2x3xf32>
// BATCH-NEXT: return %[[CUMSUM]]
func.func @batch_reverse(%x: tensor<8x2x3xf32>) -> tensor<8x2x3xf32> {
  %r = nabla.vmap @f_reverse(%x) in_axes = [0] out_axes = [0] size = 8
      : (tensor<8x2x3xf32>) -> tensor<8x2x3xf32>
  return %r : tensor<8x2x3xf32>
}
