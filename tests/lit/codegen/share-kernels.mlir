// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-share-kernels -split-input-file | FileCheck %s

// Equal but for buffers and scalars. Constants are no captures; what is never the same
// memory as another argument, in all calls, is marked.
// CHECK-LABEL: func.func @main
// CHECK-SAME: (%[[X:.*]]: memref<64xf32>, %[[Y:.*]]: memref<64xf32>, %[[S:.*]]: f32, %[[T:.*]]: f32)
// CHECK: call @kernel(%[[X]], %[[S]], %[[Y]]) : (memref<64xf32>, f32, memref<64xf32>) -> ()
// CHECK: call @kernel(%[[Y]], %[[T]], %[[X]])
// CHECK-NOT: scf.for
// CHECK: func.func private @kernel(%[[A:.*]]: memref<64xf32> {llvm.noalias}, %[[B:.*]]: f32, %[[C:.*]]: memref<64xf32> {llvm.noalias}) attributes {no_inline} {
// CHECK: scf.for %[[I:.*]] = %c0{{.*}} to %c64{{.*}} step %c1
// CHECK: memref.load %[[A]][%[[I]]]
// CHECK: arith.mulf %{{.*}}, %[[B]]
// CHECK: memref.store %{{.*}}, %[[C]][%[[I]]]
// CHECK-NOT: func.func
func.func @main(%x: memref<64xf32>, %y: memref<64xf32>, %s: f32, %t: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c64 = arith.constant 64 : index
  scf.for %i = %c0 to %c64 step %c1 {
    %0 = memref.load %x[%i] : memref<64xf32>
    %1 = arith.mulf %0, %s : f32
    %2 = arith.mulf %1, %1 : f32
    %3 = arith.mulf %2, %2 : f32
    %4 = arith.mulf %3, %3 : f32
    memref.store %4, %y[%i] : memref<64xf32>
  }
  %other = arith.constant 64 : index
  scf.for %i = %c0 to %other step %c1 {
    %0 = memref.load %y[%i] : memref<64xf32>
    %1 = arith.mulf %0, %t : f32
    %2 = arith.mulf %1, %1 : f32
    %3 = arith.mulf %2, %2 : f32
    %4 = arith.mulf %3, %3 : f32
    memref.store %4, %x[%i] : memref<64xf32>
  }
  return
}

// -----

// The second call reads what it writes, under another name: nothing is marked. The last
// nest uses one buffer in the place of two, which is another function.
// CHECK-LABEL: func.func @aliases
// CHECK-COUNT-2: call @kernel
// CHECK: scf.for
// CHECK: func.func private @kernel(%{{[^:]*}}: memref<64xf32>, %{{[^:]*}}: memref<64xf32>) attributes {no_inline}
func.func @aliases(%x: memref<64xf32>, %y: memref<64xf32>, %rows: memref<8x8xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c64 = arith.constant 64 : index
  %flat = memref.collapse_shape %rows [[0, 1]] : memref<8x8xf32> into memref<64xf32>
  %again = memref.collapse_shape %rows [[0, 1]] : memref<8x8xf32> into memref<64xf32>
  scf.for %i = %c0 to %c64 step %c1 {
    %0 = memref.load %x[%i] : memref<64xf32>
    %1 = arith.mulf %0, %0 : f32
    %2 = arith.mulf %1, %1 : f32
    %3 = arith.mulf %2, %2 : f32
    %4 = arith.mulf %3, %3 : f32
    memref.store %4, %y[%i] : memref<64xf32>
  }
  scf.for %i = %c0 to %c64 step %c1 {
    %0 = memref.load %flat[%i] : memref<64xf32>
    %1 = arith.mulf %0, %0 : f32
    %2 = arith.mulf %1, %1 : f32
    %3 = arith.mulf %2, %2 : f32
    %4 = arith.mulf %3, %3 : f32
    memref.store %4, %again[%i] : memref<64xf32>
  }
  scf.for %i = %c0 to %c64 step %c1 {
    %0 = memref.load %x[%i] : memref<64xf32>
    %1 = arith.mulf %0, %0 : f32
    %2 = arith.mulf %1, %1 : f32
    %3 = arith.mulf %2, %2 : f32
    %4 = arith.mulf %3, %3 : f32
    memref.store %4, %x[%i] : memref<64xf32>
  }
  return
}

// -----

// In a loop of the program, with a result; other constants and other ops are other nests,
// and what cannot be passed as a pointer stays.
// CHECK-LABEL: func.func @program
// CHECK: scf.for
// CHECK: memref.alloc
// CHECK: %{{.*}} = func.call @kernel(%{{.*}}) : (f32, memref<64xf32>) -> f32
// CHECK: %{{.*}} = func.call @kernel(%{{.*}}) : (f32, memref<64xf32>) -> f32
// CHECK: scf.for {{.*}} iter_args
// CHECK: scf.for {{.*}} iter_args
// CHECK: scf.for {{.*}} iter_args
// CHECK: func.func private @kernel
// CHECK: return %{{.*}} : f32
func.func @program(%x: memref<64xf32>, %y: memref<64xf32>, %z: memref<64xf32, strided<[1], offset: ?>>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c64 = arith.constant 64 : index
  %c32 = arith.constant 32 : index
  %zero = arith.constant 0.0 : f32
  scf.for %turn = %c0 to %c64 step %c1 {
    %out = memref.alloc() : memref<f32>
    %start = memref.load %x[%turn] : memref<64xf32>
    %a = scf.for %i = %c0 to %c64 step %c1 iter_args(%sum = %start) -> f32 {
      %0 = memref.load %x[%i] : memref<64xf32>
      %1 = arith.mulf %0, %0 : f32
      %2 = arith.mulf %1, %1 : f32
      %3 = arith.mulf %2, %2 : f32
      %4 = arith.mulf %3, %3 : f32
      %5 = arith.addf %sum, %4 : f32
      scf.yield %5 : f32
    }
    %b = scf.for %i = %c0 to %c64 step %c1 iter_args(%sum = %a) -> f32 {
      %0 = memref.load %y[%i] : memref<64xf32>
      %1 = arith.mulf %0, %0 : f32
      %2 = arith.mulf %1, %1 : f32
      %3 = arith.mulf %2, %2 : f32
      %4 = arith.mulf %3, %3 : f32
      %5 = arith.addf %sum, %4 : f32
      scf.yield %5 : f32
    }
    %c = scf.for %i = %c0 to %c32 step %c1 iter_args(%sum = %b) -> f32 {
      %0 = memref.load %y[%i] : memref<64xf32>
      %1 = arith.mulf %0, %0 : f32
      %2 = arith.mulf %1, %1 : f32
      %3 = arith.mulf %2, %2 : f32
      %4 = arith.mulf %3, %3 : f32
      %5 = arith.addf %sum, %4 : f32
      scf.yield %5 : f32
    }
    %d = scf.for %i = %c0 to %c64 step %c1 iter_args(%sum = %c) -> f32 {
      %0 = memref.load %z[%i] : memref<64xf32, strided<[1], offset: ?>>
      %1 = arith.mulf %0, %0 : f32
      %2 = arith.mulf %1, %1 : f32
      %3 = arith.mulf %2, %2 : f32
      %4 = arith.mulf %3, %3 : f32
      %5 = arith.addf %sum, %4 : f32
      scf.yield %5 : f32
    }
    %e = scf.for %i = %c0 to %c64 step %c1 iter_args(%sum = %d) -> f32 {
      %0 = memref.load %z[%i] : memref<64xf32, strided<[1], offset: ?>>
      %1 = arith.mulf %0, %0 : f32
      %2 = arith.mulf %1, %1 : f32
      %3 = arith.mulf %2, %2 : f32
      %4 = arith.mulf %3, %3 : f32
      %5 = arith.addf %sum, %4 : f32
      scf.yield %5 : f32
    }
    memref.store %e, %out[] : memref<f32>
    memref.dealloc %out : memref<f32>
  }
  return
}

// -----

// Sums in the lanes of a vector are results.
// CHECK-LABEL: func.func @sums
// CHECK: %[[S:.*]] = call @kernel(%[[ZERO:.*]], %arg0) : (vector<8xf32>, memref<64xf32>) -> vector<8xf32>
// CHECK: call @kernel(%[[S]], %arg1)
// CHECK: func.func private @kernel
// CHECK: return %{{.*}} : vector<8xf32>
func.func @sums(%x: memref<64xf32>, %y: memref<64xf32>, %zero: vector<8xf32>) -> vector<8xf32> {
  %c0 = arith.constant 0 : index
  %c8 = arith.constant 8 : index
  %c64 = arith.constant 64 : index
  %s = scf.for %i = %c0 to %c64 step %c8 iter_args(%a = %zero) -> vector<8xf32> {
    %0 = vector.load %x[%i] : memref<64xf32>, vector<8xf32>
    %1 = arith.mulf %0, %0 : vector<8xf32>
    %2 = arith.mulf %1, %1 : vector<8xf32>
    %3 = arith.mulf %2, %2 : vector<8xf32>
    %4 = arith.mulf %3, %3 : vector<8xf32>
    %5 = arith.addf %a, %4 : vector<8xf32>
    scf.yield %5 : vector<8xf32>
  }
  %t = scf.for %i = %c0 to %c64 step %c8 iter_args(%a = %s) -> vector<8xf32> {
    %0 = vector.load %y[%i] : memref<64xf32>, vector<8xf32>
    %1 = arith.mulf %0, %0 : vector<8xf32>
    %2 = arith.mulf %1, %1 : vector<8xf32>
    %3 = arith.mulf %2, %2 : vector<8xf32>
    %4 = arith.mulf %3, %3 : vector<8xf32>
    %5 = arith.addf %a, %4 : vector<8xf32>
    scf.yield %5 : vector<8xf32>
  }
  return %t : vector<8xf32>
}

// -----

// The later nest of a group uses a result of the later nest of another one.
// CHECK-LABEL: func.func @results_of_others
// CHECK-SAME: (%[[X:.*]]: memref<64xf32>, %[[Y:.*]]: memref<64xf32>)
// CHECK: %[[S:.*]] = call @kernel(%[[X]])
// CHECK: call @kernel_0(%[[X]], %[[S]], %[[Y]])
// CHECK: %[[T:.*]] = call @kernel(%[[Y]])
// CHECK: call @kernel_0(%[[Y]], %[[T]], %[[X]])
// CHECK-NOT: scf.for
// CHECK: return
func.func @results_of_others(%x: memref<64xf32>, %y: memref<64xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c64 = arith.constant 64 : index
  %zero = arith.constant 0.0 : f32
  %s = scf.for %i = %c0 to %c64 step %c1 iter_args(%t = %zero) -> f32 {
    %0 = memref.load %x[%i] : memref<64xf32>
    %1 = arith.mulf %0, %0 : f32
    %2 = arith.addf %t, %1 : f32
    scf.yield %2 : f32
  }
  scf.for %i = %c0 to %c64 step %c1 {
    %0 = memref.load %x[%i] : memref<64xf32>
    %1 = arith.mulf %0, %s : f32
    %2 = arith.mulf %1, %1 : f32
    memref.store %2, %y[%i] : memref<64xf32>
  }
  %r = scf.for %i = %c0 to %c64 step %c1 iter_args(%t = %zero) -> f32 {
    %0 = memref.load %y[%i] : memref<64xf32>
    %1 = arith.mulf %0, %0 : f32
    %2 = arith.addf %t, %1 : f32
    scf.yield %2 : f32
  }
  scf.for %i = %c0 to %c64 step %c1 {
    %0 = memref.load %y[%i] : memref<64xf32>
    %1 = arith.mulf %0, %r : f32
    %2 = arith.mulf %1, %1 : f32
    memref.store %2, %x[%i] : memref<64xf32>
  }
  return
}

// -----

// Where parts of a buffer begin is an argument, and a constant if all begin there.
// CHECK-LABEL: func.func @parts
// CHECK-SAME: (%[[X:.*]]: memref<4x64xf32>, %[[Y:.*]]: memref<2x64xf32>)
// CHECK: call @kernel(%[[X]], %[[Y]], %c0{{.*}}) : (memref<4x64xf32>, memref<2x64xf32>, index) -> ()
// CHECK: call @kernel(%[[X]], %[[Y]], %c128{{.*}})
// CHECK-NOT: scf.for
// CHECK: func.func private @kernel(%[[A:.*]]: memref<4x64xf32> {llvm.noalias}, %[[B:.*]]: memref<2x64xf32> {llvm.noalias}, %[[START:.*]]: index)
// CHECK: memref.reinterpret_cast %[[A]] to offset: [%[[START]]], sizes: [64], strides: [1]
// CHECK: memref.reinterpret_cast %[[B]] to offset: [64], sizes: [64], strides: [1]
func.func @parts(%x: memref<4x64xf32>, %y: memref<2x64xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c64 = arith.constant 64 : index
  %x0 = memref.reinterpret_cast %x to offset: [0], sizes: [64], strides: [1]
      : memref<4x64xf32> to memref<64xf32, strided<[1], offset: ?>>
  %x2 = memref.reinterpret_cast %x to offset: [128], sizes: [64], strides: [1]
      : memref<4x64xf32> to memref<64xf32, strided<[1], offset: ?>>
  %y1 = memref.reinterpret_cast %y to offset: [64], sizes: [64], strides: [1]
      : memref<2x64xf32> to memref<64xf32, strided<[1], offset: ?>>
  scf.for %i = %c0 to %c64 step %c1 {
    %0 = memref.load %x0[%i] : memref<64xf32, strided<[1], offset: ?>>
    %1 = arith.mulf %0, %0 : f32
    memref.store %1, %y1[%i] : memref<64xf32, strided<[1], offset: ?>>
  }
  scf.for %i = %c0 to %c64 step %c1 {
    %0 = memref.load %x2[%i] : memref<64xf32, strided<[1], offset: ?>>
    %1 = arith.mulf %0, %0 : f32
    memref.store %1, %y1[%i] : memref<64xf32, strided<[1], offset: ?>>
  }
  return
}

// -----

// Of a short program, units without loops stay where they are.
// CHECK-LABEL: func.func @units
// CHECK-NOT: call
// CHECK-NOT: scf.execute_region
// CHECK-COUNT-2: memref.store
// CHECK-NOT: func.func
func.func @units(%x: memref<2xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.execute_region {
    %0 = memref.load %x[%c0] : memref<2xf32>
    %1 = arith.mulf %0, %0 : f32
    %2 = arith.mulf %1, %1 : f32
    %3 = arith.mulf %2, %2 : f32
    %4 = arith.mulf %3, %3 : f32
    %5 = arith.mulf %4, %4 : f32
    %6 = arith.mulf %5, %5 : f32
    memref.store %6, %x[%c0] : memref<2xf32>
    scf.yield
  }
  scf.execute_region {
    %0 = memref.load %x[%c0] : memref<2xf32>
    %1 = arith.mulf %0, %0 : f32
    %2 = arith.mulf %1, %1 : f32
    %3 = arith.mulf %2, %2 : f32
    %4 = arith.mulf %3, %3 : f32
    %5 = arith.mulf %4, %4 : f32
    %6 = arith.mulf %5, %5 : f32
    memref.store %6, %x[%c0] : memref<2xf32>
    scf.yield
  }
  return
}
