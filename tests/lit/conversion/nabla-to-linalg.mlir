// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-to-linalg -split-input-file -verify-diagnostics | FileCheck %s

// CHECK-LABEL: func.func @elementwise
// CHECK-SAME: (%[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<3xf32>)
// CHECK-NEXT: %[[EMPTY:.*]] = tensor.empty() : tensor<3xf32>
// CHECK-NEXT: %[[Z:.*]] = linalg.generic
// CHECK-SAME: iterator_types = ["parallel"]
// CHECK-SAME: ins(%[[X]], %[[Y]] : tensor<3xf32>, tensor<3xf32>) outs(%[[EMPTY]] : tensor<3xf32>)
// CHECK-NEXT: ^bb0(%[[A:.*]]: f32, %[[B:.*]]: f32, %{{.*}}: f32):
// CHECK-NEXT: %[[SUM:.*]] = arith.addf %[[A]], %[[B]] : f32
// CHECK-NEXT: linalg.yield %[[SUM]]
// CHECK: return %[[Z]]
func.func @elementwise(%x: tensor<3xf32>, %y: tensor<3xf32>) -> tensor<3xf32> {
  %z = nabla.add %x, %y : tensor<3xf32>
  return %z : tensor<3xf32>
}

// A bool is a bit in the body and a byte in a tensor.
// CHECK-LABEL: func.func @bytes
// CHECK-SAME: -> tensor<3xi8>
// CHECK: %[[BIT:.*]] = arith.cmpf olt
// CHECK-NEXT: %[[BYTE:.*]] = arith.extui %[[BIT]] : i1 to i8
// CHECK-NEXT: linalg.yield %[[BYTE]] : i8
func.func @bytes(%x: tensor<3xf32>, %y: tensor<3xf32>) -> tensor<3xi1> {
  %z = nabla.compare lt %x, %y : tensor<3xf32>
  return %z : tensor<3xi1>
}

// The op knows that its operands are unsigned, the types no longer do.
// CHECK-LABEL: func.func @signs
// CHECK-SAME: (%{{.*}}: tensor<3xi32>, %{{.*}}: tensor<3xi32>) -> tensor<3xi32>
// CHECK: arith.maxui %{{.*}}, %{{.*}} : i32
func.func @signs(%x: tensor<3xui32>, %y: tensor<3xui32>) -> tensor<3xui32> {
  %z = nabla.max %x, %y : tensor<3xui32>
  return %z : tensor<3xui32>
}

// Neither 0 nor, below the smallest integer, -1 divides.
// CHECK-LABEL: func.func @division
// CHECK: ^bb0(%[[A:.*]]: i32, %[[B:.*]]: i32, %{{.*}}: i32):
// CHECK: %[[IS_ZERO:.*]] = arith.cmpi eq, %[[B]], %{{.*}} : i32
// CHECK: %[[OVERFLOWS:.*]] = arith.andi
// CHECK: %[[TRAPS:.*]] = arith.ori %[[IS_ZERO]], %[[OVERFLOWS]]
// CHECK: %[[SAFE:.*]] = arith.select %[[TRAPS]], %{{.*}}, %[[B]]
// CHECK: %[[QUOTIENT:.*]] = arith.divsi %[[A]], %[[SAFE]]
// CHECK: arith.select %[[IS_ZERO]], %{{.*}}, %[[QUOTIENT]]
func.func @division(%x: tensor<3xi32>, %y: tensor<3xi32>) -> tensor<3xi32> {
  %z = nabla.div %x, %y : tensor<3xi32>
  return %z : tensor<3xi32>
}

// CHECK-LABEL: func.func @reduction
// CHECK: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK: %[[FILLED:.*]] = linalg.fill ins(%[[ZERO]] : f32)
// CHECK: linalg.generic
// CHECK-SAME: iterator_types = ["parallel", "reduction"]
// CHECK-SAME: outs(%[[FILLED]] : tensor<3xf32>)
// CHECK-NEXT: ^bb0(%[[A:.*]]: f32, %[[TOTAL:.*]]: f32):
// CHECK-NEXT: arith.addf %[[TOTAL]], %[[A]] : f32
func.func @reduction(%x: tensor<3x4xf32>) -> tensor<3xf32> {
  %z = nabla.reduce_sum %x dims = [1] : tensor<3x4xf32> -> tensor<3xf32>
  return %z : tensor<3xf32>
}

// CHECK-LABEL: func.func @choice
// CHECK-SAME: (%[[P:.*]]: tensor<i8>, %[[X:.*]]: tensor<f32>)
// CHECK-NEXT: %[[BYTE:.*]] = tensor.extract %[[P]][] : tensor<i8>
// CHECK: %[[BIT:.*]] = arith.cmpi ne, %[[BYTE]]
// CHECK: scf.if %[[BIT]] -> (tensor<f32>) {
// CHECK-NEXT: scf.yield %[[X]]
// CHECK: } else {
// CHECK: math.exp
func.func @choice(%p: tensor<i1>, %x: tensor<f32>) -> tensor<f32> {
  %r = nabla.cond %p(%x) : (tensor<i1>, tensor<f32>) -> tensor<f32> then {
  ^bb0(%a: tensor<f32>):
    nabla.yield %a : tensor<f32>
  } else {
  ^bb0(%a: tensor<f32>):
    %b = nabla.exp %a : tensor<f32>
    nabla.yield %b : tensor<f32>
  }
  return %r : tensor<f32>
}

// CHECK-LABEL: func.func @loop
// CHECK-SAME: (%[[X:.*]]: tensor<f32>, %[[XS:.*]]: tensor<5xf32>)
// CHECK: scf.for %[[I:.*]] = %{{.*}} to %{{.*}} step %{{.*}} iter_args(%[[CARRY:.*]] = %[[X]])
// CHECK-NEXT: %[[K:.*]] = tensor.extract_slice %[[XS]][%[[I]]] [1] [1]
// CHECK: ins(%[[CARRY]], %[[K]] : tensor<f32>, tensor<f32>)
func.func @loop(%x: tensor<f32>, %xs: tensor<5xf32>) -> tensor<f32> {
  %r = nabla.scan length = 5 consts() carries(%x) xs(%xs) : (tensor<f32>, tensor<5xf32>) -> tensor<f32> {
  ^bb0(%c: tensor<f32>, %k: tensor<f32>):
    %d = nabla.mul %c, %k : tensor<f32>
    nabla.yield %d : tensor<f32>
  }
  return %r : tensor<f32>
}

// -----

func.func private @f(%x: tensor<f32>) -> tensor<f32> {
  return %x : tensor<f32>
}
func.func @transforms_come_first(%x: tensor<3xf32>) -> tensor<3xf32> {
  // expected-error @below {{failed to legalize operation 'nabla.vmap'}}
  %r = nabla.vmap @f(%x) in_axes = [0] out_axes = [0] size = 3 : (tensor<3xf32>) -> tensor<3xf32>
  return %r : tensor<3xf32>
}
