// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --split-input-file --nabla-packed-entry | FileCheck %s

llvm.func @use(!llvm.ptr, !llvm.ptr)
llvm.func @main(%x: !llvm.ptr, %unused: !llvm.ptr, %y: !llvm.ptr {llvm.noalias}) {
  llvm.call @use(%x, %y) : (!llvm.ptr, !llvm.ptr) -> ()
  llvm.return
}
llvm.func @helper(%x: !llvm.ptr) attributes {sym_visibility = "private"} {
  llvm.return
}

// CHECK: llvm.func @use(!llvm.ptr, !llvm.ptr)
// CHECK: llvm.func @main_packed(%[[POINTERS:.*]]: !llvm.ptr) {
// CHECK-NEXT: %[[FIRST:.*]] = llvm.getelementptr %[[POINTERS]][0]
// CHECK-NEXT: %[[X:.*]] = llvm.load %[[FIRST]] invariant : !llvm.ptr -> !llvm.ptr
// CHECK-NEXT: %[[THIRD:.*]] = llvm.getelementptr %[[POINTERS]][2]
// CHECK-NEXT: %[[Y:.*]] = llvm.load %[[THIRD]] invariant : !llvm.ptr -> !llvm.ptr
// CHECK-NEXT: llvm.call @use(%[[X]], %[[Y]]) : (!llvm.ptr, !llvm.ptr) -> ()
// CHECK-NEXT: llvm.return
// CHECK: llvm.func internal @helper(
// CHECK-NOT: @helper_packed

// -----

// Whoever calls the entry calls a copy.
llvm.func @main(%x: !llvm.ptr) {
  llvm.return
}
llvm.func @caller(%x: !llvm.ptr) attributes {sym_visibility = "private"} {
  llvm.call @main(%x) : (!llvm.ptr) -> ()
  llvm.return
}

// CHECK: module
// CHECK: llvm.func @main_packed(
// CHECK: llvm.func internal @caller(
// CHECK-NEXT: llvm.call @main(
// CHECK: llvm.func internal @main(%{{.*}}: !llvm.ptr) {
