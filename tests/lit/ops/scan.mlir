// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s --check-prefix=OP
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s --check-prefixes=JVP,TRANSPOSE
// RUN: nabla-opt %s --nabla-batch | FileCheck %s --check-prefix=BATCH

!s = tensor<f32>
!xs = tensor<4xf32>

// Carries y and counts with k: y' = sin(y) w + x, stacking y'.
// OP-LABEL: func.func private @f
// OP: nabla.scan length = 4 consts(%{{.*}}) carries(%{{.*}}, %{{.*}}) xs(%{{.*}}) : (tensor<f32>, tensor<f32>, tensor<i32>, tensor<4xf32>) -> (tensor<f32>, tensor<i32>, tensor<4xf32>) {
// OP-NEXT: ^bb0(%{{.*}}: tensor<f32>, %{{.*}}: tensor<f32>, %{{.*}}: tensor<i32>, %{{.*}}: tensor<f32>):
func.func private @f(%w: !s, %y: !s, %k: tensor<i32>, %xs: !xs) -> (!s, tensor<i32>, !xs) {
  %r:3 = nabla.scan length = 4 consts(%w) carries(%y, %k) xs(%xs)
      : (!s, !s, tensor<i32>, !xs) -> (!s, tensor<i32>, !xs) {
  ^bb0(%v: !s, %c: !s, %i: tensor<i32>, %x: !s):
    %one = nabla.constant dense<1> : tensor<i32>
    %next = nabla.add %i, %one : tensor<i32>
    %sin = nabla.sin %c : !s
    %p = nabla.mul %sin, %v : !s
    %n = nabla.add %p, %x : !s
    nabla.yield %n, %next, %n : !s, tensor<i32>, !s
  }
  return %r#0, %r#1, %r#2 : !s, tensor<i32>, !xs
}

// The carry has a tangent because that of w gets into it; it starts at zero. The counter
// has none.
// JVP-LABEL: func.func @jvp_w(
// JVP-SAME: %[[W:.*]]: tensor<f32>, %[[Y:.*]]: tensor<f32>, %[[K:.*]]: tensor<i32>, %[[XS:.*]]: tensor<4xf32>, %[[T:.*]]: tensor<f32>)
// JVP-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<f32>
// JVP-NEXT: %[[SCAN:.*]]:3 = nabla.scan length = 4 consts(%[[W]], %[[T]]) carries(%[[Y]], %[[ZERO]]) xs(%[[XS]])
// JVP-NEXT: ^bb0(%[[A:.*]]: tensor<f32>, %[[A2:.*]]: tensor<f32>, %[[A3:.*]]: tensor<f32>, %[[A4:.*]]: tensor<f32>, %[[A5:.*]]: tensor<f32>):
// JVP-NEXT:   %[[SIN:.*]] = nabla.sin %[[A3]]
// JVP-NEXT:   %[[COS:.*]] = nabla.cos %[[A3]]
// JVP-NEXT:   %[[MUL:.*]] = nabla.mul %[[SIN]], %[[A]]
// JVP-NEXT:   %[[MUL_ZERO:.*]] = nabla.mul_zero %[[COS]], %[[A]]
// JVP-NEXT:   %[[MUL_ZERO2:.*]] = nabla.mul_zero %[[A2]], %[[SIN]]
// JVP-NEXT:   %[[MUL_ZERO3:.*]] = nabla.mul_zero %[[A4]], %[[MUL_ZERO]]
// JVP-NEXT:   %[[ADD:.*]] = nabla.add %[[MUL_ZERO3]], %[[MUL_ZERO2]]
// JVP-NEXT:   %[[ADD2:.*]] = nabla.add %[[MUL]], %[[A5]]
// JVP-NEXT:   nabla.yield %[[ADD2]], %[[ADD]], %[[ADD]]
// JVP-NEXT: }
// JVP-NEXT: return %[[SCAN]]#1, %[[SCAN]]#2
func.func @jvp_w(%w: !s, %y: !s, %k: tensor<i32>, %xs: !xs, %t: !s) -> (!s, !xs) {
  %r:5 = nabla.jvp @f(%w, %y, %k, %xs) tangents(%t) wrt = [0]
      : (!s, !s, tensor<i32>, !xs, !s) -> (!s, tensor<i32>, !xs, !s, !xs)
  return %r#3, %r#4 : !s, !xs
}

// JVP-LABEL: func.func @jvp_xs(
// JVP-SAME: %[[W:.*]]: tensor<f32>, %[[Y:.*]]: tensor<f32>, %[[K:.*]]: tensor<i32>, %[[XS:.*]]: tensor<4xf32>, %[[T:.*]]: tensor<4xf32>)
// JVP-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<f32>
// JVP-NEXT: %[[SCAN:.*]]:3 = nabla.scan length = 4 consts(%[[W]]) carries(%[[Y]], %[[ZERO]]) xs(%[[XS]], %[[T]])
// JVP-NEXT: ^bb0(%[[A:.*]]: tensor<f32>, %[[A2:.*]]: tensor<f32>, %[[A3:.*]]: tensor<f32>, %[[A4:.*]]: tensor<f32>, %[[A5:.*]]: tensor<f32>):
// JVP-NEXT:   %[[SIN:.*]] = nabla.sin %[[A2]]
// JVP-NEXT:   %[[COS:.*]] = nabla.cos %[[A2]]
// JVP-NEXT:   %[[MUL:.*]] = nabla.mul %[[SIN]], %[[A]]
// JVP-NEXT:   %[[MUL_ZERO:.*]] = nabla.mul_zero %[[COS]], %[[A]]
// JVP-NEXT:   %[[ADD:.*]] = nabla.add %[[MUL]], %[[A4]]
// JVP-NEXT:   %[[MUL_ZERO2:.*]] = nabla.mul_zero %[[A3]], %[[MUL_ZERO]]
// JVP-NEXT:   %[[ADD2:.*]] = nabla.add %[[MUL_ZERO2]], %[[A5]]
// JVP-NEXT:   nabla.yield %[[ADD]], %[[ADD2]], %[[ADD2]]
// JVP-NEXT: }
// JVP-NEXT: return %[[SCAN]]#1, %[[SCAN]]#2
func.func @jvp_xs(%w: !s, %y: !s, %k: tensor<i32>, %xs: !xs, %t: !xs) -> (!s, !xs) {
  %r:5 = nabla.jvp @f(%w, %y, %k, %xs) tangents(%t) wrt = [3]
      : (!s, !s, tensor<i32>, !xs, !xs) -> (!s, tensor<i32>, !xs, !s, !xs)
  return %r#3, %r#4 : !s, !xs
}

// The backward scan runs the other way over the stacked residuals sin(y) and w cos(y), and
// sums the cotangent of w.
// TRANSPOSE-LABEL: func.func @transpose(
// TRANSPOSE-SAME: %[[W:.*]]: tensor<f32>, %[[Y:.*]]: tensor<f32>, %[[K:.*]]: tensor<i32>, %[[XS:.*]]: tensor<4xf32>, %[[CTY:.*]]: tensor<f32>, %[[CTYS:.*]]: tensor<4xf32>)
// TRANSPOSE-NEXT: %[[ZERO:.*]] = nabla.constant dense<0.000000e+00> : tensor<f32>
// TRANSPOSE-NEXT: %[[SCAN:.*]]:3 = nabla.scan length = 4 consts(%[[W]]) carries(%[[Y]]) xs(%[[XS]])
// TRANSPOSE-NEXT: ^bb0(%[[A:.*]]: tensor<f32>, %[[A2:.*]]: tensor<f32>, %[[A3:.*]]: tensor<f32>):
// TRANSPOSE-NEXT:   %[[SIN:.*]] = nabla.sin %[[A2]]
// TRANSPOSE-NEXT:   %[[COS:.*]] = nabla.cos %[[A2]]
// TRANSPOSE-NEXT:   %[[MUL:.*]] = nabla.mul %[[SIN]], %[[A]]
// TRANSPOSE-NEXT:   %[[MUL_ZERO:.*]] = nabla.mul_zero %[[COS]], %[[A]]
// TRANSPOSE-NEXT:   %[[ADD:.*]] = nabla.add %[[MUL]], %[[A3]]
// TRANSPOSE-NEXT:   nabla.yield %[[ADD]], %[[SIN]], %[[MUL_ZERO]]
// TRANSPOSE-NEXT: }
// TRANSPOSE-NEXT: %[[SCAN2:.*]]:3 = nabla.scan reverse length = 4 consts() carries(%[[CTY]], %[[ZERO]]) xs(%[[SCAN]]#1, %[[SCAN]]#2, %[[CTYS]])
// TRANSPOSE-NEXT: ^bb0(%[[A4:.*]]: tensor<f32>, %[[A5:.*]]: tensor<f32>, %[[A6:.*]]: tensor<f32>, %[[A7:.*]]: tensor<f32>, %[[A8:.*]]: tensor<f32>):
// TRANSPOSE-NEXT:   %[[ADD2:.*]] = nabla.add %[[A4]], %[[A8]]
// TRANSPOSE-NEXT:   %[[MUL_ZERO2:.*]] = nabla.mul_zero %[[ADD2]], %[[A7]]
// TRANSPOSE-NEXT:   %[[MUL_ZERO3:.*]] = nabla.mul_zero %[[ADD2]], %[[A6]]
// TRANSPOSE-NEXT:   %[[ADD3:.*]] = nabla.add %[[A5]], %[[MUL_ZERO3]]
// TRANSPOSE-NEXT:   nabla.yield %[[MUL_ZERO2]], %[[ADD3]], %[[ADD2]]
// TRANSPOSE-NEXT: }
// TRANSPOSE-NEXT: return %[[SCAN2]]#1, %[[SCAN2]]#0, %[[SCAN2]]#2
!linear = !nabla.linear<(tensor<f32>, tensor<f32>, tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)>
func.func @transpose(%w: !s, %y: !s, %k: tensor<i32>, %xs: !xs, %cty: !s, %ctys: !xs) -> (!s, !s, !xs) {
  %r:4 = nabla.linearize @f(%w, %y, %k, %xs) wrt = [0, 1, 3]
      : (!s, !s, tensor<i32>, !xs) -> (!s, tensor<i32>, !xs, !linear)
  %g:3 = nabla.apply_transposed %r#3(%cty, %ctys) : (!linear, !s, !xs) -> (!s, !s, !xs)
  return %g#0, %g#1, %g#2 : !s, !s, !xs
}

// What starts as one value for all examples holds a batch after the first step. The stacked
// results come out with the steps in front.
// BATCH-LABEL: func.func @batch_w(
// BATCH-SAME: %[[W:.*]]: tensor<8xf32>, %[[Y:.*]]: tensor<f32>, %[[K:.*]]: tensor<i32>, %[[XS:.*]]: tensor<4xf32>)
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[Y]] dims = [] : tensor<f32> -> tensor<8xf32>
// BATCH-NEXT: %[[SCAN:.*]]:3 = nabla.scan length = 4 consts(%[[W]]) carries(%[[BROADCAST]], %[[K]]) xs(%[[XS]]) : (tensor<8xf32>, tensor<8xf32>, tensor<i32>, tensor<4xf32>) -> (tensor<8xf32>, tensor<i32>, tensor<4x8xf32>) {
// BATCH-NEXT: ^bb0(%[[A:.*]]: tensor<8xf32>, %[[A2:.*]]: tensor<8xf32>, %[[A3:.*]]: tensor<i32>, %[[A4:.*]]: tensor<f32>):
// BATCH-NEXT:   %[[C:.*]] = nabla.constant dense<1> : tensor<i32>
// BATCH-NEXT:   %[[ADD:.*]] = nabla.add %[[A3]], %[[C]] : tensor<i32>
// BATCH-NEXT:   %[[SIN:.*]] = nabla.sin %[[A2]] : tensor<8xf32>
// BATCH-NEXT:   %[[MUL:.*]] = nabla.mul %[[SIN]], %[[A]] : tensor<8xf32>
// BATCH-NEXT:   %[[BROADCAST2:.*]] = nabla.broadcast %[[A4]] dims = [] : tensor<f32> -> tensor<8xf32>
// BATCH-NEXT:   %[[ADD2:.*]] = nabla.add %[[MUL]], %[[BROADCAST2]] : tensor<8xf32>
// BATCH-NEXT:   nabla.yield %[[ADD2]], %[[ADD]], %[[ADD2]]
// BATCH-NEXT: }
// BATCH-NEXT: %[[TRANSPOSED:.*]] = nabla.transpose %[[SCAN]]#2 permutation = [1, 0] : tensor<4x8xf32> -> tensor<8x4xf32>
// BATCH-NEXT: return %[[SCAN]]#0, %[[SCAN]]#1, %[[TRANSPOSED]]
func.func @batch_w(%w: tensor<8xf32>, %y: !s, %k: tensor<i32>, %xs: !xs) -> (tensor<8xf32>, tensor<i32>, tensor<8x4xf32>) {
  %r:3 = nabla.vmap @f(%w, %y, %k, %xs) in_axes = [0, -1, -1, -1] out_axes = [0, -1, 0] size = 8
      : (tensor<8xf32>, !s, tensor<i32>, !xs) -> (tensor<8xf32>, tensor<i32>, tensor<8x4xf32>)
  return %r#0, %r#1, %r#2 : tensor<8xf32>, tensor<i32>, tensor<8x4xf32>
}

// The slices of a batch are scanned along their second dimension.
// BATCH-LABEL: func.func @batch_xs(
// BATCH-SAME: %[[W:.*]]: tensor<f32>, %[[Y:.*]]: tensor<8xf32>, %[[K:.*]]: tensor<i32>, %[[XS:.*]]: tensor<8x4xf32>)
// BATCH-NEXT: %[[TRANSPOSED:.*]] = nabla.transpose %[[XS]] permutation = [1, 0] : tensor<8x4xf32> -> tensor<4x8xf32>
// BATCH-NEXT: %[[SCAN:.*]] = nabla.scan length = 4 consts(%[[W]]) carries(%[[Y]]) xs(%[[TRANSPOSED]]) : (tensor<f32>, tensor<8xf32>, tensor<4x8xf32>) -> tensor<8xf32> {
// BATCH-NEXT: ^bb0(%[[A:.*]]: tensor<f32>, %[[A2:.*]]: tensor<8xf32>, %[[A3:.*]]: tensor<8xf32>):
// BATCH-NEXT:   %[[SIN:.*]] = nabla.sin %[[A2]] : tensor<8xf32>
// BATCH-NEXT:   %[[BROADCAST:.*]] = nabla.broadcast %[[A]] dims = [] : tensor<f32> -> tensor<8xf32>
// BATCH-NEXT:   %[[MUL:.*]] = nabla.mul %[[SIN]], %[[BROADCAST]] : tensor<8xf32>
// BATCH-NEXT:   %[[ADD:.*]] = nabla.add %[[MUL]], %[[A3]] : tensor<8xf32>
// BATCH-NEXT:   nabla.yield %[[ADD]]
// BATCH-NEXT: }
// BATCH-NEXT: return %[[SCAN]]
func.func @batch_xs(%w: !s, %y: tensor<8xf32>, %k: tensor<i32>, %xs: tensor<8x4xf32>) -> tensor<8xf32> {
  %r:3 = nabla.vmap @f(%w, %y, %k, %xs) in_axes = [-1, 0, -1, 0] out_axes = [0, -1, 0] size = 8
      : (!s, tensor<8xf32>, tensor<i32>, tensor<8x4xf32>) -> (tensor<8xf32>, tensor<i32>, tensor<8x4xf32>)
  return %r#0 : tensor<8xf32>
}

// In reverse: the last slice first.
// OP-LABEL: func.func private @reversed
// OP: nabla.scan reverse length = 4
func.func private @reversed(%y: !s, %xs: !xs) -> !s {
  %r = nabla.scan reverse length = 4 consts() carries(%y) xs(%xs) : (!s, !xs) -> !s {
  ^bb0(%c: !s, %x: !s):
    %n = nabla.mul %c, %x : !s
    nabla.yield %n : !s
  }
  return %r : !s
}

// JVP-LABEL: func.func @jvp_reversed(
// JVP-SAME: %[[Y:.*]]: tensor<f32>, %[[XS:.*]]: tensor<4xf32>, %[[T:.*]]: tensor<f32>)
// JVP-NEXT: %[[SCAN:.*]] = nabla.scan reverse length = 4 consts() carries(%[[T]]) xs(%[[XS]])
// JVP-NEXT: ^bb0(%[[A:.*]]: tensor<f32>, %[[A2:.*]]: tensor<f32>):
// JVP-NEXT:   %[[MUL_ZERO:.*]] = nabla.mul_zero %[[A]], %[[A2]]
// JVP-NEXT:   nabla.yield %[[MUL_ZERO]]
// JVP-NEXT: }
// JVP-NEXT: return %[[SCAN]]
func.func @jvp_reversed(%y: !s, %xs: !xs, %t: !s) -> !s {
  %r:2 = nabla.jvp @reversed(%y, %xs) tangents(%t) wrt = [0] : (!s, !xs, !s) -> (!s, !s)
  return %r#1 : !s
}

// The transpose runs from the first slice to the last.
// TRANSPOSE-LABEL: func.func @transpose_reversed(
// TRANSPOSE-SAME: %[[Y:.*]]: tensor<f32>, %[[XS:.*]]: tensor<4xf32>, %[[CT:.*]]: tensor<f32>)
// TRANSPOSE-NEXT: %[[SCAN:.*]] = nabla.scan length = 4 consts() carries(%[[CT]]) xs(%[[XS]])
// TRANSPOSE-NEXT: ^bb0(%[[A:.*]]: tensor<f32>, %[[A2:.*]]: tensor<f32>):
// TRANSPOSE-NEXT:   %[[MUL_ZERO:.*]] = nabla.mul_zero %[[A]], %[[A2]]
// TRANSPOSE-NEXT:   nabla.yield %[[MUL_ZERO]]
// TRANSPOSE-NEXT: }
// TRANSPOSE-NEXT: return %[[SCAN]]
!linear1 = !nabla.linear<(tensor<f32>) -> (tensor<f32>)>
func.func @transpose_reversed(%y: !s, %xs: !xs, %ct: !s) -> !s {
  %r:2 = nabla.linearize @reversed(%y, %xs) wrt = [0] : (!s, !xs) -> (!s, !linear1)
  %g = nabla.apply_transposed %r#1(%ct) : (!linear1, !s) -> !s
  return %g : !s
}

// BATCH-LABEL: func.func @batch_reversed(
// BATCH-SAME: %[[Y:.*]]: tensor<f32>, %[[XS:.*]]: tensor<4x8xf32>)
// BATCH-NEXT: %[[BROADCAST:.*]] = nabla.broadcast %[[Y]] dims = [] : tensor<f32> -> tensor<8xf32>
// BATCH-NEXT: %[[SCAN:.*]] = nabla.scan reverse length = 4 consts() carries(%[[BROADCAST]]) xs(%[[XS]]) : (tensor<8xf32>, tensor<4x8xf32>) -> tensor<8xf32> {
// BATCH-NEXT: ^bb0(%[[A:.*]]: tensor<8xf32>, %[[A2:.*]]: tensor<8xf32>):
// BATCH-NEXT:   %[[MUL:.*]] = nabla.mul %[[A]], %[[A2]] : tensor<8xf32>
// BATCH-NEXT:   nabla.yield %[[MUL]]
// BATCH-NEXT: }
// BATCH-NEXT: return %[[SCAN]]
func.func @batch_reversed(%y: !s, %xs: tensor<4x8xf32>) -> tensor<8xf32> {
  %r = nabla.vmap @reversed(%y, %xs) in_axes = [-1, 1] out_axes = [0] size = 8
      : (!s, tensor<4x8xf32>) -> tensor<8xf32>
  return %r : tensor<8xf32>
}
