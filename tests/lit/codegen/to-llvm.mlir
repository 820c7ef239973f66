// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-to-llvm --reconcile-unrealized-casts | FileCheck %s --implicit-check-not=unrealized

// Bare pointers; what arguments say of themselves stays.
// CHECK-LABEL: llvm.func @main
// CHECK-SAME: (%{{.*}}: !llvm.ptr {llvm.noalias}, %{{.*}}: !llvm.ptr, %{{.*}}: f32)
// CHECK: llvm.load %{{.*}} : !llvm.ptr -> vector<8xf32>
// CHECK: llvm.intr.fma
// CHECK: llvm.store
// CHECK: llvm.call @helper(%{{.*}}) : (!llvm.ptr) -> ()
func.func @main(%x: memref<64xf32> {llvm.noalias}, %y: memref<64xf32>, %s: f32) {
  %c8 = arith.constant 8 : index
  %0 = vector.load %x[%c8] : memref<64xf32>, vector<8xf32>
  %1 = vector.broadcast %s : f32 to vector<8xf32>
  %2 = math.fma %0, %1, %0 : vector<8xf32>
  vector.store %2, %y[%c8] : memref<64xf32>, vector<8xf32>
  call @helper(%y) : (memref<64xf32>) -> ()
  return
}
func.func private @helper(memref<64xf32>)

// What a loop says to LLVM.
// CHECK-LABEL: llvm.func @loop
// CHECK: llvm.br {{.*}} {loop_annotation = #
func.func @loop(%n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  cf.br ^head(%c0 : index)
^head(%i: index):
  %more = arith.cmpi slt, %i, %n : index
  cf.cond_br %more, ^body, ^end
^body:
  %next = arith.addi %i, %c1 : index
  cf.br ^head(%next : index) {llvm.loop_annotation = #llvm.loop_annotation<unroll = <disable = true>>}
^end:
  return
}

// Functions of libm, and vectors of several dimensions, which take several steps.
// CHECK-LABEL: llvm.func @steps
// CHECK-DAG: llvm.call @erff
// CHECK-DAG: llvm.intr.exp
// CHECK-DAG: llvm.extractvalue
func.func @steps(%x: f32, %v: vector<2x4xf32>) -> (f32, vector<4x2xf32>) {
  %0 = math.erf %x : f32
  %1 = math.exp %0 : f32
  %2 = vector.transpose %v, [1, 0] : vector<2x4xf32> to vector<4x2xf32>
  return %1, %2 : f32, vector<4x2xf32>
}
