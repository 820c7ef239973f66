// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s -split-input-file --nabla-vector-loops="vector-bits=512" --canonicalize --cse | FileCheck %s

// A body of few operations runs on four registers at once. 1000 is no multiple of 32:
// the last iteration moves back.

#id = affine_map<(d0) -> (d0)>
// CHECK-LABEL: func.func @odd_chain
// CHECK-SAME: (%[[X:.*]]: memref<1000xf32>, %[[Y:.*]]: memref<1000xf32>)
// CHECK-DAG: %[[STEP:.*]] = arith.constant 64 : index
// CHECK-DAG: %[[LAST:.*]] = arith.constant 936 : index
// CHECK: scf.for %[[I:.*]] = %{{.*}} to %{{.*}} step %[[STEP]] {
// CHECK-NEXT: %[[FIRST:.*]] = arith.minsi %[[I]], %[[LAST]]
// CHECK-NEXT: %[[V:.*]] = vector.load %[[X]][%[[FIRST]]] : memref<1000xf32>, vector<64xf32>
// CHECK-NEXT: %[[S:.*]] = arith.mulf %[[V]], %[[V]] : vector<64xf32>
// CHECK-NEXT: %[[N:.*]] = arith.negf %[[S]] : vector<64xf32>
// CHECK-NEXT: vector.store %[[N]], %[[Y]][%[[FIRST]]]
// CHECK-NEXT: }
// CHECK-NEXT: return
func.func @odd_chain(%x: memref<1000xf32>, %y: memref<1000xf32>) {
  %t = memref.alloc() : memref<1000xf32>
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%x : memref<1000xf32>) outs(%t : memref<1000xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.mulf %a, %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%t : memref<1000xf32>) outs(%y : memref<1000xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.negf %a : f32
    linalg.yield %0 : f32
  }
  memref.dealloc %t : memref<1000xf32>
  return
}

// -----

// Rows: one loop around the sum and the division by it; the temporary of all rows
// becomes one of one row.

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
// CHECK-LABEL: func.func @rows
// CHECK: %[[SUM:.*]] = memref.alloc() {{.*}}: memref<1xf32>
// CHECK: scf.for %{{.*}} step %c1 {
// CHECK: memref.store %{{.*}}, %[[SUM]]
// CHECK: scf.for {{.*}} iter_args({{.*}}) -> (vector<64xf32>)
// CHECK: arith.addf %{{.*}} : vector<64xf32>
// CHECK: scf.yield
// CHECK-COUNT-6: arith.addf
// CHECK: vector.broadcast %{{.*}} : f32 to vector<64xf32>
// CHECK: scf.for
// CHECK: arith.divf {{.*}} : vector<64xf32>
// CHECK-NOT: scf.for
func.func @rows(%x: memref<8x2048xf32>, %y: memref<8x2048xf32>) {
  %zero = arith.constant 0.0 : f32
  %s = memref.alloc() {alignment = 64 : i64} : memref<8xf32>
  linalg.fill ins(%zero : f32) outs(%s : memref<8xf32>)
  linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<8x2048xf32>) outs(%s : memref<8xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.addf %out, %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %s : memref<8x2048xf32>, memref<8xf32>) outs(%y : memref<8x2048xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %0 = arith.divf %a, %b : f32
    linalg.yield %0 : f32
  }
  memref.dealloc %s : memref<8xf32>
  return
}

// -----

// A total takes only the lanes that are new. Where that costs as much as the body, the rest
// is done by itself.

#id = affine_map<(d0) -> (d0)>
#one = affine_map<(d0) -> ()>
// CHECK-LABEL: func.func @odd_sum
// CHECK: %[[FIRST:.*]] = vector.load %{{.*}}[%c0]
// CHECK: %[[T:.*]] = arith.addf %[[FIRST]], %{{.*}} : vector<16xf32>
// CHECK: %[[REST:.*]] = vector.load %{{.*}}[%c1]
// CHECK: %[[SUM:.*]] = arith.addf %[[T]], %[[REST]] : vector<16xf32>
// CHECK: arith.select %{{.*}}, %[[SUM]], %[[T]]
func.func @odd_sum(%x: memref<17xf32>, %y: memref<f32>) {
  linalg.generic {indexing_maps = [#id, #one], iterator_types = ["reduction"]}
      ins(%x : memref<17xf32>) outs(%y : memref<f32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.addf %out, %a : f32
    linalg.yield %0 : f32
  }
  return
}

// -----

// Beside a long body the question costs little.

#id = affine_map<(d0) -> (d0)>
#one = affine_map<(d0) -> ()>
// CHECK-LABEL: func.func @odd_sum_of_much
// CHECK: scf.for %[[I:.*]] = {{.*}} iter_args(%[[T:.*]] = %{{.*}})
// CHECK: %[[NEW:.*]] = arith.cmpi sle, %{{.*}} : vector<16xi32>
// CHECK: %[[SUM:.*]] = arith.addf %[[T]], %{{.*}} : vector<16xf32>
// CHECK: arith.select %[[NEW]], %[[SUM]], %[[T]]
// CHECK-NOT: math.exp
func.func @odd_sum_of_much(%x: memref<17xf32>, %y: memref<f32>) {
  linalg.generic {indexing_maps = [#id, #one], iterator_types = ["reduction"]}
      ins(%x : memref<17xf32>) outs(%y : memref<f32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = math.exp %a : f32
    %1 = math.sin %0 : f32
    %2 = arith.addf %out, %1 : f32
    linalg.yield %2 : f32
  }
  return
}

// -----

// An element that is changed in place must not be changed twice.

#id = affine_map<(d0) -> (d0)>
// CHECK-LABEL: func.func @in_place
// CHECK: vector.store {{.*}}[%c0]
// CHECK: %[[OLD:.*]] = vector.load {{.*}}[%c1]
// CHECK: %[[SUM:.*]] = arith.addf %[[OLD]], %[[OLD]]
// CHECK: %[[KEPT:.*]] = arith.select %{{.*}}, %[[SUM]], %[[OLD]]
// CHECK: vector.store %[[KEPT]]
func.func @in_place(%x: memref<17xf32>) {
  linalg.generic {indexing_maps = [#id], iterator_types = ["parallel"]}
      outs(%x : memref<17xf32>) {
  ^bb0(%out: f32):
    %0 = arith.addf %out, %out : f32
    linalg.yield %0 : f32
  }
  return
}

// -----

// Two dimensions without a gap are one loop; a column is gathered, and what stands
// backwards is reversed.

#id = affine_map<(d0, d1) -> (d0, d1)>
#t = affine_map<(d0, d1) -> (d1, d0)>
#back = affine_map<(d0, d1) -> (d0, -d1 + 31)>
// CHECK-LABEL: func.func @layouts
// CHECK: scf.for {{.*}} to %c1024 step
// CHECK: arith.negf
// CHECK: scf.for {{.*}} to %c32 step
// CHECK: vector.gather
// CHECK-NOT: scf.for
// CHECK: vector.shuffle {{.*}} [31, 30,
func.func @layouts(%x: memref<32x32xf32>, %a: memref<32x32xf32>, %b: memref<32x32xf32>,
                   %c: memref<32x32xf32>) {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<32x32xf32>) outs(%a : memref<32x32xf32>) {
  ^bb0(%e: f32, %out: f32):
    %0 = arith.negf %e : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#t, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a : memref<32x32xf32>) outs(%b : memref<32x32xf32>) {
  ^bb0(%e: f32, %out: f32):
    linalg.yield %e : f32
  }
  linalg.generic {indexing_maps = [#back, #id], iterator_types = ["parallel", "parallel"]}
      ins(%b : memref<32x32xf32>) outs(%c : memref<32x32xf32>) {
  ^bb0(%e: f32, %out: f32):
    linalg.yield %e : f32
  }
  return
}

// -----

// A running sum takes a vector of terms at once; the rest is done one by one.

#id = affine_map<(d0) -> (d0)>
#one = affine_map<(d0) -> ()>
// CHECK-LABEL: func.func @running_sum
// CHECK-SAME: %[[X:.*]]: memref<70xf32>, %[[TOTAL:.*]]: memref<f32>, %[[Y:.*]]: memref<70xf32>
// CHECK: %[[OLD:.*]] = memref.load
// CHECK: %[[FIRST:.*]] = vector.broadcast %[[OLD]] : f32 to vector<16xf32>
// CHECK: %[[LAST:.*]] = scf.for %[[I:.*]] = %c0 to %c64 step %c16 iter_args(%[[CARRY:.*]] = %[[FIRST]])
// CHECK: vector.load %[[X]][%[[I]]] : memref<70xf32>, vector<16xf32>
// CHECK: vector.shuffle {{.*}} [0, 0, 2, 2, 4, 4, 6, 6, 8, 8, 10, 10, 12, 12, 14, 14]
// CHECK: vector.shuffle {{.*}} [1, 1, 1, 1, 5, 5, 5, 5, 9, 9, 9, 9, 13, 13, 13, 13]
// CHECK: vector.shuffle {{.*}} [3, 3, 3, 3, 3, 3, 3, 3, 11, 11, 11, 11, 11, 11, 11, 11]
// CHECK: vector.shuffle {{.*}} [7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7]
// CHECK: %[[SUM:.*]] = arith.addf %[[CARRY]], {{.*}} : vector<16xf32>
// CHECK: %[[END:.*]] = vector.extract %[[SUM]][15]
// CHECK: %[[NEXT:.*]] = vector.broadcast %[[END]] : f32 to vector<16xf32>
// CHECK: vector.store %[[SUM]], %[[Y]][%[[I]]]
// CHECK: scf.yield %[[NEXT]]
// CHECK: vector.extract %[[LAST]][15]
// CHECK: scf.for {{.*}} = %c64 to %c70 step %c1
// CHECK-NOT: vector
func.func @running_sum(%x: memref<70xf32>, %total: memref<f32>, %y: memref<70xf32>) {
  linalg.generic {indexing_maps = [#id, #one, #id], iterator_types = ["reduction"]}
      ins(%x : memref<70xf32>) outs(%total, %y : memref<f32>, memref<70xf32>) {
  ^bb0(%a: f32, %t: f32, %out: f32):
    %0 = arith.addf %t, %a : f32
    linalg.yield %0, %0 : f32, f32
  }
  return
}

// -----

// A total that is wider than the elements: converted a vector at a time.

#id = affine_map<(d0) -> (d0)>
#one = affine_map<(d0) -> ()>
// CHECK-LABEL: func.func @running_sum_of_f16
// CHECK: arith.extf {{.*}} : vector<16xf16> to vector<16xf32>
// CHECK: %[[SUM:.*]] = arith.addf %{{.*}} : vector<16xf32>
// CHECK: %[[SHORT:.*]] = arith.truncf {{.*}} : vector<16xf32> to vector<16xf16>
// CHECK: vector.store %[[SHORT]]
func.func @running_sum_of_f16(%x: memref<64xf16>, %total: memref<f32>, %y: memref<64xf16>) {
  linalg.generic {indexing_maps = [#id, #one, #id], iterator_types = ["reduction"]}
      ins(%x : memref<64xf16>) outs(%total, %y : memref<f32>, memref<64xf16>) {
  ^bb0(%a: f16, %t: f32, %out: f16):
    %0 = arith.extf %a : f16 to f32
    %1 = arith.addf %t, %0 : f32
    %2 = arith.truncf %1 : f32 to f16
    linalg.yield %1, %2 : f32, f16
  }
  return
}

// -----

// Where a total is not just added to, in order.

#id = affine_map<(d0) -> (d0)>
#one = affine_map<(d0) -> ()>
// CHECK-LABEL: func.func @running_polynomial
// CHECK-NOT: vector
func.func @running_polynomial(%x: memref<64xf32>, %total: memref<f32>, %y: memref<64xf32>) {
  linalg.generic {indexing_maps = [#id, #one, #id], iterator_types = ["reduction"]}
      ins(%x : memref<64xf32>) outs(%total, %y : memref<f32>, memref<64xf32>) {
  ^bb0(%a: f32, %t: f32, %out: f32):
    %0 = arith.mulf %t, %a : f32
    %1 = arith.addf %0, %a : f32
    linalg.yield %1, %1 : f32, f32
  }
  return
}

// -----

// What lies in columns is read in rows, and a square of it transposed.

#id = affine_map<(d0, d1) -> (d0, d1)>
#t = affine_map<(d0, d1) -> (d1, d0)>
// CHECK-LABEL: func.func @square
// CHECK: scf.for
// CHECK: scf.for
// CHECK-COUNT-16: vector.load {{.*}} vector<16xf32>
// CHECK-NOT: vector.load
// CHECK-COUNT-64: vector.shuffle
// CHECK-NOT: vector.shuffle
// CHECK-COUNT-16: vector.store {{.*}} vector<16xf32>
// CHECK-NOT: vector.gather
func.func @square(%x: memref<32x32xf32>, %y: memref<32x32xf32>) {
  linalg.generic {indexing_maps = [#t, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<32x32xf32>) outs(%y : memref<32x32xf32>) {
  ^bb0(%e: f32, %out: f32):
    linalg.yield %e : f32
  }
  return
}

// -----

// Four squares side by side are read before those below them; what is left over
// ends with the rows.

#id = affine_map<(d0, d1) -> (d0, d1)>
#t = affine_map<(d0, d1) -> (d1, d0)>
// CHECK-LABEL: func.func @squares
// CHECK: scf.for %[[COLUMN:.*]] = %c0 to %c32 step %c16
// CHECK: scf.for %[[ROW:.*]] = %c0 to %c64 step %c16
// CHECK-COUNT-16: vector.load
// CHECK-COUNT-16: vector.store
// CHECK: scf.for {{.*}} = %c0 to %c32 step %c16
// CHECK-NOT: scf.for
// CHECK-COUNT-16: vector.load
// CHECK-COUNT-16: vector.store
func.func @squares(%x: memref<32x70xf32>, %y: memref<70x32xf32>) {
  linalg.generic {indexing_maps = [#t, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<32x70xf32>) outs(%y : memref<70x32xf32>) {
  ^bb0(%a: f32, %out: f32):
    linalg.yield %a : f32
  }
  return
}

// -----

// A few columns are added up in registers, four rows at a time; two are left.

#id = affine_map<(d0, d1) -> (d0, d1)>
#column = affine_map<(d0, d1) -> (d1)>
// CHECK-LABEL: func.func @few_columns
// CHECK: %[[OLD:.*]] = vector.load %[[S:arg1]][%c0] : memref<33xf32>, vector<16xf32>
// CHECK: vector.load %[[S]][%c16]
// CHECK: vector.load %[[S]][%c17]
// CHECK: %[[SUM:.*]]:3 = scf.for {{.*}} to %c8 step %c4 iter_args(%[[S0:.*]] = %[[OLD]]
// CHECK: arith.addf %[[S0]]
// CHECK-NOT: vector.store
// CHECK: scf.yield
// CHECK: scf.for {{.*}} %c8 to %c10 step %c1 iter_args(%{{.*}} = %[[SUM]]#0
// CHECK-COUNT-3: arith.addf
// CHECK: scf.yield
// CHECK-COUNT-3: vector.store
func.func @few_columns(%x: memref<10x33xf32>, %sum: memref<33xf32>) {
  linalg.generic {indexing_maps = [#id, #column], iterator_types = ["reduction", "parallel"]}
      ins(%x : memref<10x33xf32>) outs(%sum : memref<33xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.addf %out, %a : f32
    linalg.yield %0 : f32
  }
  return
}

// -----

// Four rows are added to a sum in memory at once; two are left.

#id = affine_map<(d0, d1) -> (d0, d1)>
#column = affine_map<(d0, d1) -> (d1)>
// CHECK-LABEL: func.func @columns
// CHECK: scf.for {{.*}} to %c8 step %c4
// CHECK: %[[X0:.*]] = vector.load %[[X:.*]][
// CHECK: %[[OLD:.*]] = vector.load %[[S:arg1]]
// CHECK: %[[S0:.*]] = arith.addf %[[OLD]], %[[X0]]
// CHECK: %[[S1:.*]] = arith.addf %[[S0]]
// CHECK: %[[S2:.*]] = arith.addf %[[S1]]
// CHECK: %[[S3:.*]] = arith.addf %[[S2]]
// CHECK: vector.store %[[S3]], %[[S]]
// CHECK-COUNT-2: arith.addf {{.*}} : vector
// CHECK-NOT: arith.addf {{.*}} : vector
func.func @columns(%x: memref<10x640xf32>, %sum: memref<640xf32>) {
  linalg.generic {indexing_maps = [#id, #column], iterator_types = ["reduction", "parallel"]}
      ins(%x : memref<10x640xf32>) outs(%sum : memref<640xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.addf %out, %a : f32
    linalg.yield %0 : f32
  }
  return
}

// -----

// What the body looks up lies in a row along the innermost loop: each row is loaded as one.

#row = affine_map<(d0, d1) -> (d0)>
#id = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-LABEL: func.func @rows_looked_up
// CHECK-NOT: linalg
// CHECK-NOT: vector.gather
// CHECK: vector.load %{{.*}} : memref<640xf32>, vector<64xf32>
// CHECK-NOT: vector.gather
// CHECK: vector.store
func.func @rows_looked_up(%table: memref<10x64xf32>, %at: memref<7xindex>, %y: memref<7x64xf32>) {
  linalg.generic {indexing_maps = [#row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%at : memref<7xindex>) outs(%y : memref<7x64xf32>) {
  ^bb0(%i: index, %out: f32):
    %j = linalg.index 1 : index
    %0 = memref.load %table[%i, %j] : memref<10x64xf32>
    linalg.yield %0 : f32
  }
  return
}

// -----

// Where each element is looked up at an index of its own, vectors are gathered.

#line = affine_map<(d0) -> (d0)>
// CHECK-LABEL: func.func @elements_looked_up
// CHECK: vector.gather {{.*}} vector<{{.*}}xf32>
func.func @elements_looked_up(%table: memref<10xf32>, %at: memref<64xindex>, %y: memref<64xf32>) {
  linalg.generic {indexing_maps = [#line, #line], iterator_types = ["parallel"]}
      ins(%at : memref<64xindex>) outs(%y : memref<64xf32>) {
  ^bb0(%i: index, %out: f32):
    %0 = memref.load %table[%i] : memref<10xf32>
    linalg.yield %0 : f32
  }
  return
}

// -----

// A table is complete before it is looked up in: no common loop.

#line = affine_map<(d0) -> (d0)>
// CHECK-LABEL: func.func @table_first
// CHECK: scf.for
// CHECK: arith.addf
// CHECK: scf.for
// CHECK: vector.gather
func.func @table_first(%x: memref<640xf32>, %table: memref<640xf32>, %at: memref<640xindex>, %y: memref<640xf32>) {
  linalg.generic {indexing_maps = [#line, #line], iterator_types = ["parallel"]}
      ins(%x : memref<640xf32>) outs(%table : memref<640xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.addf %a, %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#line, #line], iterator_types = ["parallel"]}
      ins(%at : memref<640xindex>) outs(%y : memref<640xf32>) {
  ^bb0(%i: index, %out: f32):
    %0 = memref.load %table[%i] : memref<640xf32>
    linalg.yield %0 : f32
  }
  return
}

// -----

// Each lane keeps its best element and the iteration that found it; the lanes meet behind the loop.

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
// CHECK-LABEL: func.func @best
// CHECK: %[[BEST:.*]]:2 = scf.for {{.*}} iter_args({{.*}}) -> (vector<64xf32>, vector<64xi32>)
// CHECK: arith.cmpf ogt, {{.*}} : vector<64xf32>
// CHECK: scf.yield
// CHECK: arith.extsi %[[BEST]]#1 : vector<64xi32> to vector<64xi64>
// CHECK: arith.minsi {{.*}} : i64
// CHECK: memref.store
// CHECK: memref.store
func.func @best(%x: memref<8x640xf32>, %value: memref<8xf32>, %where: memref<8xi64>) {
  linalg.generic {indexing_maps = [#id, #row, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<8x640xf32>) outs(%value, %where : memref<8xf32>, memref<8xi64>) {
  ^bb0(%a: f32, %old: f32, %at: i64):
    %beats = arith.cmpf ogt, %a, %old : f32
    %i = linalg.index 1 : index
    %n = arith.index_cast %i : index to i64
    %0 = arith.select %beats, %a, %old : f32
    %1 = arith.select %beats, %n, %at : i64
    linalg.yield %0, %1 : f32, i64
  }
  return
}

// -----

// A sum of columns shares nothing with the rows before it, but what follows shares a buffer
// with both: one loop over the rows, whose number keeps them out of blocks. The columns are as
// many, yet their first value must be there before.

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
#column = affine_map<(d0, d1) -> (d1)>
// CHECK-LABEL: func.func @rows_and_columns
// CHECK: scf.for
// CHECK: vector.store {{.*}} : memref<48xf32>, vector<{{.*}}xf32>
// CHECK: scf.for %{{.*}} = %c0 to %c48 step %c1 {
// CHECK-NOT: step %c1 {
// CHECK: return
func.func @rows_and_columns(%x: memref<48x48xf32>, %y: memref<48x48xf32>, %s: memref<48xf32>,
                            %c: memref<48xf32>, %z: memref<48x48xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%s : memref<48xf32>)
  linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<48x48xf32>) outs(%s : memref<48xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.addf %out, %a : f32
    linalg.yield %0 : f32
  }
  linalg.fill ins(%zero : f32) outs(%c : memref<48xf32>)
  linalg.generic {indexing_maps = [#id, #column], iterator_types = ["reduction", "parallel"]}
      ins(%y : memref<48x48xf32>) outs(%c : memref<48xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.addf %out, %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%y, %s : memref<48x48xf32>, memref<48xf32>) outs(%z : memref<48x48xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %i = linalg.index 0 : index
    %n = arith.index_cast %i : index to i32
    %f = arith.sitofp %n : i32 to f32
    %0 = arith.mulf %a, %b : f32
    %1 = arith.addf %0, %f : f32
    linalg.yield %1 : f32
  }
  return
}

// -----

// The last reader of a temporary puts a result in the place of each element: it lies there.
// What is written to another place is not.

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
#t = affine_map<(d0, d1) -> (d1, d0)>
// CHECK-LABEL: func.func @room_of_result
// CHECK-SAME: (%{{.*}}: {{.*}}, %[[Y:[a-z0-9]*]]: memref<8x2048xf32>,
// CHECK-NOT: memref.alloc
// CHECK: %[[FLAT:.*]] = memref.reinterpret_cast %[[Y]]
// CHECK: vector.store %{{.*}}, %[[FLAT]]
// CHECK: vector.load %[[FLAT]]
// CHECK: arith.divf
// CHECK: vector.store %{{.*}}, %[[FLAT]]
func.func @room_of_result(%x: memref<8x2048xf32>, %y: memref<8x2048xf32>, %s: memref<8xf32>) {
  %e = memref.alloc() : memref<8x2048xf32>
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<8x2048xf32>) outs(%e : memref<8x2048xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = math.exp %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%e : memref<8x2048xf32>) outs(%s : memref<8xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.addf %out, %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%e, %s : memref<8x2048xf32>, memref<8xf32>) outs(%y : memref<8x2048xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %0 = arith.divf %a, %b : f32
    linalg.yield %0 : f32
  }
  memref.dealloc %e : memref<8x2048xf32>
  return
}

// CHECK-LABEL: func.func @turned_result
// CHECK: memref.alloc() {{.*}}memref<2048xf32>
func.func @turned_result(%x: memref<8x2048xf32>, %y: memref<2048x8xf32>, %s: memref<8xf32>) {
  %e = memref.alloc() : memref<8x2048xf32>
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<8x2048xf32>) outs(%e : memref<8x2048xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = math.exp %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%e : memref<8x2048xf32>) outs(%s : memref<8xf32>) {
  ^bb0(%a: f32, %out: f32):
    %0 = arith.addf %out, %a : f32
    linalg.yield %0 : f32
  }
  linalg.generic {indexing_maps = [#id, #row, #t], iterator_types = ["parallel", "parallel"]}
      ins(%e, %s : memref<8x2048xf32>, memref<8xf32>) outs(%y : memref<2048x8xf32>) {
  ^bb0(%a: f32, %b: f32, %out: f32):
    %0 = arith.divf %a, %b : f32
    linalg.yield %0 : f32
  }
  memref.dealloc %e : memref<8x2048xf32>
  return
}

// -----

// The offset of a view may be all of an index: that is no store to the view's buffer.
// CHECK-LABEL: func.func @offset_is_index
// CHECK: memref.extract_strided_metadata
// CHECK: vector.store %{{.*}}, %{{.*}}[%{{.*}}] : memref<64xf32>, vector<16xf32>
func.func @offset_is_index(%i: index, %s: f32) {
  %a = memref.alloc() : memref<64xf32>
  %v = memref.subview %a[%i] [16] [1] : memref<64xf32> to memref<16xf32, strided<[1], offset: ?>>
  linalg.fill ins(%s : f32) outs(%v : memref<16xf32, strided<[1], offset: ?>>)
  memref.dealloc %a : memref<64xf32>
  return
}

// -----

// A buffer of which each turn of a loop sees another part does not shrink to one part: the
// offset would point beyond it.
// CHECK-LABEL: func.func @parts_of_a_loop
// CHECK: %[[ALLOC:.*]] = memref.alloc() : memref<4x2x3xf64>
// CHECK-NOT: memref.alloc
// CHECK: %[[ALL:.*]] = memref.reinterpret_cast %[[ALLOC]] to offset: [0], sizes: [24]
// CHECK: vector.store %{{.*}}, %[[ALL]]
func.func @parts_of_a_loop(%x: memref<2x3xf64>, %z: memref<3xf64>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %alloc = memref.alloc() : memref<4x2x3xf64>
  scf.for %i = %c0 to %c4 step %c1 {
    %part = memref.subview %alloc[%i, 0, 0] [1, 2, 3] [1, 1, 1]
        : memref<4x2x3xf64> to memref<2x3xf64, strided<[3, 1], offset: ?>>
    linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>],
                    iterator_types = ["parallel", "parallel"]}
        ins(%x, %z : memref<2x3xf64>, memref<3xf64>) outs(%part : memref<2x3xf64, strided<[3, 1], offset: ?>>) {
    ^bb0(%a: f64, %b: f64, %c: f64):
      %0 = arith.mulf %a, %b : f64
      linalg.yield %0 : f64
    }
  }
  memref.dealloc %alloc : memref<4x2x3xf64>
  return
}

// -----

// What a loop carries on is one of two buffers, neither of which is the one that each turn writes a part of; the parts of a
// turn lie in rows of their own. So all of it shares the loop over rows. The second loop carries on the very buffer.
// CHECK-LABEL: func.func @carried
// CHECK: scf.for %{{.*}} to %c4
// CHECK: scf.for %{{.*}} = %c0 to %c8 step %c1 {
// CHECK: math.absf
// CHECK-NOT: scf.for
// CHECK: arith.negf
// CHECK-NOT: scf.for
// CHECK: arith.addf
// CHECK-NOT: scf.for
// CHECK: memref.dealloc
// CHECK-LABEL: func.func @carried_itself
// CHECK: scf.for %{{.*}} to %c4
// CHECK: scf.for
// CHECK: arith.negf
// CHECK: scf.for
// CHECK: arith.addf
#id = affine_map<(i, j) -> (i, j)>
func.func @carried(%x: memref<8x16xf32>) -> memref<4x8x48xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %all = memref.alloc() : memref<4x8x48xf32>
  %first = memref.alloc() : memref<8x16xf32>
  %second = memref.alloc() : memref<8x16xf32>
  %last:2 = scf.for %t = %c0 to %c4 step %c1 iter_args(%c = %first, %d = %second) -> (memref<8x16xf32>, memref<8x16xf32>) {
    %left = memref.subview %all[%t, 0, 0] [1, 8, 16] [1, 1, 1] : memref<4x8x48xf32> to memref<8x16xf32, strided<[48, 1], offset: ?>>
    %right = memref.subview %all[%t, 0, 32] [1, 8, 16] [1, 1, 1] : memref<4x8x48xf32> to memref<8x16xf32, strided<[48, 1], offset: ?>>
    linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
        ins(%x : memref<8x16xf32>) outs(%left : memref<8x16xf32, strided<[48, 1], offset: ?>>) {
    ^bb0(%a: f32, %out: f32):
      %0 = math.absf %a : f32
      linalg.yield %0 : f32
    }
    linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
        ins(%c : memref<8x16xf32>) outs(%right : memref<8x16xf32, strided<[48, 1], offset: ?>>) {
    ^bb0(%a: f32, %out: f32):
      %0 = arith.negf %a : f32
      linalg.yield %0 : f32
    }
    linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
        ins(%left, %c : memref<8x16xf32, strided<[48, 1], offset: ?>>, memref<8x16xf32>) outs(%d : memref<8x16xf32>) {
    ^bb0(%a: f32, %b: f32, %out: f32):
      %0 = arith.addf %a, %b : f32
      linalg.yield %0 : f32
    }
    scf.yield %c, %d : memref<8x16xf32>, memref<8x16xf32>
  }
  memref.dealloc %first : memref<8x16xf32>
  memref.dealloc %second : memref<8x16xf32>
  return %all : memref<4x8x48xf32>
}
func.func @carried_itself(%x: memref<8x16xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %first = memref.alloc() : memref<8x16xf32>
  %last = scf.for %t = %c0 to %c4 step %c1 iter_args(%c = %first) -> (memref<8x16xf32>) {
    linalg.generic {indexing_maps = [affine_map<(i, j) -> (7 - i, j)>, #id], iterator_types = ["parallel", "parallel"]}
        ins(%x : memref<8x16xf32>) outs(%first : memref<8x16xf32>) {
    ^bb0(%a: f32, %out: f32):
      %0 = arith.negf %a : f32
      linalg.yield %0 : f32
    }
    linalg.generic {indexing_maps = [affine_map<(i, j) -> (7 - i, j)>, #id], iterator_types = ["parallel", "parallel"]}
        ins(%c : memref<8x16xf32>) outs(%x : memref<8x16xf32>) {
    ^bb0(%a: f32, %out: f32):
      %0 = arith.addf %a, %a : f32
      linalg.yield %0 : f32
    }
    scf.yield %c : memref<8x16xf32>
  }
  memref.dealloc %first : memref<8x16xf32>
  return
}
