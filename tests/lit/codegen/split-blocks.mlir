// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-split-blocks=max-ops=4 -split-input-file | FileCheck %s

// Parts of four calls each. Addresses are computed again where they are needed, and memory that
// all parts share is handed over; so is what another part loaded, unless the load is invariant.
// CHECK-LABEL: llvm.func internal @main.part(
// CHECK-SAME: %[[ALL:.*]]: !llvm.ptr, %[[ARENA:.*]]: !llvm.ptr) attributes {no_inline}
// CHECK: %[[X:.*]] = llvm.load %[[ALL]] invariant
// CHECK: llvm.call @kernel(%[[X]], %[[ARENA]])
// CHECK-COUNT-3: llvm.call @kernel
// CHECK-NOT: llvm.call
// CHECK: llvm.return
// CHECK: llvm.func internal @main.part_0(
// CHECK: llvm.getelementptr %{{.*}}[64]
// CHECK-COUNT-4: llvm.call @kernel
// CHECK: llvm.return
// CHECK: llvm.func @main(%[[POINTERS:.*]]: !llvm.ptr)
// CHECK-NEXT: %[[SIZE:.*]] = llvm.mlir.constant
// CHECK-NEXT: %[[MEMORY:.*]] = llvm.call @allocate(%[[SIZE]])
// CHECK-NEXT: llvm.call @main.part(%[[POINTERS]], %[[MEMORY]])
// CHECK-NEXT: llvm.call @main.part_0(%[[MEMORY]], %[[POINTERS]])
// CHECK-NEXT: llvm.call @release(%[[MEMORY]])
// CHECK-NEXT: llvm.return
llvm.func @kernel(!llvm.ptr, !llvm.ptr)
llvm.func @allocate(i64) -> !llvm.ptr
llvm.func @release(!llvm.ptr)
llvm.func @main(%pointers: !llvm.ptr) {
  %x = llvm.load %pointers invariant : !llvm.ptr -> !llvm.ptr
  %size = llvm.mlir.constant(128 : i64) : i64
  %arena = llvm.call @allocate(%size) : (i64) -> !llvm.ptr
  %behind = llvm.getelementptr %arena[64] : (!llvm.ptr) -> !llvm.ptr, i8
  llvm.call @kernel(%x, %arena) : (!llvm.ptr, !llvm.ptr) -> ()
  llvm.call @kernel(%x, %arena) : (!llvm.ptr, !llvm.ptr) -> ()
  llvm.call @kernel(%x, %arena) : (!llvm.ptr, !llvm.ptr) -> ()
  llvm.call @kernel(%x, %behind) : (!llvm.ptr, !llvm.ptr) -> ()
  llvm.call @kernel(%behind, %x) : (!llvm.ptr, !llvm.ptr) -> ()
  llvm.call @kernel(%behind, %x) : (!llvm.ptr, !llvm.ptr) -> ()
  llvm.call @kernel(%behind, %x) : (!llvm.ptr, !llvm.ptr) -> ()
  llvm.call @kernel(%behind, %x) : (!llvm.ptr, !llvm.ptr) -> ()
  llvm.call @release(%arena) : (!llvm.ptr) -> ()
  llvm.return
}

// -----

// A part ends only where nothing is needed of what it made.
// CHECK-LABEL: llvm.func internal @needed.part(
// CHECK-COUNT-6: llvm.fadd
// CHECK-NOT: llvm.fadd
// CHECK: llvm.store
// CHECK-NEXT: llvm.return
// CHECK: llvm.func @needed
// CHECK-NOT: llvm.fadd
// CHECK: llvm.return
llvm.func @needed(%x: !llvm.ptr) {
  %0 = llvm.load %x : !llvm.ptr -> f32
  %1 = llvm.fadd %0, %0 : f32
  %2 = llvm.fadd %1, %1 : f32
  %3 = llvm.fadd %2, %2 : f32
  %4 = llvm.fadd %3, %3 : f32
  %5 = llvm.fadd %4, %4 : f32
  %6 = llvm.fadd %5, %5 : f32
  llvm.store %6, %x : f32, !llvm.ptr
  llvm.return
}

// -----

// What is short stays, as does memory on the stack.
// CHECK-LABEL: llvm.func @stack
// CHECK: llvm.alloca
// CHECK: llvm.call @stack.part
// CHECK: llvm.return
// CHECK-LABEL: llvm.func @short
// CHECK-NOT: llvm.call
// CHECK: llvm.return
llvm.func @stack(%x: f32) {
  %one = llvm.mlir.constant(1 : i64) : i64
  %a = llvm.alloca %one x f32 : (i64) -> !llvm.ptr
  llvm.store %x, %a : f32, !llvm.ptr
  llvm.store %x, %a : f32, !llvm.ptr
  llvm.store %x, %a : f32, !llvm.ptr
  llvm.store %x, %a : f32, !llvm.ptr
  llvm.return
}
llvm.func @short(%x: f32, %a: !llvm.ptr) {
  llvm.store %x, %a : f32, !llvm.ptr
  llvm.store %x, %a : f32, !llvm.ptr
  llvm.store %x, %a : f32, !llvm.ptr
  llvm.store %x, %a : f32, !llvm.ptr
  llvm.return
}
