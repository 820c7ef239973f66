// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --canonicalize | FileCheck %s

// Contractions with a basis are products, element by element.

// CHECK-LABEL: func.func @rows(
//  CHECK-SAME: %[[A:.*]]: tensor<3x4xf32>)
//  CHECK-NEXT: return %[[A]]
func.func @rows(%a: tensor<3x4xf32>) -> tensor<3x4xf32> {
  %e = nabla.basis : tensor<3x3xf32>
  %r = nabla.dot_general %e, %a batch = [] x [] contract = [1] x [0] : (tensor<3x3xf32>, tensor<3x4xf32>) -> tensor<3x4xf32>
  return %r : tensor<3x4xf32>
}

// The basis comes second, and its vectors are contracted.
// CHECK-LABEL: func.func @columns(
//  CHECK-SAME: %[[A:.*]]: tensor<3x4xf32>)
//  CHECK-NEXT: %[[T:.*]] = nabla.transpose %[[A]] permutation = [1, 0]
//  CHECK-NEXT: return %[[T]]
func.func @columns(%a: tensor<3x4xf32>) -> tensor<4x3xf32> {
  %e = nabla.basis : tensor<3x3xf32>
  %r = nabla.dot_general %a, %e batch = [] x [] contract = [0] x [0] : (tensor<3x4xf32>, tensor<3x3xf32>) -> tensor<4x3xf32>
  return %r : tensor<4x3xf32>
}

// CHECK-LABEL: func.func @scaled(
//  CHECK-SAME: %[[A:.*]]: tensor<3x4xf32>, %[[D:.*]]: tensor<3xf32>, %[[F:.*]]: tensor<3xf32>)
//  CHECK-NEXT: %[[TWO:.*]] = nabla.constant dense<2.000000e+00> : tensor<3xf32>
//  CHECK-NEXT: %[[P:.*]] = nabla.mul_zero %[[D]], %[[F]]
//  CHECK-NEXT: %[[Q:.*]] = nabla.mul %[[P]], %[[TWO]]
//  CHECK-NEXT: %[[B:.*]] = nabla.broadcast %[[Q]] dims = [0] : tensor<3xf32> -> tensor<3x4xf32>
//  CHECK-NEXT: %[[R:.*]] = nabla.mul %[[B]], %[[A]]
//  CHECK-NEXT: %[[N:.*]] = nabla.neg %[[R]]
//  CHECK-NEXT: return %[[N]]
func.func @scaled(%a: tensor<3x4xf32>, %d: tensor<3xf32>, %f: tensor<3xf32>) -> tensor<3x4xf32> {
  %e = nabla.basis : tensor<3x3xf32>
  %bd = nabla.broadcast %d dims = [1] : tensor<3xf32> -> tensor<3x3xf32>
  %ed = nabla.mul_zero %e, %bd : tensor<3x3xf32>
  %bf = nabla.broadcast %f dims = [0] : tensor<3xf32> -> tensor<3x3xf32>
  %edf = nabla.mul_zero %ed, %bf : tensor<3x3xf32>
  %two = nabla.constant dense<2.0> : tensor<3x3xf32>
  %p = nabla.mul %edf, %two : tensor<3x3xf32>
  %n = nabla.neg %p : tensor<3x3xf32>
  %r = nabla.dot_general %n, %a batch = [] x [] contract = [1] x [0] : (tensor<3x3xf32>, tensor<3x4xf32>) -> tensor<3x4xf32>
  return %r : tensor<3x4xf32>
}

// For each example one scaled basis.
// CHECK-LABEL: func.func @batched(
//  CHECK-SAME: %[[A:.*]]: tensor<5x3x4xf32>, %[[D:.*]]: tensor<5x3xf32>)
//  CHECK-NEXT: %[[B:.*]] = nabla.broadcast %[[D]] dims = [0, 1] : tensor<5x3xf32> -> tensor<5x3x4xf32>
//  CHECK-NEXT: %[[R:.*]] = nabla.mul %[[B]], %[[A]]
//  CHECK-NEXT: return %[[R]]
func.func @batched(%a: tensor<5x3x4xf32>, %d: tensor<5x3xf32>) -> tensor<5x3x4xf32> {
  %e = nabla.basis : tensor<3x3xf32>
  %be = nabla.broadcast %e dims = [1, 2] : tensor<3x3xf32> -> tensor<5x3x3xf32>
  %bd = nabla.broadcast %d dims = [0, 2] : tensor<5x3xf32> -> tensor<5x3x3xf32>
  %ed = nabla.mul_zero %be, %bd : tensor<5x3x3xf32>
  %r = nabla.dot_general %ed, %a batch = [0] x [0] contract = [2] x [1] : (tensor<5x3x3xf32>, tensor<5x3x4xf32>) -> tensor<5x3x4xf32>
  return %r : tensor<5x3x4xf32>
}

// A factor along both dimensions, one that may be infinite beside zeros of the
// basis, a basis of matrices, and the basis that only looks like one all stay.
// CHECK-LABEL: func.func @stays(
// CHECK-COUNT-4: nabla.dot_general
//         CHECK: return
func.func @stays(%a: tensor<3x4xf32>, %d: tensor<3x3xf32>, %v: tensor<3xf32>, %m: tensor<3x4xf32>) -> (tensor<3x4xf32>, tensor<3x4xf32>, tensor<6x2x4xf32>, tensor<3x4xf32>) {
  %e = nabla.basis : tensor<3x3xf32>
  %ed = nabla.mul_zero %e, %d : tensor<3x3xf32>
  %r = nabla.dot_general %ed, %a batch = [] x [] contract = [1] x [0] : (tensor<3x3xf32>, tensor<3x4xf32>) -> tensor<3x4xf32>
  %b = nabla.broadcast %v dims = [1] : tensor<3xf32> -> tensor<3x3xf32>
  %ev = nabla.mul %e, %b : tensor<3x3xf32>
  %s = nabla.dot_general %ev, %a batch = [] x [] contract = [1] x [0] : (tensor<3x3xf32>, tensor<3x4xf32>) -> tensor<3x4xf32>
  %f = nabla.basis : tensor<6x2x3xf32>
  %t = nabla.dot_general %f, %a batch = [] x [] contract = [2] x [0] : (tensor<6x2x3xf32>, tensor<3x4xf32>) -> tensor<6x2x4xf32>
  %i = nabla.iota 0 : tensor<3x3xi32>
  %j = nabla.iota 1 : tensor<3x3xi32>
  %same = nabla.compare eq %i, %j : tensor<3x3xi32>
  %eye = nabla.convert %same : tensor<3x3xi1> -> tensor<3x3xf32>
  %u = nabla.dot_general %eye, %a batch = [] x [] contract = [1] x [0] : (tensor<3x3xf32>, tensor<3x4xf32>) -> tensor<3x4xf32>
  return %r, %s, %t, %u : tensor<3x4xf32>, tensor<3x4xf32>, tensor<6x2x4xf32>, tensor<3x4xf32>
}

// Both dimensions are contracted; one remains that is not the basis's.
// CHECK-LABEL: func.func @other_dimensions(
// CHECK-COUNT-2: nabla.dot_general
func.func @other_dimensions(%a: tensor<3x3x4xf32>, %b: tensor<5x4xf32>) -> (tensor<4xf32>, tensor<3x3x4xf32>) {
  %e = nabla.basis : tensor<3x3xf32>
  %r = nabla.dot_general %e, %a batch = [] x [] contract = [0, 1] x [0, 1] : (tensor<3x3xf32>, tensor<3x3x4xf32>) -> tensor<4xf32>
  %be = nabla.broadcast %e dims = [0, 1] : tensor<3x3xf32> -> tensor<3x3x5xf32>
  %s = nabla.dot_general %be, %b batch = [] x [] contract = [2] x [0] : (tensor<3x3x5xf32>, tensor<5x4xf32>) -> tensor<3x3x4xf32>
  return %r, %s : tensor<4xf32>, tensor<3x3x4xf32>
}

// A dimension of the basis is a batch.
// CHECK-LABEL: func.func @batch_of_basis(
// CHECK-COUNT-2: nabla.dot_general
func.func @batch_of_basis(%a: tensor<3x5x4xf32>, %b: tensor<3x3x4xf32>) -> (tensor<3x3x4xf32>, tensor<3x5x4xf32>) {
  %e = nabla.basis : tensor<3x3xf32>
  %be = nabla.broadcast %e dims = [0, 1] : tensor<3x3xf32> -> tensor<3x3x5xf32>
  %r = nabla.dot_general %be, %a batch = [0] x [0] contract = [2] x [1] : (tensor<3x3x5xf32>, tensor<3x5x4xf32>) -> tensor<3x3x4xf32>
  %s = nabla.dot_general %be, %b batch = [0] x [0] contract = [1] x [1] : (tensor<3x3x5xf32>, tensor<3x3x4xf32>) -> tensor<3x5x4xf32>
  return %r, %s : tensor<3x3x4xf32>, tensor<3x5x4xf32>
}

// The dimensions of the factor would change their order.
// CHECK-LABEL: func.func @order(
//       CHECK: nabla.dot_general
func.func @order(%a: tensor<5x3x4xf32>, %d: tensor<3x5xf32>) -> tensor<5x3x4xf32> {
  %e = nabla.basis : tensor<3x3xf32>
  %be = nabla.broadcast %e dims = [0, 2] : tensor<3x3xf32> -> tensor<3x5x3xf32>
  %bd = nabla.broadcast %d dims = [0, 1] : tensor<3x5xf32> -> tensor<3x5x3xf32>
  %ed = nabla.mul_zero %be, %bd : tensor<3x5x3xf32>
  %r = nabla.dot_general %ed, %a batch = [1] x [0] contract = [2] x [1] : (tensor<3x5x3xf32>, tensor<5x3x4xf32>) -> tensor<5x3x4xf32>
  return %r : tensor<5x3x4xf32>
}

// CHECK-LABEL: func.func @doubled(
//  CHECK-SAME: %[[A:.*]]: tensor<3x4xf32>)
//  CHECK-NEXT: %[[TWO:.*]] = nabla.constant dense<2.000000e+00> : tensor<3x4xf32>
//  CHECK-NEXT: %[[R:.*]] = nabla.mul %[[A]], %[[TWO]]
//  CHECK-NEXT: return %[[R]]
func.func @doubled(%a: tensor<3x4xf32>) -> tensor<3x4xf32> {
  %e = nabla.basis : tensor<3x3xf32>
  %two = nabla.constant dense<2.0> : tensor<3x3xf32>
  %p = nabla.mul %e, %two : tensor<3x3xf32>
  %r = nabla.dot_general %p, %a batch = [] x [] contract = [1] x [0] : (tensor<3x3xf32>, tensor<3x4xf32>) -> tensor<3x4xf32>
  return %r : tensor<3x4xf32>
}
