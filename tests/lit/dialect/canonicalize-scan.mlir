// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --canonicalize | FileCheck %s

!s = tensor<f32>
!xs = tensor<4xf32>

// A carry that nothing depends on goes, with all that only it needed; so does a stacked
// result that nothing uses.
// CHECK-LABEL: func.func @unused(
// CHECK-SAME: %[[Y:.*]]: tensor<f32>, %{{.*}}: tensor<f32>, %[[XS:.*]]: tensor<4xf32>)
// CHECK-NEXT: %[[R:.*]] = nabla.scan length = 4 consts() carries(%[[Y]]) xs(%[[XS]]) : (tensor<f32>, tensor<4xf32>) -> tensor<f32> {
// CHECK-NEXT: ^bb0(%[[A:.*]]: tensor<f32>, %[[X:.*]]: tensor<f32>):
// CHECK-NEXT:   %[[SUM:.*]] = nabla.add %[[A]], %[[X]]
// CHECK-NEXT:   nabla.yield %[[SUM]]
// CHECK-NEXT: }
// CHECK-NEXT: return %[[R]]
func.func @unused(%y: !s, %z: !s, %xs: !xs) -> !s {
  %r:3 = nabla.scan length = 4 consts() carries(%y, %z) xs(%xs)
      : (!s, !s, !xs) -> (!s, !s, !xs) {
  ^bb0(%a: !s, %b: !s, %x: !s):
    %sum = nabla.add %a, %x : !s
    %product = nabla.mul %b, %x : !s
    %sine = nabla.sin %product : !s
    nabla.yield %sum, %product, %sine : !s, !s, !s
  }
  return %r#0 : !s
}

// A carry whose last value is not used stays if a used result depends on it.
// CHECK-LABEL: func.func @needed(
// CHECK-SAME: %[[Y:.*]]: tensor<f32>, %[[Z:.*]]: tensor<f32>, %[[XS:.*]]: tensor<4xf32>)
// CHECK-NEXT: %[[R:.*]]:2 = nabla.scan length = 4 consts() carries(%[[Y]], %[[Z]]) xs(%[[XS]])
// CHECK: return %[[R]]#0
func.func @needed(%y: !s, %z: !s, %xs: !xs) -> !s {
  %r:2 = nabla.scan length = 4 consts() carries(%y, %z) xs(%xs)
      : (!s, !s, !xs) -> (!s, !s) {
  ^bb0(%a: !s, %b: !s, %x: !s):
    %sum = nabla.add %a, %b : !s
    %product = nabla.mul %b, %x : !s
    nabla.yield %sum, %product : !s, !s
  }
  return %r#0 : !s
}

// Through another carry, too.
// CHECK-LABEL: func.func @needed_twice_removed(
// CHECK-SAME: %[[Y:.*]]: tensor<f32>, %[[Z:.*]]: tensor<f32>, %[[W:.*]]: tensor<f32>, %[[XS:.*]]: tensor<4xf32>)
// CHECK-NEXT: %[[R:.*]]:3 = nabla.scan length = 4 consts() carries(%[[Z]], %[[W]], %[[Y]]) xs(%[[XS]])
// CHECK: return %[[R]]#2
func.func @needed_twice_removed(%y: !s, %z: !s, %w: !s, %xs: !xs) -> !s {
  %r:3 = nabla.scan length = 4 consts() carries(%z, %w, %y) xs(%xs)
      : (!s, !s, !s, !xs) -> (!s, !s, !s) {
  ^bb0(%b: !s, %c: !s, %a: !s, %x: !s):
    %product = nabla.mul %b, %c : !s
    %next = nabla.sub %c, %x : !s
    %sum = nabla.add %a, %b : !s
    nabla.yield %product, %next, %sum : !s, !s, !s
  }
  return %r#2 : !s
}

// A carry that every turn passes on is a constant, and its last value is its first.
// CHECK-LABEL: func.func @unchanged_carry(
// CHECK-SAME: %[[K:.*]]: tensor<f32>, %[[Y:.*]]: tensor<f32>, %[[XS:.*]]: tensor<4xf32>)
// CHECK-NEXT: %[[R:.*]] = nabla.scan reverse length = 4 consts(%[[K]]) carries(%[[Y]]) xs(%[[XS]]) : (tensor<f32>, tensor<f32>, tensor<4xf32>) -> tensor<f32> {
// CHECK-NEXT: ^bb0(%[[C:.*]]: tensor<f32>, %[[A:.*]]: tensor<f32>, %[[X:.*]]: tensor<f32>):
// CHECK-NEXT:   %[[P:.*]] = nabla.mul %[[A]], %[[C]]
// CHECK-NEXT:   %[[N:.*]] = nabla.sub %[[P]], %[[X]]
// CHECK-NEXT:   nabla.yield %[[N]]
// CHECK: return %[[K]], %[[R]]
func.func @unchanged_carry(%k: !s, %y: !s, %xs: !xs) -> (!s, !s) {
  %r:2 = nabla.scan reverse length = 4 consts() carries(%k, %y) xs(%xs)
      : (!s, !s, !xs) -> (!s, !s) {
  ^bb0(%c: !s, %a: !s, %x: !s):
    %p = nabla.mul %a, %c : !s
    %n = nabla.sub %p, %x : !s
    nabla.yield %c, %n : !s, !s
  }
  return %r#0, %r#1 : !s, !s
}

// Carries that change places are not constant.
// CHECK-LABEL: func.func @exchanged(
// CHECK: nabla.scan length = 4 consts() carries(%{{.*}}, %{{.*}}) xs()
func.func @exchanged(%y: !s, %z: !s) -> (!s, !s) {
  %r:2 = nabla.scan length = 4 consts() carries(%y, %z) xs() : (!s, !s) -> (!s, !s) {
  ^bb0(%a: !s, %b: !s):
    nabla.yield %b, %a : !s, !s
  }
  return %r#0, %r#1 : !s, !s
}

// The only result may be a carry that does not change: the op has to return something.
// CHECK-LABEL: func.func @only_an_unchanged_carry(
// CHECK: %[[R:.*]] = nabla.scan
// CHECK: return %[[R]]
func.func @only_an_unchanged_carry(%y: !s) -> !s {
  %r = nabla.scan length = 4 consts() carries(%y) xs() : (!s) -> !s {
  ^bb0(%a: !s):
    nabla.yield %a : !s
  }
  return %r : !s
}

// Constants and slices that are not used, given twice or known: the known ones move inside.
// CHECK-LABEL: func.func @inputs(
// CHECK-SAME: %[[K:.*]]: tensor<f32>, %[[Y:.*]]: tensor<f32>, %[[XS:.*]]: tensor<4xf32>)
// CHECK: %[[R:.*]] = nabla.scan length = 4 consts(%[[K]]) carries(%[[Y]]) xs(%[[XS]]) : (tensor<f32>, tensor<f32>, tensor<4xf32>) -> tensor<f32> {
// CHECK-NEXT: ^bb0(%[[C:.*]]: tensor<f32>, %[[A:.*]]: tensor<f32>, %[[X:.*]]: tensor<f32>):
// CHECK-DAG:   %[[SEVEN:.*]] = nabla.constant dense<7.000000e+00> : tensor<f32>
// CHECK-DAG:   %[[THREE:.*]] = nabla.constant dense<3.000000e+00> : tensor<f32>
// CHECK:   %[[P:.*]] = nabla.mul %[[C]], %[[C]]
// CHECK-NEXT:   %[[Q:.*]] = nabla.mul %[[X]], %[[X]]
// CHECK-NEXT:   %[[S1:.*]] = nabla.add %[[P]], %[[Q]]
// CHECK-NEXT:   %[[S2:.*]] = nabla.sub %[[S1]], %[[SEVEN]]
// CHECK-NEXT:   %[[S3:.*]] = nabla.sub %[[S2]], %[[THREE]]
// CHECK-NEXT:   %[[S4:.*]] = nabla.add %[[A]], %[[S3]]
// CHECK-NEXT:   nabla.yield %[[S4]]
func.func @inputs(%k: !s, %y: !s, %xs: !xs) -> !s {
  %seven = nabla.constant dense<7.0> : !s
  %threes = nabla.constant dense<3.0> : !xs
  %r = nabla.scan length = 4 consts(%k, %k, %seven, %y) carries(%y) xs(%xs, %threes, %xs, %xs)
      : (!s, !s, !s, !s, !s, !xs, !xs, !xs, !xs) -> !s {
  ^bb0(%c: !s, %d: !s, %e: !s, %unused: !s, %a: !s, %x: !s, %t: !s, %z: !s, %w: !s):
    %p = nabla.mul %c, %d : !s
    %q = nabla.mul %x, %z : !s
    %s1 = nabla.add %p, %q : !s
    %s2 = nabla.sub %s1, %e : !s
    %s3 = nabla.sub %s2, %t : !s
    %s4 = nabla.add %a, %s3 : !s
    nabla.yield %s4 : !s
  }
  return %r : !s
}

// A constant that differs from slice to slice stays where it is.
// CHECK-LABEL: func.func @varying_constant(
// CHECK-NEXT: %[[K:.*]] = nabla.constant dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00]>
// CHECK-NEXT: nabla.scan length = 4 consts() carries(%{{.*}}) xs(%[[K]])
func.func @varying_constant(%y: !s) -> !s {
  %k = nabla.constant dense<[1.0, 2.0, 3.0, 4.0]> : !xs
  %r = nabla.scan length = 4 consts() carries(%y) xs(%k) : (!s, !xs) -> !s {
  ^bb0(%a: !s, %x: !s):
    %p = nabla.mul %a, %x : !s
    nabla.yield %p : !s
  }
  return %r : !s
}
