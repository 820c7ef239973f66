// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefixes=JVP,TRANSPOSE
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

!v = tensor<3xf32>
!linear = !nabla.linear<(tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)>

// OP-LABEL: func.func private @f
// OP: nabla.cond %{{.*}}(%{{.*}}, %{{.*}}) : (tensor<i1>, tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) then {
// OP-NEXT: ^bb0(%{{.*}}: tensor<3xf32>, %{{.*}}: tensor<3xf32>):
// OP: nabla.yield %{{.*}}, %{{.*}} : tensor<3xf32>, tensor<3xf32>
// OP-NEXT: } else {
func.func private @f(%p: tensor<i1>, %x: !v, %w: !v) -> (!v, !v) {
  %r:2 = nabla.cond %p(%x, %w) : (tensor<i1>, !v, !v) -> (!v, !v) then {
  ^bb0(%a: !v, %b: !v):
    %s = nabla.sin %a : !v
    %y = nabla.mul %s, %b : !v
    %e = nabla.exp %b : !v
    nabla.yield %y, %e : !v, !v
  } else {
  ^bb0(%a: !v, %b: !v):
    nabla.yield %a, %b : !v, !v
  }
  return %r#0, %r#1 : !v, !v
}

// Each branch computes its tangents. The second result does not depend on x in either
// branch: its tangent is zero.
// JVP-LABEL: func.func @jvp(
// JVP-SAME: %[[P:.*]]: tensor<i1>, %[[X:.*]]: tensor<3xf32>, %[[W:.*]]: tensor<3xf32>, %[[T:.*]]: tensor<3xf32>)
// JVP-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<3xf32>
// JVP-NEXT: %[[COND:.*]]:3 = nabla.cond %[[P]](%[[X]], %[[W]], %[[T]])
// JVP-NEXT: ^bb0(%[[A:.*]]: tensor<3xf32>, %[[A2:.*]]: tensor<3xf32>, %[[A3:.*]]: tensor<3xf32>):
// JVP-NEXT:   %[[SIN:.*]] = nabla.sin %[[A]]
// JVP-NEXT:   %[[COS:.*]] = nabla.cos %[[A]]
// JVP-NEXT:   %[[MUL:.*]] = nabla.mul %[[SIN]], %[[A2]]
// JVP-NEXT:   %[[MUL_ZERO:.*]] = nabla.mul_zero %[[COS]], %[[A2]]
// JVP-NEXT:   %[[EXP:.*]] = nabla.exp %[[A2]]
// JVP-NEXT:   %[[MUL_ZERO2:.*]] = nabla.mul_zero %[[A3]], %[[MUL_ZERO]]
// JVP-NEXT:   nabla.yield %[[MUL]], %[[EXP]], %[[MUL_ZERO2]]
// JVP-NEXT: } else {
// JVP-NEXT: ^bb0(%[[A4:.*]]: tensor<3xf32>, %[[A5:.*]]: tensor<3xf32>, %[[A6:.*]]: tensor<3xf32>):
// JVP-NEXT:   nabla.yield %[[A4]], %[[A5]], %[[A6]]
// JVP-NEXT: }
// JVP-NEXT: return %[[COND]]#0, %[[COND]]#1, %[[COND]]#2, %[[ZERO]]
func.func @jvp(%p: tensor<i1>, %x: !v, %w: !v, %t: !v) -> (!v, !v, !v, !v) {
  %r:4 = nabla.jvp @f(%p, %x, %w) tangents(%t) wrt = [1]
      : (tensor<i1>, !v, !v, !v) -> (!v, !v, !v, !v)
  return %r#0, %r#1, %r#2, %r#3 : !v, !v, !v, !v
}

// The branch taken forwards returns its residuals, here one of the first branch: w cos(x).
// The branch taken backwards is the same.
// TRANSPOSE-LABEL: func.func @transpose(
// TRANSPOSE-SAME: %[[P:.*]]: tensor<i1>, %[[X:.*]]: tensor<3xf32>, %[[W:.*]]: tensor<3xf32>, %[[CT:.*]]: tensor<3xf32>)
// TRANSPOSE-NEXT: %[[COND:.*]] = nabla.cond %[[P]](%[[X]], %[[W]])
// TRANSPOSE-NEXT: ^bb0(%[[A:.*]]: tensor<3xf32>, %[[A2:.*]]: tensor<3xf32>):
// TRANSPOSE-NEXT:   %[[COS:.*]] = nabla.cos %[[A]]
// TRANSPOSE-NEXT:   %[[MUL_ZERO:.*]] = nabla.mul_zero %[[COS]], %[[A2]]
// TRANSPOSE-NEXT:   nabla.yield %[[MUL_ZERO]]
// TRANSPOSE-NEXT: } else {
// TRANSPOSE-NEXT: ^bb0(%[[A3:.*]]: tensor<3xf32>, %[[A4:.*]]: tensor<3xf32>):
// TRANSPOSE-NEXT:   %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<3xf32>
// TRANSPOSE-NEXT:   nabla.yield %[[ZERO]]
// TRANSPOSE-NEXT: }
// TRANSPOSE-NEXT: %[[COND2:.*]] = nabla.cond %[[P]](%[[COND]], %[[CT]])
// TRANSPOSE-NEXT: ^bb0(%[[A5:.*]]: tensor<3xf32>, %[[A6:.*]]: tensor<3xf32>):
// TRANSPOSE-NEXT:   %[[MUL_ZERO2:.*]] = nabla.mul_zero %[[A6]], %[[A5]]
// TRANSPOSE-NEXT:   nabla.yield %[[MUL_ZERO2]]
// TRANSPOSE-NEXT: } else {
// TRANSPOSE-NEXT: ^bb0(%[[A7:.*]]: tensor<3xf32>, %[[A8:.*]]: tensor<3xf32>):
// TRANSPOSE-NEXT:   nabla.yield %[[A8]]
// TRANSPOSE-NEXT: }
// TRANSPOSE-NEXT: return %[[COND2]]
func.func @transpose(%p: tensor<i1>, %x: !v, %w: !v, %ct: !v) -> !v {
  %r:2, %lin = nabla.linearize @f(%p, %x, %w) wrt = [1]
      : (tensor<i1>, !v, !v) -> (!v, !v, !linear)
  %g = nabla.apply_transposed %lin(%ct, %ct) : (!linear, !v, !v) -> !v
  return %g : !v
}

// What the linear part needs of the inputs is no result of the branches.
func.func private @scaled(%p: tensor<i1>, %x: !v, %w: !v) -> !v {
  %r = nabla.cond %p(%x, %w) : (tensor<i1>, !v, !v) -> !v then {
  ^bb0(%a: !v, %b: !v):
    %m = nabla.mul %a, %b : !v
    nabla.yield %m : !v
  } else {
  ^bb0(%a: !v, %b: !v):
    nabla.yield %a : !v
  }
  return %r : !v
}

// TRANSPOSE-LABEL: func.func @transpose_of_scaled(
// TRANSPOSE-SAME: %[[P:.*]]: tensor<i1>, %[[X:.*]]: tensor<3xf32>, %[[W:.*]]: tensor<3xf32>, %[[CT:.*]]: tensor<3xf32>)
// TRANSPOSE-NEXT: %[[COND:.*]] = nabla.cond %[[P]](%[[W]], %[[CT]])
// TRANSPOSE-NEXT: ^bb0(%[[A:.*]]: tensor<3xf32>, %[[A2:.*]]: tensor<3xf32>):
// TRANSPOSE-NEXT:   %[[MUL_ZERO:.*]] = nabla.mul_zero %[[A2]], %[[A]]
// TRANSPOSE-NEXT:   nabla.yield %[[MUL_ZERO]]
// TRANSPOSE-NEXT: } else {
// TRANSPOSE-NEXT: ^bb0(%[[A3:.*]]: tensor<3xf32>, %[[A4:.*]]: tensor<3xf32>):
// TRANSPOSE-NEXT:   nabla.yield %[[A4]]
// TRANSPOSE-NEXT: }
// TRANSPOSE-NEXT: return %[[COND]]
func.func @transpose_of_scaled(%p: tensor<i1>, %x: !v, %w: !v, %ct: !v) -> !v {
  %r, %lin = nabla.linearize @scaled(%p, %x, %w) wrt = [1]
      : (tensor<i1>, !v, !v) -> (!v, !nabla.linear<(!v) -> (!v)>)
  %g = nabla.apply_transposed %lin(%ct) : (!nabla.linear<(!v) -> (!v)>, !v) -> !v
  return %g : !v
}

// All examples share the predicate: a branch stays, and what depends on w alone is not
// batched.
// BATCH-LABEL: func.func @batch_x(
// BATCH-SAME: %[[P:.*]]: tensor<i1>, %[[X:.*]]: tensor<8x3xf32>, %[[W:.*]]: tensor<3xf32>)
// BATCH-NEXT: %[[COND:.*]]:2 = nabla.cond %[[P]](%[[X]], %[[W]]) : (tensor<i1>, tensor<8x3xf32>, tensor<3xf32>) -> (tensor<8x3xf32>, tensor<3xf32>) then {
// BATCH-NEXT: ^bb0(%[[A:.*]]: tensor<8x3xf32>, %[[A2:.*]]: tensor<3xf32>):
// BATCH-NEXT:   %[[SIN:.*]] = nabla.sin %[[A]] : tensor<8x3xf32>
// BATCH-NEXT:   %[[BROADCAST:.*]] = nabla.broadcast %[[A2]] dims = [1] : tensor<3xf32> -> tensor<8x3xf32>
// BATCH-NEXT:   %[[MUL:.*]] = nabla.mul %[[SIN]], %[[BROADCAST]] : tensor<8x3xf32>
// BATCH-NEXT:   %[[EXP:.*]] = nabla.exp %[[A2]] : tensor<3xf32>
// BATCH-NEXT:   nabla.yield %[[MUL]], %[[EXP]]
// BATCH-NEXT: } else {
// BATCH-NEXT: ^bb0(%[[A3:.*]]: tensor<8x3xf32>, %[[A4:.*]]: tensor<3xf32>):
// BATCH-NEXT:   nabla.yield %[[A3]], %[[A4]]
// BATCH-NEXT: }
// BATCH-NEXT: return %[[COND]]#0, %[[COND]]#1
func.func @batch_x(%p: tensor<i1>, %x: tensor<8x3xf32>, %w: !v) -> (tensor<8x3xf32>, !v) {
  %r:2 = nabla.vmap @f(%p, %x, %w) in_axes = [-1, 0, -1] out_axes = [0, -1] size = 8
      : (tensor<i1>, tensor<8x3xf32>, !v) -> (tensor<8x3xf32>, !v)
  return %r#0, %r#1 : tensor<8x3xf32>, !v
}

// Examples may take different branches: both are computed, and each example chooses.
// BATCH-LABEL: func.func @batch_p(
// BATCH-SAME: %[[P:.*]]: tensor<8xi1>, %[[X:.*]]: tensor<3xf32>, %[[W:.*]]: tensor<3xf32>)
// BATCH-NEXT: %[[SIN:.*]] = nabla.sin %[[X]] : tensor<3xf32>
// BATCH-NEXT: %[[MUL:.*]] = nabla.mul %[[SIN]], %[[W]] : tensor<3xf32>
// BATCH-NEXT: %[[EXP:.*]] = nabla.exp %[[W]] : tensor<3xf32>
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[MUL]] dims = [1] : tensor<3xf32> -> tensor<8x3xf32>
// BATCH-NEXT: %[[BROADCAST2:.*]] = nabla.broadcast %[[X]] dims = [1] : tensor<3xf32> -> tensor<8x3xf32>
// BATCH-NEXT: %[[BROADCAST3:.*]] = nabla.broadcast %[[P]] dims = [0] : tensor<8xi1> -> tensor<8x3xi1>
// BATCH-NEXT: %[[SELECT:.*]] = nabla.select %[[BROADCAST3]], %[[BROADCAST]], %[[BROADCAST2]] : tensor<8x3xf32>
// BATCH-NEXT: %[[BROADCAST4:.*]] = nabla.broadcast %[[EXP]] dims = [1] : tensor<3xf32> -> tensor<8x3xf32>
// BATCH-NEXT: %[[BROADCAST5:.*]] = nabla.broadcast %[[W]] dims = [1] : tensor<3xf32> -> tensor<8x3xf32>
// BATCH-NEXT: %[[SELECT2:.*]] = nabla.select %[[BROADCAST3]], %[[BROADCAST4]], %[[BROADCAST5]] : tensor<8x3xf32>
// BATCH-NEXT: return %[[SELECT]], %[[SELECT2]]
func.func @batch_p(%p: tensor<8xi1>, %x: !v, %w: !v) -> (tensor<8x3xf32>, tensor<8x3xf32>) {
  %r:2 = nabla.vmap @f(%p, %x, %w) in_axes = [0, -1, -1] out_axes = [0, 0] size = 8
      : (tensor<8xi1>, !v, !v) -> (tensor<8x3xf32>, tensor<8x3xf32>)
  return %r#0, %r#1 : tensor<8x3xf32>, tensor<8x3xf32>
}
