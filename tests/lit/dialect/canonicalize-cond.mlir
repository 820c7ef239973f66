// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --canonicalize | FileCheck %s

!v = tensor<3xf32>

// A known predicate chooses the branch.
// CHECK-LABEL: func.func @known_true
// CHECK-SAME: (%[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<3xf32>)
// CHECK-NEXT: %[[R:.*]] = nabla.sin %[[X]]
// CHECK-NEXT: return %[[R]], %[[Y]]
func.func @known_true(%x: !v, %y: !v) -> (!v, !v) {
  %p = nabla.constant dense<true> : tensor<i1>
  %r:2 = nabla.cond %p(%x, %y) : (tensor<i1>, !v, !v) -> (!v, !v) then {
  ^bb0(%a: !v, %b: !v):
    %s = nabla.sin %a : !v
    nabla.yield %s, %b : !v, !v
  } else {
  ^bb0(%a: !v, %b: !v):
    %c = nabla.cos %b : !v
    nabla.yield %c, %a : !v, !v
  }
  return %r#0, %r#1 : !v, !v
}

// CHECK-LABEL: func.func @known_false
// CHECK-SAME: (%[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<3xf32>)
// CHECK-NEXT: %[[R:.*]] = nabla.cos %[[Y]]
// CHECK-NEXT: return %[[R]], %[[X]]
func.func @known_false(%x: !v, %y: !v) -> (!v, !v) {
  %p = nabla.constant dense<false> : tensor<i1>
  %r:2 = nabla.cond %p(%x, %y) : (tensor<i1>, !v, !v) -> (!v, !v) then {
  ^bb0(%a: !v, %b: !v):
    %s = nabla.sin %a : !v
    nabla.yield %s, %b : !v, !v
  } else {
  ^bb0(%a: !v, %b: !v):
    %c = nabla.cos %b : !v
    nabla.yield %c, %a : !v, !v
  }
  return %r#0, %r#1 : !v, !v
}

// What both branches take from the same input passes by the op; the other results stay.
// CHECK-LABEL: func.func @forwarded
// CHECK-SAME: (%[[P:.*]]: tensor<i1>, %[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<3xf32>)
// CHECK-NEXT: %[[R:.*]] = nabla.cond %[[P]](%[[X]], %[[Y]]) : (tensor<i1>, tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32> then {
// CHECK-NEXT: ^bb0(%[[A:.*]]: tensor<3xf32>, %[[B:.*]]: tensor<3xf32>):
// CHECK-NEXT:   nabla.yield %[[A]]
// CHECK-NEXT: } else {
// CHECK-NEXT: ^bb0(%[[A:.*]]: tensor<3xf32>, %[[B:.*]]: tensor<3xf32>):
// CHECK-NEXT:   nabla.yield %[[B]]
// CHECK-NEXT: }
// CHECK-NEXT: return %[[R]], %[[Y]]
func.func @forwarded(%p: tensor<i1>, %x: !v, %y: !v) -> (!v, !v) {
  %r:2 = nabla.cond %p(%x, %y) : (tensor<i1>, !v, !v) -> (!v, !v) then {
  ^bb0(%a: !v, %b: !v):
    nabla.yield %a, %b : !v, !v
  } else {
  ^bb0(%a: !v, %b: !v):
    nabla.yield %b, %b : !v, !v
  }
  return %r#0, %r#1 : !v, !v
}

// A result that nothing uses goes, and with it the input that only it needed.
// CHECK-LABEL: func.func @unused_result
// CHECK-SAME: (%[[P:.*]]: tensor<i1>, %[[X:.*]]: tensor<3xf32>, %{{.*}}: tensor<3xf32>)
// CHECK-NEXT: %[[R:.*]] = nabla.cond %[[P]](%[[X]]) : (tensor<i1>, tensor<3xf32>) -> tensor<3xf32> then {
// CHECK-NOT: nabla.cos
// CHECK: return %[[R]]
func.func @unused_result(%p: tensor<i1>, %x: !v, %y: !v) -> !v {
  %r:2 = nabla.cond %p(%x, %y) : (tensor<i1>, !v, !v) -> (!v, !v) then {
  ^bb0(%a: !v, %b: !v):
    %c = nabla.cos %b : !v
    nabla.yield %c, %a : !v, !v
  } else {
  ^bb0(%a: !v, %b: !v):
    %s = nabla.sin %a : !v
    nabla.yield %b, %s : !v, !v
  }
  return %r#1 : !v
}

// Inputs that are constants or given twice are none.
// CHECK-LABEL: func.func @inputs
// CHECK-SAME: (%[[P:.*]]: tensor<i1>, %[[X:.*]]: tensor<3xf32>)
// CHECK: %[[R:.*]] = nabla.cond %[[P]](%[[X]]) : (tensor<i1>, tensor<3xf32>) -> tensor<3xf32> then {
// CHECK-NEXT: ^bb0(%[[A:.*]]: tensor<3xf32>):
// CHECK-NEXT:   %[[M:.*]] = nabla.mul %[[A]], %[[A]]
// CHECK-NEXT:   nabla.yield %[[M]]
// CHECK-NEXT: } else {
// CHECK-NEXT: ^bb0(%[[A:.*]]: tensor<3xf32>):
// CHECK-NEXT:   %[[K:.*]] = nabla.constant dense<5.000000e+00>
// CHECK-NEXT:   %[[M:.*]] = nabla.sub %[[A]], %[[K]]
// CHECK-NEXT:   nabla.yield %[[M]]
func.func @inputs(%p: tensor<i1>, %x: !v) -> !v {
  %k = nabla.constant dense<5.0> : !v
  %r = nabla.cond %p(%x, %x, %k) : (tensor<i1>, !v, !v, !v) -> !v then {
  ^bb0(%a: !v, %b: !v, %c: !v):
    %m = nabla.mul %a, %b : !v
    nabla.yield %m : !v
  } else {
  ^bb0(%a: !v, %b: !v, %c: !v):
    %m = nabla.sub %b, %c : !v
    nabla.yield %m : !v
  }
  return %r : !v
}
