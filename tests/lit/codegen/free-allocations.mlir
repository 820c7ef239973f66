// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-free-allocations | FileCheck %s
// RUN: nabla-opt %s --nabla-free-allocations | FileCheck %s --check-prefix=ALL

// CHECK-LABEL: func.func @own
// CHECK: %[[A:.*]] = memref.alloc() : memref<8xf32>
// CHECK: %[[B:.*]] = memref.alloc() : memref<8xf32>
// CHECK: memref.dealloc %[[A]]
// CHECK-NEXT: memref.dealloc %[[B]]
// CHECK-NEXT: return
func.func @own() {
  %true = arith.constant true
  %a = memref.alloc() : memref<8xf32>
  %b = memref.alloc() : memref<8xf32>
  bufferization.dealloc (%a, %b : memref<8xf32>, memref<8xf32>) if (%true, %true)
  return
}

// A condition, a buffer that is kept, one that is freed twice, one of unknown origin.
// ALL-LABEL: func.func @others
// ALL-COUNT-4: bufferization.dealloc (
func.func @others(%p: i1, %x: memref<8xf32>) {
  %true = arith.constant true
  %a = memref.alloc() : memref<8xf32>
  bufferization.dealloc (%a : memref<8xf32>) if (%p)
  %b = memref.alloc() : memref<8xf32>
  %kept = bufferization.dealloc (%b : memref<8xf32>) if (%true) retain (%x : memref<8xf32>)
  %c = memref.alloc() : memref<8xf32>
  bufferization.dealloc (%c, %c : memref<8xf32>, memref<8xf32>) if (%true, %true)
  bufferization.dealloc (%x : memref<8xf32>) if (%true)
  return
}
