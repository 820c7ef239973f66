// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Programs may hold ops of upstream beside those of the dialect.
// RUN: nabla-opt %s --nabla-pipeline="to=bufferize" | FileCheck %s
// RUN: nabla-opt %s --nabla-pipeline="to=llvm" | FileCheck %s --check-prefix=LLVM

// CHECK-LABEL: func.func public @main
//       CHECK: vector.load %{{.*}} : memref<16xf32{{.*}}>, vector<16xf32>
//       CHECK: vector.fma
//   CHECK-NOT: nabla.
//  LLVM-LABEL: llvm.func @main
//        LLVM: llvm.intr.fmuladd
func.func public @main(%x: tensor<16xf32>) -> tensor<16xf32> {
  %y = nabla.add %x, %x : tensor<16xf32>
  %from = bufferization.to_buffer %y read_only : tensor<16xf32> to memref<16xf32>
  %zero = arith.constant 0 : index
  %v = vector.load %from[%zero] : memref<16xf32>, vector<16xf32>
  %w = vector.fma %v, %v, %v : vector<16xf32>
  %to = memref.alloc() : memref<16xf32>
  vector.store %w, %to[%zero] : memref<16xf32>, vector<16xf32>
  %z = bufferization.to_tensor %to restrict writable : memref<16xf32> to tensor<16xf32>
  return %z : tensor<16xf32>
}
