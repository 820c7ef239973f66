// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s --nabla-vector-loops=vector-bits=256 --canonicalize | FileCheck %s

#id = affine_map<(i) -> (i)>
#ij = affine_map<(i, j) -> (i, j)>
#i = affine_map<(i, j) -> (i)>

// Elements one by one: parts of whole lines, of which the last moves back.
// CHECK-LABEL: func.func @elements
// CHECK: scf.forall (%[[PART:.*]]) = (0) to (1000001) step
// CHECK: arith.minsi %[[PART]]
// CHECK: scf.for
// CHECK: vector.store
func.func @elements(%x: memref<1000001xf32>, %y: memref<1000001xf32>) {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%x : memref<1000001xf32>) outs(%y : memref<1000001xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = arith.mulf %a, %a : f32
    linalg.yield %0 : f32
  }
  return
}

// Small work stays with the caller.
// CHECK-LABEL: func.func @small
// CHECK-NOT: scf.forall
// CHECK: return
func.func @small(%x: memref<1000xf32>, %y: memref<1000xf32>) {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%x : memref<1000xf32>) outs(%y : memref<1000xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = arith.mulf %a, %a : f32
    linalg.yield %0 : f32
  }
  return
}

// In a loop threads are awake: less is worth their while.
// CHECK-LABEL: func.func @in_loop
// CHECK: scf.for
// CHECK: scf.forall
// CHECK: return
func.func @in_loop(%x: memref<80000xf32>, %y: memref<80000xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c9 = arith.constant 9 : index
  scf.for %i = %c0 to %c9 step %c1 {
    linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
        ins(%x : memref<80000xf32>) outs(%y : memref<80000xf32>) {
    ^bb0(%a: f32, %b: f32):
      %0 = arith.mulf %a, %a : f32
      linalg.yield %0 : f32
    }
  }
  return
}

// CHECK-LABEL: func.func @not_in_loop
// CHECK-NOT: scf.forall
// CHECK: return
func.func @not_in_loop(%x: memref<80000xf32>, %y: memref<80000xf32>) {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%x : memref<80000xf32>) outs(%y : memref<80000xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = arith.mulf %a, %a : f32
    linalg.yield %0 : f32
  }
  return
}

// An element that is changed in place must be done once: parts are equal where that is possible.
// CHECK-LABEL: func.func @in_place
// CHECK: scf.forall (%{{.*}}) = (0) to (1048576) step
// CHECK-NOT: arith.minsi %{{.*}}, %c{{[0-9]*}} : index
// CHECK: scf.for
func.func @in_place(%x: memref<1048576xf32>) {
  linalg.generic {indexing_maps = [#id], iterator_types = ["parallel"]}
      outs(%x : memref<1048576xf32>) {
  ^bb0(%a: f32):
    %0 = arith.mulf %a, %a : f32
    linalg.yield %0 : f32
  }
  return
}

// 1000003 is prime: the last part is shorter, and no vector reaches back into the one before.
// CHECK-LABEL: func.func @in_place_prime
// CHECK: scf.forall (%[[PART:.*]]) = (0) to (1000003) step (66688)
// CHECK: %[[LEFT:.*]] = arith.subi %c1000003, %[[PART]]
// CHECK: %[[LENGTH:.*]] = arith.minsi %[[LEFT]], %c66688
// CHECK: %[[REST:.*]] = arith.remui %[[LENGTH]], %c32
// CHECK: %[[WHOLE:.*]] = arith.subi %[[LENGTH]], %[[REST]]
// CHECK: scf.for %{{.*}} = %c0 to %[[WHOLE]] step %c32
// CHECK-NOT: arith.select
// CHECK: scf.for %{{.*}} = %[[WHOLE]] to %[[LENGTH]] step %c32
// CHECK: arith.select
func.func @in_place_prime(%x: memref<1000003xf32>) {
  linalg.generic {indexing_maps = [#id], iterator_types = ["parallel"]}
      outs(%x : memref<1000003xf32>) {
  ^bb0(%a: f32):
    %0 = arith.mulf %a, %a : f32
    linalg.yield %0 : f32
  }
  return
}

// Sums of rows: threads share the rows.
// CHECK-LABEL: func.func @rows
// CHECK: scf.forall (%{{.*}}) = (0) to (1000) step
// CHECK: scf.for
// CHECK: scf.for
func.func @rows(%x: memref<1000x1000xf32>, %y: memref<1000xf32>) {
  linalg.generic {indexing_maps = [#ij, #i], iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<1000x1000xf32>) outs(%y : memref<1000xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = arith.addf %b, %a : f32
    linalg.yield %0 : f32
  }
  return
}

// A sum: each part has a total of its own, and these are added in order.
// CHECK-LABEL: func.func @sum
// CHECK: %[[SLOTS:.*]] = memref.alloc() {{.*}}: memref<22x1xf32>
// CHECK: scf.forall (%[[FIRST:.*]]) = (0) to (1000000) step (45504) {
// CHECK: %[[PART:.*]] = arith.divui %[[FIRST]], %c45504
// CHECK: memref.subview %[[SLOTS]][%[[PART]], 0] [1, 1]
// CHECK: memref.store %cst
// CHECK: scf.for {{.*}} iter_args
// CHECK: }
// CHECK: vector.load {{.*}} memref<22xf32>, vector<8xf32>
// CHECK: memref.dealloc %[[SLOTS]]
func.func @sum(%x: memref<1000000xf32>, %y: memref<f32>) {
  linalg.generic {indexing_maps = [#id, affine_map<(i) -> ()>], iterator_types = ["reduction"]}
      ins(%x : memref<1000000xf32>) outs(%y : memref<f32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = arith.addf %b, %a : f32
    linalg.yield %0 : f32
  }
  return
}

// Sums of short columns: each part adds some rows to totals of its own.
// CHECK-LABEL: func.func @columns
// CHECK: %[[SLOTS:.*]] = memref.alloc() {{.*}}: memref<31x512xf32>
// CHECK: scf.forall (%{{.*}}) = (0) to (4099) step (136)
// CHECK: memref.subview %[[SLOTS]]
// CHECK: vector.store %{{.*}} : memref<{{.*}}xf32>, vector<32xf32>
// CHECK: scf.for
// CHECK: scf.for
// CHECK: arith.addf
// CHECK: scf.for %{{.*}} = %c0 to %c{{.*}} step %c4
// CHECK: scf.for
// CHECK: arith.addf
func.func @columns(%x: memref<4099x512xf32>, %y: memref<512xf32>) {
  linalg.generic {indexing_maps = [#ij, affine_map<(i, j) -> (j)>],
                  iterator_types = ["reduction", "parallel"]}
      ins(%x : memref<4099x512xf32>) outs(%y : memref<512xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = arith.addf %b, %a : f32
    linalg.yield %0 : f32
  }
  return
}

// The best of each column and where it is: what is set up for a part takes three times as much memory, so that there are fewer
// parts. All but the last are whole blocks of the rows that are done at once.
// CHECK-LABEL: func.func @best_of_columns
// CHECK: memref.alloc() {{.*}}: memref<16x512xf32>
// CHECK: memref.alloc() {{.*}}: memref<16x512xi64>
// CHECK: scf.forall (%{{.*}}) = (0) to (4099) step (264)
func.func @best_of_columns(%x: memref<4099x512xf32>, %y: memref<512xf32>, %at: memref<512xi64>) {
  linalg.generic {indexing_maps = [#ij, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (j)>],
                  iterator_types = ["reduction", "parallel"]}
      ins(%x : memref<4099x512xf32>) outs(%y, %at : memref<512xf32>, memref<512xi64>) {
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

// Few rows do not pay for totals of several parts: threads share the columns, though these are short.
// CHECK-LABEL: func.func @few_rows
// CHECK-NOT: memref.alloc
// CHECK: scf.forall (%{{.*}}) = (0) to (32768) step
func.func @few_rows(%x: memref<31x32768xf32>, %y: memref<32768xf32>) {
  linalg.generic {indexing_maps = [#ij, affine_map<(i, j) -> (j)>],
                  iterator_types = ["reduction", "parallel"]}
      ins(%x : memref<31x32768xf32>) outs(%y : memref<32768xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = arith.addf %b, %a : f32
    linalg.yield %0 : f32
  }
  return
}

// Sums of long and few rows: threads share the columns, and need no totals of their own.
// CHECK-LABEL: func.func @long_rows
// CHECK-NOT: memref.alloc
// CHECK: scf.forall (%{{.*}}) = (0) to (100000) step
// CHECK: scf.for %{{.*}} = %c0 to %c16 step %c4
// CHECK: scf.for
func.func @long_rows(%x: memref<16x100000xf32>, %y: memref<100000xf32>) {
  linalg.generic {indexing_maps = [#ij, affine_map<(i, j) -> (j)>],
                  iterator_types = ["reduction", "parallel"]}
      ins(%x : memref<16x100000xf32>) outs(%y : memref<100000xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = arith.addf %b, %a : f32
    linalg.yield %0 : f32
  }
  return
}

// The best element: parts start with what is best so far, and their indices count from the
// start of all.
// CHECK-LABEL: func.func @best
// CHECK: %[[ELEMENTS:.*]] = memref.alloc() {{.*}}: memref<[[PARTS:.*]]x1xf32>
// CHECK: %[[INDICES:.*]] = memref.alloc() {{.*}}: memref<[[PARTS]]x1xi64>
// CHECK: scf.forall (%[[FIRST:.*]]) = (0) to (1048576) step
// CHECK: scf.for %[[I:.*]] = {{.*}} iter_args
// CHECK: %[[NUMBER:.*]] = arith.addi %[[I]], %[[FIRST]]
// CHECK: arith.index_cast %[[NUMBER]]
// CHECK: scf.for %{{.*}} = %c0 to %c[[PARTS]] step %c1
// CHECK: arith.cmpf ogt
func.func @best(%x: memref<1048576xf32>, %y: memref<f32>, %at: memref<i64>) {
  linalg.generic {indexing_maps = [#id, affine_map<(i) -> ()>, affine_map<(i) -> ()>],
                  iterator_types = ["reduction"]}
      ins(%x : memref<1048576xf32>) outs(%y, %at : memref<f32>, memref<i64>) {
  ^bb0(%a: f32, %b: f32, %n: i64):
    %i = linalg.index 0 : index
    %number = arith.index_cast %i : index to i64
    %beats = arith.cmpf ogt, %a, %b : f32
    %0 = arith.select %beats, %a, %b : f32
    %1 = arith.select %beats, %number, %n : i64
    linalg.yield %0, %1 : f32, i64
  }
  return
}

// A sum beside the elements it adds up: one loop, one division.
// CHECK-LABEL: func.func @elements_and_sum
// CHECK: scf.forall
// CHECK: vector.store
// CHECK: arith.addf
// CHECK-NOT: scf.forall
// CHECK: return
func.func @elements_and_sum(%x: memref<1000000xf32>, %y: memref<1000000xf32>, %s: memref<f32>) {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%x : memref<1000000xf32>) outs(%y : memref<1000000xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = arith.mulf %a, %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#id, affine_map<(i) -> ()>], iterator_types = ["reduction"]}
      ins(%y : memref<1000000xf32>) outs(%s : memref<f32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = arith.addf %b, %a : f32
    linalg.yield %0 : f32
  }
  return
}

// A running sum is in order, and one thread's.
// CHECK-LABEL: func.func @running_sum
// CHECK-NOT: scf.forall
// CHECK: return
func.func @running_sum(%x: memref<1000000xf32>, %total: memref<f32>, %y: memref<1000000xf32>) {
  linalg.generic {indexing_maps = [#id, affine_map<(i) -> ()>, #id],
                  iterator_types = ["reduction"]}
      ins(%x : memref<1000000xf32>) outs(%total, %y : memref<f32>, memref<1000000xf32>) {
  ^bb0(%a: f32, %t: f32, %out: f32):
    %0 = arith.addf %t, %a : f32
    linalg.yield %0, %0 : f32, f32
  }
  return
}

// A row that one kernel hands to the next is a buffer of each part.
// CHECK-LABEL: func.func @buffers
// CHECK: scf.forall
// CHECK: memref.alloc() {{.*}}: memref<1000xf32>
// CHECK: memref.dealloc
func.func @buffers(%x: memref<1000x1000xf32>, %y: memref<1000x1000xf64>, %s: memref<1000xf32>) {
  %t = memref.alloc() : memref<1000x1000xf32>
  linalg.generic {indexing_maps = [#ij, #ij], iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<1000x1000xf32>) outs(%t : memref<1000x1000xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = math.exp %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#ij, #i], iterator_types = ["parallel", "reduction"]}
      ins(%t : memref<1000x1000xf32>) outs(%s : memref<1000xf32>) {
  ^bb0(%a: f32, %b: f32):
    %0 = arith.addf %b, %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#ij, #i, #ij], iterator_types = ["parallel", "parallel"]}
      ins(%t, %s : memref<1000x1000xf32>, memref<1000xf32>) outs(%y : memref<1000x1000xf64>) {
  ^bb0(%a: f32, %b: f32, %c: f64):
    %0 = arith.divf %a, %b : f32
    %1 = arith.extf %0 : f32 to f64
    linalg.yield %1 : f64
  }
  memref.dealloc %t : memref<1000x1000xf32>
  return
}

// CHECK-LABEL: func.func @product
// CHECK: scf.forall
// CHECK: math.fma
func.func @product(%x: memref<512x512xf32>, %y: memref<512x512xf32>, %z: memref<512x512xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%z : memref<512x512xf32>)
  linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (k, j)>,
                                   affine_map<(i, j, k) -> (i, j)>],
                  iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %y : memref<512x512xf32>, memref<512x512xf32>) outs(%z : memref<512x512xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32):
    %0 = arith.mulf %a, %b fastmath<contract> : f32
    %1 = arith.addf %c, %0 fastmath<contract> : f32
    linalg.yield %1 : f32
  }
  return
}

// Running sums of columns: threads share the columns, of which each is done in order.

// CHECK-LABEL: func.func @running_sums
// CHECK: scf.forall (%[[FIRST:.*]]) = (0) to (1024) step (256)
// CHECK: scf.for {{.*}} = %c0 to %c1000 step
// CHECK: scf.for {{.*}} = %c0 to %c256 step
func.func @running_sums(%x: memref<1000x1024xf32>, %total: memref<1024xf32>, %y: memref<1000x1024xf32>) {
  linalg.generic {indexing_maps = [#ij, affine_map<(i, j) -> (j)>, #ij], iterator_types = ["reduction", "parallel"]}
      ins(%x : memref<1000x1024xf32>) outs(%total, %y : memref<1024xf32>, memref<1000x1024xf32>) {
  ^bb0(%a: f32, %t: f32, %out: f32):
    %0 = arith.addf %t, %a : f32
    linalg.yield %0, %0 : f32, f32
  }
  return
}
