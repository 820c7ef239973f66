//===- vector_loops.cpp - From structured ops to loops of vectors ---------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/Passes.h"
#include "compiler/codegen/cpu/block_rows.h"
#include "compiler/codegen/cpu/contraction.h"
#include "compiler/codegen/cpu/divide.h"
#include "compiler/codegen/cpu/emit_nest.h"
#include "compiler/codegen/cpu/epilogue.h"
#include "compiler/codegen/cpu/host.h"
#include "compiler/codegen/cpu/interchange.h"
#include "compiler/codegen/cpu/shrink_buffers.h"
#include "compiler/codegen/cpu/split_sums.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace nabla {
#define GEN_PASS_DEF_VECTORLOOPSPASS
#include "compiler/codegen/cpu/Passes.h.inc"
} // namespace nabla

using namespace mlir;

namespace nabla {
namespace {

/// Grouping compares each kernel with those before, and LLVM takes more than
/// twice as long for a loop twice as long: long programs are cut.
constexpr size_t maxRun = 64;
constexpr unsigned maxRunCost = 2048; // operations

/// Kernels one behind the other, with nothing between them that touches memory.
class Run {
public:
  Run(LoopBuilder &b, unsigned vectorBits, int64_t cacheBytes)
      : b(b), vectorBits(vectorBits), cacheBytes(cacheBytes) {}

  void take(Kernel kernel) {
    kernel.chooseInnermostLoop();
    cost += kernel.bodyCost();
    kernels.push_back(std::make_unique<Kernel>(std::move(kernel)));
  }
  bool isFull() const { return kernels.size() == maxRun || cost > maxRunCost; }

  /// Whether the last kernel that touches the buffer of `output` fills all of
  /// it with 0. If so, it is erased.
  bool eraseZeroFill(Value output, const Access &access);

  /// Emits all kernels in the place of the last one.
  void finish();

private:
  LoopBuilder &b;
  unsigned vectorBits;
  int64_t cacheBytes;
  std::vector<std::unique_ptr<Kernel>> kernels;
  unsigned cost = 0;
};

bool touches(Kernel &kernel, const Access &access) {
  return llvm::any_of(kernel.accesses,
                      [&](std::optional<Access> &other) {
                        return other && mayAlias(other->root, access.root);
                      }) ||
         llvm::any_of(kernel.lookups, [&](Kernel::Lookup &lookup) {
           return mayAlias(lookup.access.root, access.root);
         });
}

bool Run::eraseZeroFill(Value output, const Access &access) {
  auto last = llvm::find_if(llvm::reverse(kernels), [&](auto &kernel) {
    return touches(*kernel, access);
  });
  if (last == kernels.rend())
    return false;
  auto fill = dyn_cast<linalg::FillOp>((*last)->op.getOperation());
  if (!fill || fill.output() != output ||
      !matchPattern(fill.value(), m_AnyZeroFloat()))
    return false;
  kernels.erase(std::next(last).base());
  fill.erase();
  return true;
}

void Run::finish() {
  if (kernels.empty())
    return;
  SmallVector<Kernel *> all;
  for (auto &kernel : kernels)
    all.push_back(kernel.get());
  b.moveTo(all.back()->op);
  auto nests = fuseLoops(all);
  for (auto &nest : nests)
    collapseLoops(*nest, 0);
  blockRows(nests, vectorBits);
  for (auto &nest : nests) {
    interchangeForColumns(*nest);
    useRoomOfResults(*nest);
    shrinkBuffers(*nest);
  }
  for (auto &nest : nests)
    divideNest(b, *nest);
  for (auto &nest : nests)
    emitNest(b, *nest, vectorBits, cacheBytes);
  for (auto &nest : nests)
    for (auto &kernel : nest->ownKernels)
      kernel->op.erase();
  for (Kernel *kernel : all)
    kernel->op.erase();
  kernels.clear();
  cost = 0;
}

bool hasStaticShape(Value buffer) {
  return cast<MemRefType>(buffer.getType()).hasStaticShape();
}

/// A copy is a kernel like others.
Operation *withoutCopy(Operation *op) {
  auto copy = dyn_cast<memref::CopyOp>(op);
  if (!copy || !isa<MemRefType>(copy.getSource().getType()) ||
      !isa<MemRefType>(copy.getTarget().getType()) ||
      !hasStaticShape(copy.getSource()) || !hasStaticShape(copy.getTarget()))
    return op;
  OpBuilder b(copy);
  Operation *generic = linalg::makeMemRefCopyOp(
      b, copy.getLoc(), copy.getSource(), copy.getTarget());
  copy.erase();
  return generic;
}

class VectorLoopsPass : public impl::VectorLoopsPassBase<VectorLoopsPass> {
public:
  using Base::Base;

  void runOnOperation() override {
    if (vectorBits == 0)
      vectorBits = Host::get().vectorBits;
    if (cacheBytes < 0)
      cacheBytes = Host::get().lastCacheBytes;
    SmallVector<Block *> blocks;
    getOperation()->walk([&](Operation *op) {
      // Bodies of structured ops are not programs.
      if (!isa<linalg::LinalgOp>(op))
        for (Region &region : op->getRegions())
          for (Block &block : region)
            blocks.push_back(&block);
    });
    LoopBuilder b(getOperation()->getLoc(), &getContext());
    for (Block *block : blocks)
      runOnBlock(*block, b);
  }

private:
  void runOnBlock(Block &block, LoopBuilder &b) {
    Run run(b, vectorBits, cacheBytes);
    for (Operation &each : llvm::make_early_inc_range(block)) {
      Operation *op = withoutCopy(&each);
      if (isa<memref::AllocOp>(op) || isMemoryEffectFree(op))
        continue;
      auto structured = dyn_cast<linalg::LinalgOp>(op);
      std::optional<Kernel> kernel;
      if (structured)
        kernel = Kernel::create(structured);
      if (product && (!kernel || !addToEpilogue(*product, *kernel)))
        finishProduct(run, b);
      else if (product)
        continue;
      if (!kernel || run.isFull())
        run.finish();
      if (kernel)
        runOnKernel(std::move(*kernel), run);
    }
    finishProduct(run, b);
    run.finish();
    eraseUnreadBuffers(block);
  }

  void runOnKernel(Kernel kernel, Run &run) {
    linalg::LinalgOp op = kernel.op;
    if (kernel.isEmpty()) {
      op.erase();
      return;
    }
    product = Contraction::match(kernel, vectorBits, Host::get());
    bool startsAtZero =
        product && run.eraseZeroFill(op.getDpsInits()[0], product->access(2));
    if (product && (startsAtZero || product->pieces.empty())) {
      product->adds = !startsAtZero;
      run.finish();
      return;
    }
    product.reset();
    run.take(std::move(kernel));
  }

  /// Emits the product and its epilogue in the place of the last op.
  void finishProduct(Run &run, LoopBuilder &b) {
    if (!product)
      return;
    SmallVector<Operation *> ops{product->kernel.op};
    for (Kernel &kernel : product->epilogue)
      ops.push_back(kernel.op);
    b.moveTo(ops.back());
    b.setLoc(ops.front()->getLoc());
    if (product->pieces.empty()) {
      emitContraction(b, *product);
    } else {
      PieceSums sums = emitPieces(b, *product);
      run.take(std::move(sums.first));
      run.take(std::move(sums.others));
      run.finish();
      b.moveTo(ops.back());
      memref::DeallocOp::create(b, sums.buffer);
    }
    for (Operation *op : ops)
      op->erase();
    product.reset();
  }

  /// The last op, whose epilogue may follow.
  std::optional<Contraction> product;
};

} // namespace
} // namespace nabla
