// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-linearize --nabla-verify-linear | FileCheck %s

!linear = !nabla.linear<(tensor<f32>) -> (tensor<f32>)>

func.func private @f(%x: tensor<f32>) -> tensor<f32> {
  %y = nabla.sin %x : tensor<f32>
  return %y : tensor<f32>
}

// CHECK-LABEL: func.func @main
// CHECK-SAME: %[[X:.*]]: tensor<f32>
// CHECK: %[[C:.*]] = nabla.cos %[[X]]
// CHECK: %[[L:.*]] = nabla.bind_linear @f.jvp.linear(%[[C]])
// CHECK: return %[[L]]
func.func @main(%x: tensor<f32>) -> !linear {
  %y, %lin = nabla.linearize @f(%x) wrt = [0] : (tensor<f32>) -> (tensor<f32>, !linear)
  return %lin : !linear
}

// CHECK-LABEL: func.func private @f.jvp.linear
// CHECK-SAME: %[[R:.*]]: tensor<f32>, %[[T:.*]]: tensor<f32>
// CHECK: %[[DY:.*]] = nabla.mul_zero %[[T]], %[[R]]
// CHECK: return %[[DY]]
