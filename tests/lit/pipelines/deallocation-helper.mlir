// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The helper that frees lists of buffers is made for a function that goes
// before it is inlined; without a caller it must be gone too.

// RUN: nabla-opt --nabla-pipeline="to=llvm" %s | FileCheck %s
// CHECK-LABEL: llvm.func @main_packed(
// CHECK-NOT: func.func
// CHECK-NOT: @dealloc_helper

func.func public @main(%c: tensor<f64>, %xs: tensor<3xf64>, %d: tensor<f64>, %ys: tensor<3xf64>) -> (tensor<f64>, tensor<3xf64>, tensor<3xf64>, tensor<3xf64>, tensor<f64>) {
  %0:3 = nabla.scan length = 3 consts() carries(%c) xs(%xs) : (tensor<f64>, tensor<3xf64>) -> (tensor<f64>, tensor<3xf64>, tensor<3xf64>) {
  ^bb0(%carry: tensor<f64>, %x: tensor<f64>):
    %2 = nabla.sin %carry : tensor<f64>
    %3 = nabla.cos %carry : tensor<f64>
    %4 = nabla.mul %2, %x : tensor<f64>
    nabla.yield %4, %carry, %3 : tensor<f64>, tensor<f64>, tensor<f64>
  }
  %1 = nabla.scan reverse length = 3 consts() carries(%d) xs(%0#2, %xs, %ys) : (tensor<f64>, tensor<3xf64>, tensor<3xf64>, tensor<3xf64>) -> tensor<f64> {
  ^bb0(%carry: tensor<f64>, %cos: tensor<f64>, %x: tensor<f64>, %y: tensor<f64>):
    %2 = nabla.mul_zero %carry, %cos : tensor<f64>
    %3 = nabla.mul_zero %2, %x : tensor<f64>
    %4 = nabla.add %y, %3 : tensor<f64>
    nabla.yield %4 : tensor<f64>
  }
  return %0#0, %0#1, %0#2, %xs, %1 : tensor<f64>, tensor<3xf64>, tensor<3xf64>, tensor<3xf64>, tensor<f64>
}

func.func nested @linear(%cos: tensor<3xf64>, %xs: tensor<3xf64>, %d: tensor<f64>) -> (tensor<f64>, tensor<3xf64>) {
  %0:2 = nabla.scan length = 3 consts() carries(%d) xs(%cos, %xs) : (tensor<f64>, tensor<3xf64>, tensor<3xf64>) -> (tensor<f64>, tensor<3xf64>) {
  ^bb0(%carry: tensor<f64>, %c: tensor<f64>, %x: tensor<f64>):
    %1 = nabla.mul_zero %carry, %c : tensor<f64>
    %2 = nabla.mul_zero %1, %x : tensor<f64>
    nabla.yield %2, %carry : tensor<f64>, tensor<f64>
  }
  return %0#0, %0#1 : tensor<f64>, tensor<3xf64>
}
