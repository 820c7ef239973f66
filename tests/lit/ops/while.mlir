// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefixes=JVP,LINEAR
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

!s = tensor<f32>
!linear = !nabla.linear<(!s) -> (!s)>

// Carries y and counts with k: y' = y w, while y is less than w.
// OP-LABEL: func.func private @f
// OP: nabla.while consts(%{{.*}}) carries(%{{.*}}, %{{.*}}) : (tensor<f32>, tensor<f32>, tensor<i32>) -> (tensor<f32>, tensor<i32>) while {
// OP-NEXT: ^bb0(%{{.*}}: tensor<f32>, %{{.*}}: tensor<f32>, %{{.*}}: tensor<i32>):
// OP: nabla.yield %{{.*}} : tensor<i1>
// OP-NEXT: } do {
// OP-NEXT: ^bb0(%{{.*}}: tensor<f32>, %{{.*}}: tensor<f32>, %{{.*}}: tensor<i32>):
func.func private @f(%w: !s, %y: !s, %k: tensor<i32>) -> (!s, tensor<i32>) {
  %r:2 = nabla.while consts(%w) carries(%y, %k) : (!s, !s, tensor<i32>) -> (!s, tensor<i32>) while {
  ^bb0(%v: !s, %c: !s, %i: tensor<i32>):
    %p = nabla.compare lt %c, %v : !s
    nabla.yield %p : tensor<i1>
  } do {
  ^bb0(%v: !s, %c: !s, %i: tensor<i32>):
    %one = nabla.constant dense<1> : tensor<i32>
    %next = nabla.add %i, %one : tensor<i32>
    %n = nabla.mul %c, %v : !s
    nabla.yield %n, %next : !s, tensor<i32>
  }
  return %r#0, %r#1 : !s, tensor<i32>
}

// The tangent of w gets into the carry, whose tangent starts at zero. The condition sees none.
// JVP-LABEL: func.func @jvp(
// JVP-SAME: %[[W:.*]]: tensor<f32>, %[[Y:.*]]: tensor<f32>, %[[K:.*]]: tensor<i32>, %[[T:.*]]: tensor<f32>)
// JVP-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<f32>
// JVP-NEXT: %[[R:.*]]:3 = nabla.while consts(%[[W]], %[[T]]) carries(%[[Y]], %[[K]], %[[ZERO]])
// JVP-NEXT: ^bb0(%[[V:.*]]: tensor<f32>, %{{.*}}: tensor<f32>, %[[C:.*]]: tensor<f32>, %{{.*}}: tensor<i32>, %{{.*}}: tensor<f32>):
// JVP-NEXT:   %[[P:.*]] = nabla.compare lt %[[C]], %[[V]]
// JVP-NEXT:   nabla.yield %[[P]]
// JVP-NEXT: } do {
// JVP-NEXT: ^bb0(%[[V:.*]]: tensor<f32>, %[[DV:.*]]: tensor<f32>, %[[C:.*]]: tensor<f32>, %[[I:.*]]: tensor<i32>, %[[DC:.*]]: tensor<f32>):
// JVP:        %[[LEFT:.*]] = nabla.mul_zero %[[DC]], %[[V]]
// JVP:        %[[RIGHT:.*]] = nabla.mul_zero %[[DV]], %[[C]]
// JVP:        nabla.yield %{{.*}}, %{{.*}}, %{{.*}} : tensor<f32>, tensor<i32>, tensor<f32>
// JVP:      return %[[R]]#0, %[[R]]#2
func.func @jvp(%w: !s, %y: !s, %k: tensor<i32>, %t: !s) -> (!s, !s) {
  %r:3 = nabla.jvp @f(%w, %y, %k) tangents(%t) wrt = [0]
      : (!s, !s, tensor<i32>, !s) -> (!s, tensor<i32>, !s)
  return %r#0, %r#2 : !s, !s
}

// The linear part runs the loop again: nothing is kept of its turns.
// LINEAR-LABEL: func.func @linear(
// LINEAR-SAME: %[[W:.*]]: tensor<f32>, %[[Y:.*]]: tensor<f32>, %[[K:.*]]: tensor<i32>, %[[T:.*]]: tensor<f32>)
// LINEAR: %[[R:.*]]:2 = nabla.while consts(%[[W]]) carries(%[[Y]], %[[K]])
// LINEAR: %[[L:.*]]:3 = nabla.while consts(%[[W]]) carries(%[[Y]], %[[K]], %[[T]])
// LINEAR: return %[[R]]#0, %[[L]]#2
func.func @linear(%w: !s, %y: !s, %k: tensor<i32>, %t: !s) -> (!s, !s) {
  %r, %n, %lin = nabla.linearize @f(%w, %y, %k) wrt = [1]
      : (!s, !s, tensor<i32>) -> (!s, tensor<i32>, !linear)
  %d = nabla.apply %lin(%t) : (!linear, !s) -> !s
  return %r, %d : !s, !s
}

// All carries hold a batch if the condition does: examples that are done keep theirs.
// BATCH-LABEL: func.func @batch(
// BATCH: nabla.while consts(%{{.*}}) carries(%{{.*}}, %{{.*}}) : (tensor<8xf32>, tensor<8xf32>, tensor<8xi32>) -> (tensor<8xf32>, tensor<8xi32>) while {
// BATCH:   %[[P:.*]] = nabla.compare lt %{{.*}}, %{{.*}} : tensor<8xf32>
// BATCH-NEXT: %[[ANY:.*]] = nabla.reduce_or %[[P]] dims = [0] : tensor<8xi1> -> tensor<i1>
// BATCH-NEXT: nabla.yield %[[ANY]]
// BATCH: } do {
// BATCH:   %[[P:.*]] = nabla.compare lt
// BATCH:   nabla.select %[[P]]
// BATCH:   nabla.select %[[P]]
func.func @batch(%w: tensor<8xf32>, %y: !s, %k: tensor<i32>) -> (tensor<8xf32>, tensor<8xi32>) {
  %r:2 = nabla.vmap @f(%w, %y, %k) in_axes = [0, -1, -1] out_axes = [0, 0] size = 8
      : (tensor<8xf32>, !s, tensor<i32>) -> (tensor<8xf32>, tensor<8xi32>)
  return %r#0, %r#1 : tensor<8xf32>, tensor<8xi32>
}

// Here only the body does: the counter and the condition stay one for all.
// BATCH-LABEL: func.func @batch_body(
// BATCH: nabla.while consts(%{{.*}}) carries(%{{.*}}, %{{.*}}) : (tensor<8xf32>, tensor<8xf32>, tensor<i32>) -> (tensor<8xf32>, tensor<i32>) while {
// BATCH-NOT: nabla.reduce_or
// BATCH: nabla.yield %{{.*}} : tensor<i1>
// BATCH-NOT: nabla.select
// BATCH: return
func.func private @counted(%w: !s, %y: !s, %k: tensor<i32>) -> !s {
  %r:2 = nabla.while consts(%w) carries(%y, %k) : (!s, !s, tensor<i32>) -> (!s, tensor<i32>) while {
  ^bb0(%v: !s, %c: !s, %i: tensor<i32>):
    %ten = nabla.constant dense<10> : tensor<i32>
    %p = nabla.compare lt %i, %ten : tensor<i32>
    nabla.yield %p : tensor<i1>
  } do {
  ^bb0(%v: !s, %c: !s, %i: tensor<i32>):
    %next = nabla.add %i, %i : tensor<i32>
    %n = nabla.mul %c, %v : !s
    nabla.yield %n, %next : !s, tensor<i32>
  }
  return %r#0 : !s
}
func.func @batch_body(%w: tensor<8xf32>, %y: !s, %k: tensor<i32>) -> tensor<8xf32> {
  %r = nabla.vmap @counted(%w, %y, %k) in_axes = [0, -1, -1] out_axes = [0] size = 8
      : (tensor<8xf32>, !s, tensor<i32>) -> tensor<8xf32>
  return %r : tensor<8xf32>
}
