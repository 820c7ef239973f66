// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-pipeline="to=bufferize" | FileCheck %s
// RUN: nabla-opt %s --nabla-pipeline="to=llvm" | FileCheck %s --check-prefix=LLVM

// A chain of operations is one loop of vectors, without a temporary, and calls nobody.

// CHECK-LABEL: func.func @main
// CHECK-NOT: memref.alloc
// CHECK: scf.for
// CHECK: %[[X:.*]] = vector.load %{{.*}} : memref<1000xf32>, vector<[[V:[0-9]+xf32]]>
// CHECK-DAG: math.tanh %{{.*}} : vector<[[V]]>
// CHECK-DAG: math.exp %{{.*}} : vector<[[V]]>
// CHECK: arith.divf %{{.*}} : vector<[[V]]>
// CHECK: vector.store
// CHECK-NOT: scf.for
// CHECK-NOT: linalg

// LLVM-LABEL: llvm.func @main
// LLVM-NOT: llvm.call
// LLVM-NOT: llvm.intr.exp
// LLVM: llvm.intr.fma{{.*}} : (vector<
// LLVM-NOT: llvm.call
// LLVM: llvm.return
func.func @main(%x: tensor<1000xf32>, %w: tensor<1000xf32>) -> tensor<1000xf32> {
  %0 = nabla.mul %x, %w : tensor<1000xf32>
  %1 = nabla.tanh %0 : tensor<1000xf32>
  %2 = nabla.exp %x : tensor<1000xf32>
  %3 = nabla.div %1, %2 : tensor<1000xf32>
  %4 = nabla.add %3, %1 : tensor<1000xf32>
  return %4 : tensor<1000xf32>
}
