// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --split-input-file --nabla-split-parts=min-ops=8 | FileCheck %s
// RUN: nabla-opt %s --split-input-file --nabla-split-parts | FileCheck %s --check-prefix=SHORT
// RUN: nabla-opt %s --split-input-file --pass-pipeline="builtin.module(nabla-split-parts{min-ops=8},builtin.module(nabla-pipeline{from=bufferize to=llvm}))" | FileCheck %s --check-prefix=LINK

// The largest function comes first, each next one to the part that has least. What a part keeps to
// itself stays private.
// CHECK:      module attributes {nabla.note = "kept"} {
// CHECK-NEXT: module attributes {nabla.note = "kept"} {
// CHECK-NEXT:   memref.global "private" constant @one : memref<f32> = dense<1.000000e+00>
// CHECK-NEXT:   func.func nested @b(memref<f32>)
// CHECK-NEXT:   func.func nested @d(memref<f32>)
// CHECK-NEXT:   func.func @main(
// CHECK:        func.func private @c(%{{.*}}: memref<f32>) {
// CHECK-NEXT:     call @d
// CHECK:      module attributes {nabla.note = "kept"} {
// CHECK-NEXT:   func.func private @sinf(f32) -> f32
// CHECK-NEXT:   memref.global "private" constant @one : memref<f32> = dense<1.000000e+00>
// CHECK-NEXT:   func.func nested @b(%{{.*}}: memref<f32>) {
// CHECK:        func.func nested @d(%{{.*}}: memref<f32>) {
// CHECK:      // -----

// SHORT-NOT: nested

// What other parts call is not local to its object file.
// LINK:      module
// LINK-DAG:  llvm.func @b(!llvm.ptr)
// LINK-DAG:  llvm.func @d(!llvm.ptr)
// LINK:      llvm.func @main_packed(
// LINK:      llvm.func internal @c(
// LINK:      module
// LINK:      llvm.func @b(
// LINK:      llvm.func @d(
module attributes {nabla.note = "kept"} {
  memref.global "private" constant @one : memref<f32> = dense<1.0>
  func.func private @sinf(f32) -> f32
  func.func @main(%x: memref<f32>) {
    %one = memref.get_global @one : memref<f32>
    memref.copy %one, %x : memref<f32> to memref<f32>
    call @b(%x) : (memref<f32>) -> ()
    call @c(%x) : (memref<f32>) -> ()
    call @b(%x) : (memref<f32>) -> ()
    return
  }
  func.func private @b(%x: memref<f32>) {
    %0 = memref.load %x[] : memref<f32>
    %1 = call @sinf(%0) : (f32) -> f32
    memref.store %1, %x[] : memref<f32>
    return
  }
  func.func private @c(%x: memref<f32>) {
    call @d(%x) : (memref<f32>) -> ()
    return
  }
  func.func private @d(%x: memref<f32>) {
    %one = memref.get_global @one : memref<f32>
    memref.copy %one, %x : memref<f32> to memref<f32>
    return
  }
}

// -----

// Who uses other symbols is not known: nothing is split.
// CHECK-LABEL: llvm.mlir.global
// CHECK-NOT:   module
// CHECK:       func.func private @b
llvm.mlir.global external @g(1 : i32) : i32
func.func @main(%x: memref<f32>) {
  call @b(%x) : (memref<f32>) -> ()
  call @b(%x) : (memref<f32>) -> ()
  call @b(%x) : (memref<f32>) -> ()
  return
}
func.func private @b(%x: memref<f32>) {
  %0 = memref.load %x[] : memref<f32>
  %1 = arith.addf %0, %0 : f32
  memref.store %1, %x[] : memref<f32>
  return
}
