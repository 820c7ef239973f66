//===- CondRules.cpp - Rules of cond --------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/Emit.h"
#include "dialects/nabla/ops/RegionRules.h"

#include <array>

using namespace mlir;
using namespace nabla;

/// The two branches of the op that a rule builds.
using Branches = std::array<Region, 2>;

static std::array<Region *, 2> branchesOf(CondOp op) {
  return {&op.getThenRegion(), &op.getElseRegion()};
}

static CondOp makeCond(OpBuilder &b, Location loc, TypeRange types,
                       Value predicate, ValueRange inputs, Branches &branches) {
  auto cond = CondOp::create(b, loc, types, predicate, inputs);
  cond.getThenRegion().takeBody(branches[0]);
  cond.getElseRegion().takeBody(branches[1]);
  return cond;
}

//===----------------------------------------------------------------------===//
// Forward mode
//===----------------------------------------------------------------------===//

LogicalResult CondOp::jvp(JvpContext &ctx, ValueRange primals,
                          ArrayRef<Value> tangents, JvpResult &outs) {
  OpBuilder &b = ctx.builder;
  ArrayRef<Value> inputTangents = tangents.drop_front();
  SmallVector<Value> inputs(primals.drop_front());
  llvm::copy_if(inputTangents, std::back_inserter(inputs), isPresent);

  Branches branches;
  std::array<JvpResult, 2> results;
  SmallVector<bool> active(getNumResults(), false);
  for (auto [i, source] : llvm::enumerate(branchesOf(*this))) {
    OpBuilder::InsertionGuard guard(b);
    Block &block =
        openBlock(b, branches[i], TypeRange(ValueRange(inputs)), getLoc());
    ValueRange arguments = block.getArguments();
    SmallVector<Value> argumentTangents =
        spread(inputTangents, arguments.drop_front(inputTangents.size()));
    if (failed(ctx.differentiate(source->front(),
                                 arguments.take_front(inputTangents.size()),
                                 argumentTangents, results[i])))
      return failure();
    for (auto [flag, tangent] : llvm::zip_equal(active, results[i].tangents))
      flag |= isPresent(tangent);
  }

  SmallVector<Type> types(getResultTypes());
  for (auto [type, flag] : llvm::zip_equal(getResultTypes(), active))
    if (flag)
      types.push_back(type);
  for (auto [region, result] : llvm::zip_equal(branches, results)) {
    SmallVector<Value> yielded(result.primals.begin(), result.primals.end());
    appendWhere(b, region.front(), active, result.tangents, getResultTypes(),
                yielded);
    closeBlock(b, region.front(), getLoc(), yielded);
  }
  CondOp cond = makeCond(b, getLoc(), types, primals[0], inputs, branches);
  unsigned next = getNumResults();
  for (auto [i, flag] : llvm::enumerate(active)) {
    outs.primals.push_back(cond.getResult(i));
    outs.tangents.push_back(flag ? cond.getResult(next++) : Value());
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Batching
//===----------------------------------------------------------------------===//

/// Examples may take different branches: both are computed, and each example
/// chooses.
static LogicalResult batchByChoice(CondOp op, BatchContext &ctx,
                                   ValueRange operands, ArrayRef<bool> batched,
                                   BatchResult &outs) {
  OpBuilder &b = ctx.builder;
  std::array<BatchResult, 2> results;
  for (auto [i, source] : llvm::enumerate(branchesOf(op)))
    if (failed(ctx.batch(source->front(), operands.drop_front(),
                         batched.drop_front(), results[i])))
      return failure();
  for (unsigned i = 0; i < op.getNumResults(); ++i) {
    std::array<Value, 2> choices;
    for (auto [choice, result] : llvm::zip_equal(choices, results))
      choice = result.batched[i]
                   ? result.values[i]
                   : emitBatch(b, op.getLoc(), result.values[i], ctx.size);
    Type mask = boolTypeLike(choices[0].getType());
    Value predicate = BroadcastOp::create(b, op.getLoc(), mask, operands[0],
                                          ArrayRef<int64_t>{0});
    outs.values.push_back(
        SelectOp::create(b, op.getLoc(), predicate, choices[0], choices[1]));
    outs.batched.push_back(true);
  }
  return success();
}

LogicalResult CondOp::batch(BatchContext &ctx, ValueRange operands,
                            ArrayRef<bool> batched, BatchResult &outs) {
  if (batched[0])
    return batchByChoice(*this, ctx, operands, batched, outs);
  OpBuilder &b = ctx.builder;
  ValueRange inputs = operands.drop_front();
  Branches branches;
  std::array<BatchResult, 2> results;
  outs.batched.assign(getNumResults(), false);
  for (auto [i, source] : llvm::enumerate(branchesOf(*this))) {
    OpBuilder::InsertionGuard guard(b);
    Block &block = openBlock(b, branches[i], TypeRange(inputs), getLoc());
    if (failed(ctx.batch(source->front(), block.getArguments(),
                         batched.drop_front(), results[i])))
      return failure();
    for (auto [flag, isBatched] :
         llvm::zip_equal(outs.batched, results[i].batched))
      flag |= isBatched;
  }
  for (auto [region, result] : llvm::zip_equal(branches, results))
    closeBatchedBlock(ctx, region.front(), getLoc(), result, outs.batched);
  SmallVector<Type> types;
  for (auto [type, flag] : llvm::zip_equal(getResultTypes(), outs.batched))
    types.push_back(flag ? Type(withLeading(type, ctx.size)) : type);
  CondOp cond = makeCond(b, getLoc(), types, operands[0], inputs, branches);
  llvm::append_range(outs.values, cond.getResults());
  return success();
}

//===----------------------------------------------------------------------===//
// Split
//===----------------------------------------------------------------------===//

namespace {
/// Where a residual of one branch travels: in a slot (a result of the known
/// cond) or as an input of the op.
struct Route {
  bool isSlot;
  unsigned number;
};

struct SplitBranch {
  Region known, linear;
  SplitBlock split;
  SmallVector<Route> routes;
};
} // namespace

/// Splits both branches until they agree on which results are linear.
static LogicalResult splitBranches(CondOp op, SplitContext &ctx,
                                   ArrayRef<bool> linear,
                                   std::array<SplitBranch, 2> &parts,
                                   SmallVector<bool> &linearResults) {
  linearResults.assign(op.getNumResults(), false);
  for (bool agreed = false; !agreed;) {
    agreed = true;
    for (auto [i, source] : llvm::enumerate(branchesOf(op))) {
      SplitBranch &part = parts[i];
      part.known.getBlocks().clear();
      part.linear.getBlocks().clear();
      FailureOr<SplitBlock> split =
          ctx.split(source->front(), linear, linearResults,
                    part.known.emplaceBlock(), part.linear.emplaceBlock());
      if (failed(split))
        return failure();
      part.split = *split;
      if (part.split.linearResults != linearResults)
        agreed = false;
      linearResults = part.split.linearResults;
    }
  }
  return success();
}

/// Chooses typed slots that the residuals of both branches share.
static SmallVector<Type> assignSlots(std::array<SplitBranch, 2> &parts) {
  SmallVector<Type> slots;
  for (SplitBranch &part : parts) {
    SmallVector<bool> used(slots.size(), false);
    for (auto [type, forwarded] :
         llvm::zip_equal(part.split.residuals, part.split.forwarded)) {
      if (forwarded >= 0) {
        part.routes.push_back({false, static_cast<unsigned>(forwarded)});
        continue;
      }
      unsigned slot = 0;
      while (slot < used.size() && (used[slot] || slots[slot] != type))
        ++slot;
      if (slot == used.size()) {
        used.push_back(false);
        slots.push_back(type);
      }
      used[slot] = true;
      part.routes.push_back({true, slot});
    }
  }
  return slots;
}

/// Makes the known branch yield `numKnown` results, then every slot.
static void yieldSlots(SplitBranch &part, ArrayRef<Type> slots,
                       unsigned numKnown) {
  Operation *yield = part.known.front().getTerminator();
  OpBuilder b(yield);
  SmallVector<Value> values(yield->getOperands().take_front(numKnown));
  SmallVector<Value> inSlots(slots.size());
  unsigned next = numKnown;
  for (Route route : part.routes)
    if (route.isSlot)
      inSlots[route.number] = yield->getOperand(next++);
  for (auto [type, value] : llvm::zip_equal(slots, inSlots))
    values.push_back(orZeros(b, yield->getLoc(), value, type));
  yield->setOperands(values);
}

/// Makes the linear branch take all slots, then the known inputs, then the
/// linear ones.
static void takeSlots(SplitBranch &part, ArrayRef<Type> slots,
                      TypeRange knownInputs, Location loc) {
  Block &block = part.linear.front();
  SmallVector<Type> types(slots);
  llvm::append_range(types, knownInputs);
  for (auto [i, type] : llvm::enumerate(types))
    block.insertArgument(i, type, loc);
  for (auto [i, route] : llvm::enumerate(part.routes)) {
    unsigned position =
        route.isSlot ? route.number : slots.size() + route.number;
    block.getArgument(types.size() + i)
        .replaceAllUsesWith(block.getArgument(position));
  }
  block.eraseArguments(types.size(), part.routes.size());
}

LogicalResult CondOp::split(SplitContext &ctx, ArrayRef<bool> linear) {
  assert(!linear[0] && "a bool has no tangent");
  std::array<SplitBranch, 2> parts;
  SmallVector<bool> linearResults;
  if (failed(
          splitBranches(*this, ctx, linear.drop_front(), parts, linearResults)))
    return failure();
  SmallVector<Type> slots = assignSlots(parts);

  SmallVector<Value> knownInputs, linearInputs;
  for (auto [input, isLinear] :
       llvm::zip_equal(getInputs(), linear.drop_front()))
    (isLinear ? linearInputs : knownInputs)
        .push_back(isLinear ? ctx.getLinear(input) : ctx.getKnown(input));
  SmallVector<Type> knownTypes, linearTypes;
  for (auto [type, isLinear] : llvm::zip_equal(getResultTypes(), linearResults))
    (isLinear ? linearTypes : knownTypes).push_back(type);
  unsigned numKnown = knownTypes.size();
  for (SplitBranch &part : parts) {
    yieldSlots(part, slots, numKnown);
    takeSlots(part, slots, TypeRange(ValueRange(knownInputs)), getLoc());
  }
  llvm::append_range(knownTypes, slots);

  Branches knownBranches, linearBranches;
  for (unsigned i = 0; i < 2; ++i) {
    knownBranches[i].takeBody(parts[i].known);
    linearBranches[i].takeBody(parts[i].linear);
  }
  Value predicate = ctx.getKnown(getPredicate());
  CondOp known = makeCond(ctx.known(), getLoc(), knownTypes, predicate,
                          knownInputs, knownBranches);
  SmallVector<Value> operands;
  for (Value slot : known.getResults().drop_front(numKnown))
    operands.push_back(ctx.residual(slot));
  for (Value input : knownInputs)
    operands.push_back(ctx.residual(input));
  llvm::append_range(operands, linearInputs);
  CondOp linearPart =
      makeCond(ctx.linear(), getLoc(), linearTypes, ctx.residual(predicate),
               operands, linearBranches);

  unsigned nextKnown = 0, nextLinear = 0;
  for (auto [result, isLinear] : llvm::zip_equal(getResults(), linearResults)) {
    if (isLinear)
      ctx.mapLinear(result, linearPart.getResult(nextLinear++));
    else
      ctx.mapKnown(result, known.getResult(nextKnown++));
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Transposition
//===----------------------------------------------------------------------===//

LogicalResult CondOp::transpose(TransposeContext &ctx, ArrayRef<bool> linear,
                                ArrayRef<Value> operands,
                                ArrayRef<Value> cotangents,
                                SmallVectorImpl<Value> &outs) {
  OpBuilder &b = ctx.builder;
  assert(!linear[0] && "a bool has no tangent");
  ArrayRef<Value> known = operands.drop_front();
  SmallVector<Value> inputs;
  llvm::copy_if(known, std::back_inserter(inputs), isPresent);
  unsigned numKnown = inputs.size();
  llvm::copy_if(cotangents, std::back_inserter(inputs), isPresent);

  Branches branches;
  std::array<SmallVector<Value>, 2> results;
  SmallVector<bool> active(known.size(), false);
  for (auto [i, source] : llvm::enumerate(branchesOf(*this))) {
    OpBuilder::InsertionGuard guard(b);
    Block &block =
        openBlock(b, branches[i], TypeRange(ValueRange(inputs)), getLoc());
    ValueRange arguments = block.getArguments();
    if (failed(ctx.transpose(
            source->front(), spread(known, arguments.take_front(numKnown)),
            spread(cotangents, arguments.drop_front(numKnown)), results[i])))
      return failure();
    for (auto [flag, out] : llvm::zip_equal(active, results[i]))
      flag |= isPresent(out);
  }

  TypeRange inputTypes = TypeRange(getInputs());
  SmallVector<Type> types;
  for (auto [type, flag] : llvm::zip_equal(inputTypes, active))
    if (flag)
      types.push_back(type);
  for (auto [region, result] : llvm::zip_equal(branches, results)) {
    SmallVector<Value> yielded;
    appendWhere(b, region.front(), active, result, inputTypes, yielded);
    closeBlock(b, region.front(), getLoc(), yielded);
  }
  CondOp cond = makeCond(b, getLoc(), types, operands[0], inputs, branches);
  outs.push_back(nullptr);
  unsigned next = 0;
  for (bool flag : active)
    outs.push_back(flag ? cond.getResult(next++) : Value());
  return success();
}
