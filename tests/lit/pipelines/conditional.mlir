// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --split-input-file --nabla-deallocate | FileCheck %s --check-prefix=FREE
// RUN: nabla-opt %s --split-input-file --nabla-inline | FileCheck %s --check-prefix=INLINE

// Nothing to do: not even what is dead goes.
// FREE-LABEL: func.func @nothing(
// FREE-NEXT:    arith.constant
// INLINE-LABEL: func.func @nothing(
// INLINE-NEXT:  arith.constant
func.func @nothing(%x: memref<4xf32>) {
  %dead = arith.constant 1.0 : f32
  return
}

// -----

// FREE-LABEL: func.func @memory(
// FREE-NEXT:    %[[COPY:.*]] = memref.alloc()
// FREE-NEXT:    memref.copy
// FREE-NEXT:    memref.copy
// FREE-NEXT:    memref.dealloc %[[COPY]]
func.func @memory(%x: memref<4xf32>, %y: memref<4xf32>) {
  %dead = arith.constant 1.0 : f32
  %copy = memref.alloc() : memref<4xf32>
  memref.copy %x, %copy : memref<4xf32> to memref<4xf32>
  memref.copy %copy, %y : memref<4xf32> to memref<4xf32>
  return
}

// -----

// INLINE-LABEL: func.func @call(
// INLINE-NEXT:    memref.copy
// INLINE-NEXT:    return
func.func @call(%x: memref<4xf32>, %y: memref<4xf32>) {
  call @callee(%x, %y) : (memref<4xf32>, memref<4xf32>) -> ()
  return
}
func.func private @callee(%x: memref<4xf32>, %y: memref<4xf32>) {
  memref.copy %x, %y : memref<4xf32> to memref<4xf32>
  return
}
