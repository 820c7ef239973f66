// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-outline-parallel -split-input-file -verify-diagnostics | FileCheck %s

// What the body uses goes through slots; the view is made again inside. The turn is
// split into the two induction variables.
// CHECK-DAG: func.func private @nabla_parallel_for(i64, (i64, !llvm.ptr) -> (), !llvm.ptr)
// CHECK-LABEL: func.func @main
// CHECK-SAME: (%[[X:.*]]: memref<64x10xf32>, %[[S:.*]]: f32)
// CHECK: %[[SLOTS:.*]] = llvm.alloca
// CHECK: %[[ADDRESS:.*]] = memref.extract_aligned_pointer_as_index %[[X]]
// CHECK: %[[TURNS:.*]] = arith.constant 16 : i64
// CHECK: %[[BODY:.*]] = constant @main.parallel
// CHECK: call @nabla_parallel_for(%[[TURNS]], %[[BODY]], %[[SLOTS]])
// CHECK-NOT: scf.forall
// CHECK: func.func private @main.parallel(%[[TURN:.*]]: i64, %{{.*}}: !llvm.ptr)
// CHECK: %[[I:.*]] = arith.index_cast %[[TURN]] : i64 to index
// CHECK: arith.remui %[[I]]
// CHECK: arith.divui %[[I]]
// CHECK: memref.subview %{{.*}} : memref<64x10xf32>
// CHECK: memref.store
func.func @main(%x: memref<64x10xf32>, %s: f32) {
  %view = memref.subview %x[8, 0] [56, 10] [1, 1]
      : memref<64x10xf32> to memref<56x10xf32, strided<[10, 1], offset: 80>>
  scf.forall (%i, %j) = (0, 0) to (56, 10) step (7, 5) {
    memref.store %s, %view[%i, %j] : memref<56x10xf32, strided<[10, 1], offset: 80>>
  }
  return
}

// -----

// Turns without anything to use; a loop within a turn stays in it.
// CHECK-LABEL: func.func @nested
// CHECK: call @nabla_parallel_for
// CHECK: func.func private @nested.parallel
// CHECK: scf.for
func.func @nested() {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  scf.forall (%i) in (3) {
    %a = memref.alloc() : memref<4xindex>
    scf.for %j = %c0 to %c4 step %c1 {
      memref.store %i, %a[%j] : memref<4xindex>
    }
    memref.dealloc %a : memref<4xindex>
  }
  return
}

// -----

// A vector takes as many words as it needs, which are aligned as words are; one that is a
// number repeated is made again inside.
// CHECK-LABEL: func.func @vectors
// CHECK-SAME: (%[[X:.*]]: memref<64xf32>, %[[V:[^:]*]]: vector<16xf32>, %[[I:[^:]*]]: vector<4xindex>, %[[S:[^:]*]]: f32
// CHECK: %[[SIZE:.*]] = llvm.mlir.constant(14 : i64)
// CHECK: %[[WORDS:.*]] = llvm.alloca %[[SIZE]] x i64
// CHECK: %[[AT_V:.*]] = llvm.getelementptr %[[WORDS]][1]
// CHECK: llvm.store %[[V]], %[[AT_V]] {alignment = 8 : i64} : vector<16xf32>
// CHECK: %[[NUMBERS:.*]] = arith.index_cast %[[I]] : vector<4xindex> to vector<4xi64>
// CHECK: %[[AT_I:.*]] = llvm.getelementptr %[[WORDS]][9]
// CHECK: llvm.store %[[NUMBERS]], %[[AT_I]] {alignment = 8 : i64}
// CHECK: llvm.getelementptr %[[WORDS]][13]
// CHECK: func.func private @vectors.parallel(%{{.*}}: i64, %[[MEMORY:.*]]: !llvm.ptr)
// CHECK: %[[FROM:.*]] = llvm.getelementptr %[[MEMORY]][1]
// CHECK: llvm.load %[[FROM]] {alignment = 8 : i64} : !llvm.ptr -> vector<16xf32>
// CHECK: %[[INDICES:.*]] = llvm.load %{{.*}} {alignment = 8 : i64} : !llvm.ptr -> vector<4xi64>
// CHECK: arith.index_cast %[[INDICES]] : vector<4xi64> to vector<4xindex>
// CHECK: vector.broadcast
func.func @vectors(%x: memref<64xf32>, %v: vector<16xf32>, %i: vector<4xindex>, %s: f32) {
  %w = vector.broadcast %s : f32 to vector<16xf32>
  scf.forall (%j) = (0) to (64) step (16) {
    %0 = arith.addf %v, %w : vector<16xf32>
    %k = vector.extract %i[2] : index from vector<4xindex>
    %at = arith.addi %j, %k : index
    vector.store %0, %x[%at] : memref<64xf32>, vector<16xf32>
  }
  return
}

// -----

func.func @dynamic(%n: index, %x: memref<64xf32>, %s: f32) {
  // expected-error @+1 {{has bounds or results that cannot be handed to the runtime}}
  scf.forall (%i) in (%n) {
    memref.store %s, %x[%i] : memref<64xf32>
  }
  return
}
