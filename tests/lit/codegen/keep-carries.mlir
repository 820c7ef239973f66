// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-keep-carries | FileCheck %s

// What a turn computes goes where the carry was. The two others change places: they are copied
// before one of them is written.
// CHECK-LABEL: func.func @turns
// CHECK: } do {
// CHECK: ^bb0(%[[X:.*]]: tensor<8xf32>, %[[A:.*]]: tensor<f32>, %[[B:.*]]: tensor<f32>, %[[N:.*]]: tensor<i32>):
// CHECK: %[[Y:.*]] = linalg.add
// CHECK: %[[B2:.*]] = bufferization.alloc_tensor() copy(%[[B]])
// CHECK: %[[A2:.*]] = bufferization.alloc_tensor() copy(%[[A]])
// CHECK: %[[X3:.*]] = bufferization.materialize_in_destination %[[Y]] in %[[X]]
// CHECK: %[[A3:.*]] = bufferization.materialize_in_destination %[[B2]] in %[[A]]
// CHECK: %[[B3:.*]] = bufferization.materialize_in_destination %[[A2]] in %[[B]]
// CHECK: scf.yield %[[X3]], %[[A3]], %[[B3]], %[[N]]
func.func @turns(%x: tensor<8xf32>, %a: tensor<f32>, %b: tensor<f32>, %n: tensor<i32>, %go: tensor<i1>) -> tensor<8xf32> {
  %r:4 = scf.while (%x0 = %x, %a0 = %a, %b0 = %b, %n0 = %n) : (tensor<8xf32>, tensor<f32>, tensor<f32>, tensor<i32>) -> (tensor<8xf32>, tensor<f32>, tensor<f32>, tensor<i32>) {
    %p = tensor.extract %go[] : tensor<i1>
    scf.condition(%p) %x0, %a0, %b0, %n0 : tensor<8xf32>, tensor<f32>, tensor<f32>, tensor<i32>
  } do {
  ^bb0(%x1: tensor<8xf32>, %a1: tensor<f32>, %b1: tensor<f32>, %n1: tensor<i32>):
    %e = tensor.empty() : tensor<8xf32>
    %y = linalg.add ins(%x1, %x1 : tensor<8xf32>, tensor<8xf32>) outs(%e : tensor<8xf32>) -> tensor<8xf32>
    scf.yield %y, %b1, %a1, %n1 : tensor<8xf32>, tensor<f32>, tensor<f32>, tensor<i32>
  }
  return %r#0 : tensor<8xf32>
}

// Here the condition hands on something else.
// CHECK-LABEL: func.func @others
// CHECK-NOT: materialize_in_destination
// CHECK: return
func.func @others(%x: tensor<8xf32>, %y: tensor<8xf32>, %go: tensor<i1>) -> tensor<8xf32> {
  %r = scf.while (%x0 = %x) : (tensor<8xf32>) -> tensor<8xf32> {
    %p = tensor.extract %go[] : tensor<i1>
    scf.condition(%p) %y : tensor<8xf32>
  } do {
  ^bb0(%x1: tensor<8xf32>):
    %e = tensor.empty() : tensor<8xf32>
    %z = linalg.add ins(%x1, %x1 : tensor<8xf32>, tensor<8xf32>) outs(%e : tensor<8xf32>) -> tensor<8xf32>
    scf.yield %z : tensor<8xf32>
  }
  return %r : tensor<8xf32>
}
