// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s | nabla-opt | FileCheck %s
// RUN: nabla-opt %s --mlir-print-op-generic | nabla-opt | FileCheck %s

// Constants of every element type print so that they are read back to the bit.

func.func @constants() {
  // CHECK: nabla.constant dense<true> : tensor<i1>
  %0 = nabla.constant dense<true> : tensor<i1>
  // CHECK: nabla.constant dense<[true, false]> : tensor<2xi1>
  %1 = nabla.constant dense<[true, false]> : tensor<2xi1>
  // CHECK: nabla.constant dense<-128> : tensor<i8>
  %2 = nabla.constant dense<-128> : tensor<i8>
  // CHECK: nabla.constant dense<[-9223372036854775808, 9223372036854775807]> : tensor<2xi64>
  %3 = nabla.constant dense<[-9223372036854775808, 9223372036854775807]> : tensor<2xi64>
  // CHECK: nabla.constant dense<[0, 255]> : tensor<2xui8>
  %4 = nabla.constant dense<[0, 255]> : tensor<2xui8>
  // CHECK: nabla.constant dense<18446744073709551615> : tensor<ui64>
  %5 = nabla.constant dense<18446744073709551615> : tensor<ui64>
  // CHECK: nabla.constant dense<[1.500000e+00, -0.000000e+00]> : tensor<2xf32>
  %6 = nabla.constant dense<[1.5, -0.0]> : tensor<2xf32>
  // CHECK: nabla.constant dense<[0x7F800000, 0xFF800000, 0x7FC00000, 0x7F800001]> : tensor<4xf32>
  %7 = nabla.constant dense<[0x7F800000, 0xFF800000, 0x7FC00000, 0x7F800001]> : tensor<4xf32>
  // CHECK: nabla.constant dense<1.401300e-45> : tensor<f32>
  %8 = nabla.constant dense<1.40129846E-45> : tensor<f32>
  // CHECK: nabla.constant dense<1.000000e-01> : tensor<f64>
  %9 = nabla.constant dense<0.1> : tensor<f64>
  // CHECK: nabla.constant dense<4.940660e-324> : tensor<f64>
  %10 = nabla.constant dense<4.940656458412465441e-324> : tensor<f64>
  // CHECK: nabla.constant dense<[6.550400e+04, 0x7C00]> : tensor<2xf16>
  %11 = nabla.constant dense<[65504.0, 0x7C00]> : tensor<2xf16>
  // CHECK: nabla.constant dense<[1.000980e-01, 0x7F80]> : tensor<2xbf16>
  %12 = nabla.constant dense<[0.1, 0x7F80]> : tensor<2xbf16>
  // CHECK: nabla.constant dense<> : tensor<0x3xf32>
  %13 = nabla.constant dense<> : tensor<0x3xf32>
  // CHECK: nabla.constant dense<2.000000e+00> : tensor<1000x1000xf32>
  %14 = nabla.constant dense<2.0> : tensor<1000x1000xf32>
  // CHECK: nabla.constant {mine = 1 : i64} dense<{{\[\[}}1, 2], [3, 4]]> : tensor<2x2xi32>
  %15 = nabla.constant {mine = 1 : i64} dense<[[1, 2], [3, 4]]> : tensor<2x2xi32>
  return
}
