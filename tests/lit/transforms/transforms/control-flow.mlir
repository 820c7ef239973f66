// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-transforms | FileCheck %s

!linear = !nabla.linear<(tensor<f32>, tensor<f32>, tensor<4xf32>) -> (tensor<f32>)>

func.func private @s(%w: tensor<f32>, %c: tensor<f32>, %xs: tensor<4xf32>) -> tensor<f32> {
  %last = nabla.scan length = 4 consts(%w) carries(%c) xs(%xs)
      : (tensor<f32>, tensor<f32>, tensor<4xf32>) -> tensor<f32> {
  ^bb0(%ww: tensor<f32>, %carry: tensor<f32>, %x: tensor<f32>):
    %e = nabla.exp %ww : tensor<f32>
    %n = nabla.mul %carry, %x : tensor<f32>
    %next = nabla.mul %n, %e : tensor<f32>
    nabla.yield %next : tensor<f32>
  }
  return %last : tensor<f32>
}

// The forward scan stacks what changes from step to step; exp(w) does not, and is
// computed once outside. The backward scan runs the other way and sums the
// cotangent of the constant.
// CHECK-LABEL: func.func @gradient
// CHECK-SAME: %[[W:.*]]: tensor<f32>, %[[C:.*]]: tensor<f32>, %[[XS:.*]]: tensor<4xf32>, %[[CT:.*]]: tensor<f32>
// CHECK: %[[E:.*]] = nabla.exp %[[W]]
// CHECK: %[[F:.*]]:3 = nabla.scan length = 4 consts(%[[W]]) carries(%[[C]]) xs(%[[XS]])
// CHECK: %[[R:.*]]:3 = nabla.scan reverse length = 4 consts(%[[E]]) carries(%[[CT]], {{.*}}) xs(%[[XS]], %[[F]]#1, %[[F]]#2)
// CHECK: return %[[R]]#1, %[[R]]#0, %[[R]]#2
func.func @gradient(%w: tensor<f32>, %c: tensor<f32>, %xs: tensor<4xf32>, %ct: tensor<f32>)
    -> (tensor<f32>, tensor<f32>, tensor<4xf32>) {
  %y, %lin = nabla.linearize @s(%w, %c, %xs) wrt = [0, 1, 2]
      : (tensor<f32>, tensor<f32>, tensor<4xf32>) -> (tensor<f32>, !linear)
  %g:3 = nabla.apply_transposed %lin(%ct)
      : (!linear, tensor<f32>) -> (tensor<f32>, tensor<f32>, tensor<4xf32>)
  return %g#0, %g#1, %g#2 : tensor<f32>, tensor<f32>, tensor<4xf32>
}

func.func private @branch(%p: tensor<i1>, %x: tensor<3xf32>) -> tensor<3xf32> {
  %r = nabla.cond %p(%x) : (tensor<i1>, tensor<3xf32>) -> tensor<3xf32> then {
  ^bb0(%a: tensor<3xf32>):
    %s = nabla.sin %a : tensor<3xf32>
    nabla.yield %s : tensor<3xf32>
  } else {
  ^bb0(%a: tensor<3xf32>):
    nabla.yield %a : tensor<3xf32>
  }
  return %r : tensor<3xf32>
}

// Examples that may take different branches compute both and choose.
// CHECK-LABEL: func.func @batched_predicate
// CHECK-SAME: %[[P:.*]]: tensor<8xi1>, %[[X:.*]]: tensor<8x3xf32>
// CHECK-DAG: %[[S:.*]] = nabla.sin %[[X]] : tensor<8x3xf32>
// CHECK-DAG: %[[M:.*]] = nabla.broadcast %[[P]] dims = [0]
// CHECK: %[[R:.*]] = nabla.select %[[M]], %[[S]], %[[X]]
// CHECK: return %[[R]]
func.func @batched_predicate(%p: tensor<8xi1>, %x: tensor<8x3xf32>) -> tensor<8x3xf32> {
  %y = nabla.vmap @branch(%p, %x) in_axes = [0, 0] out_axes = [0] size = 8
      : (tensor<8xi1>, tensor<8x3xf32>) -> tensor<8x3xf32>
  return %y : tensor<8x3xf32>
}

// A predicate that all examples share stays a branch.
// CHECK-LABEL: func.func @shared_predicate
// CHECK: nabla.cond
// CHECK-NOT: nabla.select
// CHECK: return
func.func @shared_predicate(%p: tensor<i1>, %x: tensor<8x3xf32>) -> tensor<8x3xf32> {
  %y = nabla.vmap @branch(%p, %x) in_axes = [-1, 0] out_axes = [0] size = 8
      : (tensor<i1>, tensor<8x3xf32>) -> tensor<8x3xf32>
  return %y : tensor<8x3xf32>
}
