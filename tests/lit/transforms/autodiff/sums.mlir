// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-autodiff | FileCheck %s

// Sums of cotangents that are zero almost everywhere.

!linear = !nabla.linear<(tensor<2x6xf32>) -> (tensor<2x2xf32>)>

// What slices pass back is laid side by side, zeros where no slice was.
// CHECK-LABEL: func.func @slices(
//  CHECK-SAME: %[[A:.*]]: tensor<2x2xf32>, %[[B:.*]]: tensor<2x2xf32>)
//  CHECK-NEXT: %[[GAP:.*]] = nabla.constant dense<0.000000e+00> : tensor<2x1xf32>
//  CHECK-NEXT: %[[R:.*]] = nabla.concatenate %[[GAP]], %[[B]], %[[A]], %[[GAP]] dim = 1
//  CHECK-NEXT: return %[[R]]
func.func private @two(%x: tensor<2x6xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>) {
  %a = nabla.slice %x starts = [0, 3] limits = [2, 5] strides = [1, 1] : tensor<2x6xf32> -> tensor<2x2xf32>
  %b = nabla.slice %x starts = [0, 1] limits = [2, 3] strides = [1, 1] : tensor<2x6xf32> -> tensor<2x2xf32>
  return %a, %b : tensor<2x2xf32>, tensor<2x2xf32>
}
func.func @slices(%a: tensor<2x2xf32>, %b: tensor<2x2xf32>) -> tensor<2x6xf32> {
  %x = nabla.constant dense<1.0> : tensor<2x6xf32>
  %y:2, %lin = nabla.linearize @two(%x) wrt = [0] : (tensor<2x6xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>, !nabla.linear<(tensor<2x6xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>)>)
  %g = nabla.apply_transposed %lin(%a, %b) : (!nabla.linear<(tensor<2x6xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>)>, tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x6xf32>
  return %g : tensor<2x6xf32>
}

// Slices that overlap are padded and added.
// CHECK-LABEL: func.func @overlap(
//       CHECK: %[[A:.*]] = nabla.pad {{.*}} low = [0, 2] high = [0, 2]
//       CHECK: %[[B:.*]] = nabla.pad {{.*}} low = [0, 1] high = [0, 3]
//       CHECK: nabla.add %{{.*}}, %{{.*}} : tensor<2x6xf32>
//   CHECK-NOT: nabla.concatenate
//       CHECK: return
func.func private @overlapping(%x: tensor<2x6xf32>) -> tensor<2x2xf32> {
  %a = nabla.slice %x starts = [0, 1] limits = [2, 3] strides = [1, 1] : tensor<2x6xf32> -> tensor<2x2xf32>
  %b = nabla.slice %x starts = [0, 2] limits = [2, 4] strides = [1, 1] : tensor<2x6xf32> -> tensor<2x2xf32>
  %c = nabla.add %a, %b : tensor<2x2xf32>
  return %c : tensor<2x2xf32>
}
func.func @overlap(%ct: tensor<2x2xf32>) -> tensor<2x6xf32> {
  %x = nabla.constant dense<1.0> : tensor<2x6xf32>
  %y, %lin = nabla.linearize @overlapping(%x) wrt = [0] : (tensor<2x6xf32>) -> (tensor<2x2xf32>, !linear)
  %g = nabla.apply_transposed %lin(%ct) : (!linear, tensor<2x2xf32>) -> tensor<2x6xf32>
  return %g : tensor<2x6xf32>
}

// What a gather passes back is added where it belongs, to the sum of the rest.
// CHECK-LABEL: func.func @gathered(
//  CHECK-SAME: %[[I:.*]]: tensor<3x1xi32>, %[[A:.*]]: tensor<5xf32>, %[[B:.*]]: tensor<3xf32>)
//  CHECK-NEXT: %[[R:.*]] = nabla.scatter add %[[A]], %[[I]], %[[B]] dims = [0] batch_dims = 0
//  CHECK-NEXT: return %[[R]]
func.func private @gather(%x: tensor<5xf32>, %i: tensor<3x1xi32>) -> (tensor<5xf32>, tensor<3xf32>) {
  %r = nabla.gather %x, %i dims = [0] batch_dims = 0 : (tensor<5xf32>, tensor<3x1xi32>) -> tensor<3xf32>
  return %x, %r : tensor<5xf32>, tensor<3xf32>
}
func.func @gathered(%i: tensor<3x1xi32>, %a: tensor<5xf32>, %b: tensor<3xf32>) -> tensor<5xf32> {
  %x = nabla.constant dense<1.0> : tensor<5xf32>
  %y:2, %lin = nabla.linearize @gather(%x, %i) wrt = [0] : (tensor<5xf32>, tensor<3x1xi32>) -> (tensor<5xf32>, tensor<3xf32>, !nabla.linear<(tensor<5xf32>) -> (tensor<5xf32>, tensor<3xf32>)>)
  %g = nabla.apply_transposed %lin(%a, %b) : (!nabla.linear<(tensor<5xf32>) -> (tensor<5xf32>, tensor<3xf32>)>, tensor<5xf32>, tensor<3xf32>) -> tensor<5xf32>
  return %g : tensor<5xf32>
}
