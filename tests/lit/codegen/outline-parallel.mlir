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

func.func @dynamic(%n: index, %x: memref<64xf32>, %s: f32) {
  // expected-error @+1 {{has bounds or results that cannot be handed to the runtime}}
  scf.forall (%i) in (%n) {
    memref.store %s, %x[%i] : memref<64xf32>
  }
  return
}
