//===- ScanRules.cpp - Rules of scan --------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which carries have a tangent, hold a batch or are linear is a fixpoint: a
// carry does if its start does or if the body makes it so.
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/Emit.h"
#include "dialects/nabla/ops/RegionRewrite.h"
#include "dialects/nabla/ops/RegionRules.h"

using namespace mlir;
using namespace nabla;

namespace {
/// One list for each group of operands of a scan, which are also the groups of
/// arguments of its body.
template <typename T> struct Groups {
  SmallVector<T> consts, carries, xs;

  SmallVector<T> flat() const {
    SmallVector<T> all(consts);
    llvm::append_range(all, carries);
    llvm::append_range(all, xs);
    return all;
  }
};

/// The operands and the body of a scan under construction.
struct Draft {
  Groups<Value> operands;
  Region body;
};
} // namespace

template <typename T> static Groups<T> grouped(ScanOp op, ArrayRef<T> flat) {
  size_t c = op.getConsts().size(), k = op.getCarries().size();
  return {SmallVector<T>(flat.take_front(c)), SmallVector<T>(flat.slice(c, k)),
          SmallVector<T>(flat.drop_front(c + k))};
}

static Groups<Value> grouped(ScanOp op, ValueRange flat) {
  return grouped<Value>(op, ArrayRef<Value>(SmallVector<Value>(flat)));
}

static size_t numCarries(ScanOp op) { return op.getCarries().size(); }

/// The type of one slice along the leading dimension.
static Type sliceType(Type stacked) {
  return withShape(stacked,
                   cast<RankedTensorType>(stacked).getShape().drop_front());
}

static SmallVector<Type> argumentTypes(const Groups<Value> &operands) {
  SmallVector<Type> types;
  for (Value value : operands.consts)
    types.push_back(value.getType());
  for (Value value : operands.carries)
    types.push_back(value.getType());
  for (Value value : operands.xs)
    types.push_back(sliceType(value.getType()));
  return types;
}

/// A scan of `draft`, like `op` in length and, if not `flipped`, in direction.
static ScanOp makeScan(OpBuilder &b, ScanOp op, Draft &draft,
                       bool flipped = false) {
  SmallVector<Type> types;
  auto yielded = draft.body.front().getTerminator()->getOperandTypes();
  for (auto [i, type] : llvm::enumerate(yielded))
    types.push_back(i < draft.operands.carries.size()
                        ? type
                        : Type(withLeading(type, op.getLength())));
  auto scan = ScanOp::create(b, op.getLoc(), types, draft.operands.consts,
                             draft.operands.carries, draft.operands.xs,
                             op.getLength(), op.getReverse() != flipped);
  scan.getBody().takeBody(draft.body);
  return scan;
}

static SmallVector<bool> presence(ArrayRef<Value> values) {
  return llvm::map_to_vector(values, isPresent);
}

static void appendPresent(SmallVectorImpl<Value> &to, ArrayRef<Value> values) {
  llvm::copy_if(values, std::back_inserter(to), isPresent);
}

//===----------------------------------------------------------------------===//
// Forward mode
//===----------------------------------------------------------------------===//

/// The operands of the derivative: each group, then the tangents of the group.
static Groups<Value> withTangents(const Groups<Value> &primals,
                                  const Groups<Value> &tangents) {
  Groups<Value> all = primals;
  appendPresent(all.consts, tangents.consts);
  appendPresent(all.carries, tangents.carries);
  appendPresent(all.xs, tangents.xs);
  return all;
}

/// Differentiates the body into `draft`; the arguments of its block are laid
/// out as `withTangents` lays out operands.
static LogicalResult differentiateBody(ScanOp op, JvpContext &ctx,
                                       const Groups<Value> &primals,
                                       const Groups<Value> &tangents,
                                       Draft &draft, JvpResult &results) {
  OpBuilder::InsertionGuard guard(ctx.builder);
  draft.operands = withTangents(primals, tangents);
  Block &block = openBlock(ctx.builder, draft.body,
                           argumentTypes(draft.operands), op.getLoc());
  ValueRange rest = block.getArguments();
  SmallVector<Value> arguments, argumentTangents;
  auto take = [&](const SmallVector<Value> &group,
                  const SmallVector<Value> &groupTangents, size_t total) {
    llvm::append_range(arguments, rest.take_front(group.size()));
    llvm::append_range(
        argumentTangents,
        spread(groupTangents, rest.take_front(total).drop_front(group.size())));
    rest = rest.drop_front(total);
  };
  take(primals.consts, tangents.consts, draft.operands.consts.size());
  take(primals.carries, tangents.carries, draft.operands.carries.size());
  take(primals.xs, tangents.xs, draft.operands.xs.size());
  return ctx.differentiate(op.getBody().front(), arguments, argumentTangents,
                           results);
}

LogicalResult ScanOp::jvp(JvpContext &ctx, ValueRange primals,
                          ArrayRef<Value> tangents, JvpResult &outs) {
  OpBuilder &b = ctx.builder;
  Groups<Value> primalGroups = grouped(*this, primals);
  Groups<Value> tangentGroups = grouped<Value>(*this, tangents);
  Draft draft;
  JvpResult results;
  for (bool stable = false; !stable;) {
    stable = true;
    draft.body.getBlocks().clear();
    results = {};
    if (failed(differentiateBody(*this, ctx, primalGroups, tangentGroups, draft,
                                 results)))
      return failure();
    for (auto [i, tangent] : llvm::enumerate(tangentGroups.carries)) {
      if (tangent || !results.tangents[i])
        continue;
      tangent = emitZeros(b, getLoc(), primalGroups.carries[i].getType());
      stable = false;
    }
  }

  // Yield carries, their tangents, stacked slices, their tangents.
  size_t k = numCarries(*this);
  SmallVector<bool> active = presence(results.tangents);
  llvm::copy(presence(tangentGroups.carries), active.begin());
  ArrayRef<Value> bodyPrimals(results.primals), bodyTangents(results.tangents);
  ArrayRef<bool> flags(active);
  Block &block = draft.body.front();
  auto bodyTypes = getBody().front().getTerminator()->getOperandTypes();
  SmallVector<Value> yielded(bodyPrimals.take_front(k));
  appendWhere(b, block, flags.take_front(k), bodyTangents.take_front(k),
              TypeRange(bodyTypes).take_front(k), yielded);
  llvm::append_range(yielded, bodyPrimals.drop_front(k));
  appendWhere(b, block, flags.drop_front(k), bodyTangents.drop_front(k),
              TypeRange(bodyTypes).drop_front(k), yielded);
  closeBlock(b, block, getLoc(), yielded);
  ScanOp scan = makeScan(b, *this, draft);

  ValueRange values = scan.getResults();
  auto give = [&](ArrayRef<bool> group) {
    llvm::append_range(outs.primals, values.take_front(group.size()));
    values = values.drop_front(group.size());
    for (bool flag : group) {
      outs.tangents.push_back(flag ? values.front() : Value());
      values = values.drop_front(flag);
    }
  };
  give(flags.take_front(k));
  give(flags.drop_front(k));
  return success();
}

//===----------------------------------------------------------------------===//
// Batching
//===----------------------------------------------------------------------===//

static LogicalResult batchBody(ScanOp op, BatchContext &ctx,
                               const Groups<bool> &flags, Draft &draft,
                               BatchResult &results) {
  OpBuilder::InsertionGuard guard(ctx.builder);
  draft.body.getBlocks().clear();
  results = {};
  Block &block = openBlock(ctx.builder, draft.body,
                           argumentTypes(draft.operands), op.getLoc());
  return ctx.batch(op.getBody().front(), block.getArguments(), flags.flat(),
                   results);
}

LogicalResult ScanOp::batch(BatchContext &ctx, ValueRange operands,
                            ArrayRef<bool> batched, BatchResult &outs) {
  OpBuilder &b = ctx.builder;
  Groups<bool> flags = grouped<bool>(*this, batched);
  Draft draft;
  draft.operands = grouped(*this, operands);
  // The scanned dimension leads, then comes the batch.
  for (auto [x, isBatched] : llvm::zip_equal(draft.operands.xs, flags.xs))
    if (isBatched)
      x = emitMoveDim(b, getLoc(), x, 0, 1);

  BatchResult results;
  for (bool stable = false; !stable;) {
    stable = true;
    if (failed(batchBody(*this, ctx, flags, draft, results)))
      return failure();
    for (auto [i, carry] : llvm::enumerate(draft.operands.carries)) {
      if (flags.carries[i] || !results.batched[i])
        continue;
      flags.carries[i] = true;
      carry = emitBatch(b, getLoc(), carry, ctx.size);
      stable = false;
    }
  }
  outs.batched = results.batched;
  llvm::copy(flags.carries, outs.batched.begin());
  closeBatchedBlock(ctx, draft.body.front(), getLoc(), results, outs.batched);
  ScanOp scan = makeScan(b, *this, draft);
  for (auto [i, value] : llvm::enumerate(scan.getResults())) {
    bool isStacked = i >= flags.carries.size();
    outs.values.push_back(isStacked && outs.batched[i]
                              ? emitMoveDim(b, getLoc(), value, 1, 0)
                              : value);
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Split
//===----------------------------------------------------------------------===//

namespace {
/// The two parts of a scan. A residual that the loop does not change is a
/// constant of the linear scan, any other is stacked.
struct ScanParts {
  Draft known, linear;
  SplitBlock split;
  /// Of each group of operands and of the results, which are linear.
  Groups<bool> flags;
};
} // namespace

/// Splits the body until the carries agree with what the body makes of them.
static LogicalResult splitBody(ScanOp op, SplitContext &ctx,
                               ArrayRef<bool> linear, ScanParts &parts) {
  parts.flags = grouped<bool>(op, linear);
  size_t stacked = op.getNumResults() - parts.flags.carries.size();
  for (bool stable = false; !stable;) {
    stable = true;
    parts.known.body.getBlocks().clear();
    parts.linear.body.getBlocks().clear();
    SmallVector<bool> forced(parts.flags.carries);
    forced.append(stacked, false);
    FailureOr<SplitBlock> split = ctx.split(
        op.getBody().front(), parts.flags.flat(), forced,
        parts.known.body.emplaceBlock(), parts.linear.body.emplaceBlock());
    if (failed(split))
      return failure();
    parts.split = *split;
    for (auto [i, flag] : llvm::enumerate(parts.flags.carries))
      if (!flag && parts.split.linearResults[i]) {
        flag = true;
        stable = false;
      }
  }
  return success();
}

static Value getPart(SplitContext &ctx, Value operand, bool isLinear) {
  return isLinear ? ctx.getLinear(operand) : ctx.getKnown(operand);
}

/// Hands each operand to the part it belongs to.
static void splitOperands(ScanOp op, SplitContext &ctx, ScanParts &parts) {
  auto divide = [&](ValueRange operands, ArrayRef<bool> flags,
                    SmallVector<Value> &known, SmallVector<Value> &linear) {
    for (auto [operand, isLinear] : llvm::zip_equal(operands, flags))
      (isLinear ? linear : known).push_back(getPart(ctx, operand, isLinear));
  };
  divide(op.getConsts(), parts.flags.consts, parts.known.operands.consts,
         parts.linear.operands.consts);
  divide(op.getCarries(), parts.flags.carries, parts.known.operands.carries,
         parts.linear.operands.carries);
  divide(op.getXs(), parts.flags.xs, parts.known.operands.xs,
         parts.linear.operands.xs);
}

namespace {
/// Copies what a body computes from constants alone to outside the loop.
class Hoister {
public:
  Hoister(OpBuilder &b, Block &body, ValueRange consts) : b(b), body(body) {
    for (auto [argument, outer] : llvm::zip(body.getArguments(), consts))
      map.map(argument, outer);
  }

  /// The value outside the loop, or null if the loop changes it.
  Value hoist(Value value) {
    if (Value outer = map.lookupOrNull(value))
      return outer;
    Operation *op = value.getDefiningOp();
    if (!op || op->getBlock() != &body || !isMemoryEffectFree(op))
      return nullptr;
    for (Value used : usedValues(*op))
      if (!hoist(used))
        return nullptr;
    b.clone(*op, map);
    return map.lookup(value);
  }

private:
  OpBuilder &b;
  Block &body;
  IRMapping map;
};
} // namespace

/// Where a residual of the body comes from: a value outside the loop, or a
/// result of the known scan.
struct ResidualSource {
  Value outside;
  bool isConst = false;
  unsigned result = 0;
};

/// Decides how each residual leaves the known scan, and makes it yield those
/// that must be stacked.
static SmallVector<ResidualSource> routeResiduals(SplitContext &ctx,
                                                  ScanParts &parts) {
  Draft &known = parts.known;
  Block &body = known.body.front();
  Operation *yield = body.getTerminator();
  unsigned numKnown = llvm::count(parts.split.linearResults, false);
  SmallVector<Value> yielded(yield->getOperands().take_front(numKnown));
  unsigned nextKept = numKnown;
  unsigned firstX =
      known.operands.consts.size() + known.operands.carries.size();
  Hoister hoister(ctx.known(), body, known.operands.consts);

  SmallVector<ResidualSource> sources;
  for (int64_t forwarded : parts.split.forwarded) {
    Value inBody = forwarded < 0 ? yield->getOperand(nextKept++)
                                 : Value(body.getArgument(forwarded));
    ResidualSource source;
    if (forwarded >= firstX) {
      source.outside = known.operands.xs[forwarded - firstX];
    } else if (Value outside = hoister.hoist(inBody)) {
      source.outside = outside;
      source.isConst = true;
    } else {
      source.result = yielded.size();
      yielded.push_back(inBody);
    }
    sources.push_back(source);
  }
  yield->setOperands(yielded);
  return sources;
}

/// Reorders the arguments of the linear body, (residuals, linear arguments),
/// into groups, and adds the residuals to the operands.
static void arrangeLinear(SplitContext &ctx, ScanParts &parts, ScanOp known,
                          ArrayRef<ResidualSource> sources) {
  Groups<Value> &operands = parts.linear.operands;
  Block &body = parts.linear.body.front();
  size_t numConsts = operands.consts.size();
  size_t numCarries = operands.carries.size();
  SmallVector<BlockArgument> old(body.getArguments());
  ArrayRef<BlockArgument> linear = ArrayRef(old).drop_front(sources.size());
  Groups<BlockArgument> order{
      SmallVector<BlockArgument>(linear.take_front(numConsts)),
      SmallVector<BlockArgument>(linear.slice(numConsts, numCarries)),
      SmallVector<BlockArgument>(linear.drop_front(numConsts + numCarries))};
  for (auto [i, source] : llvm::enumerate(sources)) {
    Value outside =
        source.outside ? source.outside : Value(known.getResult(source.result));
    (source.isConst ? operands.consts : operands.xs)
        .push_back(ctx.residual(outside));
    (source.isConst ? order.consts : order.xs).push_back(old[i]);
  }
  for (BlockArgument argument : order.flat())
    argument.replaceAllUsesWith(
        body.addArgument(argument.getType(), argument.getLoc()));
  body.eraseArguments(0, old.size());
}

LogicalResult ScanOp::split(SplitContext &ctx, ArrayRef<bool> linear) {
  ScanParts parts;
  if (failed(splitBody(*this, ctx, linear, parts)))
    return failure();
  splitOperands(*this, ctx, parts);
  SmallVector<ResidualSource> sources = routeResiduals(ctx, parts);
  ScanOp known = makeScan(ctx.known(), *this, parts.known);
  arrangeLinear(ctx, parts, known, sources);
  ScanOp linearPart = makeScan(ctx.linear(), *this, parts.linear);

  unsigned nextKnown = 0, nextLinear = 0;
  for (auto [result, isLinear] :
       llvm::zip_equal(getResults(), parts.split.linearResults)) {
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

/// Adds to `flags` the carries that the body makes depend on linear arguments.
static void spreadLinearity(ScanOp op, Groups<bool> &flags) {
  Block &body = op.getBody().front();
  for (bool stable = false; !stable;) {
    stable = true;
    DenseSet<Value> linear;
    for (auto [argument, flag] :
         llvm::zip_equal(body.getArguments(), flags.flat()))
      if (flag)
        linear.insert(argument);
    for (Operation &inner : body.without_terminator())
      if (llvm::any_of(usedValues(inner),
                       [&](Value v) { return linear.contains(v); }))
        linear.insert(inner.result_begin(), inner.result_end());
    for (auto [flag, result] :
         llvm::zip(flags.carries, body.getTerminator()->getOperands()))
      if (!flag && linear.contains(result)) {
        flag = true;
        stable = false;
      }
  }
}

/// Carries and the sums for linear constants, which are the carries of the
/// transposed scan; its constants and slices are those that are not linear, and
/// the cotangents of the stacked results.
static Groups<Value> transposedOperands(OpBuilder &b, ScanOp op,
                                        const Groups<Value> &known,
                                        ArrayRef<Value> cotangents,
                                        const Groups<bool> &flags) {
  Groups<Value> operands;
  size_t k = op.getCarries().size();
  appendPresent(operands.consts, known.consts);
  for (auto [carry, ct] :
       llvm::zip_equal(op.getCarries(), cotangents.take_front(k)))
    operands.carries.push_back(orZeros(b, op.getLoc(), ct, carry.getType()));
  for (auto [constant, flag] : llvm::zip_equal(op.getConsts(), flags.consts))
    if (flag)
      operands.carries.push_back(emitZeros(b, op.getLoc(), constant.getType()));
  appendPresent(operands.xs, known.xs);
  appendPresent(operands.xs, cotangents.drop_front(k));
  return operands;
}

LogicalResult ScanOp::transpose(TransposeContext &ctx, ArrayRef<bool> linear,
                                ArrayRef<Value> operands,
                                ArrayRef<Value> cotangents,
                                SmallVectorImpl<Value> &outs) {
  OpBuilder &b = ctx.builder;
  size_t k = getCarries().size();
  Groups<bool> flags = grouped<bool>(*this, linear);
  spreadLinearity(*this, flags);
  if (llvm::is_contained(flags.carries, false))
    return emitOpError(
        "has a carry that is not linear and cannot be transposed");
  Groups<Value> known = grouped<Value>(*this, operands);
  Draft draft;
  draft.operands = transposedOperands(b, *this, known, cotangents, flags);

  Groups<Value> results;
  {
    OpBuilder::InsertionGuard guard(b);
    Block &block =
        openBlock(b, draft.body, argumentTypes(draft.operands), getLoc());
    Groups<Value> given;
    ValueRange rest = block.getArguments();
    auto take = [&](size_t count) {
      ValueRange taken = rest.take_front(count);
      rest = rest.drop_front(count);
      return taken;
    };
    given.consts = spread(known.consts, take(draft.operands.consts.size()));
    given.carries.assign(k, nullptr);
    SmallVector<Value> bodyCotangents(take(k));
    SmallVector<Value> sums(take(llvm::count(flags.consts, true)));
    size_t knownXs = llvm::count_if(known.xs, isPresent);
    given.xs = spread(known.xs, take(knownXs));
    llvm::append_range(bodyCotangents, spread(cotangents.drop_front(k), rest));

    SmallVector<Value> flat;
    if (failed(ctx.transpose(getBody().front(), given.flat(), bodyCotangents,
                             flat)))
      return failure();
    results = grouped<Value>(*this, flat);
    SmallVector<Value> yielded;
    for (auto [carry, ct] : llvm::zip_equal(getCarries(), results.carries))
      yielded.push_back(orZeros(b, getLoc(), ct, carry.getType()));
    unsigned nextSum = 0;
    for (auto [ct, flag] : llvm::zip_equal(results.consts, flags.consts))
      if (flag)
        yielded.push_back(emitSum(b, getLoc(), sums[nextSum++], ct));
    for (auto [x, ct, flag] : llvm::zip_equal(getXs(), results.xs, flags.xs))
      if (flag)
        yielded.push_back(orZeros(b, getLoc(), ct, sliceType(x.getType())));
    closeBlock(b, block, getLoc(), yielded);
  }

  ScanOp scan = makeScan(b, *this, draft, /*flipped=*/true);
  unsigned nextSum = k, nextX = draft.operands.carries.size();
  for (bool flag : flags.consts)
    outs.push_back(flag ? scan.getResult(nextSum++) : Value());
  llvm::append_range(outs, scan.getResults().take_front(k));
  for (bool flag : flags.xs)
    outs.push_back(flag ? scan.getResult(nextX++) : Value());
  return success();
}
