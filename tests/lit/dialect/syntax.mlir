// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s
// RUN: nabla-opt %s --mlir-print-op-generic | nabla-opt | FileCheck %s
// RUN: nabla-opt %s --mlir-print-op-generic --mlir-print-debuginfo | nabla-opt | FileCheck %s
// RUN: nabla-opt %s --emit-bytecode | nabla-opt | FileCheck %s

// What the tests of single ops do not show: transforms, regions, optional words, empty lists.

!linear = !nabla.linear<(tensor<f32>, tensor<2xf64>) -> (tensor<f32>)>
!nothing = !nabla.linear<() -> ()>

func.func private @f(%x: tensor<f32>, %y: tensor<2xf64>, %n: tensor<i32>) -> (tensor<f32>, tensor<i32>) {
  return %x, %n : tensor<f32>, tensor<i32>
}
func.func private @g(%x: tensor<f32>, %y: tensor<2xf64>) -> tensor<f32> {
  return %x : tensor<f32>
}
func.func private @nothing() {
  return
}

// CHECK-LABEL: func.func @jvp
// CHECK: nabla.jvp @f(%{{.*}}, %{{.*}}, %{{.*}}) tangents(%{{.*}}) wrt = [1] : (tensor<f32>, tensor<2xf64>, tensor<i32>, tensor<2xf64>) -> (tensor<f32>, tensor<i32>, tensor<f32>)
// CHECK: nabla.jvp @f(%{{.*}}, %{{.*}}, %{{.*}}) tangents() wrt = [] : (tensor<f32>, tensor<2xf64>, tensor<i32>) -> (tensor<f32>, tensor<i32>, tensor<f32>)
// CHECK: nabla.jvp @nothing() tangents() wrt = [] : () -> ()
func.func @jvp(%x: tensor<f32>, %y: tensor<2xf64>, %n: tensor<i32>) {
  %0:3 = nabla.jvp @f(%x, %y, %n) tangents(%y) wrt = [1]
      : (tensor<f32>, tensor<2xf64>, tensor<i32>, tensor<2xf64>) -> (tensor<f32>, tensor<i32>, tensor<f32>)
  %1:3 = nabla.jvp @f(%x, %y, %n) tangents() wrt = []
      : (tensor<f32>, tensor<2xf64>, tensor<i32>) -> (tensor<f32>, tensor<i32>, tensor<f32>)
  nabla.jvp @nothing() tangents() wrt = [] : () -> ()
  return
}

// CHECK-LABEL: func.func @linear
// CHECK-SAME: -> !nabla.linear<() -> ()>
// CHECK: %[[R:.*]]:3 = nabla.linearize @f(%{{.*}}, %{{.*}}, %{{.*}}) wrt = [0, 1] : (tensor<f32>, tensor<2xf64>, tensor<i32>) -> (tensor<f32>, tensor<i32>, !nabla.linear<(tensor<f32>, tensor<2xf64>) -> (tensor<f32>)>)
// CHECK: nabla.apply %[[R]]#2(%{{.*}}, %{{.*}}) : (!nabla.linear<(tensor<f32>, tensor<2xf64>) -> (tensor<f32>)>, tensor<f32>, tensor<2xf64>) -> tensor<f32>
// CHECK: nabla.apply_transposed %[[R]]#2(%{{.*}}) : (!nabla.linear<(tensor<f32>, tensor<2xf64>) -> (tensor<f32>)>, tensor<f32>) -> (tensor<f32>, tensor<2xf64>)
// CHECK: nabla.bind_linear @g(%{{.*}}) : (tensor<f32>) -> !nabla.linear<(tensor<2xf64>) -> (tensor<f32>)>
// CHECK: %[[NOTHING:.*]] = nabla.bind_linear @nothing() : () -> !nabla.linear<() -> ()>
// CHECK: nabla.apply %[[NOTHING]]() : (!nabla.linear<() -> ()>) -> ()
func.func @linear(%x: tensor<f32>, %y: tensor<2xf64>, %n: tensor<i32>) -> !nothing {
  %0:3 = nabla.linearize @f(%x, %y, %n) wrt = [0, 1]
      : (tensor<f32>, tensor<2xf64>, tensor<i32>) -> (tensor<f32>, tensor<i32>, !linear)
  %1 = nabla.apply %0#2(%x, %y) : (!linear, tensor<f32>, tensor<2xf64>) -> tensor<f32>
  %2:2 = nabla.apply_transposed %0#2(%x) : (!linear, tensor<f32>) -> (tensor<f32>, tensor<2xf64>)
  %3 = nabla.bind_linear @g(%x) : (tensor<f32>) -> !nabla.linear<(tensor<2xf64>) -> (tensor<f32>)>
  %4 = nabla.bind_linear @nothing() : () -> !nothing
  nabla.apply %4() : (!nothing) -> ()
  return %4 : !nothing
}

// CHECK-LABEL: func.func @vmap
// CHECK: nabla.vmap @g(%{{.*}}, %{{.*}}) in_axes = [0, -1] out_axes = [0] size = 8 : (tensor<8xf32>, tensor<2xf64>) -> tensor<8xf32>
// CHECK: nabla.vmap @nothing() in_axes = [] out_axes = [] size = 0 : () -> ()
func.func @vmap(%x: tensor<8xf32>, %y: tensor<2xf64>) {
  %0 = nabla.vmap @g(%x, %y) in_axes = [0, -1] out_axes = [0] size = 8 : (tensor<8xf32>, tensor<2xf64>) -> tensor<8xf32>
  nabla.vmap @nothing() in_axes = [] out_axes = [] size = 0 : () -> ()
  return
}

// CHECK-LABEL: func.func @regions
// CHECK: nabla.cond %{{.*}}() : (tensor<i1>) -> () then {
// CHECK-NEXT: } else {
// CHECK-NEXT: }
// CHECK: nabla.scan length = 0 consts() carries() xs() : () -> () {
// CHECK-NEXT: }
// CHECK: nabla.scan reverse length = 4 consts(%{{.*}}) carries(%{{.*}}) xs(%{{.*}}) {mine = 1 : i64} : (tensor<f32>, tensor<f32>, tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>) {
// CHECK-NEXT: ^bb0(%{{.*}}: tensor<f32>, %[[C:.*]]: tensor<f32>, %[[X:.*]]: tensor<f32>):
// CHECK-NEXT: nabla.yield %[[C]], %[[X]] : tensor<f32>, tensor<f32>
func.func @regions(%p: tensor<i1>, %x: tensor<f32>, %xs: tensor<4xf32>) {
  nabla.cond %p() : (tensor<i1>) -> () then {
    nabla.yield
  } else {
  }
  nabla.scan length = 0 consts() carries() xs() : () -> () {
  }
  %0:2 = nabla.scan reverse length = 4 consts(%x) carries(%x) xs(%xs) {mine = 1 : i64}
      : (tensor<f32>, tensor<f32>, tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>) {
  ^bb0(%w: tensor<f32>, %c: tensor<f32>, %s: tensor<f32>):
    nabla.yield %c, %s : tensor<f32>, tensor<f32>
  }
  return
}

// CHECK-LABEL: func.func @words
// CHECK: nabla.cumsum %{{.*}} dim = 1 : tensor<2x3xf32>
// CHECK: nabla.cumsum %{{.*}} dim = 1 reverse : tensor<2x3xf32>
// CHECK: nabla.reduce_sum %{{.*}} dims = [] : tensor<2x3xf32> -> tensor<2x3xf32>
// CHECK: nabla.transpose %{{.*}} permutation = [] : tensor<f32> -> tensor<f32>
// CHECK: nabla.broadcast %{{.*}} dims = [] : tensor<f32> -> tensor<0x2xf32>
// CHECK: nabla.compare ge %{{.*}}, %{{.*}} : tensor<2x3xf32>
// CHECK: nabla.scatter set %{{.*}}, %{{.*}}, %{{.*}} dims = [1] batch_dims = 1
func.func @words(%x: tensor<2x3xf32>, %s: tensor<f32>, %i: tensor<2x1xi64>, %u: tensor<2xf32>) {
  %0 = nabla.cumsum %x dim = 1 : tensor<2x3xf32>
  %1 = nabla.cumsum %x dim = 1 reverse : tensor<2x3xf32>
  %2 = nabla.reduce_sum %x dims = [] : tensor<2x3xf32> -> tensor<2x3xf32>
  %3 = nabla.transpose %s permutation = [] : tensor<f32> -> tensor<f32>
  %4 = nabla.broadcast %s dims = [] : tensor<f32> -> tensor<0x2xf32>
  %5 = nabla.compare ge %x, %x : tensor<2x3xf32>
  %6 = nabla.scatter set %x, %i, %u dims = [1] batch_dims = 1 : (tensor<2x3xf32>, tensor<2x1xi64>, tensor<2xf32>) -> tensor<2x3xf32>
  return
}
