// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: nabla-opt %s -split-input-file --nabla-vector-loops="vector-bits=512" --canonicalize --cse | FileCheck %s

// The sums of a block stay in registers over all of k, and start at 0: the fill is gone.

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>
// CHECK-LABEL: func.func @product
// CHECK-NOT: linalg
// CHECK-NOT: memref.alloc
// CHECK: %[[SUMS:.*]]:[[N:[0-9]+]] = scf.for {{.*}} iter_args({{.*}}) -> (vector<16xf32>
// CHECK: vector.load {{.*}} vector<16xf32>
// CHECK: memref.load
// CHECK: vector.broadcast
// CHECK: math.fma {{.*}} : vector<16xf32>
// CHECK-NOT: vector.store
// CHECK: scf.yield
// CHECK: vector.store %[[SUMS]]#0
func.func @product(%a: memref<64x100xf32>, %b: memref<100x64xf32>, %c: memref<64x64xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<64x64xf32>)
  linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<64x100xf32>, memref<100x64xf32>) outs(%c : memref<64x64xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %0 = arith.mulf %x, %y fastmath<contract> : f32
    %1 = arith.addf %sum, %0 fastmath<contract> : f32
    linalg.yield %1 : f32
  }
  return
}

// -----

// Long sums of a small C: threads take pieces of them, each with a C of its own.

#a = affine_map<(m, n, k) -> (k, m)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>
// CHECK-LABEL: func.func @pieces
// CHECK-SAME: %[[C:[a-z0-9]*]]: memref<32x32xf32>) {
// CHECK: %[[PIECES:.*]] = memref.alloc() {{.*}} : memref<32x1024xf32>
// CHECK: %[[FLAT:.*]] = memref.reinterpret_cast %[[PIECES]]
// CHECK: scf.forall (%[[PIECE:.*]]) in (32)
// CHECK: math.fma
// CHECK: vector.store {{.*}}, %[[FLAT]]
// CHECK-NOT: memref.dealloc
// CHECK: vector.load
// CHECK: vector.store
// CHECK: arith.addf
// CHECK: vector.store
// CHECK: memref.dealloc %[[PIECES]]
func.func @pieces(%a: memref<65536x32xf32>, %b: memref<65536x32xf32>, %c: memref<32x32xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<32x32xf32>)
  linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<65536x32xf32>, memref<65536x32xf32>) outs(%c : memref<32x32xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %0 = arith.mulf %x, %y fastmath<contract> : f32
    %1 = arith.addf %sum, %0 fastmath<contract> : f32
    linalg.yield %1 : f32
  }
  return
}

// -----

// Pieces of several sums, of which the outer one is cut into all of its steps.

#a = affine_map<(m, n, i, j) -> (i, 2 * j, m)>
#b = affine_map<(m, n, i, j) -> (i, j, n)>
#c = affine_map<(m, n, i, j) -> (m, n)>
// CHECK-LABEL: func.func @pieces_of_two_sums
// CHECK: memref.alloc() {{.*}} : memref<32x1024xf32>
// CHECK: scf.forall (%[[PIECE:.*]]) in (32)
// CHECK-DAG: arith.remui %[[PIECE]], %c8
// CHECK-DAG: arith.divui %[[PIECE]], %c8
// CHECK: math.fma
func.func @pieces_of_two_sums(%a: memref<4x8200x32xf32>, %b: memref<4x4096x32xf32>, %c: memref<32x32xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<32x32xf32>)
  linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction", "reduction"]}
      ins(%a, %b : memref<4x8200x32xf32>, memref<4x4096x32xf32>) outs(%c : memref<32x32xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %0 = arith.mulf %x, %y fastmath<contract> : f32
    %1 = arith.addf %sum, %0 fastmath<contract> : f32
    linalg.yield %1 : f32
  }
  return
}

// -----

// Few pieces, as the sums have a prime number of steps, are of no use.

#a = affine_map<(m, n, k) -> (k, m)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>
// CHECK-LABEL: func.func @no_pieces
// CHECK-NOT: memref.alloc
// CHECK: return
func.func @no_pieces(%a: memref<65542x32xf32>, %b: memref<65542x32xf32>, %c: memref<32x32xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<32x32xf32>)
  linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<65542x32xf32>, memref<65542x32xf32>) outs(%c : memref<32x32xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %0 = arith.mulf %x, %y fastmath<contract> : f32
    %1 = arith.addf %sum, %0 fastmath<contract> : f32
    linalg.yield %1 : f32
  }
  return
}

// -----

// Short rows of A, of four lines each here, are asked for a block ahead.

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>
// CHECK-LABEL: func.func @short_rows
// CHECK: memref.prefetch
// CHECK: math.fma
// CHECK-NOT: memref.prefetch
func.func @short_rows(%a: memref<2048x64xf32>, %b: memref<64x64xf32>, %c: memref<2048x64xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<2048x64xf32>)
  linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<2048x64xf32>, memref<64x64xf32>) outs(%c : memref<2048x64xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %0 = arith.mulf %x, %y fastmath<contract> : f32
    %1 = arith.addf %sum, %0 fastmath<contract> : f32
    linalg.yield %1 : f32
  }
  return
}

// -----

// Long ones are streams.

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>
// CHECK-LABEL: func.func @long_rows
// CHECK-NOT: memref.prefetch
// CHECK: math.fma
func.func @long_rows(%a: memref<2048x256xf32>, %b: memref<256x64xf32>, %c: memref<2048x64xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<2048x64xf32>)
  linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<2048x256xf32>, memref<256x64xf32>) outs(%c : memref<2048x64xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %0 = arith.mulf %x, %y fastmath<contract> : f32
    %1 = arith.addf %sum, %0 fastmath<contract> : f32
    linalg.yield %1 : f32
  }
  return
}

// -----

// Of B transposed, a panel is copied in the order in which it is read.

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (n, k)>
#c = affine_map<(m, n, k) -> (m, n)>
// CHECK-LABEL: func.func @transposed
// CHECK: %[[PANEL:.*]] = memref.alloc
// CHECK: vector.shuffle
// CHECK: vector.store {{.*}}, %[[PANEL]]
// CHECK: vector.load %[[PANEL]]
// CHECK: math.fma
// CHECK: memref.dealloc %[[PANEL]]
func.func @transposed(%a: memref<64x100xf32>, %b: memref<64x100xf32>, %c: memref<64x64xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<64x64xf32>)
  linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<64x100xf32>, memref<64x100xf32>) outs(%c : memref<64x64xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %0 = arith.mulf %x, %y fastmath<contract> : f32
    %1 = arith.addf %sum, %0 fastmath<contract> : f32
    linalg.yield %1 : f32
  }
  return
}

// -----

// What is added to something else than 0 starts with that.

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>
// CHECK-LABEL: func.func @added
// CHECK: %[[C:.*]] = memref.reinterpret_cast %arg2
// CHECK: %[[OLD:.*]] = vector.load %[[C]][
// CHECK: scf.for {{.*}} iter_args(%[[SUM:.*]] = %[[OLD]],
// CHECK: math.fma %{{.*}}, %{{.*}}, %[[SUM]]
// CHECK: vector.store %{{.*}}, %[[C]]
func.func @added(%a: memref<64x100xf32>, %b: memref<100x64xf32>, %c: memref<64x64xf32>) {
  linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<64x100xf32>, memref<100x64xf32>) outs(%c : memref<64x64xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %0 = arith.mulf %x, %y fastmath<contract> : f32
    %1 = arith.addf %sum, %0 fastmath<contract> : f32
    linalg.yield %1 : f32
  }
  return
}

// -----

// Columns of A that lie on a page each are copied, some blocks of them at a time, step after step. Then a block of rows
// stays in the cache until all columns are done.

#a = affine_map<(m, n, k) -> (k, m)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>
// CHECK-LABEL: func.func @columns_of_a
// CHECK: %[[COPY:.*]] = memref.alloc() {{.*}} : memref<{{[0-9]+}}xf32>
// CHECK: scf.for {{.*}} to %c64 step %c1
// CHECK: scf.for {{.*}} step %[[ROWS:.*]] {
// CHECK: vector.store {{.*}}, %[[COPY]]
// CHECK: scf.for {{.*}} step %[[ROWS]] {
// CHECK: scf.for {{.*}} to %c128
// CHECK: scf.for {{.*}} iter_args
// CHECK: memref.load %[[COPY]]
// CHECK: math.fma
// CHECK: memref.dealloc %[[COPY]]
func.func @columns_of_a(%a: memref<64x1024xf32>, %b: memref<64x128xf32>, %c: memref<1024x128xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<1024x128xf32>)
  linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<64x1024xf32>, memref<64x128xf32>) outs(%c : memref<1024x128xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %0 = arith.mulf %x, %y fastmath<contract> : f32
    %1 = arith.addf %sum, %0 fastmath<contract> : f32
    linalg.yield %1 : f32
  }
  return
}

// -----

// Windows are rows of A that overlap. Two loops, over the rows of the kernel and over the rest of
// it, carry the sums; the factors are read in place.

#x = affine_map<(n, h, w, f, i, j, c) -> (n, h + i, w + j, c)>
#k = affine_map<(n, h, w, f, i, j, c) -> (i, j, c, f)>
#y = affine_map<(n, h, w, f, i, j, c) -> (n, h, w, f)>
// CHECK-LABEL: func.func @convolution
// CHECK-NOT: memref.alloc
// CHECK: scf.for {{.*}} to %c3 step %c1 iter_args
// CHECK-NEXT: scf.for {{.*}} to %c48 {{.*}} iter_args
// CHECK: math.fma
// CHECK-NOT: vector.store
// CHECK: scf.yield
// CHECK: scf.yield
// CHECK: vector.store
func.func @convolution(%x: memref<2x8x9x16xf32>, %k: memref<3x3x16x32xf32>, %y: memref<2x6x7x32xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%y : memref<2x6x7x32xf32>)
  linalg.generic {indexing_maps = [#x, #k, #y], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
      ins(%x, %k : memref<2x8x9x16xf32>, memref<3x3x16x32xf32>) outs(%y : memref<2x6x7x32xf32>) {
  ^bb0(%a: f32, %b: f32, %sum: f32):
    %0 = arith.mulf %a, %b fastmath<contract> : f32
    %1 = arith.addf %sum, %0 fastmath<contract> : f32
    linalg.yield %1 : f32
  }
  return
}

// -----

// Sums too long for the cache add up in memory; of a block that moves back, only what is new.

#a = affine_map<(m, n, k) -> (k, m)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>
// CHECK-LABEL: func.func @long_sums
// CHECK: %[[FIRST:.*]] = arith.cmpi eq
// CHECK: %[[OLD:.*]] = vector.load
// CHECK: arith.select %[[FIRST]], {{.*}}, %[[OLD]]
// CHECK: math.fma
// CHECK: %[[NEW:.*]] = arith.cmpi {{.*}} : vector<16xi32>
// CHECK: vector.maskedstore {{.*}}, %[[NEW]]
func.func @long_sums(%a: memref<1048576x8xf32>, %b: memref<1048576x24xf32>, %c: memref<8x24xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<8x24xf32>)
  linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<1048576x8xf32>, memref<1048576x24xf32>) outs(%c : memref<8x24xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %0 = arith.mulf %x, %y fastmath<contract> : f32
    %1 = arith.addf %sum, %0 fastmath<contract> : f32
    linalg.yield %1 : f32
  }
  return
}

// -----

// A bias and an activation are done to each block in registers; C itself is never stored.

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>
#id = affine_map<(m, n) -> (m, n)>
#row = affine_map<(m, n) -> (n)>
// CHECK-LABEL: func.func @epilogue
// CHECK-NOT: memref.alloc
// CHECK: %[[SUMS:.*]]:{{.*}} = scf.for {{.*}} iter_args
// CHECK: scf.yield
// CHECK: %[[BIASED:.*]] = arith.addf %[[SUMS]]#0
// CHECK: arith.maximumf %[[BIASED]]
// CHECK-NOT: scf.for
// CHECK: return
func.func @epilogue(%a: memref<64x100xf32>, %b: memref<100x64xf32>, %bias: memref<64xf32>, %y: memref<64x64xf32>) {
  %zero = arith.constant 0.0 : f32
  %c = memref.alloc() : memref<64x64xf32>
  linalg.fill ins(%zero : f32) outs(%c : memref<64x64xf32>)
  linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<64x100xf32>, memref<100x64xf32>) outs(%c : memref<64x64xf32>) {
  ^bb0(%p: f32, %q: f32, %sum: f32):
    %0 = arith.mulf %p, %q fastmath<contract> : f32
    %1 = arith.addf %sum, %0 fastmath<contract> : f32
    linalg.yield %1 : f32
  }
  linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%c, %bias : memref<64x64xf32>, memref<64xf32>) outs(%y : memref<64x64xf32>) {
  ^bb0(%e: f32, %f: f32, %out: f32):
    %0 = arith.addf %e, %f : f32
    %1 = arith.maximumf %0, %zero : f32
    linalg.yield %1 : f32
  }
  memref.dealloc %c : memref<64x64xf32>
  return
}

// -----

// A longer epilogue is a loop over the rows of a block in a small buffer.

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>
#id = affine_map<(m, n) -> (m, n)>
// CHECK-LABEL: func.func @long_epilogue
// CHECK-NOT: memref.alloc() : memref<64x64xf32>
// CHECK: %[[BLOCK:.*]] = memref.alloc() {{.*}} : memref<{{[0-9][0-9][0-9]}}xf32>
// CHECK: scf.for {{.*}} iter_args
// CHECK: vector.store {{.*}}, %[[BLOCK]]
// CHECK: scf.for
// CHECK: vector.load %[[BLOCK]]
// CHECK: math.tanh
// CHECK-NOT: memref<64x64xf32>
// CHECK: return
func.func @long_epilogue(%a: memref<64x100xf32>, %b: memref<100x64xf32>, %y: memref<64x64xf32>) {
  %zero = arith.constant 0.0 : f32
  %c = memref.alloc() : memref<64x64xf32>
  linalg.fill ins(%zero : f32) outs(%c : memref<64x64xf32>)
  linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<64x100xf32>, memref<100x64xf32>) outs(%c : memref<64x64xf32>) {
  ^bb0(%p: f32, %q: f32, %sum: f32):
    %0 = arith.mulf %p, %q fastmath<contract> : f32
    %1 = arith.addf %sum, %0 fastmath<contract> : f32
    linalg.yield %1 : f32
  }
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%c : memref<64x64xf32>) outs(%y : memref<64x64xf32>) {
  ^bb0(%e: f32, %out: f32):
    %0 = math.tanh %e : f32
    linalg.yield %0 : f32
  }
  memref.dealloc %c : memref<64x64xf32>
  return
}

// -----

// What is added to a residual in its own place would be added twice where blocks overlap.

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>
#id = affine_map<(m, n) -> (m, n)>
// CHECK-LABEL: func.func @residual_in_place
// CHECK: scf.for {{.*}} iter_args
// CHECK: vector.store
// CHECK: scf.for {{.*}} to %c4480
// CHECK: arith.addf
func.func @residual_in_place(%a: memref<64x100xf32>, %b: memref<100x70xf32>, %y: memref<64x70xf32>) {
  %zero = arith.constant 0.0 : f32
  %c = memref.alloc() : memref<64x70xf32>
  linalg.fill ins(%zero : f32) outs(%c : memref<64x70xf32>)
  linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<64x100xf32>, memref<100x70xf32>) outs(%c : memref<64x70xf32>) {
  ^bb0(%p: f32, %q: f32, %sum: f32):
    %0 = arith.mulf %p, %q fastmath<contract> : f32
    %1 = arith.addf %sum, %0 fastmath<contract> : f32
    linalg.yield %1 : f32
  }
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%c : memref<64x70xf32>) outs(%y : memref<64x70xf32>) {
  ^bb0(%e: f32, %out: f32):
    %0 = arith.addf %e, %out : f32
    linalg.yield %0 : f32
  }
  memref.dealloc %c : memref<64x70xf32>
  return
}

// -----

// Where B is more than a cache holds, it is copied once by all threads; then they share tiles of C, whose sums are added
// up in pieces. A block at the end of C that moves back adds to its new rows only.

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>
// CHECK-LABEL: func.func @tiles
// CHECK: %[[B:.*]] = memref.alloc() {{.*}} : memref<16777216xf32>
// CHECK: scf.forall
// CHECK: vector.store {{.*}}, %[[B]]
// CHECK: scf.forall (%[[TILE:.*]]) in
// CHECK-DAG: arith.divui %[[TILE]]
// CHECK-DAG: arith.remui %[[TILE]]
// CHECK: vector.load %[[B]]
// CHECK: math.fma
// CHECK: vector.maskedstore
// CHECK: memref.dealloc %[[B]]
func.func @tiles(%a: memref<4099x4096xf32>, %b: memref<4096x4096xf32>, %c: memref<4099x4096xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<4099x4096xf32>)
  linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<4099x4096xf32>, memref<4096x4096xf32>) outs(%c : memref<4099x4096xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %0 = arith.mulf %x, %y fastmath<contract> : f32
    %1 = arith.addf %sum, %0 fastmath<contract> : f32
    linalg.yield %1 : f32
  }
  return
}

// -----

// Where there are few rows, threads share the columns as well.

#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>
// CHECK-LABEL: func.func @few_rows
// CHECK: scf.forall (%[[TILE:.*]]) in (32)
// CHECK: arith.muli %[[TILE]], %c128
// CHECK: scf.for %{{.*}} = %c0 to %c128 step
// CHECK: math.fma
func.func @few_rows(%a: memref<8x512xf32>, %b: memref<512x4096xf32>, %c: memref<8x4096xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<8x4096xf32>)
  linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<8x512xf32>, memref<512x4096xf32>) outs(%c : memref<8x4096xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %0 = arith.mulf %x, %y fastmath<contract> : f32
    %1 = arith.addf %sum, %0 fastmath<contract> : f32
    linalg.yield %1 : f32
  }
  return
}

// -----

// Weights' gradients of many terms: as few as eight tiles of rows, each of which is copied, are cut in two.

#a = affine_map<(m, n, k) -> (k, m)>
#b = affine_map<(m, n, k) -> (k, n)>
#c = affine_map<(m, n, k) -> (m, n)>
// CHECK-LABEL: func.func @few_tiles
// CHECK: scf.forall (%[[TILE:.*]]) in (16)
// CHECK: arith.divui %[[TILE]], %c8
// CHECK: arith.remui %[[TILE]], %c8
// CHECK: math.fma
func.func @few_tiles(%a: memref<1024x1024xf32>, %b: memref<1024x256xf32>, %c: memref<1024x256xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<1024x256xf32>)
  linalg.generic {indexing_maps = [#a, #b, #c], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : memref<1024x1024xf32>, memref<1024x256xf32>) outs(%c : memref<1024x256xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %0 = arith.mulf %x, %y fastmath<contract> : f32
    %1 = arith.addf %sum, %0 fastmath<contract> : f32
    linalg.yield %1 : f32
  }
  return
}
