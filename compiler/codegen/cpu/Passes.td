//===- Passes.td - Code generation for CPUs ----------------*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Alphabetical.
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_CODEGEN_CPU_PASSES_TD
#define NABLA_CODEGEN_CPU_PASSES_TD

include "mlir/Pass/PassBase.td"

def BarePointersPass : Pass<"nabla-bare-pointers", "::mlir::ModuleOp"> {
  let summary = "Make buffers pointers, and what is done to them ops of the LLVM dialect";
  let description = [{
    A buffer whose extents and strides are known is the address it begins at, also
    between functions, which is the convention of `--nabla-to-llvm` too. A view is the
    same address with another layout. The pass does nothing to a module that holds
    something else about buffers; then `--nabla-to-llvm` makes descriptors.

    ```mlir
    func.func @main(%x: memref<64xf32>, %i: index) -> f32 {
      %0 = memref.load %x[%i] : memref<64xf32>
    ```
    becomes
    ```mlir
    func.func @main(%x: !llvm.ptr, %i: index) -> f32 {
      %0 = arith.index_cast %i : index to i64
      %1 = llvm.getelementptr inbounds|nuw %x[%0] : (!llvm.ptr, i64) -> !llvm.ptr, f32
      %2 = llvm.load %1 : !llvm.ptr -> f32
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def ByteBooleansPass : Pass<"nabla-byte-booleans", "::mlir::ModuleOp"> {
  let summary = "Gives bools in memory a byte each";
  let description = [{
    The lowering of deallocations keeps flags in memory as i1, which LLVM would pack
    or refuse; they become i8.

    ```mlir
    memref.store %flag, %flags[%i] : memref<?xi1>
    ```
    becomes
    ```mlir
    %byte = arith.extui %flag : i1 to i8
    memref.store %byte, %flags[%i] : memref<?xi8>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def CopyLoopsPass : Pass<"nabla-copy-loops"> {
  let summary = "Turn strided copies into linalg.generic";
  let description = [{
    A `memref.copy` of strided memory would become a call of a library that we do not
    link. Contiguous copies stay, and become memcpy.

    ```mlir
    memref.copy %a, %b : memref<4xf32, strided<[2]>> to memref<4xf32>
    ```
    becomes a `linalg.generic` that yields its input.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect"];
}

def ExpandMathPass : Pass<"nabla-expand-math", "::mlir::ModuleOp"> {
  let summary = "Turn functions of mathematics into arithmetic";
  let description = [{
    exp, log, sin, tanh, erf, maxima and so on of f32 and f64, scalar or vector, become
    arithmetic within 2 units in the last place; a vector stays a vector. The
    functions of the C library, which take one number at a time, are left with
    powers of f64, and sines, cosines and tangents of huge numbers.

    ```mlir
    %y = math.tanh %x : vector<16xf32>
    ```
    becomes some 40 operations of `arith`, `math.fma` and `math.copysign`. Numbers
    outside of loops, if there are many, share them in a function.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::func::FuncDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect"];
}

def FillSplatsPass : Pass<"nabla-fill-splats"> {
  let summary = "Fill tensors with one number rather than store them";
  let description = [{
    A constant of many equal numbers would be as many bytes of the program.

    ```mlir
    %0 = arith.constant dense<0.0> : tensor<1000xf32>
    ```
    becomes
    ```mlir
    %c = arith.constant 0.0 : f32
    %e = tensor.empty() : tensor<1000xf32>
    %0 = linalg.fill ins(%c : f32) outs(%e : tensor<1000xf32>) -> tensor<1000xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def FlatEmptyArgumentsPass : Pass<"nabla-flat-empty-arguments", "::mlir::ModuleOp"> {
  let summary = "Give arguments without elements one dimension";
  let description = [{
    The conversion to bare pointers refuses a stride of 0, which a dimension in front
    of an empty one has.

    ```mlir
    func.func @main(%x: memref<5x0xf32>)
    ```
    becomes
    ```mlir
    func.func @main(%x: memref<0xf32>)
    ```
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

def FreeAllocationsPass : Pass<"nabla-free-allocations"> {
  let summary = "Free allocations one by one where nothing else can be the same memory";
  let description = [{
    Upstream's simplification compares each buffer that a block frees with all others,
    which are as many as the program is long.

    ```mlir
    %a = memref.alloc() : memref<8xf32>
    %b = memref.alloc() : memref<8xf32>
    bufferization.dealloc (%a, %b : memref<8xf32>, memref<8xf32>) if (%true, %true)
    ```
    becomes
    ```mlir
    memref.dealloc %a : memref<8xf32>
    memref.dealloc %b : memref<8xf32>
    ```
    What keeps a buffer, or frees one on a condition, stays.
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

def FuseElementwisePass : Pass<"nabla-fuse-elementwise"> {
  let summary = "Fuse elementwise producers into consumers that read them once";
  let description = [{
    As upstream's `--linalg-fuse-elementwise-ops`, but a producer that computes is
    fused only where each of its elements is used by one iteration of the consumer:
    an `exp` in front of a matrix product must not run once per row.

    ```mlir
    %e = linalg.generic ... { math.exp }
    %s = linalg.generic ins(%e) ... { arith.addf }
    ```
    becomes one `linalg.generic` with both in its body.
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::linalg::LinalgDialect"];
}

def LinalgToLoopsPass : Pass<"nabla-linalg-to-loops"> {
  let summary = "Turn structured ops on buffers into loops of scalars";
  let description = [{
    As upstream's `--convert-linalg-to-loops`, which also tries to fold all other ops: after
    `--nabla-vector-loops` few structured ops are left, mostly none.

    ```mlir
    linalg.fill ins(%c : f32) outs(%x : memref<4xf32>)
    ```
    becomes
    ```mlir
    scf.for %i = %c0 to %c4 step %c1 { memref.store %c, %x[%i] : memref<4xf32> }
    ```
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect"];
}

def OutlineParallelPass : Pass<"nabla-outline-parallel", "::mlir::ModuleOp"> {
  let summary = "Make the bodies of parallel loops functions that the runtime calls";
  let description = [{
    Each outermost `scf.forall` on buffers becomes a call of `nabla_parallel_for`, which
    runs the turns on the threads of compiler/runtime/ThreadPool.h. What the body uses
    of the outside goes through an array of eight-byte slots: buffers by their address,
    scalars by value; views and arithmetic are computed again inside.

    ```mlir
    func.func @main(%x: memref<64xf32>) {
      scf.forall (%i) in (8) { use(%x, %i) }
    }
    ```
    becomes
    ```mlir
    func.func private @nabla_parallel_for(i64, (i64, !llvm.ptr) -> (), !llvm.ptr)
    func.func @main(%x: memref<64xf32>) {
      %slots = llvm.alloca ... ; store the address of %x
      %body = constant @main.parallel : (i64, !llvm.ptr) -> ()
      call @nabla_parallel_for(%turns, %body, %slots)
    }
    func.func private @main.parallel(%turn: i64, %slots: !llvm.ptr) {
      %x = ... ; from its slot
      use(%x, %turn)
    }
    ```

    Bounds are constants, buffers have static shapes and layouts.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
                           "::mlir::LLVM::LLVMDialect", "::mlir::memref::MemRefDialect"];
}

def PackedEntryPass : Pass<"nabla-packed-entry", "::mlir::ModuleOp"> {
  let summary = "Let each public function take an array of pointers";
  let description = [{
    ```mlir
    llvm.func @main(%x: !llvm.ptr, %y: !llvm.ptr)
    ```
    becomes
    ```mlir
    llvm.func @main_packed(%pointers: !llvm.ptr)
    ```
    which begins with loading each pointer, inputs first: one type of function pointer
    serves all programs.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def PlanMemoryPass : Pass<"nabla-plan-memory", "::mlir::func::FuncOp"> {
  let summary = "Put the temporaries of a function into one block of memory";
  let description = [{
    Temporaries that do not live at the same time share memory. They live from their
    first use to their last; what is used within a sequential loop lives as long as
    the loop. Each turn of a parallel loop has a block of its own. What a loop hands
    from turn to turn stays as it is. Up to 16 KiB lie on the stack.

    ```mlir
    %a = memref.alloc() : memref<8192xf32>
    %b = memref.alloc() : memref<8192xf32>
    %c = memref.alloc() : memref<8192xf32>
    use(%a); use(%a, %b); use(%b, %c)
    memref.dealloc %a, %b, %c
    ```
    becomes
    ```mlir
    %arena = memref.alloc() : memref<65536xi8>
    %a = memref.view %arena[%c0][] : memref<65536xi8> to memref<8192xf32>
    %b = memref.view %arena[%c32768][] : memref<65536xi8> to memref<8192xf32>
    %c = memref.view %arena[%c0][] : memref<65536xi8> to memref<8192xf32>
    use(%a); use(%a, %b); use(%b, %c)
    memref.dealloc %arena
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect"];
}

def KeepCarriesPass : Pass<"nabla-keep-carries", "::mlir::ModuleOp"> {
  let summary = "Let carries of while loops stay in one place";
  let description = [{
    Bufferization makes new memory for what a turn leaves, and copies that once more,
    unless it is known to be where the carry was. So it is said. What is not computed in
    the turn, as another carry, is copied before anything is written.

    ```mlir
    ^bb0(%x: tensor<8xf32>):
      %y = linalg.generic ...
      scf.yield %y : tensor<8xf32>
    ```
    becomes
    ```mlir
    ^bb0(%x: tensor<8xf32>):
      %y = linalg.generic ...
      %z = bufferization.materialize_in_destination %y in %x
      scf.yield %z : tensor<8xf32>
    ```
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect"];
}

def ReadOnlyArgumentsPass : Pass<"nabla-read-only-arguments", "::mlir::ModuleOp"> {
  let summary = "Mark all function arguments as not writable";
  let description = [{
    Bufferization would otherwise reuse the caller's arrays for results. Results get
    memory of their own: a value that is returned twice is copied.

    ```mlir
    func.func @main(%x: tensor<3xf32>)
    ```
    becomes
    ```mlir
    func.func @main(%x: tensor<3xf32> {bufferization.writable = false})
    ```
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect",
                           "::mlir::tensor::TensorDialect"];
}

def RecomputePass : Pass<"nabla-recompute", "::mlir::func::FuncOp"> {
  let summary = "Compute values again rather than keep them where memory is short";
  let description = [{
    At the moment when most memory is in use, values that take long to make are kept for
    later: products, reductions. What is elementwise is computed again from them, if that
    saves bytes: those kept, and a price for each operation done twice, are the minimum
    cut of the program at that moment. Products of matrices are never done twice.
    An argument in whose memory a result will be counts as kept if it is read then.

    ```mlir
    %s = linalg.generic ins(%x) ... { arith.mulf }
    %t = linalg.generic ins(%s) ... { arith.addf }
    ... // most memory is in use
    use(%x, %s, %t)
    ```
    becomes
    ```mlir
    ... // most memory is in use
    %s = linalg.generic ins(%x) ... { arith.mulf }
    %t = linalg.generic ins(%s) ... { arith.addf }
    use(%x, %s, %t)
    ```
  }];
  let options = [Option<"minBytes", "min-bytes", "int64_t", /*default=*/"1048576",
                        "programs that would save less are left alone">];
  let dependentDialects = ["::mlir::linalg::LinalgDialect"];
}

def ReuseDonatedPass : Pass<"nabla-reuse-donated", "::mlir::func::FuncOp"> {
  let summary = "Write results into the memory of donated arguments";
  let description = [{
    An argument that bears the number of a result's argument is the memory of that
    result. Where it is read after a part of the result is written, what reads it gets
    a copy.

    ```mlir
    func.func @main(%w: memref<3xf32> {nabla.donated = 2}, %g: memref<3xf32>,
                    %out: memref<3xf32>) {
      linalg.sub ins(%w, %g) outs(%out)
    ```
    becomes
    ```mlir
      linalg.sub ins(%w, %g) outs(%w)
    ```
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
}

def TermsInRowsPass : Pass<"nabla-terms-in-rows"> {
  let summary = "Let products with few columns add terms that lie in rows";
  let description = [{
    A few columns do not fill the lanes of a vector, but the terms of their sums do. If one factor holds these in rows, the other one, which is small, is copied so that
    it does so too. Nothing is turned around once more when ops are fused: this comes later.

    ```mlir
    %z = linalg.generic {indexing_maps = [(i, j, k) -> (i, k), (i, j, k) -> (k, j),
                                          (i, j, k) -> (i, j)]}
        ins(%x, %y : tensor<1000x64xf32>, tensor<64x3xf32>)
    ```
    becomes
    ```mlir
    %t = linalg.transpose ins(%y : tensor<64x3xf32>) outs(%e : tensor<3x64xf32>)
    %z = linalg.generic {indexing_maps = [(i, j, k) -> (i, k), (i, j, k) -> (j, k),
                                          (i, j, k) -> (i, j)]}
        ins(%x, %t : tensor<1000x64xf32>, tensor<3x64xf32>)
    ```
  }];
  let options = [Option<"vectorBits", "vector-bits", "unsigned", /*default=*/"0",
                        "width of vector registers; 0 for this machine's">];
  let dependentDialects = ["::mlir::tensor::TensorDialect"];
}

def SeparateTemporariesPass : Pass<"nabla-separate-temporaries"> {
  let summary = "Give each op an empty or filled tensor of its own";
  let description = [{
    The elimination of common subexpressions leaves one `tensor.empty` of each type,
    and bufferization would put many results into one buffer, one after the other.
    Their loops could not be fused.

    ```mlir
    %e = tensor.empty() : tensor<3xf32>
    %0 = linalg.generic outs(%e : tensor<3xf32>)
    %1 = linalg.generic outs(%e : tensor<3xf32>)
    ```
    becomes
    ```mlir
    %e = tensor.empty() : tensor<3xf32>
    %0 = linalg.generic outs(%e : tensor<3xf32>)
    %f = tensor.empty() : tensor<3xf32>
    %1 = linalg.generic outs(%f : tensor<3xf32>)
    ```
  }];
}

def ReadInPlacePass : Pass<"nabla-read-in-place", "::mlir::func::FuncOp"> {
  let summary = "Show readers the buffer of a value that nobody writes to";
  let description = [{
    Bufferization compares each use of a value with all others, which takes the square of
    their number. Readers of a value with many uses are shown its buffer instead.

    ```mlir
    linalg.generic ins(%x) outs(...)
    ```
    becomes
    ```mlir
    %b = bufferization.to_buffer %x read_only
    %r = bufferization.to_tensor %b restrict
    linalg.generic ins(%r) outs(...)
    ```
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect"];
}

def SplitBlocksPass : Pass<"nabla-split-blocks", "::mlir::ModuleOp"> {
  let summary = "Make functions of parts of long blocks";
  let description = [{
    Much that LLVM does to a block takes the square of its length. What is made within a
    part is not needed behind it. Constants, addresses and invariant loads are repeated in
    each part; all else is handed over.

    ```mlir
    llvm.call @kernel(%x)  // many of them
    ```
    becomes
    ```mlir
    llvm.call @main.part(%x)
    llvm.call @main.part_0(%x)
    ```
  }];
  let options = [Option<"maxOps", "max-ops", "unsigned", /*default=*/"256",
                        "of a block that stays as it is; addresses do not count">];
}

def ShareKernelsPass : Pass<"nabla-share-kernels", "::mlir::ModuleOp"> {
  let summary = "Make loop nests that occur several times functions";
  let description = [{
    Layers of a network repeat each other, and so do their derivatives. Nests that are
    equal but for the buffers and scalars that they use become calls of one function, so
    that LLVM, which takes most of the time of compilation, sees them once. They may work on
    other parts of a buffer, too: where parts begin becomes an argument.

    ```mlir
    scf.for %i = ... { use(%x, %i) }
    scf.for %i = ... { use(%y, %i) }
    ```
    becomes
    ```mlir
    call @kernel(%x)
    call @kernel(%y)
    func.func private @kernel(%x: memref<64xf32> {llvm.noalias}) attributes {no_inline} {
      scf.for %i = ... { use(%x, %i) }
    }
    ```
    Buffers have static shapes and layouts: they are passed as pointers.

    In a long program each nest is a function, and so is each unit: the region around all
    that belongs to a nest or a product. Regions that are left are taken away.
  }];
  let dependentDialects = ["::mlir::func::FuncDialect", "::mlir::LLVM::LLVMDialect",
                           "::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect"];
  let statistics = [Statistic<"numKernels", "kernels", "Functions made">,
                    Statistic<"numNests", "nests", "Nests that became calls">];
}

def SplitPartsPass : Pass<"nabla-split-parts", "::mlir::ModuleOp"> {
  let summary = "Divide a long program into modules that are compiled side by side";
  let description = [{
    A part has about as much work as another one. A function that another part calls is
    declared there, and becomes `nested`: seen by the parts, but no entry. Constants are
    copied to the parts that use them. The parts depend on the program only, not on the
    number of threads.

    ```mlir
    func.func @main(%x: memref<64xf32>) { call @kernel(%x) ... }
    func.func private @kernel(%x: memref<64xf32>) { ... }
    ```
    becomes
    ```mlir
    module {
      func.func nested @kernel(memref<64xf32>)
      func.func @main(%x: memref<64xf32>) { call @kernel(%x) ... }
    }
    module {
      func.func nested @kernel(%x: memref<64xf32>) { ... }
    }
    ```
    Short programs, and those with other symbols than functions and constants, stay.
  }];
  let options = [Option<"minOps", "min-ops", "unsigned", /*default=*/"1000",
                        "operations of a part, at least">];
}

def ToLLVMPass : Pass<"nabla-to-llvm", "::mlir::ModuleOp"> {
  let summary = "Convert all dialects of loops and memory to the LLVM dialect";
  let description = [{
    The patterns of upstream's conversions of arith, cf, func, index, math, memref, ub and
    vector in one walk, where upstream's passes take eight. Functions take bare pointers.

    ```mlir
    func.func @main(%x: memref<4xf32>) { ... }
    ```
    becomes
    ```mlir
    llvm.func @main(%x: !llvm.ptr) { ... }
    ```
    Ops of mathematics that are calls of libm, and vectors of several dimensions, go through
    upstream's passes first.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def VectorLoopsPass : Pass<"nabla-vector-loops"> {
  let summary = "Turn linalg ops on buffers into fused loops of vector ops";
  let description = [{
    Ops that follow each other share as many loops as their dependences allow.
    What one stores the next takes from its register; temporaries that are left
    without a reader go, and those that pass on values within a row shrink to a
    row. Loops that walk through all buffers without a gap become one.

    The innermost loop runs on vectors. Where their width does not divide it, the
    last iteration is moved back to end with the loop.

    ```mlir
    linalg.generic ins(%x : memref<1000xf32>) outs(%y : memref<1000xf32>) { arith.mulf }
    ```
    becomes
    ```mlir
    scf.for %i = %c0 to %c1000 step %c64 {
      %first = arith.minsi %i, %c936 : index
      %0 = vector.load %x[%first] : memref<1000xf32>, vector<64xf32>
      %1 = arith.mulf %0, %0 : vector<64xf32>
      vector.store %1, %y[%first] : memref<1000xf32>, vector<64xf32>
    }
    ```
    Results of loops that touch more than the last cache keeps are stored past
    it, `nontemporal`, where whole lines are; if such loops read one array,
    prefetches ask for what comes next.

    Ops with other bodies than straight-line arithmetic, or on buffers without a
    static layout, stay.
  }];
  let options = [Option<"vectorBits", "vector-bits", "unsigned", /*default=*/"0",
                        "width of vector registers; 0 for this machine's">,
                 Option<"cacheBytes", "cache-bytes", "int64_t", /*default=*/"-1",
                        "size of the last cache, 0 if there is none; -1 for this machine's">];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect"];
}

#endif // NABLA_CODEGEN_CPU_PASSES_TD
