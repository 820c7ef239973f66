//===- WhileRules.cpp - Rules of while ------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which carries have a tangent, hold a batch or are linear is a fixpoint, as
// for scan. What a turn computes is not kept, for how many turns there are is
// known at the end only: the linear part runs the loop again beside the
// tangents, and has no transpose.
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/Emit.h"
#include "dialects/nabla/ops/RegionRules.h"

using namespace mlir;
using namespace nabla;

namespace {
/// The operands and regions of a loop under construction.
struct WhileDraft {
  SmallVector<Value> consts, carries;
  Region condition, body;

  SmallVector<Value> operands() const {
    SmallVector<Value> all(consts);
    llvm::append_range(all, carries);
    return all;
  }
};
} // namespace

static WhileOp makeWhile(OpBuilder &b, Location loc, WhileDraft &draft) {
  auto loop = WhileOp::create(b, loc, TypeRange(ValueRange(draft.carries)),
                              draft.consts, draft.carries);
  loop.getCondition().takeBody(draft.condition);
  loop.getBody().takeBody(draft.body);
  return loop;
}

/// Gives `region` one block, with an argument for each operand.
static Block &openRegion(OpBuilder &b, Region &region, const WhileDraft &draft,
                         Location loc) {
  region.getBlocks().clear();
  return openBlock(b, region, TypeRange(ValueRange(draft.operands())), loc);
}

//===----------------------------------------------------------------------===//
// Forward mode
//===----------------------------------------------------------------------===//

/// The arguments of a region of the derivative that are those of the op, and
/// the tangents among the others.
static void takeArguments(Block &block, const WhileDraft &draft,
                          ArrayRef<Value> constTangents,
                          ArrayRef<Value> carryTangents,
                          SmallVector<Value> &primals,
                          SmallVector<Value> &tangents) {
  ValueRange consts = block.getArguments().take_front(draft.consts.size());
  ValueRange carries = block.getArguments().drop_front(draft.consts.size());
  auto take = [&](ValueRange all, ArrayRef<Value> pattern) {
    llvm::append_range(primals, all.take_front(pattern.size()));
    llvm::append_range(tangents,
                       spread(pattern, all.drop_front(pattern.size())));
  };
  take(consts, constTangents);
  take(carries, carryTangents);
}

LogicalResult WhileOp::jvp(JvpContext &ctx, ValueRange primals,
                           ArrayRef<Value> tangents, JvpResult &outs) {
  OpBuilder &b = ctx.builder;
  size_t n = getConsts().size();
  ArrayRef<Value> constTangents = tangents.take_front(n);
  SmallVector<Value> carryTangents(tangents.drop_front(n));
  WhileDraft draft;
  JvpResult results;
  for (bool stable = false; !stable;) {
    stable = true;
    draft.consts.assign(primals.begin(), primals.begin() + n);
    draft.carries.assign(primals.begin() + n, primals.end());
    llvm::copy_if(constTangents, std::back_inserter(draft.consts), isPresent);
    llvm::copy_if(carryTangents, std::back_inserter(draft.carries), isPresent);
    results = {};
    {
      OpBuilder::InsertionGuard guard(b);
      Block &block = openRegion(b, draft.body, draft, getLoc());
      SmallVector<Value> given, givenTangents;
      takeArguments(block, draft, constTangents, carryTangents, given,
                    givenTangents);
      if (failed(ctx.differentiate(getBody().front(), given, givenTangents,
                                   results)))
        return failure();
    }
    for (auto [i, tangent] : llvm::enumerate(carryTangents)) {
      if (tangent || !results.tangents[i])
        continue;
      tangent = emitZeros(b, getLoc(), primals[n + i].getType());
      stable = false;
    }
  }

  SmallVector<bool> active = llvm::map_to_vector(carryTangents, isPresent);
  SmallVector<Value> yielded(results.primals.begin(), results.primals.end());
  appendWhere(b, draft.body.front(), active, results.tangents, getResultTypes(),
              yielded);
  closeBlock(b, draft.body.front(), getLoc(), yielded);

  {
    OpBuilder::InsertionGuard guard(b);
    Block &block = openRegion(b, draft.condition, draft, getLoc());
    SmallVector<Value> given, givenTangents;
    takeArguments(block, draft, constTangents, carryTangents, given,
                  givenTangents);
    givenTangents.assign(given.size(), nullptr);
    JvpResult condition;
    if (failed(ctx.differentiate(getCondition().front(), given, givenTangents,
                                 condition)))
      return failure();
    closeBlock(b, block, getLoc(), condition.primals);
  }

  WhileOp loop = makeWhile(b, getLoc(), draft);
  unsigned next = getNumResults();
  for (auto [i, flag] : llvm::enumerate(active)) {
    outs.primals.push_back(loop.getResult(i));
    outs.tangents.push_back(flag ? loop.getResult(next++) : Value());
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Batching
//===----------------------------------------------------------------------===//

/// Batches a region of the op at the end of `block`, which is open.
static LogicalResult batchRegion(BatchContext &ctx, Region &region,
                                 Block &block, ArrayRef<bool> flags,
                                 BatchResult &results) {
  results = {};
  return ctx.batch(region.front(), block.getArguments(), flags, results);
}

/// Examples that are done keep what they have, while others go on.
static void keepWhereDone(BatchContext &ctx, Location loc, Value goesOn,
                          ValueRange before, BatchResult &results) {
  OpBuilder &b = ctx.builder;
  for (auto [old, value, isBatched] :
       llvm::zip_equal(before, results.values, results.batched)) {
    Value now = isBatched ? value : emitBatch(b, loc, value, ctx.size);
    Value mask = BroadcastOp::create(b, loc, boolTypeLike(now.getType()),
                                     goesOn, ArrayRef<int64_t>{0});
    value = SelectOp::create(b, loc, mask, now, old);
    isBatched = true;
  }
}

/// Builds both regions for carries with `flags`; says whether the condition
/// holds a batch, which all carries have to do then.
static FailureOr<bool> batchRegions(WhileOp op, BatchContext &ctx,
                                    ArrayRef<bool> flags, WhileDraft &draft,
                                    BatchResult &results) {
  OpBuilder &b = ctx.builder;
  OpBuilder::InsertionGuard guard(b);
  BatchResult condition;
  Block &head = openRegion(b, draft.condition, draft, op.getLoc());
  if (failed(batchRegion(ctx, op.getCondition(), head, flags, condition)))
    return failure();
  bool isBatched = condition.batched[0];
  Value goesOn = condition.values[0];
  if (isBatched)
    goesOn = ReduceOrOp::create(b, op.getLoc(), goesOn, ArrayRef<int64_t>{0});
  closeBlock(b, head, op.getLoc(), goesOn);

  Block &block = openRegion(b, draft.body, draft, op.getLoc());
  if (isBatched &&
      failed(batchRegion(ctx, op.getCondition(), block, flags, condition)))
    return failure();
  if (failed(batchRegion(ctx, op.getBody(), block, flags, results)))
    return failure();
  ArrayRef<bool> carried = flags.drop_front(draft.consts.size());
  if (isBatched && !llvm::is_contained(carried, false))
    keepWhereDone(ctx, op.getLoc(), condition.values[0],
                  block.getArguments().drop_front(draft.consts.size()),
                  results);
  return isBatched;
}

LogicalResult WhileOp::batch(BatchContext &ctx, ValueRange operands,
                             ArrayRef<bool> batched, BatchResult &outs) {
  OpBuilder &b = ctx.builder;
  size_t n = getConsts().size();
  SmallVector<bool> flags(batched);
  WhileDraft draft;
  draft.consts.assign(operands.begin(), operands.begin() + n);
  draft.carries.assign(operands.begin() + n, operands.end());
  BatchResult results;
  for (bool stable = false; !stable;) {
    stable = true;
    FailureOr<bool> everyExample =
        batchRegions(*this, ctx, flags, draft, results);
    if (failed(everyExample))
      return failure();
    for (auto [i, carry] : llvm::enumerate(draft.carries)) {
      if (flags[n + i] || !(*everyExample || results.batched[i]))
        continue;
      flags[n + i] = true;
      carry = emitBatch(b, getLoc(), carry, ctx.size);
      stable = false;
    }
  }
  outs.batched.assign(flags.begin() + n, flags.end());
  closeBatchedBlock(ctx, draft.body.front(), getLoc(), results, outs.batched);
  llvm::append_range(outs.values, makeWhile(b, getLoc(), draft).getResults());
  return success();
}

//===----------------------------------------------------------------------===//
// Split and transposition
//===----------------------------------------------------------------------===//

/// Splits a region, and leaves in `known` what it makes of known arguments.
static FailureOr<SplitBlock> knownPart(SplitContext &ctx, Region &region,
                                       ArrayRef<bool> linear,
                                       ArrayRef<bool> forced, Region &known) {
  known.getBlocks().clear();
  Region rest;
  FailureOr<SplitBlock> split =
      ctx.split(region.front(), linear, forced, known.emplaceBlock(),
                rest.emplaceBlock());
  if (failed(split))
    return failure();
  Operation *yield = known.front().getTerminator();
  yield->setOperands(SmallVector<Value>(yield->getOperands().take_front(
      llvm::count(split->linearResults, false))));
  return split;
}

LogicalResult WhileOp::split(SplitContext &ctx, ArrayRef<bool> linear) {
  size_t n = getConsts().size();
  SmallVector<bool> flags(linear);
  WhileDraft known;
  for (bool stable = false; !stable;) {
    stable = true;
    FailureOr<SplitBlock> split = knownPart(
        ctx, getBody(), flags, ArrayRef<bool>(flags).drop_front(n), known.body);
    if (failed(split))
      return failure();
    for (auto [i, isLinear] : llvm::enumerate(split->linearResults))
      if (isLinear && !flags[n + i]) {
        flags[n + i] = true;
        stable = false;
      }
  }
  if (failed(knownPart(ctx, getCondition(), flags, {false}, known.condition)))
    return failure();

  for (auto [i, operand] : llvm::enumerate(getOperands()))
    if (!flags[i])
      (i < n ? known.consts : known.carries).push_back(ctx.getKnown(operand));
  WhileOp knownLoop = makeWhile(ctx.known(), getLoc(), known);

  // The start of a carry that the body makes linear may be known.
  IRMapping map;
  for (Value operand : getOperands())
    map.map(operand, ctx.getLinear(operand));
  Operation *linearLoop = ctx.linear().clone(*getOperation(), map);
  unsigned next = 0;
  for (auto [i, result] : llvm::enumerate(getResults())) {
    if (flags[n + i])
      ctx.mapLinear(result, linearLoop->getResult(i));
    else
      ctx.mapKnown(result, knownLoop.getResult(next++));
  }
  return success();
}

LogicalResult WhileOp::transpose(TransposeContext &, ArrayRef<bool>,
                                 ArrayRef<Value>, ArrayRef<Value>,
                                 SmallVectorImpl<Value> &) {
  return emitOpError("has no reverse mode: how many turns there are, and so "
                     "what of them to keep, is known only when it has run; "
                     "nb.scan and nb.fori_loop have one, and nb.jvp and "
                     "nb.jacfwd go forward");
}
