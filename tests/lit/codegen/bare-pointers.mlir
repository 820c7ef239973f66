// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-bare-pointers -split-input-file | FileCheck %s --implicit-check-not=unrealized
// RUN: nabla-opt %s --nabla-bare-pointers -split-input-file | nabla-opt --nabla-to-llvm --reconcile-unrealized-casts -split-input-file | FileCheck %s --check-prefix=LLVM --implicit-check-not=memref

// Views are the same address; offsets are added where elements are touched, constants as one number.
// CHECK-LABEL: func.func @views
// CHECK-SAME: (%[[X:.*]]: !llvm.ptr {llvm.noalias}, %[[I:.*]]: index) -> f32
// CHECK: %[[J:.*]] = arith.index_cast %[[I]] : index to i64
// CHECK: %[[C25:.*]] = arith.constant 25 : i64
// CHECK: %[[A:.*]] = llvm.getelementptr inbounds|nuw %[[X]][%[[C25]]] : (!llvm.ptr, i64) -> !llvm.ptr, f32
// CHECK: %[[V:.*]] = llvm.load %[[A]] : !llvm.ptr -> f32
// CHECK: %[[ROW:.*]] = arith.muli %[[I]], %{{.*}} : index
// CHECK: %[[AT:.*]] = arith.addi %[[ROW]], %{{.*}} : index
// CHECK: arith.index_cast %[[AT]] : index to i64
// CHECK: llvm.store %[[V]]
// CHECK: %[[F:.*]] = llvm.getelementptr %[[X]][%[[J]]] : (!llvm.ptr, i64) -> !llvm.ptr, f32
// CHECK: llvm.load %[[F]] {alignment = 4 : i64} : !llvm.ptr -> vector<8xf32>
// CHECK: "llvm.intr.prefetch"(%{{.*}}) <{cache = 1 : i32, hint = 3 : i32, rw = 0 : i32}>
// LLVM-LABEL: llvm.func @views(%{{.*}}: !llvm.ptr {llvm.noalias}, %{{.*}}: i64) -> f32
func.func @views(%x: memref<8x10xf32> {llvm.noalias}, %i: index) -> f32 {
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %part = memref.subview %x[1, 3] [4, 5] [1, 1]
      : memref<8x10xf32> to memref<4x5xf32, strided<[10, 1], offset: 13>>
  %v = memref.load %part[%c1, %c2] : memref<4x5xf32, strided<[10, 1], offset: 13>>
  %row = memref.subview %x[%i, 0] [1, 10] [1, 1]
      : memref<8x10xf32> to memref<10xf32, strided<[1], offset: ?>>
  memref.store %v, %row[%c2] : memref<10xf32, strided<[1], offset: ?>>
  %flat = memref.reinterpret_cast %x to offset: [0], sizes: [80], strides: [1]
      : memref<8x10xf32> to memref<80xf32>
  %w = vector.load %flat[%i] : memref<80xf32>, vector<8xf32>
  memref.prefetch %flat[%i], read, locality<3>, data : memref<80xf32>
  vector.store %w, %flat[%c1] : memref<80xf32>, vector<8xf32>
  return %v : f32
}

// -----

// Memory comes from the runtime, aligned; an index is stored as an integer.
// CHECK-DAG: llvm.func @nabla_allocate(i64) -> (!llvm.ptr {llvm.noalias})
// CHECK-DAG: llvm.func @nabla_release(!llvm.ptr)
// CHECK-DAG: llvm.mlir.global private constant @numbers(dense<[1, 2, 3]> : tensor<3xi32>) {{.*}} : !llvm.array<3 x i32>
// CHECK-LABEL: func.func @memory
// CHECK: %[[SHIFT:.*]] = arith.constant 64 : i64
// CHECK: %[[BYTES:.*]] = arith.constant 128 : i64
// CHECK: %[[A:.*]] = llvm.call @nabla_allocate(%[[BYTES]])
// CHECK: %[[V:.*]] = llvm.getelementptr %[[A]][%[[SHIFT]]] : (!llvm.ptr, i64) -> !llvm.ptr, i8
// CHECK: llvm.store %{{.*}}, %[[V]] : i64, !llvm.ptr
// CHECK: llvm.mlir.addressof @numbers
// CHECK: "llvm.intr.memcpy"
// CHECK: llvm.call @nabla_release(%[[A]])
// CHECK: %[[S:.*]] = llvm.alloca %{{.*}} x f64 {alignment = 64 : i64}
// CHECK: call @other(%[[S]]) : (!llvm.ptr) -> ()
// LLVM: llvm.call @other(%{{.*}}) : (!llvm.ptr) -> ()
memref.global "private" constant @numbers : memref<3xi32> = dense<[1, 2, 3]>
func.func @memory(%i: index, %to: memref<3xi32>) {
  %c0 = arith.constant 0 : index
  %c64 = arith.constant 64 : index
  %a = memref.alloc() {alignment = 64 : i64} : memref<128xi8>
  %v = memref.view %a[%c64][] : memref<128xi8> to memref<4xindex>
  memref.store %i, %v[%c0] : memref<4xindex>
  %numbers = memref.get_global @numbers : memref<3xi32>
  memref.copy %numbers, %to : memref<3xi32> to memref<3xi32>
  memref.dealloc %a : memref<128xi8>
  %s = memref.alloca() {alignment = 64 : i64} : memref<4xf64>
  call @other(%s) : (memref<4xf64>) -> ()
  return
}
func.func private @other(memref<4xf64>)

// -----

// Control flow hands pointers on; rows under a mask, and elements here and there.
// CHECK-LABEL: func.func @rows
// CHECK-SAME: (%arg0: !llvm.ptr, %arg1: !llvm.ptr, %arg2: i1,
// CHECK: scf.if %arg2 -> (!llvm.ptr)
// CHECK: scf.for {{.*}} iter_args({{.*}}) -> (!llvm.ptr, !llvm.ptr)
// CHECK: llvm.intr.masked.load %{{.*}}, %{{.*}}, %{{.*}} {alignment = 4 : i32}
// CHECK: llvm.intr.masked.store
// CHECK: %[[ALL:.*]] = llvm.getelementptr %{{.*}}[%{{.*}}] : (!llvm.ptr, vector<4xi32>) -> vector<4x!llvm.ptr>, f32
// CHECK: llvm.intr.masked.gather %[[ALL]]
// CHECK: llvm.intr.masked.scatter
// LLVM-LABEL: llvm.func @rows
func.func @rows(%x: memref<64xf32>, %y: memref<64xf32>, %p: i1, %i: index,
                %m: vector<4xi1>, %each: vector<4xi32>, %none: vector<4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %one = scf.if %p -> memref<64xf32> {
    scf.yield %x : memref<64xf32>
  } else {
    scf.yield %y : memref<64xf32>
  }
  %a, %b = scf.for %k = %c0 to %i step %c1 iter_args(%f = %one, %g = %y)
      -> (memref<64xf32>, memref<64xf32>) {
    scf.yield %g, %f : memref<64xf32>, memref<64xf32>
  }
  %0 = vector.maskedload %a[%i], %m, %none
      : memref<64xf32>, vector<4xi1>, vector<4xf32> into vector<4xf32>
  vector.maskedstore %b[%i], %m, %0 : memref<64xf32>, vector<4xi1>, vector<4xf32>
  %1 = vector.gather %a[%i] [%each], %m, %none
      : memref<64xf32>, vector<4xi32>, vector<4xi1>, vector<4xf32> into vector<4xf32>
  vector.scatter %b[%i] [%each], %m, %1
      : memref<64xf32>, vector<4xi32>, vector<4xi1>, vector<4xf32>
  return
}

// -----

// An extent that is not known: all is left to upstream's descriptors.
// CHECK-LABEL: func.func @dynamic
// CHECK: memref.load %{{.*}} : memref<4xf32>
// CHECK: memref.load %{{.*}} : memref<?xf32>
func.func @dynamic(%x: memref<4xf32>, %n: index) -> f32 {
  %y = memref.alloc(%n) : memref<?xf32>
  %0 = memref.load %x[%n] : memref<4xf32>
  %1 = memref.load %y[%n] : memref<?xf32>
  memref.dealloc %y : memref<?xf32>
  %2 = arith.addf %0, %1 : f32
  return %2 : f32
}
