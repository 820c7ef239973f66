// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --canonicalize | FileCheck %s

// What is computed of equal elements is computed once.

// CHECK-LABEL: func.func @broadcasts(
//  CHECK-SAME: %[[X:.*]]: tensor<2xf32>, %[[Y:.*]]: tensor<2xf32>)
//  CHECK-NEXT: %[[TWO:.*]] = nabla.constant dense<2.000000e+00> : tensor<2xf32>
//  CHECK-NEXT: %[[D:.*]] = nabla.div %[[TWO]], %[[X]]
//  CHECK-NEXT: %[[C:.*]] = nabla.compare lt %[[D]], %[[Y]] : tensor<2xf32>
//  CHECK-NEXT: %[[R:.*]] = nabla.broadcast %[[C]] dims = [1] : tensor<2xi1> -> tensor<3x2xi1>
//  CHECK-NEXT: return %[[R]]
func.func @broadcasts(%x: tensor<2xf32>, %y: tensor<2xf32>) -> tensor<3x2xi1> {
  %two = nabla.constant dense<2.0> : tensor<3x2xf32>
  %bx = nabla.broadcast %x dims = [1] : tensor<2xf32> -> tensor<3x2xf32>
  %by = nabla.broadcast %y dims = [1] : tensor<2xf32> -> tensor<3x2xf32>
  %d = nabla.div %two, %bx : tensor<3x2xf32>
  %r = nabla.compare lt %d, %by : tensor<3x2xf32>
  return %r : tensor<3x2xi1>
}

// Broadcasts along other dimensions, of other shapes, with what is no splat, and
// operands that are no broadcasts all stay.
// CHECK-LABEL: func.func @stays(
// CHECK-COUNT-4: nabla.{{add|mul}} {{.*}} : tensor<2x2xf32>
//         CHECK: return
func.func @stays(%x: tensor<2xf32>, %y: tensor<1x2xf32>, %z: tensor<2x2xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>) {
  %rows = nabla.broadcast %x dims = [0] : tensor<2xf32> -> tensor<2x2xf32>
  %columns = nabla.broadcast %x dims = [1] : tensor<2xf32> -> tensor<2x2xf32>
  %numbers = nabla.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %a = nabla.add %rows, %columns : tensor<2x2xf32>
  %b = nabla.mul %rows, %numbers : tensor<2x2xf32>
  %c = nabla.mul %rows, %z : tensor<2x2xf32>
  %d = nabla.mul %columns, %z : tensor<2x2xf32>
  return %a, %b, %c, %d : tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>
}

// A contraction is computed once for all equal rows and columns.
// CHECK-LABEL: func.func @contraction(
//  CHECK-SAME: %[[X:.*]]: tensor<2x4xf32>, %[[Y:.*]]: tensor<2x4x5xf32>)
//  CHECK-NEXT: %[[D:.*]] = nabla.dot_general %[[X]], %[[Y]] batch = [0] x [0] contract = [1] x [1] : (tensor<2x4xf32>, tensor<2x4x5xf32>) -> tensor<2x5xf32>
//  CHECK-NEXT: %[[R:.*]] = nabla.broadcast %[[D]] dims = [0, 2] : tensor<2x5xf32> -> tensor<2x3x5xf32>
//  CHECK-NEXT: return %[[R]]
func.func @contraction(%x: tensor<2x4xf32>, %y: tensor<2x4x5xf32>) -> tensor<2x3x5xf32> {
  %rows = nabla.broadcast %x dims = [0, 2] : tensor<2x4xf32> -> tensor<2x3x4xf32>
  %r = nabla.dot_general %rows, %y batch = [0] x [0] contract = [2] x [1] : (tensor<2x3x4xf32>, tensor<2x4x5xf32>) -> tensor<2x3x5xf32>
  return %r : tensor<2x3x5xf32>
}

// CHECK-LABEL: func.func @contraction_with_ones(
//  CHECK-SAME: %[[X:.*]]: tensor<4x3xf32>)
//  CHECK-NEXT: %[[ONES:.*]] = nabla.constant dense<1.000000e+00> : tensor<3xf32>
//  CHECK-NEXT: %[[D:.*]] = nabla.dot_general %[[X]], %[[ONES]] batch = [] x [] contract = [1] x [0] : (tensor<4x3xf32>, tensor<3xf32>) -> tensor<4xf32>
//  CHECK-NEXT: %[[R:.*]] = nabla.broadcast %[[D]] dims = [0] : tensor<4xf32> -> tensor<4x5xf32>
//  CHECK-NEXT: return %[[R]]
func.func @contraction_with_ones(%x: tensor<4x3xf32>) -> tensor<4x5xf32> {
  %ones = nabla.constant dense<1.0> : tensor<3x5xf32>
  %r = nabla.dot_general %x, %ones batch = [] x [] contract = [1] x [0] : (tensor<4x3xf32>, tensor<3x5xf32>) -> tensor<4x5xf32>
  return %r : tensor<4x5xf32>
}

// What varies along its free dimensions stays, and an extent of 1 saves nothing.
// CHECK-LABEL: func.func @contraction_stays(
// CHECK-COUNT-2: nabla.dot_general {{.*}} -> tensor<{{[31]}}x4xf32>
//         CHECK: return
func.func @contraction_stays(%x: tensor<3xf32>, %y: tensor<2xf32>, %z: tensor<2x4xf32>) -> (tensor<3x4xf32>, tensor<1x4xf32>) {
  %columns = nabla.broadcast %x dims = [0] : tensor<3xf32> -> tensor<3x2xf32>
  %row = nabla.broadcast %y dims = [1] : tensor<2xf32> -> tensor<1x2xf32>
  %a = nabla.dot_general %columns, %z batch = [] x [] contract = [1] x [0] : (tensor<3x2xf32>, tensor<2x4xf32>) -> tensor<3x4xf32>
  %b = nabla.dot_general %row, %z batch = [] x [] contract = [1] x [0] : (tensor<1x2xf32>, tensor<2x4xf32>) -> tensor<1x4xf32>
  return %a, %b : tensor<3x4xf32>, tensor<1x4xf32>
}

// Reshapes of rows' numbers meet and cancel.
// CHECK-LABEL: func.func @reshapes(
//  CHECK-SAME: %[[X:.*]]: tensor<4xf32>, %[[Y:.*]]: tensor<4xf32>)
//  CHECK-NEXT: %[[S:.*]] = nabla.sqrt %[[X]] : tensor<4xf32>
//  CHECK-NEXT: %[[D:.*]] = nabla.div %[[S]], %[[Y]] : tensor<4xf32>
//  CHECK-NEXT: return %[[D]]
func.func @reshapes(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %rx = nabla.reshape %x : tensor<4xf32> -> tensor<4x1xf32>
  %s = nabla.sqrt %rx : tensor<4x1xf32>
  %ry = nabla.reshape %y : tensor<4xf32> -> tensor<4x1xf32>
  %d = nabla.div %s, %ry : tensor<4x1xf32>
  %r = nabla.reshape %d : tensor<4x1xf32> -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// A reshape at the end would copy, another one is more than extents of 1.
// CHECK-LABEL: func.func @reshapes_stay(
//       CHECK: nabla.neg %{{.*}} : tensor<4x1xf32>
//       CHECK: nabla.exp %{{.*}} : tensor<2x2xf32>
func.func @reshapes_stay(%x: tensor<4xf32>) -> (tensor<4x1xf32>, tensor<2xf32>) {
  %rx = nabla.reshape %x : tensor<4xf32> -> tensor<4x1xf32>
  %n = nabla.neg %rx : tensor<4x1xf32>
  %ry = nabla.reshape %x : tensor<4xf32> -> tensor<2x2xf32>
  %e = nabla.exp %ry : tensor<2x2xf32>
  %s = nabla.reduce_sum %e dims = [0] : tensor<2x2xf32> -> tensor<2xf32>
  return %n, %s : tensor<4x1xf32>, tensor<2xf32>
}
