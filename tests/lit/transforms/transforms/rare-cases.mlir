// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-transforms | FileCheck %s
//
// Cases that rules treat on their own.

!v = tensor<3xf32>
!linear1 = !nabla.linear<(tensor<3xf32>) -> (tensor<3xf32>)>

func.func private @only_else(%p: tensor<i1>, %x: !v, %w: !v) -> !v {
  %r = nabla.cond %p(%x, %w) : (tensor<i1>, !v, !v) -> !v then {
  ^bb0(%a: !v, %b: !v):
    %e = nabla.exp %b : !v
    nabla.yield %e : !v
  } else {
  ^bb0(%a: !v, %b: !v):
    %s = nabla.sin %a : !v
    nabla.yield %s : !v
  }
  return %r : !v
}

// One branch depends on x, the other does not: the residual of the first has a slot in both.
// CHECK-LABEL: func.func @transpose_only_else(
// CHECK-SAME: %[[P:.*]]: tensor<i1>, %[[X:.*]]: tensor<3xf32>, %[[W:.*]]: tensor<3xf32>, %[[CT:.*]]: tensor<3xf32>)
// CHECK-NEXT: %[[KNOWN:.*]]:2 = nabla.cond %[[P]](%[[X]], %[[W]])
// CHECK: nabla.exp
// CHECK: } else {
// CHECK: nabla.sin
// CHECK: nabla.cos
// CHECK: %[[G:.*]] = nabla.cond %[[P]](%[[KNOWN]]#1, %[[CT]])
// CHECK-NEXT: ^bb0(
// CHECK-NEXT:   %[[ZERO:.*]] = nabla.constant dense<0.000000e+00>
// CHECK-NEXT:   nabla.yield %[[ZERO]]
// CHECK-NEXT: } else {
// CHECK-NEXT: ^bb0(%[[COS:.*]]: tensor<3xf32>, %[[C:.*]]: tensor<3xf32>):
// CHECK-NEXT:   %[[R:.*]] = nabla.mul_zero %[[C]], %[[COS]]
// CHECK-NEXT:   nabla.yield %[[R]]
// CHECK: return %[[KNOWN]]#0, %[[G]]
func.func @transpose_only_else(%p: tensor<i1>, %x: !v, %w: !v, %ct: !v) -> (!v, !v) {
  %r, %lin = nabla.linearize @only_else(%p, %x, %w) wrt = [1] : (tensor<i1>, !v, !v) -> (!v, !linear1)
  %g = nabla.apply_transposed %lin(%ct) : (!linear1, !v) -> !v
  return %r, %g : !v, !v
}

func.func private @accumulate(%t: tensor<4xf32>) -> tensor<f32> {
  %z = nabla.constant dense<0.0> : tensor<f32>
  %r = nabla.scan length = 4 consts() carries(%z) xs(%t) : (tensor<f32>, tensor<4xf32>) -> tensor<f32> {
  ^bb0(%a: tensor<f32>, %x: tensor<f32>):
    %n = nabla.neg %x : tensor<f32>
    %s = nabla.add %a, %n : tensor<f32>
    nabla.yield %s : tensor<f32>
  }
  return %r : tensor<f32>
}

// A carry that starts at zero is linear because the body makes it so.
// CHECK-LABEL: func.func @transpose_zero_start(
// CHECK-SAME: %[[CT:.*]]: tensor<f32>)
// CHECK-NEXT: %[[G:.*]] = nabla.scan reverse length = 4 consts(%[[CT]]) carries() xs() : (tensor<f32>) -> tensor<4xf32> {
// CHECK-NEXT: ^bb0(%[[C:.*]]: tensor<f32>):
// CHECK-NEXT:   %[[N:.*]] = nabla.neg %[[C]]
// CHECK-NEXT:   nabla.yield %[[N]]
// CHECK: return %[[G]]
func.func @transpose_zero_start(%ct: tensor<f32>) -> tensor<4xf32> {
  %lin = nabla.bind_linear @accumulate() : () -> !nabla.linear<(tensor<4xf32>) -> (tensor<f32>)>
  %g = nabla.apply_transposed %lin(%ct) : (!nabla.linear<(tensor<4xf32>) -> (tensor<f32>)>, tensor<f32>) -> tensor<4xf32>
  return %g : tensor<4xf32>
}

func.func private @product_of_none(%x: !v) -> !v {
  %r = nabla.reduce_prod %x dims = [] : !v -> !v
  return %r : !v
}

// A product over no dimensions is its operand, and so is the tangent.
// CHECK-LABEL: func.func @jvp_no_dims(
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>, %[[T:.*]]: tensor<3xf32>)
// CHECK: return %{{.*}}, %[[T]] :
func.func @jvp_no_dims(%x: !v, %t: !v) -> (!v, !v) {
  %r, %dr = nabla.jvp @product_of_none(%x) tangents(%t) wrt = [0] : (!v, !v) -> (!v, !v)
  return %r, %dr : !v, !v
}

func.func private @slice_of_scalar(%x: tensor<f32>, %s: tensor<0xi32>) -> tensor<f32> {
  %r = nabla.dynamic_slice %x, %s sizes = [] : (tensor<f32>, tensor<0xi32>) -> tensor<f32>
  return %r : tensor<f32>
}

// A scalar has only one box, wherever it starts.
// CHECK-LABEL: func.func @batch_scalar(
// CHECK-SAME: %[[X:.*]]: tensor<8xf32>, %{{.*}}: tensor<0xi32>)
// CHECK-NEXT: return %[[X]]
func.func @batch_scalar(%x: tensor<8xf32>, %s: tensor<0xi32>) -> tensor<8xf32> {
  %r = nabla.vmap @slice_of_scalar(%x, %s) in_axes = [0, -1] out_axes = [0] size = 8 : (tensor<8xf32>, tensor<0xi32>) -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// CHECK-LABEL: func.func @batch_scalar_starts(
// CHECK-SAME: %[[X:.*]]: tensor<f32>, %{{.*}}: tensor<8x0xi32>)
// CHECK-NEXT: %[[R:.*]] = nabla.broadcast %[[X]] dims = [] : tensor<f32> -> tensor<8xf32>
// CHECK-NEXT: return %[[R]]
func.func @batch_scalar_starts(%x: tensor<f32>, %s: tensor<8x0xi32>) -> tensor<8xf32> {
  %r = nabla.vmap @slice_of_scalar(%x, %s) in_axes = [-1, 0] out_axes = [0] size = 8 : (tensor<f32>, tensor<8x0xi32>) -> tensor<8xf32>
  return %r : tensor<8xf32>
}

func.func private @update_of_scalar(%x: tensor<f32>, %u: tensor<f32>, %s: tensor<0xi32>) -> tensor<f32> {
  %r = nabla.dynamic_update_slice %x, %u, %s : (tensor<f32>, tensor<f32>, tensor<0xi32>) -> tensor<f32>
  return %r : tensor<f32>
}

// CHECK-LABEL: func.func @batch_update_scalar(
// CHECK-SAME: %{{.*}}: tensor<8xf32>, %[[U:.*]]: tensor<8xf32>, %{{.*}}: tensor<0xi32>)
// CHECK-NEXT: return %[[U]]
func.func @batch_update_scalar(%x: tensor<8xf32>, %u: tensor<8xf32>, %s: tensor<0xi32>) -> tensor<8xf32> {
  %r = nabla.vmap @update_of_scalar(%x, %u, %s) in_axes = [0, 0, -1] out_axes = [0] size = 8 : (tensor<8xf32>, tensor<8xf32>, tensor<0xi32>) -> tensor<8xf32>
  return %r : tensor<8xf32>
}

func.func private @h(%x: !v) -> !v {
  %s = nabla.sin %x : !v
  %c0 = nabla.cumsum %s dim = 0 : !v
  %c1 = nabla.cumsum %c0 dim = 0 : !v
  %c2 = nabla.cumsum %c1 dim = 0 : !v
  %c3 = nabla.cumsum %c2 dim = 0 : !v
  %c4 = nabla.cumsum %c3 dim = 0 : !v
  %c5 = nabla.cumsum %c4 dim = 0 : !v
  %c6 = nabla.cumsum %c5 dim = 0 : !v
  %c7 = nabla.cumsum %c6 dim = 0 : !v
  %c8 = nabla.cumsum %c7 dim = 0 : !v
  %c9 = nabla.cumsum %c8 dim = 0 : !v
  %c10 = nabla.cumsum %c9 dim = 0 : !v
  %c11 = nabla.cumsum %c10 dim = 0 : !v
  %c12 = nabla.cumsum %c11 dim = 0 : !v
  %c13 = nabla.cumsum %c12 dim = 0 : !v
  %c14 = nabla.cumsum %c13 dim = 0 : !v
  %c15 = nabla.cumsum %c14 dim = 0 : !v
  return %c15 : !v
}

func.func private @h_twice(%x: !v) -> !v {
  %a = nabla.call @h(%x) : (!v) -> !v
  %b = nabla.call @h(%a) : (!v) -> !v
  return %b : !v
}

// A call that is not inlined returns the residuals of its callee.
// CHECK-LABEL: func.func @residual_of_call(
// CHECK-SAME: %[[X:.*]]: tensor<3xf32>, %[[CT:.*]]: tensor<3xf32>)
// CHECK-NEXT: %[[A:.*]]:2 = nabla.call @[[H:.*]](%[[X]]) : (tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
// CHECK-NEXT: %[[B:.*]]:2 = nabla.call @[[H]](%[[A]]#0)
// CHECK-NEXT: %[[GA:.*]] = nabla.call @[[BACK:.*]](%[[B]]#1, %[[CT]])
// CHECK-NEXT: %[[G:.*]] = nabla.call @[[BACK]](%[[A]]#1, %[[GA]])
// CHECK-NEXT: return %[[B]]#0, %[[G]]
func.func @residual_of_call(%x: !v, %ct: !v) -> (!v, !v) {
  %r, %lin = nabla.linearize @h_twice(%x) wrt = [0] : (!v) -> (!v, !linear1)
  %g = nabla.apply_transposed %lin(%ct) : (!linear1, !v) -> !v
  return %r, %g : !v, !v
}

// CHECK-LABEL: func.func @batch_of_call(
// CHECK-SAME: %[[X:.*]]: tensor<8x3xf32>)
// CHECK-NEXT: %[[A:.*]] = nabla.call @[[H:.*]](%[[X]]) : (tensor<8x3xf32>) -> tensor<8x3xf32>
// CHECK-NEXT: %[[B:.*]] = nabla.call @[[H]](%[[A]])
// CHECK-NEXT: return %[[B]]
func.func @batch_of_call(%x: tensor<8x3xf32>) -> tensor<8x3xf32> {
  %r = nabla.vmap @h_twice(%x) in_axes = [0] out_axes = [0] size = 8 : (tensor<8x3xf32>) -> tensor<8x3xf32>
  return %r : tensor<8x3xf32>
}
