// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s -split-input-file --nabla-vector-loops="vector-bits=512 cache-bytes=65536" --canonicalize --cse | FileCheck %s
// RUN: nabla-opt %s -split-input-file --nabla-vector-loops="vector-bits=512 cache-bytes=0" | FileCheck %s --check-prefix=NO-CACHE

// NO-CACHE-NOT: nontemporal
// NO-CACHE-NOT: fence
// NO-CACHE-NOT: prefetch

// CHECK: #[[UNROLL:.*]] = #llvm.loop_unroll<disable = true>
// CHECK: #[[ROLLED:.*]] = #llvm.loop_annotation<unroll = #[[UNROLL]]>

// More than the cache holds: loads ask for what comes next, whole lines are stored past it, and a fence lets other threads see
// them.

#one = affine_map<(i) -> (i)>
// CHECK-LABEL: func.func @large
// CHECK-SAME: (%[[X:.*]]: memref<8192xf32>, %[[Y:.*]]: memref<8192xf32>)
// CHECK: scf.for %[[I:.*]] = %c0 to %c8192 step %c64
// CHECK: %[[NEXT:.*]] = arith.addi %[[I]], %c2048
// CHECK: memref.prefetch %[[X]][%[[NEXT]]], read, locality<3>, data
// CHECK-COUNT-3: memref.prefetch
// CHECK: vector.load %[[X]][%[[I]]]
// CHECK: vector.store %{{.*}}, %[[Y]][%[[I]]] {alignment = 64 : i64, nontemporal = true}
// CHECK: } {llvm.loop_annotation = #[[ROLLED]]}
// CHECK-NEXT: llvm.fence seq_cst
// CHECK-NEXT: return
func.func @large(%x: memref<8192xf32>, %y: memref<8192xf32>) {
  linalg.generic {indexing_maps = [#one, #one], iterator_types = ["parallel"]}
      ins(%x : memref<8192xf32>) outs(%y : memref<8192xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.mulf %a, %a : f32
    linalg.yield %0 : f32
  }
  return
}

// -----

// The vector that is moved back begins within a line.

// CHECK-LABEL: func.func @odd
// CHECK-NOT: nontemporal
// CHECK: return
#one = affine_map<(i) -> (i)>
func.func @odd(%x: memref<8200xf32>, %y: memref<8200xf32>) {
  linalg.generic {indexing_maps = [#one, #one], iterator_types = ["parallel"]}
      ins(%x : memref<8200xf32>) outs(%y : memref<8200xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.mulf %a, %a : f32
    linalg.yield %0 : f32
  }
  return
}

// -----

// CHECK-LABEL: func.func @small
// CHECK-NOT: nontemporal
// CHECK-NOT: fence
// CHECK: return
#one = affine_map<(i) -> (i)>
func.func @small(%x: memref<8128xf32>, %y: memref<8128xf32>) {
  linalg.generic {indexing_maps = [#one, #one], iterator_types = ["parallel"]}
      ins(%x : memref<8128xf32>) outs(%y : memref<8128xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.mulf %a, %a : f32
    linalg.yield %0 : f32
  }
  return
}

// -----

// Rows that are read before they are written gain earlier. They are in a cache by then.

// CHECK-LABEL: func.func @rows
// CHECK-NOT: prefetch
// CHECK: nontemporal
// CHECK: llvm.fence
#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
func.func @rows(%x: memref<8x512xf32>, %y: memref<8x512xf32>) {
  %zero = arith.constant 0.0 : f32
  %sums = memref.alloc() : memref<8xf32>
  linalg.fill ins(%zero : f32) outs(%sums : memref<8xf32>)
  linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<8x512xf32>) outs(%sums : memref<8xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.addf %out, %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %sums : memref<8x512xf32>, memref<8xf32>) outs(%y : memref<8x512xf32>) {
  ^bb0(%a: f32, %sum: f32, %out: f32):
    %0 = arith.mulf %a, %sum : f32
    linalg.yield %0 : f32
  }
  memref.dealloc %sums : memref<8xf32>
  return
}

// -----

// Not each row begins with a line.

// CHECK-LABEL: func.func @odd_rows
// CHECK-NOT: nontemporal
// CHECK: return
#id = affine_map<(i, j) -> (i, j)>
#column = affine_map<(i, j) -> (j)>
func.func @odd_rows(%x: memref<72xf32>, %y: memref<200x72xf32>) {
  linalg.generic {indexing_maps = [#column, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<72xf32>) outs(%y : memref<200x72xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.mulf %a, %a : f32
    linalg.yield %0 : f32
  }
  return
}

// -----

// What is updated is in the cache already, and so is what is read again at once.

// CHECK-LABEL: func.func @read
// CHECK-NOT: nontemporal
// CHECK: return
#one = affine_map<(i) -> (i)>
func.func @read(%x: memref<16384xf32>, %y: memref<16384xf32>) {
  linalg.generic {indexing_maps = [#one, #one], iterator_types = ["parallel"]}
      ins(%x : memref<16384xf32>) outs(%y : memref<16384xf32>) {
  ^bb0(%a: f32, %old: f32):
    %0 = arith.addf %a, %old : f32
    linalg.yield %0 : f32
  }
  return
}

// -----

// A largest number of each column: one row after the other, as one stream. A sum is shorter to
// compute than eight rows are to read.

// CHECK-LABEL: func.func @largest
// CHECK: scf.for {{.*}} to %c32 step %c1
// CHECK: scf.for {{.*}} to %c1024
// CHECK-COUNT-4: memref.prefetch
// CHECK-NOT: memref.prefetch
// CHECK: arith.maximumf
// CHECK-LABEL: func.func @sum
// CHECK: scf.for {{.*}} to %c32 step %c8
// CHECK-NOT: memref.prefetch
// CHECK: arith.addf
#id = affine_map<(i, j) -> (i, j)>
#column = affine_map<(i, j) -> (j)>
func.func @largest(%x: memref<32x1024xf32>, %y: memref<1024xf32>) {
  linalg.generic {indexing_maps = [#id, #column], iterator_types = ["reduction", "parallel"]}
      ins(%x : memref<32x1024xf32>) outs(%y : memref<1024xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.maximumf %out, %a : f32
    linalg.yield %0 : f32
  }
  return
}
func.func @sum(%x: memref<32x1024xf32>, %y: memref<1024xf32>) {
  linalg.generic {indexing_maps = [#id, #column], iterator_types = ["reduction", "parallel"]}
      ins(%x : memref<32x1024xf32>) outs(%y : memref<1024xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.addf %out, %a : f32
    linalg.yield %0 : f32
  }
  return
}

// -----

// The best of each column and where it is: eight rows at once, for each of which two numbers would be loaded and stored. All
// of them ask, one line each, for the next eight rows in the order in which these lie in memory.

// CHECK-LABEL: func.func @best_of_columns
// CHECK-SAME: (%[[X:.*]]: memref<32x1024xf32>
// CHECK: scf.for %[[ROW:.*]] = %c0 to %c32 step %c8
// CHECK: scf.for %[[COLUMN:.*]] = %c0 to %c1024 step %c16
// CHECK: %[[DONE:.*]] = arith.muli %[[COLUMN]], %c8
// CHECK: %[[BLOCK:.*]] = arith.muli %[[ROW]], %c1024
// CHECK: %[[HERE:.*]] = arith.addi %[[BLOCK]], %[[DONE]]
// CHECK: %[[LINE:.*]] = arith.addi %[[HERE]], %c8192
// CHECK: memref.prefetch %{{.*}}[%[[LINE]]]
// CHECK: vector.load
// CHECK: %[[LINE:.*]] = arith.addi %[[HERE]], %c8208
// CHECK: memref.prefetch %{{.*}}[%[[LINE]]]
// CHECK-COUNT-6: memref.prefetch
// CHECK-NOT: memref.prefetch
// CHECK: vector.store %{{.*}} : memref<1024xi64>, vector<16xi64>
// CHECK-LABEL: func.func @best_of_long_columns
// CHECK: scf.for %{{.*}} = %c0 to %c16 step %c8
// CHECK: scf.for %{{.*}} = %c0 to %c2080 step %c32
// CHECK: arith.addi %{{.*}}, %c128
// CHECK-COUNT-32: memref.prefetch
// CHECK-NOT: memref.prefetch
// CHECK: return
#id = affine_map<(i, j) -> (i, j)>
#column = affine_map<(i, j) -> (j)>
func.func @best_of_columns(%x: memref<32x1024xf32>, %y: memref<1024xf32>, %at: memref<1024xi64>) {
  linalg.generic {indexing_maps = [#id, #column, #column], iterator_types = ["reduction", "parallel"]}
      ins(%x : memref<32x1024xf32>) outs(%y, %at : memref<1024xf32>, memref<1024xi64>) {
  ^bb0(%a: f32, %best: f32, %index: i64):
    %0 = arith.cmpf ogt, %a, %best : f32
    %1 = linalg.index 0 : index
    %2 = arith.index_cast %1 : index to i64
    %3 = arith.select %0, %a, %best : f32
    %4 = arith.select %0, %2, %index : i64
    linalg.yield %3, %4 : f32, i64
  }
  return
}
// Eight rows that the second cache does not hold: each asks for what comes next of itself.
func.func @best_of_long_columns(%x: memref<16x2080xf64>, %y: memref<2080xf64>, %at: memref<2080xi64>) {
  linalg.generic {indexing_maps = [#id, #column, #column], iterator_types = ["reduction", "parallel"]}
      ins(%x : memref<16x2080xf64>) outs(%y, %at : memref<2080xf64>, memref<2080xi64>) {
  ^bb0(%a: f64, %best: f64, %index: i64):
    %0 = arith.cmpf ogt, %a, %best : f64
    %1 = linalg.index 0 : index
    %2 = arith.index_cast %1 : index to i64
    %3 = arith.select %0, %a, %best : f64
    %4 = arith.select %0, %2, %index : i64
    linalg.yield %3, %4 : f64, i64
  }
  return
}

// -----

// Each array is read by one loop only.

// CHECK-LABEL: func.func @rows_read_once
// CHECK-NOT: nontemporal
// CHECK: return
#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
func.func @rows_read_once(%x: memref<8x512xf32>, %w: memref<8x512xf32>, %y: memref<8x512xf32>) {
  %zero = arith.constant 0.0 : f32
  %sums = memref.alloc() : memref<8xf32>
  linalg.fill ins(%zero : f32) outs(%sums : memref<8xf32>)
  linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<8x512xf32>) outs(%sums : memref<8xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.addf %out, %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%w, %sums : memref<8x512xf32>, memref<8xf32>) outs(%y : memref<8x512xf32>) {
  ^bb0(%a: f32, %sum: f32, %out: f32):
    %0 = arith.mulf %a, %sum : f32
    linalg.yield %0 : f32
  }
  memref.dealloc %sums : memref<8xf32>
  return
}

// -----

// Behind the rows of a part lies another part: nothing is asked for in advance.

#id = affine_map<(i, j) -> (i, j)>
#j = affine_map<(i, j) -> (j)>
// CHECK-LABEL: func.func @short_rows
// CHECK-NOT: memref.prefetch
// CHECK: return
func.func @short_rows(%x: memref<1000x1024xf32>, %total: memref<1024xf32>, %y: memref<1000x1024xf32>) {
  linalg.generic {indexing_maps = [#id, #j, #id], iterator_types = ["reduction", "parallel"]}
      ins(%x : memref<1000x1024xf32>) outs(%total, %y : memref<1024xf32>, memref<1000x1024xf32>) {
  ^bb0(%a: f32, %t: f32, %out: f32):
    %0 = arith.addf %t, %a : f32
    linalg.yield %0, %0 : f32, f32
  }
  return
}
