// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-read-only-arguments | FileCheck %s

// A value that is returned twice is copied.
// CHECK-LABEL: func.func @main
// CHECK-SAME: (%[[X:.*]]: tensor<3xf32> {bufferization.writable = false}, %{{.*}}: index)
// CHECK-NEXT: %[[COPY:.*]] = bufferization.alloc_tensor() copy(%[[X]]) : tensor<3xf32>
// CHECK-NEXT: return %[[X]], %[[COPY]]
func.func @main(%x: tensor<3xf32>, %i: index) -> (tensor<3xf32>, tensor<3xf32>) {
  return %x, %x : tensor<3xf32>, tensor<3xf32>
}
