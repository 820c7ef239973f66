// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-packed-entry | FileCheck %s

llvm.func @main(%x: !llvm.ptr, %y: !llvm.ptr) {
  llvm.return
}
llvm.func @helper(%x: !llvm.ptr) attributes {sym_visibility = "private"} {
  llvm.return
}

// CHECK: llvm.func @main_packed(%[[POINTERS:.*]]: !llvm.ptr)
// CHECK-NEXT: %[[FIRST:.*]] = llvm.getelementptr %[[POINTERS]][0]
// CHECK-NEXT: %[[X:.*]] = llvm.load %[[FIRST]] : !llvm.ptr -> !llvm.ptr
// CHECK-NEXT: %[[SECOND:.*]] = llvm.getelementptr %[[POINTERS]][1]
// CHECK-NEXT: %[[Y:.*]] = llvm.load %[[SECOND]] : !llvm.ptr -> !llvm.ptr
// CHECK-NEXT: llvm.call @main(%[[X]], %[[Y]]) : (!llvm.ptr, !llvm.ptr) -> ()
// CHECK-NEXT: llvm.return
// CHECK: llvm.func internal @helper(
// CHECK-NOT: @helper_packed
