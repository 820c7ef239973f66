// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --canonicalize | FileCheck %s
// RUN: cat %s | nabla-opt --convert-math-to-llvm | FileCheck %s --check-prefix=LLVM

// Upstream's dialects and passes are registered.

// CHECK-LABEL: func.func @sum_of_constants
// CHECK-NEXT: %[[C:.*]] = arith.constant 3 : i32
// CHECK-NEXT: return %[[C]]
func.func @sum_of_constants() -> i32 {
  %0 = arith.constant 1 : i32
  %1 = arith.constant 2 : i32
  %2 = arith.addi %0, %1 : i32
  return %2 : i32
}

// LLVM-LABEL: func.func @square_root
// LLVM: llvm.intr.sqrt
func.func @square_root(%x: f32) -> f32 {
  %0 = math.sqrt %x : f32
  return %0 : f32
}
