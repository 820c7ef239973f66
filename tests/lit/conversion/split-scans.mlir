// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s -split-input-file --nabla-split-scans | FileCheck %s

// A function of a constant goes in front, and a sum that only grows goes behind, if its factors are smaller: what is stacked is
// the factor that is not an input of the scan.

// CHECK-LABEL: func.func @both
// CHECK-SAME: (%[[W:.*]]: tensor<4xf32>, %[[X:.*]]: tensor<9x4xf32>, %[[D:.*]]: tensor<9x5xf32>)
// CHECK: %[[E:.*]] = nabla.exp %[[W]]
// CHECK: %[[P:.*]] = nabla.scan length = 9 consts(%[[W]], %[[E]]) carries() xs(%[[X]], %[[D]])
// CHECK-NEXT: ^bb0(%{{.*}}: tensor<4xf32>, %[[E1:.*]]: tensor<4xf32>, %[[X1:.*]]: tensor<4xf32>, %{{.*}}: tensor<5xf32>):
// CHECK-NEXT: %[[P1:.*]] = nabla.mul %[[X1]], %[[E1]]
// CHECK-NEXT: nabla.yield %[[P1]]
// CHECK: %[[SUM:.*]] = nabla.dot_general %[[P]], %[[D]] batch = [] x [] contract = [0] x [0]
// CHECK: return %[[SUM]]
func.func @both(%w: tensor<4xf32>, %x: tensor<9x4xf32>, %d: tensor<9x5xf32>) -> tensor<4x5xf32> {
  %zero = nabla.constant dense<0.0> : tensor<4x5xf32>
  %sum = nabla.scan length = 9 consts(%w) carries(%zero) xs(%x, %d)
      : (tensor<4xf32>, tensor<4x5xf32>, tensor<9x4xf32>, tensor<9x5xf32>) -> tensor<4x5xf32> {
  ^bb0(%w1: tensor<4xf32>, %s: tensor<4x5xf32>, %x1: tensor<4xf32>, %d1: tensor<5xf32>):
    %e = nabla.exp %w1 : tensor<4xf32>
    %p = nabla.mul %x1, %e : tensor<4xf32>
    %q = nabla.dot_general %p, %d1 batch = [] x [] contract = [] x [] : (tensor<4xf32>, tensor<5xf32>) -> tensor<4x5xf32>
    %r = nabla.add %s, %q : tensor<4x5xf32>
    nabla.yield %r : tensor<4x5xf32>
  }
  return %sum : tensor<4x5xf32>
}

// -----

// Nothing is left to scan. What the sum starts with is added, and dimensions of a batch stay.

// CHECK-LABEL: func.func @all
// CHECK-SAME: (%[[START:.*]]: tensor<2x4x5xf32>, %[[X:.*]]: tensor<9x2x3x4xf32>, %[[D:.*]]: tensor<9x2x3x5xf32>)
// CHECK-NEXT: %[[SUM:.*]] = nabla.dot_general %[[X]], %[[D]] batch = [1] x [1] contract = [0, 2] x [0, 2]
// CHECK-NEXT: %[[ALL:.*]] = nabla.add %[[START]], %[[SUM]]
// CHECK-NEXT: return %[[ALL]]
func.func @all(%start: tensor<2x4x5xf32>, %x: tensor<9x2x3x4xf32>, %d: tensor<9x2x3x5xf32>) -> tensor<2x4x5xf32> {
  %sum = nabla.scan reverse length = 9 consts() carries(%start) xs(%x, %d)
      : (tensor<2x4x5xf32>, tensor<9x2x3x4xf32>, tensor<9x2x3x5xf32>) -> tensor<2x4x5xf32> {
  ^bb0(%s: tensor<2x4x5xf32>, %x1: tensor<2x3x4xf32>, %d1: tensor<2x3x5xf32>):
    %q = nabla.dot_general %x1, %d1 batch = [0] x [0] contract = [1] x [1]
        : (tensor<2x3x4xf32>, tensor<2x3x5xf32>) -> tensor<2x4x5xf32>
    %r = nabla.add %q, %s : tensor<2x4x5xf32>
    nabla.yield %r : tensor<2x4x5xf32>
  }
  return %sum : tensor<2x4x5xf32>
}

// -----

// A sum over rows that are stacked anyway takes nothing more; one over rows that are not would.

// CHECK-LABEL: func.func @rows
// CHECK: %[[S:.*]]:2 = nabla.scan length = 9 consts() carries(%{{.*}}) xs
// CHECK: nabla.yield %{{.*}}, %[[Y:.*]] : tensor<3xf32>, tensor<7x3xf32>
// CHECK: nabla.reduce_sum %[[S]]#1 dims = [0, 1] : tensor<9x7x3xf32> -> tensor<3xf32>
func.func @rows(%zero: tensor<3xf32>, %x: tensor<9x7x3xf32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<9x7x3xf32>) {
  %s:3 = nabla.scan length = 9 consts() carries(%zero, %zero) xs(%x)
      : (tensor<3xf32>, tensor<3xf32>, tensor<9x7x3xf32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<9x7x3xf32>) {
  ^bb0(%s: tensor<3xf32>, %t: tensor<3xf32>, %x1: tensor<7x3xf32>):
    %e = nabla.exp %x1 : tensor<7x3xf32>
    %f = nabla.sin %x1 : tensor<7x3xf32>
    %p = nabla.reduce_sum %e dims = [0] : tensor<7x3xf32> -> tensor<3xf32>
    %q = nabla.reduce_sum %f dims = [0] : tensor<7x3xf32> -> tensor<3xf32>
    %u = nabla.add %s, %p : tensor<3xf32>
    %v = nabla.add %t, %q : tensor<3xf32>
    nabla.yield %u, %v, %e : tensor<3xf32>, tensor<3xf32>, tensor<7x3xf32>
  }
  return %s#0, %s#1, %s#2 : tensor<3xf32>, tensor<3xf32>, tensor<9x7x3xf32>
}

// -----

// A sum that a turn reads stays, and so does one that is smaller than its factors.

// CHECK-LABEL: func.func @stay
// CHECK: nabla.scan {{.*}} carries(%{{.*}}, %{{.*}})
// CHECK: nabla.yield %{{.*}}, %{{.*}}, %{{.*}} : tensor<4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>
// CHECK-NOT: dot_general
// CHECK: return
func.func @stay(%zero: tensor<4x5xf32>, %x: tensor<9x30x4xf32>, %d: tensor<9x30x5xf32>) -> (tensor<4x5xf32>, tensor<4x5xf32>, tensor<9x4x5xf32>) {
  %s:3 = nabla.scan length = 9 consts() carries(%zero, %zero) xs(%x, %d)
      : (tensor<4x5xf32>, tensor<4x5xf32>, tensor<9x30x4xf32>, tensor<9x30x5xf32>) -> (tensor<4x5xf32>, tensor<4x5xf32>, tensor<9x4x5xf32>) {
  ^bb0(%s: tensor<4x5xf32>, %t: tensor<4x5xf32>, %x1: tensor<30x4xf32>, %d1: tensor<30x5xf32>):
    %p = nabla.dot_general %x1, %d1 batch = [] x [] contract = [0] x [0] : (tensor<30x4xf32>, tensor<30x5xf32>) -> tensor<4x5xf32>
    %u = nabla.add %s, %p : tensor<4x5xf32>
    %e = nabla.exp %d1 : tensor<30x5xf32>
    %q = nabla.dot_general %x1, %e batch = [] x [] contract = [0] x [0] : (tensor<30x4xf32>, tensor<30x5xf32>) -> tensor<4x5xf32>
    %v = nabla.add %t, %q : tensor<4x5xf32>
    nabla.yield %u, %v, %u : tensor<4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>
  }
  return %s#0, %s#1, %s#2 : tensor<4x5xf32>, tensor<4x5xf32>, tensor<9x4x5xf32>
}

// -----

// Weights that are multiplied by columns are transposed once; a row times them is read as it is. Shapes change in each turn.

// CHECK-LABEL: func.func @columns
// CHECK-SAME: (%[[W:.*]]: tensor<5x4xf32>
// CHECK: %[[T:.*]] = nabla.transpose %[[W]] permutation = [1, 0]
// CHECK: nabla.scan length = 9 consts(%[[W]], %{{.*}}, %[[T]])
// CHECK-NEXT: ^bb0(%[[W1:.*]]: tensor<5x4xf32>, %[[B1:.*]]: tensor<5xf32>, %[[T1:.*]]: tensor<4x5xf32>,
// CHECK: nabla.broadcast %[[B1]]
// CHECK: nabla.dot_general %{{.*}}, %[[T1]] batch = [] x [] contract = [1] x [0]
// CHECK: nabla.dot_general %{{.*}}, %[[W1]] batch = [] x [] contract = [0] x [1]
func.func @columns(%w: tensor<5x4xf32>, %b: tensor<5xf32>, %x: tensor<9x8x4xf32>, %r: tensor<9x4xf32>) -> (tensor<9x8x5xf32>, tensor<9x5xf32>) {
  %ys:2 = nabla.scan length = 9 consts(%w, %b) carries() xs(%x, %r)
      : (tensor<5x4xf32>, tensor<5xf32>, tensor<9x8x4xf32>, tensor<9x4xf32>) -> (tensor<9x8x5xf32>, tensor<9x5xf32>) {
  ^bb0(%w1: tensor<5x4xf32>, %b1: tensor<5xf32>, %x1: tensor<8x4xf32>, %r1: tensor<4xf32>):
    %c = nabla.broadcast %b1 dims = [1] : tensor<5xf32> -> tensor<8x5xf32>
    %p = nabla.dot_general %x1, %w1 batch = [] x [] contract = [1] x [1] : (tensor<8x4xf32>, tensor<5x4xf32>) -> tensor<8x5xf32>
    %y = nabla.add %p, %c : tensor<8x5xf32>
    %q = nabla.dot_general %r1, %w1 batch = [] x [] contract = [0] x [1] : (tensor<4xf32>, tensor<5x4xf32>) -> tensor<5xf32>
    nabla.yield %y, %q : tensor<8x5xf32>, tensor<5xf32>
  }
  return %ys#0, %ys#1 : tensor<9x8x5xf32>, tensor<9x5xf32>
}

// -----

// What an inner scan need not do goes in front of both, if it need not be done there either.

// CHECK-LABEL: func.func @nested
// CHECK-SAME: (%[[W:.*]]: tensor<4xf32>
// CHECK: %[[E:.*]] = nabla.sin %[[W]]
// CHECK: nabla.scan length = 3
// CHECK: nabla.scan length = 9
// CHECK-NOT: nabla.sin
// CHECK: return
func.func @nested(%w: tensor<4xf32>, %x: tensor<3x9x4xf32>) -> tensor<3x9x4xf32> {
  %ys = nabla.scan length = 3 consts(%w) carries() xs(%x) : (tensor<4xf32>, tensor<3x9x4xf32>) -> tensor<3x9x4xf32> {
  ^bb0(%w1: tensor<4xf32>, %x1: tensor<9x4xf32>):
    %zs = nabla.scan length = 9 consts(%w1) carries() xs(%x1) : (tensor<4xf32>, tensor<9x4xf32>) -> tensor<9x4xf32> {
    ^bb0(%w2: tensor<4xf32>, %x2: tensor<4xf32>):
      %e = nabla.sin %w2 : tensor<4xf32>
      %y = nabla.mul %e, %x2 : tensor<4xf32>
      nabla.yield %y : tensor<4xf32>
    }
    nabla.yield %zs : tensor<9x4xf32>
  }
  return %ys : tensor<3x9x4xf32>
}

// -----

// A table of two rows is larger than they are: each turn makes it as it needs it.

// CHECK-LABEL: func.func @table
// CHECK-NEXT: nabla.scan length = 9 consts(%arg0)
func.func @table(%r: tensor<50xf32>, %x: tensor<9x50xf32>) -> tensor<9x50xf32> {
  %ys = nabla.scan length = 9 consts(%r) carries() xs(%x) : (tensor<50xf32>, tensor<9x50xf32>) -> tensor<9x50xf32> {
  ^bb0(%r1: tensor<50xf32>, %x1: tensor<50xf32>):
    %a = nabla.broadcast %r1 dims = [0] : tensor<50xf32> -> tensor<50x50xf32>
    %b = nabla.broadcast %r1 dims = [1] : tensor<50xf32> -> tensor<50x50xf32>
    %d = nabla.sub %a, %b : tensor<50x50xf32>
    %e = nabla.exp %d : tensor<50x50xf32>
    %c = nabla.broadcast %x1 dims = [1] : tensor<50xf32> -> tensor<50x50xf32>
    %p = nabla.mul %e, %c : tensor<50x50xf32>
    %s = nabla.reduce_sum %p dims = [1] : tensor<50x50xf32> -> tensor<50xf32>
    nabla.yield %s : tensor<50xf32>
  }
  return %ys : tensor<9x50xf32>
}
