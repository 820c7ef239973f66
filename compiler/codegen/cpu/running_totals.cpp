//===- running_totals.cpp - Loops that keep each of their totals ----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The total of a block's left half is added to all of its right half, for
// blocks of 2, 4, 8, ... lanes (Sklansky, "Conditional-sum addition logic",
// 1960): each lane then holds the total of all up to it. Only what comes from
// earlier vectors waits for the vector before.
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/running_totals.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace nabla {
namespace {

/// A kernel with a total that does not move along the innermost loop, and an
/// element that does.
struct RunningTotal {
  Kernel *kernel;
  Operation *combiner;
  Operation *conversion; // from the total to the element, or null

  static std::optional<RunningTotal> match(Kernel &kernel);

  Access &total() { return *kernel->accesses.end()[-2]; }
  Access &element() { return *kernel->accesses.back(); }
  Type typeOfTotal() { return combiner->getResult(0).getType(); }
};

std::optional<RunningTotal> RunningTotal::match(Kernel &kernel) {
  if (kernel.depth() == 0 || !kernel.isReduction.back() ||
      kernel.op.getNumDpsInits() != 2)
    return std::nullopt;
  Block &body = *kernel.op.getBlock();
  ValueRange results = body.getTerminator()->getOperands();
  Operation *combiner = results[0].getDefiningOp();
  BlockArgument old = kernel.op.getRegionOutputArgs()[0];
  if (!combiner || combiner->getBlock() != &body || !old.hasOneUse() ||
      *old.user_begin() != combiner || !neutralElement(combiner) ||
      !kernel.op.getRegionOutputArgs()[1].use_empty())
    return std::nullopt;
  Operation *conversion = nullptr;
  if (results[1] != results[0]) {
    conversion = results[1].getDefiningOp();
    if (!conversion || conversion->getBlock() != &body ||
        conversion->getOperands() != results.take_front())
      return std::nullopt;
  }
  RunningTotal running{&kernel, combiner, conversion};
  bool isInRow = std::abs(running.element().strides.back()) == 1;
  if (running.total().strides.back() != 0 || !isInRow)
    return std::nullopt;
  return running;
}

/// The totals of the lanes up to each one.
Value totalsInLanes(LoopBuilder &b, Operation *combiner, Value vector,
                    int64_t lanes) {
  for (int64_t half = 1; half < lanes; half *= 2) {
    SmallVector<int64_t> lastOfLeft;
    SmallVector<bool> isRight;
    for (int64_t lane = 0; lane < lanes; ++lane) {
      lastOfLeft.push_back(lane / (2 * half) * (2 * half) + half - 1);
      isRight.push_back(lane & half);
    }
    Value left = vector::ShuffleOp::create(b, vector, vector, lastOfLeft);
    Value mask = b.constant(DenseElementsAttr::get(
        VectorType::get(lanes, b.getI1Type()), ArrayRef<bool>(isRight)));
    vector = arith::SelectOp::create(
        b, mask, combine(b, combiner, left, vector), vector);
  }
  return vector;
}

Value lastLane(LoopBuilder &b, Value vector) {
  return vector::ExtractOp::create(
      b, vector, cast<VectorType>(vector.getType()).getNumElements() - 1);
}

/// `carry` is the total of all vectors before, in each lane, and becomes that
/// with this one.
void emitVector(LoopBuilder &b, BodyEmitter &body, RunningTotal &running,
                Value &carry, int64_t lanes) {
  Value neutral = splatConstant(b, neutralElement(running.combiner), lanes);
  // Nothing reads the element that was there.
  SmallVector<Value> totals{neutral, neutral};
  body.emit(*running.kernel, totals);
  Value sum = combine(b, running.combiner, carry,
                      totalsInLanes(b, running.combiner, totals[0], lanes));
  carry = splat(b, lastLane(b, sum), lanes);
  if (running.conversion) {
    Operation *copy = b.clone(*running.conversion);
    copy->setOperand(0, sum);
    Value element = copy->getResult(0);
    element.setType(laneType(element.getType(), lanes));
    sum = element;
  }
  body.store(running.element(), sum);
}

} // namespace

bool emitRunningTotals(LoopBuilder &b, const FlatBuffers &buffers, Nest &nest,
                       ArrayRef<Value> ivs, unsigned vectorBits,
                       int64_t linesAhead) {
  int64_t lanes = vectorBits / nest.widestBits();
  if (!nest.isInnermost() || nest.isCut || nest.extent < lanes)
    return false;
  SmallVector<RunningTotal> all;
  bool areAll = true;
  nest.forEachKernel([&](Kernel &kernel) {
    std::optional<RunningTotal> running = RunningTotal::match(kernel);
    areAll = areAll && running;
    if (areAll)
      all.push_back(*running);
  });
  if (!areAll)
    return false;

  SmallVector<Value> place(ivs), carries;
  place.push_back(b.index(0));
  BodyEmitter row(b, buffers, {place});
  for (RunningTotal &running : all)
    carries.push_back(
        splat(b, row.load(running.total(), running.typeOfTotal()), lanes));
  int64_t whole = nest.extent / lanes * lanes;
  auto loop = scf::ForOp::create(b, b.index(0), b.index(whole), b.index(lanes),
                                 carries);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    place.back() = loop.getInductionVar();
    carries.assign(loop.getRegionIterArgs().begin(),
                   loop.getRegionIterArgs().end());
    BodyEmitter body(b, buffers,
                     {place, static_cast<unsigned>(lanes), loop, /*isNew=*/{},
                      /*maskStores=*/false, linesAhead});
    for (auto [running, carry] : llvm::zip_equal(all, carries))
      emitVector(b, body, running, carry, lanes);
    scf::YieldOp::create(b, carries);
  }
  place.back() = b.index(0);
  for (auto [running, carry] : llvm::zip_equal(all, loop.getResults()))
    row.store(running.total(), lastLane(b, carry));
  if (whole == nest.extent)
    return true;
  forRange(b, b.index(whole), b.index(nest.extent), 1, [&](Value iv) {
    place.back() = iv;
    BodyEmitter rest(b, buffers, {place});
    for (RunningTotal &running : all)
      rest.emit(*running.kernel);
  });
  return true;
}

} // namespace nabla
