// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-expand-math -split-input-file | FileCheck %s

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

// -----

// What is done for huge arguments is a function, however many sines there are.
// CHECK:       func.func private @sinf(f32) -> f32
// CHECK-NEXT:  func.func private @sinf.of16(%{{[^)]*}}: vector<16xf32>) -> vector<16xf32> attributes {no_inline, passthrough = ["cold"]}
// CHECK:         scf.for
// CHECK:           func.call @sinf(
// CHECK-LABEL: func.func @sines
// CHECK-NOT:   scf.for
// CHECK-COUNT-2: func.call @sinf.of16(
// CHECK:       return
// CHECK-NOT:   @sinf.of16
func.func @sines(%x: vector<16xf32>) -> vector<16xf32> {
  %y = math.sin %x : vector<16xf32>
  %z = math.sin %y : vector<16xf32>
  return %z : vector<16xf32>
}
