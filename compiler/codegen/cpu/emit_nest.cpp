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
#include "compiler/codegen/cpu/Passes.h"
#include "compiler/codegen/cpu/divide.h"
#include "compiler/codegen/cpu/emit_body.h"
#include "compiler/codegen/cpu/emit_transposed.h"
#include "compiler/codegen/cpu/lane_totals.h"
#include "compiler/codegen/cpu/lanes.h"
#include "compiler/codegen/cpu/problems.h"
#include "compiler/codegen/cpu/running_totals.h"
#include "compiler/codegen/cpu/selection.h"
#include "compiler/codegen/cpu/streams.h"
#include "compiler/codegen/cpu/unit.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/bit.h"

using namespace mlir;

namespace nabla {
namespace {

/// So many terms of a sum that is in memory are added at once, if they are
/// short enough to be computed side by side.
constexpr int64_t termsAtOnce = 4;
constexpr unsigned maxTermCost = 24;
/// Sums of more vectors are in memory.
constexpr int64_t maxSumRegisters = 8;
/// Of a loop that its vectors do not divide, the rest is a loop of its own, if
/// its body is that short: the others need not ask which elements are new.
constexpr unsigned maxRestCost = 24;
/// What a program does in two iterations and so many operations needs no loop:
/// code without loops takes LLVM a fraction of the time.
constexpr unsigned maxStraightCost = 24;
/// Bodies of one or two operations, and the end of each kernel.
constexpr unsigned maxShortCost = 3;
/// What memory sends in the time that it takes to answer, and some more.
constexpr int64_t linesAhead = 128;
/// Of rows that are added at once and those behind them, the second cache holds
/// so many bytes.
constexpr int64_t maxBytesOfBlock = 128 << 10;

/// Of the dimension that the innermost loop runs over, or parts of it.
int64_t numIterations(Kernel &kernel) {
  int64_t most = 0;
  for (auto [dim, extent] : llvm::zip_equal(kernel.dims, kernel.extents))
    if (dim == kernel.dims.back())
      most = std::max(most, extent);
  return most;
}

/// Whether nothing else that the kernels touch is an output of one of them.
bool haveOwnOutputs(ArrayRef<Kernel *> kernels) {
  return llvm::all_of(kernels, [&](Kernel *kernel) {
    auto outputs =
        ArrayRef(kernel->accesses).drop_front(kernel->op.getNumDpsInputs());
    return llvm::all_of(outputs, [&](const std::optional<Access> &output) {
      return llvm::all_of(kernels, [&](Kernel *other) {
        return llvm::all_of(other->accesses, [&](auto &access) {
          return !access || &*access == &*output ||
                 !mayAlias(access->root, output->root);
        });
      });
    });
  });
}

bool isShort(Nest &nest) { return nest.bodyCost() <= maxShortCost; }

bool isCutShort(Nest &nest) {
  return nest.isCut || llvm::any_of(nest.children, [](auto &child) {
           return isCutShort(*child);
         });
}

/// Keeps LLVM from repeating the body: it would collect the loads in an order
/// that the processor does not take for a stream.
void keepRolled(scf::ForOp loop) {
  Builder b(loop.getContext());
  auto unroll = LLVM::LoopUnrollAttr::get(
      b.getContext(), /*disable=*/b.getBoolAttr(true), {}, {}, {}, {}, {}, {});
  loop->setAttr(loopAnnotationName,
                LLVM::LoopAnnotationAttr::get(b.getContext(), {}, {}, {},
                                              unroll, {}, {}, {}, {}, {}, {},
                                              {}, {}, {}, {}, {}));
}

class NestEmitter {
public:
  NestEmitter(LoopBuilder &b, unsigned vectorBits)
      : b(b), vectorBits(vectorBits) {}

  void emitTop(Nest &nest, const Streams &streams) {
    buffers.fetch(streams.read);
    for (Value root : streams.written)
      buffers.stream(root);
    prepareBuffers(nest, [&](Access &access) {
      return !llvm::is_contained(nest.locals, access.root) &&
             !llvm::is_contained(nest.slots, access.root);
    });
    emitUnit(b, [&] {
      if (nest.partSize != 0)
        return emitParts(nest);
      emit(nest);
      endStreams();
    });
  }

private:
  /// A kernel that adds up along the innermost loop, and the lanes' totals.
  struct Reduction {
    Kernel *kernel;
    unsigned firstTotal;
    std::optional<Selection> selection;
    unsigned numTotals() const { return kernel->op.getNumDpsInits(); }
  };

  void prepareBuffers(Nest &nest, llvm::function_ref<bool(Access &)> which);
  void emitParts(Nest &nest);
  void endStreams();
  Value slotOf(Value slots, Value first, int64_t partSize);
  void emit(Nest &nest);
  void emitChildren(Nest &nest);
  bool emitInLanes(Nest &nest);
  bool emitSum(Nest &nest);
  int64_t chooseTerms(Nest &nest);
  int64_t chooseLinesAhead(Nest &nest);
  const Access *findAdjoiningTerms(Nest &nest);
  void fetchBehindTerms(unsigned term);
  bool emitSumInRegisters(Nest &nest, Nest &inner);
  bool emitRowTotals(Nest &nest);
  void emitTerms(Nest &inner, Value first, int64_t count);
  void emitVectorLoop(Nest &nest);
  /// Of the steps between two elements, multiples of a vector's length from the
  /// first one. With `movesBack` the last vector ends with the loop.
  void emitSteps(Nest &nest, Value first, Value last, bool movesBack,
                 SmallVectorImpl<Value> &totals);
  bool gainsByUnrolling(Nest &nest);
  void emitVectorBody(Nest &nest, Operation *loop, Value iv, bool movesBack,
                      MutableArrayRef<Value> totals);
  void emitKernels(BodyEmitter &body, MutableArrayRef<Value> totals);
  void emitKernelsOfTerms(BodyEmitter &body, MutableArrayRef<Value> totals);
  std::pair<Value, Value> moveBack(Nest &nest, Value iv);
  /// How often the loop runs.
  Value countOf(Nest &nest) {
    return nest.isCut ? partLength : constant(nest.extent);
  }
  /// The last multiple of `step` that is not above the loop's count.
  Value wholeSteps(Nest &nest, int64_t step);
  bool needsNew() { return !reductions.empty() || isInPlace; }
  Value iterationOf(Kernel &kernel);
  std::pair<Value, Value> placeOf(Reduction &reduction, unsigned output);
  SmallVector<Value> firstTotals(Nest &nest);
  void storeTotals(ArrayRef<Value> totals);
  void storeSelection(Reduction &reduction, Value element, Value iteration);
  void storeTotal(Reduction &reduction, unsigned output, Value total);
  void storeRowTotals(Reduction &reduction, unsigned output,
                      ArrayRef<Value> totals);
  Value constant(int64_t value) { return b.index(value); }

  LoopBuilder &b;
  unsigned vectorBits;
  FlatBuffers buffers;
  SmallVector<Value> ivs;
  Value partLength; // of the loop that is cut short
  /// Of the innermost loop at hand.
  int64_t lanes = 1;
  bool isInPlace = false;
  SmallVector<Kernel *> kernels;
  /// The values of the loop around it that one iteration does all of: terms of
  /// sums in memory, or rows with totals of their own.
  SmallVector<Value> terms;
  /// What of them is asked for in the order in which it lies in memory.
  const Access *adjoining = nullptr;
  SmallVector<Reduction> reductions;
  unsigned numTotals = 0; // of one row
};

void NestEmitter::prepareBuffers(Nest &nest,
                                 llvm::function_ref<bool(Access &)> which) {
  nest.forEachKernel([&](Kernel &kernel) { buffers.add(kernel, which); });
  buffers.prepare(b);
}

void NestEmitter::emitParts(Nest &nest) {
  bool isCut = isCutShort(nest);
  forParts(b, nest.extent, nest.partSize, !isCut, [&](Value first) {
    IRMapping copies;
    for (Value local : nest.locals)
      b.clone(*local.getDefiningOp(), copies);
    for (Value slots : nest.slots)
      copies.map(slots, slotOf(slots, first, nest.partSize));
    auto isOwn = [&](Access &access) {
      Value copy = copies.lookupOrNull(access.root);
      if (copy)
        (llvm::is_contained(nest.slots, access.root) ? access.view
                                                     : access.root) = copy;
      return copy != nullptr;
    };
    prepareBuffers(nest, isOwn);
    if (isCut)
      partLength =
          b.min(constant(nest.partSize), b.sub(constant(nest.extent), first));
    ivs.push_back(first);
    emitChildren(nest);
    ivs.pop_back();
    endStreams();
    for (Value local : nest.locals)
      memref::DeallocOp::create(b, copies.lookup(local));
  });
}

/// Stores past the caches come late, even after later ones that tell other
/// threads to go on.
void NestEmitter::endStreams() {
  if (buffers.hasStreams())
    LLVM::FenceOp::create(b, LLVM::AtomicOrdering::seq_cst, /*syncscope=*/"");
}

/// The row of a buffer of slots that a part has.
Value NestEmitter::slotOf(Value slots, Value first, int64_t partSize) {
  auto type = cast<MemRefType>(slots.getType());
  Value part = b.div(first, partSize);
  OpFoldResult zero = b.getIndexAttr(0), one = b.getIndexAttr(1),
               all = b.getIndexAttr(type.getDimSize(1));
  return memref::SubViewOp::create(b, slots, ArrayRef<OpFoldResult>{part, zero},
                                   ArrayRef<OpFoldResult>{one, all},
                                   ArrayRef<OpFoldResult>{one, one});
}

void NestEmitter::emit(Nest &nest) {
  if (nest.isLeaf()) {
    BodyEmitter(b, buffers, {ivs}).emit(*nest.kernel);
    return;
  }
  nest.forEachKernel([&](Kernel &kernel) { b.setLoc(kernel.op.getLoc()); });
  if (nest.canVectorize()) {
    emitVectorLoop(nest);
    return;
  }
  if (emitRunningTotals(b, buffers, nest, ivs, vectorBits, linesAhead) ||
      emitInLanes(nest) || emitSum(nest) ||
      emitTransposed(b, buffers, nest, ivs, vectorBits) || emitRowTotals(nest))
    return;
  auto loop = scf::ForOp::create(b, constant(0), countOf(nest), constant(1));
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
      body.emplace(b, buffers, BodyEmitter::Place{ivs});
    body->emit(*child->kernel);
  }
}

/// The iterations that fill no vector are done one by one.
bool NestEmitter::emitInLanes(Nest &nest) {
  int64_t count = lanesOfProblems(nest, ivs.size(), vectorBits);
  if (count == 0)
    return false;
  Value end = wholeSteps(nest, count);
  forRange(b, constant(0), end, count, [&](Value first) {
    ivs.push_back(first);
    emitProblems(b, buffers, nest, ivs, count);
    ivs.pop_back();
  });
  if (!nest.isCut && nest.extent % count == 0)
    return true;
  forRange(b, end, countOf(nest), 1, [&](Value iv) {
    ivs.push_back(iv);
    emitChildren(nest);
    ivs.pop_back();
  });
  return true;
}

/// From memory, what is long to compute comes fastest as one stream; several
/// rows save accesses to totals, which count where each has more than one.
int64_t NestEmitter::chooseTerms(Nest &nest) {
  if (!buffers.fetches())
    return termsAtOnce;
  unsigned totals = 0;
  nest.forEachKernel(
      [&](Kernel &kernel) { totals += kernel.op.getNumDpsInits(); });
  return isShort(nest) || totals > 1 ? rowsFromMemory : 1;
}

/// Short bodies of several terms have as many loads on the way as there can be.
int64_t NestEmitter::chooseLinesAhead(Nest &nest) {
  int64_t streams = std::max<int64_t>(terms.size(), 1);
  bool isBusy = isShort(nest) && streams > 1;
  return isBusy || adjoining ? 0 : linesAhead / streams;
}

/// Where terms that are long to compute are rows of memory that lie one behind
/// the other, the access to them: asked for in that order, the next ones come
/// as one stream.
const Access *NestEmitter::findAdjoiningTerms(Nest &nest) {
  if (!buffers.fetches() || !reductions.empty() || terms.size() < 2 ||
      isShort(nest))
    return nullptr;
  auto doAdjoin = [&](const Access &access) {
    int64_t bits = terms.size() * nest.extent * access.bits();
    return access.strides.back() == 1 &&
           access.strides.end()[-2] == nest.extent &&
           bits <= maxBytesOfBlock * 8;
  };
  for (Kernel *kernel : kernels)
    for (auto &access : kernel->accesses)
      if (access && buffers.isFetched(*access))
        return doAdjoin(*access) ? &*access : nullptr;
  return nullptr;
}

/// Each term's share of as much memory as the step at hand reads of all.
void NestEmitter::fetchBehindTerms(unsigned term) {
  int64_t line = bitsOfLine / adjoining->bits(), count = terms.size();
  SmallVector<Value> place(ivs);
  place.end()[-2] = terms.front();
  place.back() = b.mul(ivs.back(), count);
  int64_t ahead = count * adjoining->strides.end()[-2];
  for (int64_t at = llvm::alignTo(term * lanes, line); at < (term + 1) * lanes;
       at += line)
    prefetch(b, buffers.buffer(*adjoining),
             buffers.index(b, *adjoining, place, ahead + at));
}

/// Sums over an outer loop are in memory: several terms are added between a
/// load and a store.
bool NestEmitter::emitSum(Nest &nest) {
  Nest *inner = nest.onlyVectorLoop();
  bool isSum = inner && nest.bodyCost() <= maxTermCost;
  nest.forEachKernel([&](Kernel &kernel) {
    isSum = isSum && kernel.isReduction[ivs.size()] &&
            !kernel.isReduction.back() && kernel.keepsOutputs(ivs.size());
  });
  if (!isSum)
    return false;
  if (emitSumInRegisters(nest, *inner))
    return true;
  int64_t count = std::min(chooseTerms(nest), nest.extent);
  int64_t whole = nest.extent / count * count;
  if (nest.isCut) {
    Value end = wholeSteps(nest, count);
    forRange(b, constant(0), end, count,
             [&](Value first) { emitTerms(*inner, first, count); });
    forRange(b, end, countOf(nest), 1,
             [&](Value first) { emitTerms(*inner, first, 1); });
    return true;
  }
  forSteps(b, whole, count,
           [&](Value first) { emitTerms(*inner, first, count); });
  if (whole < nest.extent)
    emitTerms(*inner, constant(whole), nest.extent - whole);
  return true;
}

/// Sums of few columns stay in registers: `inner`'s vectors are all done for
/// each term. Where the last one moves back, both add up what they share.
bool NestEmitter::emitSumInRegisters(Nest &nest, Nest &inner) {
  kernels.clear();
  unsigned outputs = 0;
  inner.forEachKernel([&](Kernel &kernel) {
    kernels.push_back(&kernel);
    outputs += kernel.op.getNumDpsInits();
  });
  lanes = chooseLanes(inner, vectorBits, /*rows=*/1);
  int64_t vectors = llvm::divideCeil(inner.extent, lanes);
  int64_t bits = vectors * lanes * inner.widestBits() * outputs;
  if (bits > maxSumRegisters * vectorBits || inner.isCut ||
      !haveOwnOutputs(kernels))
    return false;
  SmallVector<Value> place(ivs), totals;
  place.append(2, constant(0));
  auto forEachVector = [&](BodyEmitter &body,
                           llvm::function_ref<void(Kernel &, unsigned)> visit) {
    unsigned next = 0;
    for (int64_t v = 0; v < vectors; ++v) {
      place.back() = constant(std::min(v * lanes, inner.extent - lanes));
      body.changeStep(place.size() - 1);
      for (Kernel *kernel : kernels) {
        visit(*kernel, next);
        next += kernel->op.getNumDpsInits();
      }
    }
  };
  auto add = [&](Value first, int64_t count) {
    BodyEmitter body(b, buffers, {place, static_cast<unsigned>(lanes)});
    for (int64_t i = 0; i < count; ++i) {
      place[ivs.size()] = b.add(first, i);
      body.changeStep(ivs.size());
      forEachVector(body, [&](Kernel &kernel, unsigned at) {
        body.emit(kernel, MutableArrayRef(totals).slice(
                              at, kernel.op.getNumDpsInits()));
      });
    }
  };
  auto addAll = [&](Value first, Value last, int64_t step) {
    auto loop = scf::ForOp::create(b, first, last, constant(step), totals);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    totals.assign(loop.getRegionIterArgs().begin(),
                  loop.getRegionIterArgs().end());
    add(loop.getInductionVar(), step);
    scf::YieldOp::create(b, totals);
    totals.assign(loop.getResults().begin(), loop.getResults().end());
  };
  BodyEmitter memory(b, buffers, {place, static_cast<unsigned>(lanes)});
  forEachVector(memory, [&](Kernel &kernel, unsigned) {
    for (unsigned i = 0; i < kernel.op.getNumDpsInits(); ++i)
      totals.push_back(
          memory.elements(kernel, kernel.op.getNumDpsInputs() + i));
  });
  int64_t step = std::min(termsAtOnce, nest.extent);
  Value end = wholeSteps(nest, step);
  addAll(constant(0), end, step);
  if (nest.isCut || nest.extent % step != 0)
    addAll(end, countOf(nest), 1);
  place[ivs.size()] = constant(0);
  forEachVector(memory, [&](Kernel &kernel, unsigned at) {
    for (unsigned i = 0; i < kernel.op.getNumDpsInits(); ++i)
      memory.store(*kernel.accesses[kernel.op.getNumDpsInputs() + i],
                   totals[at + i]);
  });
  return true;
}

/// Several rows at once: they share what does not move with them, and their
/// totals, which become a vector, much of the way from lanes to one.
bool NestEmitter::emitRowTotals(Nest &nest) {
  Nest *inner = nest.onlyVectorLoop();
  if (!inner || inner->isCut)
    return false;
  int64_t rows = rowsAtOnce(*inner, ivs.size(), vectorBits);
  if (rows == 1)
    return false;
  auto emitRows = [&](int64_t count) {
    return
        [this, inner, count](Value first) { emitTerms(*inner, first, count); };
  };
  if (nest.isCut) {
    Value end = wholeSteps(nest, rows);
    forRange(b, constant(0), end, rows, emitRows(rows));
    forRange(b, end, countOf(nest), 1, emitRows(1));
    return true;
  }
  int64_t whole = nest.extent / rows * rows;
  forSteps(b, whole, rows, emitRows(rows));
  for (int64_t row = whole; row < nest.extent; row += rows) {
    rows = llvm::bit_floor<uint64_t>(nest.extent - row);
    emitRows(rows)(constant(row));
  }
  return true;
}

void NestEmitter::emitTerms(Nest &inner, Value first, int64_t count) {
  for (int64_t i = 0; i < count; ++i)
    terms.push_back(b.add(first, i));
  ivs.push_back(first);
  emitVectorLoop(inner);
  ivs.pop_back();
  terms.clear();
}

/// Where a reduction puts an output, behind its loop.
std::pair<Value, Value> NestEmitter::placeOf(Reduction &reduction,
                                             unsigned output) {
  unsigned operand = reduction.kernel->op.getNumDpsInputs() + output;
  Access access = *reduction.kernel->accesses[operand];
  access.strides.pop_back();
  return {buffers.buffer(access), buffers.index(b, access, ivs)};
}

/// What totals begin with.
SmallVector<Value> NestEmitter::firstTotals(Nest &nest) {
  SmallVector<Value> totals;
  for (Reduction &reduction : reductions) {
    if (reduction.selection) {
      auto [buffer, index] = placeOf(reduction, 0);
      Value old = memref::LoadOp::create(b, buffer, index);
      bool isShort = numIterations(*reduction.kernel) <=
                     std::numeric_limits<int32_t>::max();
      Type type = isShort ? b.getI32Type() : b.getI64Type();
      totals.push_back(splat(b, old, lanes));
      totals.push_back(splatConstant(b, b.getIntegerAttr(type, -1), lanes));
      continue;
    }
    for (unsigned i = 0; i < reduction.numTotals(); ++i)
      totals.push_back(splatConstant(
          b, neutralElement(findCombiner(reduction.kernel->op, i)), lanes));
  }
  SmallVector<Value> first(totals);
  for (size_t row = 1; row < terms.size(); ++row)
    llvm::append_range(totals, first);
  return totals;
}

Value NestEmitter::wholeSteps(Nest &nest, int64_t step) {
  if (!nest.isCut)
    return constant(nest.extent / step * step);
  Value rest = b.rem(countOf(nest), step);
  return b.sub(countOf(nest), rest);
}

/// The first element of an iteration that must not leave the loop, and which
/// lanes are new there.
std::pair<Value, Value> NestEmitter::moveBack(Nest &nest, Value iv) {
  Value last = b.add(countOf(nest), -lanes);
  Value first = b.min(iv, last);
  if (!needsNew())
    return {first, Value()};
  Value numOld =
      arith::IndexCastOp::create(b, b.getI32Type(), b.sub(iv, first));
  Value isNew = arith::CmpIOp::create(b, arith::CmpIPredicate::sge,
                                      laneNumbers(b, b.getI32Type(), lanes),
                                      splat(b, numOld, lanes));
  return {first, isNew};
}

void NestEmitter::emitVectorBody(Nest &nest, Operation *loop, Value iv,
                                 bool movesBack,
                                 MutableArrayRef<Value> totals) {
  Value first = iv, isNew;
  if (movesBack)
    std::tie(first, isNew) = moveBack(nest, iv);
  ivs.push_back(first);
  BodyEmitter body(b, buffers,
                   {ivs, static_cast<unsigned>(lanes), loop, isNew, isInPlace,
                    chooseLinesAhead(nest)});
  if (terms.empty())
    emitKernels(body, totals);
  else
    emitKernelsOfTerms(body, totals);
  ivs.pop_back();
}

/// The number of the iteration, where one loop runs over parts of another one.
Value NestEmitter::iterationOf(Kernel &kernel) {
  Value sum = ivs.back();
  for (auto [dim, iv] : llvm::zip(ArrayRef(kernel.dims).drop_back(), ivs))
    if (dim == kernel.dims.back())
      sum = b.add(sum, iv);
  return sum;
}

void NestEmitter::emitKernels(BodyEmitter &body,
                              MutableArrayRef<Value> totals) {
  auto *reduction = reductions.begin();
  for (Kernel *kernel : kernels) {
    if (reduction == reductions.end() || reduction->kernel != kernel) {
      body.emit(*kernel);
      continue;
    }
    auto own = totals.slice(reduction->firstTotal, reduction->numTotals());
    if (reduction->selection) {
      Type type = getElementTypeOrSelf(own[1].getType());
      auto best = reduction->selection->take(
          b, {own[0], own[1]}, body.elements(*kernel, 0),
          arith::IndexCastOp::create(b, type, iterationOf(*kernel)));
      own[0] = best.element;
      own[1] = best.iteration;
    } else {
      body.emit(*kernel, own);
    }
    ++reduction;
  }
}

void NestEmitter::emitKernelsOfTerms(BodyEmitter &body,
                                     MutableArrayRef<Value> totals) {
  unsigned level = ivs.size() - 2;
  if (reductions.empty())
    body.delayStores();
  for (auto [i, term] : llvm::enumerate(terms)) {
    ivs[level] = term;
    body.changeStep(level);
    if (adjoining)
      fetchBehindTerms(i);
    emitKernels(body, totals.slice(i * numTotals, numTotals));
  }
  ivs[level] = terms.front();
  body.storeAll();
}

void NestEmitter::emitVectorLoop(Nest &nest) {
  kernels.clear();
  reductions.clear();
  numTotals = 0;
  nest.forEachKernel([&](Kernel &kernel) {
    kernels.push_back(&kernel);
    if (!kernel.isReduction.back())
      return;
    reductions.push_back({&kernel, numTotals, Selection::match(kernel.op)});
    numTotals += kernel.op.getNumDpsInits();
  });
  lanes = chooseLanes(nest, vectorBits, reductions.empty() ? 1 : terms.size());
  adjoining = findAdjoiningTerms(nest);
  if (adjoining) // a register of each
    lanes = std::min<int64_t>(lanes, vectorBits / adjoining->bits());
  isInPlace = updatesInPlace(kernels);
  SmallVector<Value> totals = firstTotals(nest);
  bool isOdd = nest.isCut || nest.extent % lanes != 0;
  if (isOdd && needsNew() && nest.bodyCost() <= maxRestCost) {
    Value end = wholeSteps(nest, lanes);
    emitSteps(nest, constant(0), end, /*movesBack=*/false, totals);
    emitSteps(nest, end, countOf(nest), /*movesBack=*/true, totals);
  } else {
    emitSteps(nest, constant(0), countOf(nest), /*movesBack=*/isOdd, totals);
  }
  storeTotals(totals);
}

/// Several vectors are done in each iteration already. Many lines at once, on
/// the other hand, are no stream any more.
bool NestEmitter::gainsByUnrolling(Nest &nest) {
  bool isSum = reductions.empty() && terms.size() > 1;
  bool selects = llvm::any_of(
      reductions, [](Reduction &each) { return each.selection.has_value(); });
  return !isSum && !buffers.hasStreams() && !buffers.fetches() &&
         (isShort(nest) || selects);
}

void NestEmitter::emitSteps(Nest &nest, Value first, Value last, bool movesBack,
                            SmallVectorImpl<Value> &totals) {
  auto from = getConstantIntValue(first), to = getConstantIntValue(last);
  if (from && to && *to - *from <= lanes) {
    emitVectorBody(nest, nullptr, first, movesBack, totals);
    return;
  }
  if (from && to && *to - *from <= 2 * lanes && ivs.empty() &&
      nest.bodyCost() <= maxStraightCost) {
    emitVectorBody(nest, nullptr, first, /*movesBack=*/false, totals);
    emitVectorBody(nest, nullptr, constant(*from + lanes), movesBack, totals);
    return;
  }
  auto loop = scf::ForOp::create(b, first, last, constant(lanes), totals);
  if (!gainsByUnrolling(nest))
    keepRolled(loop);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    totals.assign(loop.getRegionIterArgs().begin(),
                  loop.getRegionIterArgs().end());
    emitVectorBody(nest, loop, loop.getInductionVar(), movesBack, totals);
    if (!totals.empty())
      scf::YieldOp::create(b, totals);
  }
  totals.assign(loop.getResults().begin(), loop.getResults().end());
}

void NestEmitter::storeTotals(ArrayRef<Value> totals) {
  for (Reduction &reduction : reductions) {
    b.setLoc(reduction.kernel->op.getLoc());
    unsigned first = reduction.firstTotal;
    if (reduction.selection) {
      storeSelection(reduction, totals[first], totals[first + 1]);
      continue;
    }
    for (unsigned i = 0; i < reduction.numTotals(); ++i) {
      SmallVector<Value> rows;
      for (size_t at = first + i; at < totals.size(); at += numTotals)
        rows.push_back(totals[at]);
      if (terms.empty())
        storeTotal(reduction, i, rows.front());
      else
        storeRowTotals(reduction, i, rows);
    }
  }
}

void NestEmitter::storeSelection(Reduction &reduction, Value element,
                                 Value iteration) {
  auto [elements, place] = placeOf(reduction, 0);
  auto [indices, placeOfIndex] = placeOf(reduction, 1);
  Value old = memref::LoadOp::create(b, indices, placeOfIndex);
  auto [best, index] =
      reduction.selection->ofAllLanes(b, {element, iteration}, old);
  memref::StoreOp::create(b, best, elements, place);
  memref::StoreOp::create(b, index, indices, placeOfIndex);
}

void NestEmitter::storeTotal(Reduction &reduction, unsigned output,
                             Value total) {
  Operation *combiner = findCombiner(reduction.kernel->op, output);
  auto [buffer, index] = placeOf(reduction, output);
  Value old = memref::LoadOp::create(b, buffer, index);
  Value all = addLanes(b, combiner, total);
  memref::StoreOp::create(b, combine(b, combiner, old, all), buffer, index);
}

/// One total a row: a vector, for whoever reads several of them would wait for
/// stores of one each.
void NestEmitter::storeRowTotals(Reduction &reduction, unsigned output,
                                 ArrayRef<Value> totals) {
  linalg::LinalgOp op = reduction.kernel->op;
  Operation *combiner = findCombiner(op, output);
  Access access = *reduction.kernel->accesses[op.getNumDpsInputs() + output];
  access.strides.pop_back();
  Value all = addLanesOfEach(b, combiner, totals);
  BodyEmitter body(b, buffers, {ivs, static_cast<unsigned>(totals.size())});
  Value old = body.load(access, getElementTypeOrSelf(all.getType()));
  body.store(access, combine(b, combiner, old, all));
}

} // namespace

void emitNest(LoopBuilder &b, Nest &nest, unsigned vectorBits,
              int64_t cacheBytes) {
  NestEmitter(b, vectorBits).emitTop(nest, findStreams(nest, cacheBytes));
  for (auto &combiner : nest.combiners)
    NestEmitter(b, vectorBits).emitTop(*combiner, {});
  for (Value slots : nest.slots)
    memref::DeallocOp::create(b, slots);
}

} // namespace nabla
