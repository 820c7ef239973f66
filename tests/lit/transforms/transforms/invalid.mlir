// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-transforms -split-input-file -verify-diagnostics

!lin = !nabla.linear<(tensor<f32>) -> (tensor<f32>)>

func.func private @f(%x: tensor<f32>) -> tensor<f32> {
  %r = nabla.sin %x : tensor<f32>
  return %r : tensor<f32>
}

func.func private @pullback(%x: tensor<f32>) -> (tensor<f32>, !lin) {
  %r, %lin = nabla.linearize @f(%x) wrt = [0] : (tensor<f32>) -> (tensor<f32>, !lin)
  return %r, %lin : tensor<f32>, !lin
}

func.func @jvp_of_pullback(%x: tensor<f32>) -> (tensor<f32>) {
  // expected-error @+1 {{'nabla.jvp' op has a callee that returns a linear map}}
  %r, %lin, %t = nabla.jvp @pullback(%x) tangents(%x) wrt = [0]
      : (tensor<f32>, tensor<f32>) -> (tensor<f32>, !lin, tensor<f32>)
  return %t : tensor<f32>
}

// -----

!lin = !nabla.linear<(tensor<f32>) -> (tensor<f32>)>

func.func private @f(%x: tensor<f32>) -> tensor<f32> {
  %r = nabla.sin %x : tensor<f32>
  return %r : tensor<f32>
}

func.func private @elsewhere(!lin)

func.func @leaves(%x: tensor<f32>) -> tensor<f32> {
  // expected-error @+1 {{makes a linear map that leaves the functions which passes can follow}}
  %r, %lin = nabla.linearize @f(%x) wrt = [0] : (tensor<f32>) -> (tensor<f32>, !lin)
  // expected-error @+1 {{cannot be expanded: where its linear map is made is not known}}
  func.call @elsewhere(%lin) : (!lin) -> ()
  return %r : tensor<f32>
}
