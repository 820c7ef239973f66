// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-expand-math | FileCheck %s

// Many functions of numbers outside of loops are calls of one function; what is
// in a loop, or on a vector, is not called.
// CHECK: func.func private @nabla.sin.f32(%{{.*}}: f32) -> f32 attributes {passthrough = ["noinline"]} {
// CHECK: scf.if
// CHECK-LABEL: func.func @chain
// CHECK-COUNT-17: call @nabla.sin.f32
// CHECK-NOT: call @nabla.sin.f32
// CHECK: scf.for
// CHECK-NOT: call @nabla
// CHECK: return
func.func @chain(%s0: f32, %v: vector<8xf32>, %n: index) -> (f32, vector<8xf32>) {
  %zero = arith.constant 0 : index
  %one = arith.constant 1 : index
  %s1 = math.sin %s0 : f32
  %s2 = math.sin %s1 : f32
  %s3 = math.sin %s2 : f32
  %s4 = math.sin %s3 : f32
  %s5 = math.sin %s4 : f32
  %s6 = math.sin %s5 : f32
  %s7 = math.sin %s6 : f32
  %s8 = math.sin %s7 : f32
  %s9 = math.sin %s8 : f32
  %s10 = math.sin %s9 : f32
  %s11 = math.sin %s10 : f32
  %s12 = math.sin %s11 : f32
  %s13 = math.sin %s12 : f32
  %s14 = math.sin %s13 : f32
  %s15 = math.sin %s14 : f32
  %s16 = math.sin %s15 : f32
  %s17 = math.sin %s16 : f32
  %w = math.exp %v : vector<8xf32>
  %r = scf.for %i = %zero to %n step %one iter_args(%x = %s17) -> f32 {
    %y = math.sin %x : f32
    scf.yield %y : f32
  }
  return %r, %w : f32, vector<8xf32>
}
