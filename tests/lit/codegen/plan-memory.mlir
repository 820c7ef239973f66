// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s -split-input-file --pass-pipeline="builtin.module(func.func(nabla-plan-memory))" | FileCheck %s

func.func private @use(memref<8192xf32>, memref<8192xf32>)

// The third takes the place of the first.
// CHECK-LABEL: func.func @chain
// CHECK: %[[ARENA:.*]] = memref.alloc() {alignment = 64 : i64} : memref<65536xi8>
// CHECK: %[[A:.*]] = memref.view %[[ARENA]][%c0{{.*}}][] : memref<65536xi8> to memref<8192xf32>
// CHECK: %[[B:.*]] = memref.view %[[ARENA]][%c32768{{.*}}][] : memref<65536xi8> to memref<8192xf32>
// CHECK: %[[C:.*]] = memref.view %[[ARENA]][%c0{{.*}}][] : memref<65536xi8> to memref<8192xf32>
// CHECK: call @use(%[[A]], %[[B]])
// CHECK: call @use(%[[B]], %[[C]])
// CHECK: memref.dealloc %[[ARENA]]
// CHECK-NOT: dealloc
// CHECK: return
func.func @chain(%x: memref<8192xf32>) {
  %a = memref.alloc() : memref<8192xf32>
  %b = memref.alloc() : memref<8192xf32>
  %c = memref.alloc() : memref<8192xf32>
  call @use(%x, %a) : (memref<8192xf32>, memref<8192xf32>) -> ()
  call @use(%a, %b) : (memref<8192xf32>, memref<8192xf32>) -> ()
  call @use(%b, %c) : (memref<8192xf32>, memref<8192xf32>) -> ()
  memref.dealloc %a : memref<8192xf32>
  memref.dealloc %b : memref<8192xf32>
  memref.dealloc %c : memref<8192xf32>
  return
}

// -----

func.func private @use(memref<8192xf32>, memref<4xf32>)

// A view is a use of what it shows; of two free ranges, the smaller one that fits is
// taken. Little memory lies on the stack.
// CHECK-LABEL: func.func @views
// CHECK: %[[ARENA:.*]] = memref.alloca() {alignment = 64 : i64} : memref<192xi8>
// CHECK: memref.view %[[ARENA]][%c0{{.*}}][] : memref<192xi8> to memref<8xf32>
// CHECK: memref.view %[[ARENA]][%c64{{.*}}][] : memref<192xi8> to memref<4xf32>
// CHECK: memref.view %[[ARENA]][%c128{{.*}}][] : memref<192xi8> to memref<4xf32>
// CHECK: memref.view %[[ARENA]][%c64{{.*}}][] : memref<192xi8> to memref<4xf32>
// CHECK-NOT: dealloc
func.func @views(%x: memref<8192xf32>) {
  %a = memref.alloc() : memref<8xf32>
  %b = memref.alloc() : memref<4xf32>
  %c = memref.alloc() : memref<4xf32>
  %d = memref.alloc() : memref<4xf32>
  %part = memref.subview %a[0] [4] [1] : memref<8xf32> to memref<4xf32>
  call @use(%x, %b) : (memref<8192xf32>, memref<4xf32>) -> ()
  call @use(%x, %c) : (memref<8192xf32>, memref<4xf32>) -> ()
  memref.copy %b, %c : memref<4xf32> to memref<4xf32>
  call @use(%x, %d) : (memref<8192xf32>, memref<4xf32>) -> ()
  call @use(%x, %c) : (memref<8192xf32>, memref<4xf32>) -> ()
  call @use(%x, %part) : (memref<8192xf32>, memref<4xf32>) -> ()
  memref.dealloc %a : memref<8xf32>
  memref.dealloc %b : memref<4xf32>
  memref.dealloc %c : memref<4xf32>
  memref.dealloc %d : memref<4xf32>
  return
}

// -----

func.func private @use(memref<4xf32>, memref<4xf32>)

// What is used within a loop is kept for all of it, and so is what a loop hands on.
// CHECK-LABEL: func.func @loops
// CHECK: %[[ARENA:.*]] = memref.alloca() {{.*}} : memref<256xi8>
// CHECK: memref.view %[[ARENA]][%c64{{.*}}]
// CHECK: memref.view %[[ARENA]][%c0{{.*}}]
// CHECK: memref.view %[[ARENA]][%c128{{.*}}]
// CHECK: scf.for
// CHECK:   memref.view %[[ARENA]][%c192{{.*}}]
// CHECK-NOT: dealloc
func.func @loops(%x: memref<4xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %a = memref.alloc() : memref<4xf32>
  %b = memref.alloc() : memref<4xf32>
  call @use(%a, %b) : (memref<4xf32>, memref<4xf32>) -> ()
  %c = memref.alloc() : memref<4xf32>
  %handed = scf.for %i = %c0 to %n step %c1 iter_args(%last = %b) -> memref<4xf32> {
    %inner = memref.alloc() : memref<4xf32>
    func.call @use(%a, %inner) : (memref<4xf32>, memref<4xf32>) -> ()
    func.call @use(%c, %last) : (memref<4xf32>, memref<4xf32>) -> ()
    memref.dealloc %inner : memref<4xf32>
    scf.yield %last : memref<4xf32>
  }
  call @use(%x, %handed) : (memref<4xf32>, memref<4xf32>) -> ()
  memref.dealloc %a : memref<4xf32>
  memref.dealloc %b : memref<4xf32>
  memref.dealloc %c : memref<4xf32>
  return
}

// -----

func.func private @use(memref<4xf32>, memref<8192xf32>)

// Turns that may run at the same time share nothing.
// CHECK-LABEL: func.func @parallel
// CHECK-NOT: alloc
// CHECK: scf.forall
// CHECK:   %[[ARENA:.*]] = memref.alloc() {{.*}} : memref<32832xi8>
// CHECK:   memref.view %[[ARENA]][%c0{{.*}}][] : memref<32832xi8> to memref<4xf32>
// CHECK:   memref.view %[[ARENA]][%c64{{.*}}][] : memref<32832xi8> to memref<8192xf32>
// CHECK:   memref.dealloc %[[ARENA]]
func.func @parallel() {
  scf.forall (%i) in (8) {
    %a = memref.alloc() : memref<4xf32>
    %b = memref.alloc() : memref<8192xf32>
    func.call @use(%a, %b) : (memref<4xf32>, memref<8192xf32>) -> ()
    memref.dealloc %a : memref<4xf32>
    memref.dealloc %b : memref<8192xf32>
  }
  return
}

// -----

func.func private @use(memref<4xf32>)

// What is not freed where it is made stays.
// CHECK-LABEL: func.func @returned
// CHECK: memref.alloc() : memref<4xf32>
// CHECK-NOT: memref.view
func.func @returned(%flag: i1) -> memref<4xf32> {
  %a = memref.alloc() : memref<4xf32>
  %b = memref.alloc() : memref<4xf32>
  call @use(%b) : (memref<4xf32>) -> ()
  scf.if %flag {
    memref.dealloc %b : memref<4xf32>
  }
  return %a : memref<4xf32>
}
