//===- split.cpp - Partial evaluation into a known and a linear part ------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What depends on a tangent is linear, the rest is known. Known values that the
// linear part needs are residuals; those that cost less to compute than to keep
// (constants, broadcasts, conversions) are computed again.
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/deriver.h"
#include "dialects/nabla/Emit.h"
#include "dialects/nabla/ops/RegionRewrite.h"

using namespace mlir;

namespace nabla {
namespace {

class Split final : public SplitContext {
public:
  Split(Deriver &deriver, MLIRContext *context, Block &knownBlock,
        Block &linearBlock)
      : deriver(deriver), knownBuilder(context), linearBuilder(context) {
    knownBuilder.setInsertionPointToEnd(&knownBlock);
    linearBuilder.setInsertionPointToEnd(&linearBlock);
  }

  OpBuilder &known() override { return knownBuilder; }
  OpBuilder &linear() override { return linearBuilder; }

  Value getKnown(Value original) override {
    return knownValues.lookup(original);
  }
  Value getLinear(Value original) override {
    if (Value value = linearValues.lookup(original))
      return value;
    return residual(getKnown(original));
  }
  Value residual(Value known) override;

  void mapKnown(Value original, Value known) override {
    knownValues[original] = known;
  }
  void mapLinear(Value original, Value linear) override {
    linearValues[original] = linear;
  }

  FailureOr<SplitBlock> split(Block &block, ArrayRef<bool> linear,
                              ArrayRef<bool> forced, Block &known,
                              Block &linearPart) override;
  FailureOr<SplitCallee> derive(FlatSymbolRefAttr callee,
                                ArrayRef<bool> linear) override {
    return deriver.split(callee, linear);
  }

  /// Splits the body of `block` into the two blocks of this split; they get the
  /// arguments they need, and the values that terminate them.
  LogicalResult run(Block &block, ArrayRef<bool> linear, ArrayRef<bool> forced);

  SplitBlock summary;
  /// The known results, then the residuals that are not forwarded.
  SmallVector<Value> knownResults;
  SmallVector<Value> linearResults;

private:
  LogicalResult visit(Operation &op);
  /// A copy in the linear part of a known op that is cheap to compute again.
  Value recompute(Value known);
  Value addResidual(Value known);

  Deriver &deriver;
  OpBuilder knownBuilder, linearBuilder;
  DenseMap<Value, Value> knownValues, linearValues, residuals;
  SmallVector<Value> kept;
};

Value Split::recompute(Value known) {
  Operation *op = known.getDefiningOp();
  if (!op || !isa<ConstantOp, IotaOp, BasisOp, BroadcastOp, ConvertOp>(op))
    return nullptr;
  IRMapping map;
  for (Value operand : op->getOperands())
    map.map(operand, residual(operand));
  return linearBuilder.clone(*op, map)->getResult(0);
}

Value Split::addResidual(Value known) {
  Block *block = linearBuilder.getInsertionBlock();
  unsigned position = summary.residuals.size();
  auto argument = dyn_cast<BlockArgument>(known);
  bool forwarded =
      argument && argument.getOwner() == knownBuilder.getInsertionBlock();
  summary.residuals.push_back(known.getType());
  summary.forwarded.push_back(forwarded ? int64_t(argument.getArgNumber())
                                        : -1);
  if (!forwarded)
    kept.push_back(known);
  return block->insertArgument(position, known.getType(), known.getLoc());
}

Value Split::residual(Value known) {
  if (Value value = residuals.lookup(known))
    return value;
  Value value = recompute(known);
  if (!value)
    value = addResidual(known);
  return residuals[known] = value;
}

LogicalResult Split::visit(Operation &op) {
  SmallVector<bool> flags;
  for (Value operand : op.getOperands())
    flags.push_back(linearValues.contains(operand));
  SmallVector<Value> used = usedValues(op);
  if (llvm::none_of(
          used, [&](Value value) { return linearValues.contains(value); })) {
    IRMapping map;
    for (Value value : used)
      map.map(value, getKnown(value));
    Operation *clone = knownBuilder.clone(op, map);
    for (auto [original, copy] :
         llvm::zip_equal(op.getResults(), clone->getResults()))
      mapKnown(original, copy);
    return success();
  }
  if (auto rule = dyn_cast<SplitOpInterface>(op))
    return rule.split(*this, flags);
  IRMapping map;
  for (Value operand : op.getOperands())
    map.map(operand, getLinear(operand));
  Operation *clone = linearBuilder.clone(op, map);
  for (auto [original, copy] :
       llvm::zip_equal(op.getResults(), clone->getResults()))
    mapLinear(original, copy);
  return success();
}

LogicalResult Split::run(Block &block, ArrayRef<bool> linear,
                         ArrayRef<bool> forced) {
  for (auto [argument, isLinear] :
       llvm::zip_equal(block.getArguments(), linear)) {
    Block *part = isLinear ? linearBuilder.getInsertionBlock()
                           : knownBuilder.getInsertionBlock();
    Value copy = part->addArgument(argument.getType(), argument.getLoc());
    isLinear ? mapLinear(argument, copy) : mapKnown(argument, copy);
  }
  for (Operation &op : block.without_terminator())
    if (failed(visit(op)))
      return failure();
  for (auto [result, isForced] :
       llvm::zip_equal(block.getTerminator()->getOperands(), forced)) {
    bool isLinear = isForced || linearValues.contains(result);
    summary.linearResults.push_back(isLinear);
    if (isLinear)
      linearResults.push_back(getLinear(result));
    else
      knownResults.push_back(getKnown(result));
  }
  llvm::append_range(knownResults, kept);
  return success();
}

FailureOr<SplitBlock> Split::split(Block &block, ArrayRef<bool> linear,
                                   ArrayRef<bool> forced, Block &known,
                                   Block &linearPart) {
  Split inner(deriver, knownBuilder.getContext(), known, linearPart);
  if (failed(inner.run(block, linear, forced)))
    return failure();
  Location loc = block.getTerminator()->getLoc();
  YieldOp::create(inner.knownBuilder, loc, inner.knownResults);
  YieldOp::create(inner.linearBuilder, loc, inner.linearResults);
  return inner.summary;
}

} // namespace

FailureOr<SplitCallee> Deriver::split(FlatSymbolRefAttr callee,
                                      ArrayRef<bool> linear,
                                      std::optional<int64_t> forcedFrom) {
  DerivationKey key{callee.getValue().str(),
                    "split",
                    std::vector<bool>(linear.begin(), linear.end()),
                    {},
                    forcedFrom.value_or(-1)};
  if (auto found = splits.find(key); found != splits.end())
    return found->second;

  func::FuncOp origin = lookup(callee);
  func::FuncOp known = makeFunction(origin, "known", {});
  func::FuncOp linearPart = makeFunction(origin, "linear", {});
  Split split(*this, origin.getContext(), known.getBody().front(),
              linearPart.getBody().front());
  int64_t numResults = origin.getNumResults();
  SmallVector<bool> forced(forcedFrom.value_or(numResults), false);
  forced.resize(numResults, true);
  if (failed(split.run(origin.getBody().front(), linear, forced)))
    return failure();

  auto close = [&](func::FuncOp function, ValueRange results) {
    function.setFunctionType(
        FunctionType::get(function.getContext(),
                          function.getBody().front().getArgumentTypes(), {}));
    finish(function, results);
  };
  close(known, split.knownResults);
  close(linearPart, split.linearResults);
  return splits[key] = SplitCallee{
             split.summary, FlatSymbolRefAttr::get(known.getSymNameAttr()),
             FlatSymbolRefAttr::get(linearPart.getSymNameAttr())};
}

} // namespace nabla
