// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-expand-math | FileCheck %s

// A vector stays a vector, and nothing is called.
// CHECK-LABEL: func.func @vector
// CHECK-NOT: math.tanh
// CHECK-NOT: call
// CHECK: math.fma {{.*}} : vector<16xf32>
// CHECK: return %{{.*}} : vector<16xf32>
func.func @vector(%x: vector<16xf32>) -> vector<16xf32> {
  %y = math.tanh %x : vector<16xf32>
  return %y : vector<16xf32>
}

// CHECK-LABEL: func.func @scalar
// CHECK-NOT: math.exp
// CHECK: math.fma {{.*}} : f64
func.func @scalar(%x: f64) -> f64 {
  %y = math.exp %x : f64
  return %y : f64
}
