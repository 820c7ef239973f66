//===- emit_nest.cpp - Loops of vector ops --------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The number of lanes is a power of two. Where it does not divide the loop, the
// last iteration is moved back to end with the loop, and does some elements
// once more: cheaper than masks or a second loop for the rest. Totals take only
// the new elements, and so does memory if an element is changed in place.
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/emit_nest.h"
#include "compiler/codegen/cpu/emit_body.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace nabla {
namespace {

/// Short bodies run on several registers at once, which hides latency; long
/// ones have enough to do and would run out of registers.
constexpr std::pair<unsigned, unsigned> registersByCost[] = {
    {24, 4}, {80, 2}, {~0u, 1}};
/// At most one in so many lanes may be computed twice for the sake of more
/// registers.
constexpr int64_t maxWaste = 8;

int64_t paddedExtent(int64_t extent, int64_t lanes) {
  return llvm::divideCeil(extent, lanes) * lanes;
}

unsigned chooseLanes(Nest &nest, unsigned vectorBits) {
  unsigned cost = 0, bits = 8;
  nest.forEachKernel([&](Kernel &kernel) {
    cost += kernel.bodyCost();
    bits = std::max(bits, kernel.widestBits());
  });
  auto *choice = llvm::find_if(
      registersByCost, [&](auto &entry) { return cost <= entry.first; });
  int64_t most = llvm::bit_floor(static_cast<uint64_t>(nest.extent));
  int64_t native = std::min<int64_t>(vectorBits / bits, most);
  int64_t lanes = std::min<int64_t>(native * choice->second, most);
  auto waste = [&](int64_t lanes) {
    return paddedExtent(nest.extent, lanes) - paddedExtent(nest.extent, native);
  };
  while (lanes > native && waste(lanes) * maxWaste > nest.extent)
    lanes /= 2;
  return lanes;
}

/// Whether an element of memory is read before it is written in the same
/// iteration, so that doing the iteration twice would change the result.
bool updatesInPlace(ArrayRef<Kernel *> kernels) {
  SmallVector<Access *> stored;
  auto isStored = [&](Access &access) {
    return llvm::any_of(
        stored, [&](Access *other) { return other->sameElement(access); });
  };
  auto isWritten = [&](Access &access) {
    return llvm::any_of(kernels, [&](Kernel *kernel) {
      auto outputs =
          ArrayRef(kernel->accesses).drop_front(kernel->op.getNumDpsInputs());
      return !kernel->isReduction.back() &&
             llvm::any_of(outputs, [&](const std::optional<Access> &output) {
               return mayAlias(output->root, access.root);
             });
    });
  };
  for (Kernel *kernel : kernels) {
    for (auto [i, access] : llvm::enumerate(kernel->accesses))
      if (access && kernel->reads(i) && access->strides.back() != 0 &&
          !isStored(*access) && isWritten(*access))
        return true;
    for (auto [i, access] : llvm::enumerate(kernel->accesses))
      if (kernel->isOutput(i))
        stored.push_back(&*access);
  }
  return false;
}

class NestEmitter {
public:
  NestEmitter(ImplicitLocOpBuilder &b, unsigned vectorBits)
      : b(b), vectorBits(vectorBits) {}

  void emitTop(Nest &nest) {
    nest.forEachKernel([&](Kernel &kernel) {
      for (auto &access : kernel.accesses)
        if (access)
          buffers.prepare(b, *access);
    });
    emit(nest);
  }

private:
  /// A kernel that adds up along the innermost loop, and the lanes' totals.
  struct Reduction {
    Kernel *kernel;
    unsigned firstTotal;
    unsigned numTotals() const { return kernel->op.getNumDpsInits(); }
  };

  void emit(Nest &nest);
  void emitChildren(Nest &nest);
  void emitVectorLoop(Nest &nest);
  void emitVectorBody(Nest &nest, Operation *loop, Value iv,
                      MutableArrayRef<Value> totals);
  std::pair<Value, Value> moveBack(Nest &nest, Value iv);
  SmallVector<Value> neutralTotals();
  void storeTotals(ValueRange totals);
  Value addLanes(Operation *combiner, Value lanes);
  Value constant(int64_t value) {
    return arith::ConstantIndexOp::create(b, value);
  }

  ImplicitLocOpBuilder &b;
  unsigned vectorBits;
  FlatBuffers buffers;
  SmallVector<Value> ivs;
  /// Of the innermost loop at hand.
  unsigned lanes = 1;
  bool isInPlace = false;
  SmallVector<Kernel *> kernels;
  SmallVector<Reduction> reductions;
};

void NestEmitter::emit(Nest &nest) {
  if (nest.isLeaf()) {
    BodyEmitter(b, buffers, ivs, 1).emit(*nest.kernel);
    return;
  }
  nest.forEachKernel([&](Kernel &kernel) { b.setLoc(kernel.op.getLoc()); });
  bool vectorize = nest.isInnermost();
  if (vectorize)
    nest.forEachKernel([&](Kernel &kernel) {
      vectorize = vectorize && kernel.canVectorize();
    });
  if (vectorize) {
    emitVectorLoop(nest);
    return;
  }
  auto loop =
      scf::ForOp::create(b, constant(0), constant(nest.extent), constant(1));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  ivs.push_back(loop.getInductionVar());
  emitChildren(nest);
  ivs.pop_back();
}

/// Kernels without loops of their own stand beside loops; neighbours pass on
/// values in registers.
void NestEmitter::emitChildren(Nest &nest) {
  std::optional<BodyEmitter> body;
  for (auto &child : nest.children) {
    if (!child->isLeaf()) {
      body.reset();
      emit(*child);
      continue;
    }
    if (!body)
      body.emplace(b, buffers, ivs, 1);
    body->emit(*child->kernel);
  }
}

SmallVector<Value> NestEmitter::neutralTotals() {
  SmallVector<Value> totals;
  for (Reduction &reduction : reductions)
    for (unsigned i = 0; i < reduction.numTotals(); ++i)
      totals.push_back(splatConstant(
          b, neutralElement(findCombiner(reduction.kernel->op, i)), lanes));
  return totals;
}

/// The first element of an iteration that must not leave the loop, and which
/// lanes are new there.
std::pair<Value, Value> NestEmitter::moveBack(Nest &nest, Value iv) {
  if (nest.extent % lanes == 0)
    return {iv, Value()};
  Value first =
      arith::MinSIOp::create(b, iv, constant(nest.extent - int64_t(lanes)));
  if (reductions.empty() && !isInPlace)
    return {first, Value()};
  Value numOld = arith::IndexCastOp::create(
      b, b.getI32Type(), arith::SubIOp::create(b, iv, first));
  Value isNew = arith::CmpIOp::create(b, arith::CmpIPredicate::sge,
                                      laneNumbers(b, b.getI32Type(), lanes),
                                      splat(b, numOld, lanes));
  return {first, isNew};
}

void NestEmitter::emitVectorBody(Nest &nest, Operation *loop, Value iv,
                                 MutableArrayRef<Value> totals) {
  auto [first, isNew] = moveBack(nest, iv);
  ivs.push_back(first);
  BodyEmitter body(b, buffers, ivs, lanes, loop, isNew, isInPlace);
  auto *reduction = reductions.begin();
  for (Kernel *kernel : kernels) {
    if (reduction == reductions.end() || reduction->kernel != kernel) {
      body.emit(*kernel);
      continue;
    }
    body.emit(*kernel,
              totals.slice(reduction->firstTotal, reduction->numTotals()));
    ++reduction;
  }
  ivs.pop_back();
}

void NestEmitter::emitVectorLoop(Nest &nest) {
  kernels.clear();
  reductions.clear();
  unsigned numTotals = 0;
  nest.forEachKernel([&](Kernel &kernel) {
    kernels.push_back(&kernel);
    if (!kernel.isReduction.back())
      return;
    reductions.push_back({&kernel, numTotals});
    numTotals += kernel.op.getNumDpsInits();
  });
  lanes = chooseLanes(nest, vectorBits);
  isInPlace = updatesInPlace(kernels);
  SmallVector<Value> totals = neutralTotals();
  if (nest.extent == lanes) {
    emitVectorBody(nest, nullptr, constant(0), totals);
    storeTotals(totals);
    return;
  }
  auto loop = scf::ForOp::create(b, constant(0), constant(nest.extent),
                                 constant(lanes), totals);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    totals.assign(loop.getRegionIterArgs().begin(),
                  loop.getRegionIterArgs().end());
    emitVectorBody(nest, loop, loop.getInductionVar(), totals);
    if (!totals.empty())
      scf::YieldOp::create(b, totals);
  }
  storeTotals(loop.getResults());
}

/// One element of all lanes, by halves.
Value NestEmitter::addLanes(Operation *combiner, Value vector) {
  for (int64_t half = lanes / 2; half > 0; half /= 2) {
    auto low = llvm::to_vector(llvm::seq<int64_t>(0, half));
    auto high = llvm::to_vector(llvm::seq<int64_t>(half, 2 * half));
    vector =
        combine(b, combiner, vector::ShuffleOp::create(b, vector, vector, low),
                vector::ShuffleOp::create(b, vector, vector, high));
  }
  if (!isa<VectorType>(vector.getType()))
    return vector;
  return vector::ExtractOp::create(b, vector, int64_t(0));
}

void NestEmitter::storeTotals(ValueRange totals) {
  for (Reduction &reduction : reductions)
    for (unsigned i = 0; i < reduction.numTotals(); ++i) {
      linalg::LinalgOp op = reduction.kernel->op;
      b.setLoc(op.getLoc());
      Access access = *reduction.kernel->accesses[op.getNumDpsInputs() + i];
      access.strides.pop_back();
      Operation *combiner = findCombiner(op, i);
      Value buffer = buffers.buffer(access);
      Value index = buffers.index(b, access, ivs);
      Value old = memref::LoadOp::create(b, buffer, index);
      Value total = addLanes(combiner, totals[reduction.firstTotal + i]);
      memref::StoreOp::create(b, combine(b, combiner, old, total), buffer,
                              index);
    }
}

} // namespace

void emitNest(ImplicitLocOpBuilder &b, Nest &nest, unsigned vectorBits) {
  NestEmitter(b, vectorBits).emitTop(nest);
}

} // namespace nabla
