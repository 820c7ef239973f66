// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --split-input-file --verify-diagnostics

func.func @missing(%x: tensor<3xf32>) {
  // expected-error @+1 {{'nabla.call' op names the function @f, which does not exist}}
  %y = nabla.call @f(%x) : (tensor<3xf32>) -> tensor<3xf32>
  return
}

// -----

module @f {}
func.func @no_function(%x: tensor<3xf32>) {
  // expected-error @+1 {{'nabla.call' op names @f, which is not a function}}
  %y = nabla.call @f(%x) : (tensor<3xf32>) -> tensor<3xf32>
  return
}

// -----

func.func private @f(tensor<3xf32>) -> tensor<3xf32>
func.func @call_count(%x: tensor<3xf32>) {
  // expected-error @+1 {{has 2 operands, but @f has 1}}
  %y = nabla.call @f(%x, %x) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return
}

// -----

func.func private @f(tensor<3xf32>) -> tensor<3xf32>
func.func @call_operand(%x: tensor<2xf32>) {
  // expected-error @+1 {{operand 0 is 'tensor<2xf32>', but @f has 'tensor<3xf32>'}}
  %y = nabla.call @f(%x) : (tensor<2xf32>) -> tensor<3xf32>
  return
}

// -----

func.func private @f(tensor<3xf32>) -> tensor<3xf32>
func.func @call_result(%x: tensor<3xf32>) {
  // expected-error @+1 {{result 0 is 'tensor<2xf32>', but @f has 'tensor<3xf32>'}}
  %y = nabla.call @f(%x) : (tensor<3xf32>) -> tensor<2xf32>
  return
}

// -----

// jvp

func.func @jvp_missing(%x: tensor<f32>) {
  // expected-error @+1 {{'nabla.jvp' op names the function @f, which does not exist}}
  %y:2 = nabla.jvp @f(%x) tangents(%x) wrt = [0] : (tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return
}

// -----

func.func private @f(tensor<f32>) -> tensor<f32>
func.func @jvp_primals(%x: tensor<f64>, %t: tensor<f32>) {
  // expected-error @+1 {{primal 0 is 'tensor<f64>', but @f has 'tensor<f32>'}}
  %y:2 = nabla.jvp @f(%x) tangents(%t) wrt = [0] : (tensor<f64>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return
}

// -----

func.func private @f(tensor<f32>) -> tensor<f32>
func.func @jvp_range(%x: tensor<f32>) {
  // expected-error @+1 {{wrt names argument 1, but @f has 1}}
  %y:2 = nabla.jvp @f(%x) tangents(%x) wrt = [1] : (tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return
}

// -----

func.func private @f(tensor<f32>) -> tensor<f32>
func.func @jvp_negative(%x: tensor<f32>) {
  // expected-error @+1 {{wrt names argument -1, but @f has 1}}
  %y:2 = nabla.jvp @f(%x) tangents(%x) wrt = [-1] : (tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return
}

// -----

func.func private @f(tensor<i32>) -> tensor<f32>
func.func @jvp_integer(%x: tensor<i32>, %t: tensor<f32>) {
  // expected-error @+1 {{wrt names argument 0 of @f, but 'tensor<i32>' has no tangent}}
  %y:2 = nabla.jvp @f(%x) tangents(%t) wrt = [0] : (tensor<i32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return
}

// -----

func.func private @f(tensor<f32>, tensor<f32>) -> tensor<f32>
func.func @jvp_order(%x: tensor<f32>) {
  // expected-error @+1 {{wrt is not in increasing order: 0 follows 1}}
  %y:2 = nabla.jvp @f(%x, %x) tangents(%x, %x) wrt = [1, 0]
      : (tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return
}

// -----

func.func private @f(tensor<f32>) -> tensor<f32>
func.func @jvp_tangents(%x: tensor<f32>) {
  // expected-error @+1 {{has 2 tangents, but wrt has 1}}
  %y:2 = nabla.jvp @f(%x) tangents(%x, %x) wrt = [0]
      : (tensor<f32>, tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return
}

// -----

func.func private @f(tensor<f32>) -> tensor<f32>
func.func @jvp_tangent(%x: tensor<f32>, %t: tensor<3xf32>) {
  // expected-error @+1 {{tangent 0 is 'tensor<3xf32>', but wrt has 'tensor<f32>'}}
  %y:2 = nabla.jvp @f(%x) tangents(%t) wrt = [0] : (tensor<f32>, tensor<3xf32>) -> (tensor<f32>, tensor<f32>)
  return
}

// -----

func.func private @f(tensor<f32>) -> (tensor<f32>, tensor<i32>)
func.func @jvp_results(%x: tensor<f32>) {
  // expected-error @+1 {{has 4 results, but the derivative of @f has 3}}
  %y:4 = nabla.jvp @f(%x) tangents(%x) wrt = [0]
      : (tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<i32>, tensor<f32>, tensor<f32>)
  return
}

// -----

// linearize

!linear = !nabla.linear<(tensor<f32>) -> (tensor<f32>)>
func.func @linearize_missing(%x: tensor<f32>) {
  // expected-error @+1 {{'nabla.linearize' op names the function @f, which does not exist}}
  %y, %lin = nabla.linearize @f(%x) wrt = [0] : (tensor<f32>) -> (tensor<f32>, !linear)
  return
}

// -----

!linear = !nabla.linear<(tensor<f32>) -> (tensor<f32>)>
func.func private @f(tensor<f32>, tensor<f32>) -> tensor<f32>
func.func @linearize_primals(%x: tensor<f32>) {
  // expected-error @+1 {{has 1 primals, but @f has 2}}
  %y, %lin = nabla.linearize @f(%x) wrt = [0] : (tensor<f32>) -> (tensor<f32>, !linear)
  return
}

// -----

!linear = !nabla.linear<(tensor<f32>) -> (tensor<f32>)>
func.func private @f(tensor<f32>) -> tensor<f32>
func.func @linearize_range(%x: tensor<f32>) {
  // expected-error @+1 {{wrt names argument 3, but @f has 1}}
  %y, %lin = nabla.linearize @f(%x) wrt = [3] : (tensor<f32>) -> (tensor<f32>, !linear)
  return
}

// -----

!linear = !nabla.linear<(tensor<f32>) -> (tensor<f32>)>
func.func private @f(tensor<f32>) -> tensor<?xf32>
func.func @linearize_result(%x: tensor<f32>, %y: tensor<f32>) {
  // expected-error @+1 {{cannot linearize @f, which returns a 'tensor<?xf32>'}}
  %z, %lin = nabla.linearize @f(%x) wrt = [0] : (tensor<f32>) -> (tensor<f32>, !linear)
  return
}

// -----

!linear = !nabla.linear<(tensor<f32>) -> (tensor<f64>)>
func.func private @f(tensor<f32>) -> tensor<f32>
func.func @linearize_type(%x: tensor<f32>) {
  // expected-error @+1 {{result 1 is '!nabla.linear<(tensor<f32>) -> (tensor<f64>)>', but the linearization of @f has '!nabla.linear<(tensor<f32>) -> (tensor<f32>)>'}}
  %y, %lin = nabla.linearize @f(%x) wrt = [0] : (tensor<f32>) -> (tensor<f32>, !linear)
  return
}

// -----

// bind_linear, apply, apply_transposed

!linear = !nabla.linear<(tensor<f32>) -> (tensor<f32>)>
func.func @bind_missing() {
  // expected-error @+1 {{'nabla.bind_linear' op names the function @f, which does not exist}}
  %lin = nabla.bind_linear @f() : () -> !linear
  return
}

// -----

!linear = !nabla.linear<(tensor<f32>) -> (tensor<f32>)>
func.func private @f(tensor<f32>) -> tensor<f32>
func.func @bind_residuals(%x: tensor<f32>) {
  // expected-error @+1 {{has 2 residual and tangents, but @f has 1}}
  %lin = nabla.bind_linear @f(%x) : (tensor<f32>) -> !linear
  return
}

// -----

!linear = !nabla.linear<(tensor<f32>) -> (tensor<f64>)>
func.func private @f(tensor<f32>) -> tensor<f32>
func.func @bind_results() {
  // expected-error @+1 {{result of the linear map 0 is 'tensor<f64>', but @f has 'tensor<f32>'}}
  %lin = nabla.bind_linear @f() : () -> !linear
  return
}

// -----

!linear = !nabla.linear<(tensor<f32>) -> (tensor<3xf32>)>
func.func @apply_tangent(%lin: !linear, %t: tensor<3xf32>) {
  // expected-error @+1 {{'nabla.apply' op tangent 0 is 'tensor<3xf32>', but the linear map has 'tensor<f32>'}}
  %y = nabla.apply %lin(%t) : (!linear, tensor<3xf32>) -> tensor<3xf32>
  return
}

// -----

!linear = !nabla.linear<(tensor<f32>) -> (tensor<3xf32>)>
func.func @apply_result(%lin: !linear, %t: tensor<f32>) {
  // expected-error @+1 {{result 0 is 'tensor<f32>', but the linear map has 'tensor<3xf32>'}}
  %y = nabla.apply %lin(%t) : (!linear, tensor<f32>) -> tensor<f32>
  return
}

// -----

!linear = !nabla.linear<(tensor<f32>) -> (tensor<3xf32>)>
func.func @transposed_cotangents(%lin: !linear, %t: tensor<3xf32>) {
  // expected-error @+1 {{'nabla.apply_transposed' op has 2 cotangents, but the linear map has 1}}
  %y = nabla.apply_transposed %lin(%t, %t) : (!linear, tensor<3xf32>, tensor<3xf32>) -> tensor<f32>
  return
}

// -----

!linear = !nabla.linear<(tensor<f32>) -> (tensor<3xf32>)>
func.func @transposed_result(%lin: !linear, %t: tensor<3xf32>) {
  // expected-error @+1 {{result 0 is 'tensor<3xf32>', but the linear map has 'tensor<f32>'}}
  %y = nabla.apply_transposed %lin(%t) : (!linear, tensor<3xf32>) -> tensor<3xf32>
  return
}

// -----

// vmap

func.func @vmap_missing(%x: tensor<8xf32>) {
  // expected-error @+1 {{'nabla.vmap' op names the function @f, which does not exist}}
  %y = nabla.vmap @f(%x) in_axes = [0] out_axes = [0] size = 8 : (tensor<8xf32>) -> tensor<8xf32>
  return
}

// -----

func.func private @f(tensor<f32>) -> tensor<f32>
func.func @vmap_size(%x: tensor<8xf32>) {
  // expected-error @+1 {{size is -1, which is negative}}
  %y = nabla.vmap @f(%x) in_axes = [0] out_axes = [0] size = -1 : (tensor<8xf32>) -> tensor<8xf32>
  return
}

// -----

func.func private @f(tensor<f32>) -> tensor<f32>
func.func @vmap_in_axes(%x: tensor<8xf32>) {
  // expected-error @+1 {{in_axes has 2 entries for 1 operands}}
  %y = nabla.vmap @f(%x) in_axes = [0, 0] out_axes = [0] size = 8 : (tensor<8xf32>) -> tensor<8xf32>
  return
}

// -----

func.func private @f(tensor<f32>) -> tensor<f32>
func.func @vmap_out_axes(%x: tensor<8xf32>) {
  // expected-error @+1 {{out_axes has 0 entries, but @f has 1 results}}
  %y = nabla.vmap @f(%x) in_axes = [0] out_axes = [] size = 8 : (tensor<8xf32>) -> tensor<8xf32>
  return
}

// -----

func.func private @f(tensor<f32>) -> tensor<f32>
func.func @vmap_in_axis(%x: tensor<8xf32>) {
  // expected-error @+1 {{in_axes names dimension 1, but operand 0 (8) has one dimension, 0}}
  %y = nabla.vmap @f(%x) in_axes = [1] out_axes = [0] size = 8 : (tensor<8xf32>) -> tensor<8xf32>
  return
}

// -----

func.func private @f(tensor<f32>) -> tensor<f32>
func.func @vmap_examples(%x: tensor<7xf32>) {
  // expected-error @+1 {{dimension 0 of operand 0 (7) does not hold 8 examples}}
  %y = nabla.vmap @f(%x) in_axes = [0] out_axes = [0] size = 8 : (tensor<7xf32>) -> tensor<8xf32>
  return
}

// -----

func.func private @f(tensor<3xf32>) -> tensor<f32>
func.func @vmap_example(%x: tensor<8xf32>) {
  // expected-error @+1 {{example of operand 0 is 'tensor<f32>', but @f has 'tensor<3xf32>'}}
  %y = nabla.vmap @f(%x) in_axes = [0] out_axes = [0] size = 8 : (tensor<8xf32>) -> tensor<8xf32>
  return
}

// -----

func.func private @f(tensor<f32>) -> tensor<f32>
func.func @vmap_out_axis(%x: tensor<8xf32>) {
  // expected-error @+1 {{out_axes names dimension 1, but result 0 has dimensions 0 to 0 with that of the examples}}
  %y = nabla.vmap @f(%x) in_axes = [0] out_axes = [1] size = 8 : (tensor<8xf32>) -> tensor<8xf32>
  return
}

// -----

func.func private @f(tensor<f32>) -> tensor<f32>
func.func @vmap_result(%x: tensor<8xf32>) {
  // expected-error @+1 {{result 0 is 'tensor<f32>', but the batch of @f has 'tensor<8xf32>'}}
  %y = nabla.vmap @f(%x) in_axes = [0] out_axes = [0] size = 8 : (tensor<8xf32>) -> tensor<f32>
  return
}

// -----

!linear = !nabla.linear<(tensor<f32>) -> (tensor<f32>)>
func.func private @f(!linear) -> tensor<f32>
func.func @vmap_linear(%lin: !linear) {
  // expected-error @+1 {{operand 0 is '!nabla.linear<(tensor<f32>) -> (tensor<f32>)>', which all examples share, but in_axes says 0}}
  %y = nabla.vmap @f(%lin) in_axes = [0] out_axes = [0] size = 8 : (!linear) -> tensor<8xf32>
  return
}

// -----

!linear = !nabla.linear<(tensor<f32>) -> (tensor<f32>)>
func.func private @f(tensor<f32>) -> !linear
func.func @vmap_linear_result(%x: tensor<8xf32>) {
  // expected-error @+1 {{result 0 is '!nabla.linear<(tensor<f32>) -> (tensor<f32>)>', which cannot be stacked}}
  %y = nabla.vmap @f(%x) in_axes = [0] out_axes = [0] size = 8 : (tensor<8xf32>) -> tensor<8xf32>
  return
}
