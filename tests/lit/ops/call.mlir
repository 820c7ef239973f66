// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefixes=JVP,TRANSPOSE
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

// A callee of some size that is called twice is not inlined: calls of it become calls
// of functions that are derived from it once.

!linear = !nabla.linear<(tensor<3xf32>) -> (tensor<3xf32>)>

func.func private @g(%x: tensor<3xf32>, %w: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %1 = nabla.cumsum %x dim = 0 : tensor<3xf32>
  %2 = nabla.cumsum %1 dim = 0 : tensor<3xf32>
  %3 = nabla.cumsum %2 dim = 0 : tensor<3xf32>
  %4 = nabla.cumsum %3 dim = 0 : tensor<3xf32>
  %5 = nabla.cumsum %4 dim = 0 : tensor<3xf32>
  %6 = nabla.cumsum %5 dim = 0 : tensor<3xf32>
  %7 = nabla.cumsum %6 dim = 0 : tensor<3xf32>
  %8 = nabla.cumsum %7 dim = 0 : tensor<3xf32>
  %9 = nabla.cumsum %8 dim = 0 : tensor<3xf32>
  %10 = nabla.cumsum %9 dim = 0 : tensor<3xf32>
  %11 = nabla.cumsum %10 dim = 0 : tensor<3xf32>
  %12 = nabla.cumsum %11 dim = 0 : tensor<3xf32>
  %13 = nabla.cumsum %12 dim = 0 : tensor<3xf32>
  %14 = nabla.cumsum %13 dim = 0 : tensor<3xf32>
  %15 = nabla.cumsum %14 dim = 0 : tensor<3xf32>
  %16 = nabla.cumsum %15 dim = 0 : tensor<3xf32>
  %p = nabla.mul %16, %w : tensor<3xf32>
  %e = nabla.exp %w : tensor<3xf32>
  return %p, %e : tensor<3xf32>, tensor<3xf32>
}

// OP-LABEL: func.func private @f
// OP: nabla.call @g(%{{.*}}, %{{.*}}) : (tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
func.func private @f(%x: tensor<3xf32>, %w: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %a:2 = nabla.call @g(%x, %w) : (tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  %b:2 = nabla.call @g(%a#0, %w) : (tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %b#0, %b#1 : tensor<3xf32>, tensor<3xf32>
}

// The second result does not depend on x: no tangent of it is computed.
// JVP-LABEL: func.func @jvp
// JVP-SAME: (%[[X:.*]]: tensor<3xf32>, %[[W:.*]]: tensor<3xf32>, %[[T:.*]]: tensor<3xf32>)
// JVP-NEXT: %[[A:.*]]:3 = nabla.call @g.jvp(%[[X]], %[[W]], %[[T]])
// JVP-NEXT: %[[B:.*]]:3 = nabla.call @g.jvp(%[[A]]#0, %[[W]], %[[A]]#2)
// JVP-NEXT: return %[[B]]#0, %[[B]]#2
func.func @jvp(%x: tensor<3xf32>, %w: tensor<3xf32>, %t: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %r:4 = nabla.jvp @f(%x, %w) tangents(%t) wrt = [0] : (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>)
      -> (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>)
  return %r#0, %r#2 : tensor<3xf32>, tensor<3xf32>
}

// What is known is called forwards and gives no residual but w, an argument; the
// transpose is called backwards. The cotangent of the second result goes nowhere.
// TRANSPOSE-LABEL: func.func @transpose
// TRANSPOSE-SAME: (%[[X:.*]]: tensor<3xf32>, %[[W:.*]]: tensor<3xf32>, %[[CT:.*]]: tensor<3xf32>)
// TRANSPOSE: %[[GA:.*]] = nabla.call @g.jvp.linear.transpose(%[[W]], %[[CT]])
// TRANSPOSE-NEXT: %[[G:.*]] = nabla.call @g.jvp.linear.transpose(%[[W]], %[[GA]])
// TRANSPOSE-NEXT: return %[[G]]
func.func @transpose(%x: tensor<3xf32>, %w: tensor<3xf32>, %ct: tensor<3xf32>) -> tensor<3xf32> {
  %r:2, %lin = nabla.linearize @f(%x, %w) wrt = [0] : (tensor<3xf32>, tensor<3xf32>)
      -> (tensor<3xf32>, tensor<3xf32>, !nabla.linear<(tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)>)
  %g = nabla.apply_transposed %lin(%ct, %ct)
      : (!nabla.linear<(tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)>, tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %g : tensor<3xf32>
}

// BATCH-LABEL: func.func @batch
// BATCH-SAME: (%[[X:.*]]: tensor<8x3xf32>, %[[W:.*]]: tensor<3xf32>)
// BATCH-NEXT: %[[A:.*]]:2 = nabla.call @g.batch(%[[X]], %[[W]]) : (tensor<8x3xf32>, tensor<3xf32>) -> (tensor<8x3xf32>, tensor<3xf32>)
// BATCH-NEXT: %[[B:.*]]:2 = nabla.call @g.batch(%[[A]]#0, %[[W]])
// BATCH-NEXT: return %[[B]]#0, %[[B]]#1
func.func @batch(%x: tensor<8x3xf32>, %w: tensor<3xf32>) -> (tensor<8x3xf32>, tensor<3xf32>) {
  %r:2 = nabla.vmap @f(%x, %w) in_axes = [0, -1] out_axes = [0, -1] size = 8
      : (tensor<8x3xf32>, tensor<3xf32>) -> (tensor<8x3xf32>, tensor<3xf32>)
  return %r#0, %r#1 : tensor<8x3xf32>, tensor<3xf32>
}

// JVP-LABEL: func.func private @g.jvp(
// JVP-SAME: %{{.*}}: tensor<3xf32>, %[[W:.*]]: tensor<3xf32>, %{{.*}}: tensor<3xf32>)
// JVP-COUNT-32: nabla.cumsum
// JVP-DAG: %[[P:.*]] = nabla.mul %{{.*}}, %[[W]]
// JVP-DAG: %[[DP:.*]] = nabla.mul_zero %{{.*}}, %[[W]]
// JVP-DAG: %[[E:.*]] = nabla.exp %[[W]]
// JVP: return %[[P]], %[[E]], %[[DP]]

// TRANSPOSE-LABEL: func.func private @g.jvp.linear.transpose
// TRANSPOSE-SAME: (%[[W:.*]]: tensor<3xf32>, %[[CT:.*]]: tensor<3xf32>)
// TRANSPOSE-NEXT: nabla.mul_zero %[[CT]], %[[W]]
// TRANSPOSE-COUNT-16: nabla.cumsum %{{.*}} dim = 0 reverse
// TRANSPOSE-NEXT: return

// BATCH-LABEL: func.func private @g.batch
// BATCH-SAME: (%{{.*}}: tensor<8x3xf32>, %[[W:.*]]: tensor<3xf32>)
// BATCH: %[[WB:.*]] = nabla.broadcast %[[W]] dims = [1] : tensor<3xf32> -> tensor<8x3xf32>
// BATCH-NEXT: %[[P:.*]] = nabla.mul %{{.*}}, %[[WB]] : tensor<8x3xf32>
// BATCH-NEXT: %[[E:.*]] = nabla.exp %[[W]] : tensor<3xf32>
// BATCH-NEXT: return %[[P]], %[[E]]
