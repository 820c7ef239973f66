// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefixes=JVP,TRANSPOSE
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

!linear = !nabla.linear<(tensor<3xf32>) -> (tensor<3xf64>)>

// OP-LABEL: func.func private @f
// OP: nabla.convert %{{.*}} : tensor<3xf32> -> tensor<3xf64>
func.func private @f(%x: tensor<3xf32>) -> tensor<3xf64> {
  %r = nabla.convert %x : tensor<3xf32> -> tensor<3xf64>
  return %r : tensor<3xf64>
}

// JVP-LABEL: func.func @jvp
// JVP-SAME: (%[[X:.*]]: tensor<3xf32>, %[[T:.*]]: tensor<3xf32>)
// JVP-NEXT: %[[CONVERT:.*]] = nabla.convert %[[X]] : tensor<3xf32> -> tensor<3xf64>
// JVP-NEXT: %[[CONVERT2:.*]] = nabla.convert %[[T]] : tensor<3xf32> -> tensor<3xf64>
// JVP-NEXT: return %[[CONVERT]], %[[CONVERT2]]
func.func @jvp(%x: tensor<3xf32>, %t: tensor<3xf32>) -> (tensor<3xf64>, tensor<3xf64>) {
  %r, %dr = nabla.jvp @f(%x) tangents(%t) wrt = [0]
      : (tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf64>, tensor<3xf64>)
  return %r, %dr : tensor<3xf64>, tensor<3xf64>
}

// TRANSPOSE-LABEL: func.func @transpose
// TRANSPOSE-SAME: (%[[X:.*]]: tensor<3xf32>, %[[CT:.*]]: tensor<3xf64>)
// TRANSPOSE-NEXT: %[[CONVERT:.*]] = nabla.convert %[[CT]] : tensor<3xf64> -> tensor<3xf32>
// TRANSPOSE-NEXT: return %[[CONVERT]]
func.func @transpose(%x: tensor<3xf32>, %ct: tensor<3xf64>) -> tensor<3xf32> {
  %r, %lin = nabla.linearize @f(%x) wrt = [0]
      : (tensor<3xf32>) -> (tensor<3xf64>, !linear)
  %g = nabla.apply_transposed %lin(%ct)
      : (!linear, tensor<3xf64>) -> tensor<3xf32>
  return %g : tensor<3xf32>
}

// BATCH-LABEL: func.func @batch
// BATCH-SAME: (%[[X:.*]]: tensor<8x3xf32>)
// BATCH-NEXT: %[[CONVERT:.*]] = nabla.convert %[[X]] : tensor<8x3xf32> -> tensor<8x3xf64>
// BATCH-NEXT: return %[[CONVERT]]
func.func @batch(%x: tensor<8x3xf32>) -> tensor<8x3xf64> {
  %r = nabla.vmap @f(%x) in_axes = [0] out_axes = [0] size = 8
      : (tensor<8x3xf32>) -> tensor<8x3xf64>
  return %r : tensor<8x3xf64>
}

// OP-LABEL: func.func private @f_to_integer
// OP: nabla.convert %{{.*}} : tensor<3xf32> -> tensor<3xi32>
func.func private @f_to_integer(%x: tensor<3xf32>) -> tensor<3xi32> {
  %r = nabla.convert %x : tensor<3xf32> -> tensor<3xi32>
  return %r : tensor<3xi32>
}

// An integer has no tangent.
// JVP-LABEL: func.func @jvp_to_integer
// JVP-SAME: (%[[X:.*]]: tensor<3xf32>, %[[T:.*]]: tensor<3xf32>)
// JVP-NEXT: %[[CONVERT:.*]] = nabla.convert %[[X]] : tensor<3xf32> -> tensor<3xi32>
// JVP-NEXT: return %[[CONVERT]]
func.func @jvp_to_integer(%x: tensor<3xf32>, %t: tensor<3xf32>) -> tensor<3xi32> {
  %r = nabla.jvp @f_to_integer(%x) tangents(%t) wrt = [0]
      : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xi32>
  return %r : tensor<3xi32>
}
