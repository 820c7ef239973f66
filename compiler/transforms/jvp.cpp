//===- jvp.cpp - Forward mode ---------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Walks a block and emits, beside each op, the tangents of its results. A value
// without an entry in the tangent map has a symbolic zero: no op is emitted for
// what does not depend on an active argument.
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/deriver.h"
#include "compiler/transforms/factor_tangents.h"
#include "dialects/nabla/Emit.h"
#include "dialects/nabla/ops/RegionRewrite.h"

using namespace mlir;

namespace nabla {
namespace {

class Jvp final : public JvpContext {
public:
  Jvp(Deriver &deriver, OpBuilder &builder)
      : JvpContext(builder), deriver(deriver) {}

  LogicalResult differentiate(Block &block, ValueRange primals,
                              ArrayRef<Value> tangents,
                              JvpResult &outs) override;

  FailureOr<JvpCallee> derive(FlatSymbolRefAttr callee,
                              ArrayRef<bool> active) override {
    return deriver.jvp(callee, active);
  }

private:
  /// The primal and the tangent of every value seen so far.
  struct Scope {
    IRMapping primals;
    DenseMap<Value, Value> tangents;
  };
  LogicalResult visit(Operation &op, Scope &scope);

  Deriver &deriver;
};

LogicalResult Jvp::visit(Operation &op, Scope &scope) {
  SmallVector<Value> primals, tangents;
  for (Value operand : op.getOperands()) {
    primals.push_back(scope.primals.lookup(operand));
    tangents.push_back(scope.tangents.lookup(operand));
  }
  if (llvm::none_of(usedValues(op),
                    [&](Value used) { return scope.tangents.lookup(used); })) {
    builder.clone(op, scope.primals);
    return success();
  }
  auto rule = dyn_cast<JvpOpInterface>(op);
  if (!rule)
    return op.emitOpError("cannot be differentiated in forward mode");
  JvpResult results;
  if (failed(rule.jvp(*this, primals, tangents, results)))
    return failure();
  for (auto [result, primal, tangent] :
       llvm::zip_equal(op.getResults(), results.primals, results.tangents)) {
    scope.primals.map(result, primal);
    if (tangent)
      scope.tangents[result] = tangent;
  }
  return success();
}

LogicalResult Jvp::differentiate(Block &block, ValueRange primals,
                                 ArrayRef<Value> tangents, JvpResult &outs) {
  Scope scope;
  for (auto [argument, primal, tangent] :
       llvm::zip_equal(block.getArguments(), primals, tangents)) {
    scope.primals.map(argument, primal);
    if (tangent)
      scope.tangents[argument] = tangent;
  }
  // The ops that are there already end where those to be emitted begin.
  Block *target = builder.getInsertionBlock();
  auto end = builder.getInsertionPoint();
  Operation *last = end == target->begin() ? nullptr : &*std::prev(end);
  for (Operation &op : block.without_terminator())
    if (failed(visit(op, scope)))
      return failure();
  for (Value result : block.getTerminator()->getOperands()) {
    outs.primals.push_back(scope.primals.lookup(result));
    outs.tangents.push_back(scope.tangents.lookup(result));
  }
  auto first = last ? std::next(last->getIterator()) : target->begin();
  EmittedTangents emitted{{first, end}, tangents, {}};
  for (auto [value, tangent] : scope.tangents)
    emitted.tangents.insert(tangent);
  factorTangents(emitted, builder, outs.tangents);
  return success();
}

} // namespace

FailureOr<JvpCallee> Deriver::jvp(FlatSymbolRefAttr callee,
                                  ArrayRef<bool> active, bool everyTangent) {
  DerivationKey key{callee.getValue().str(),
                    everyTangent ? "jvp.full" : "jvp",
                    std::vector<bool>(active.begin(), active.end()),
                    {}};
  if (auto known = jvps.find(key); known != jvps.end())
    return known->second;

  func::FuncOp origin = lookup(callee);
  SmallVector<Type> arguments(origin.getArgumentTypes());
  for (auto [type, isActive] :
       llvm::zip_equal(origin.getArgumentTypes(), active))
    if (isActive)
      arguments.push_back(type);
  func::FuncOp derived = makeFunction(origin, "jvp", arguments);
  Block &entry = derived.getBody().front();
  OpBuilder b = OpBuilder::atBlockEnd(&entry);

  ValueRange primals = entry.getArguments().take_front(active.size());
  SmallVector<Value> tangents;
  unsigned next = active.size();
  for (bool isActive : active)
    tangents.push_back(isActive ? entry.getArgument(next++) : Value());

  Jvp jvp(*this, b);
  JvpResult outs;
  if (failed(
          jvp.differentiate(origin.getBody().front(), primals, tangents, outs)))
    return failure();

  JvpCallee result{FlatSymbolRefAttr::get(derived.getSymNameAttr()), {}};
  SmallVector<Value> results(outs.primals.begin(), outs.primals.end());
  for (auto [primal, tangent] : llvm::zip_equal(outs.primals, outs.tangents)) {
    bool wanted =
        tangent || (everyTangent && isDifferentiable(primal.getType()));
    result.activeResults.push_back(wanted);
    if (wanted)
      results.push_back(
          orZeros(b, derived.getLoc(), tangent, primal.getType()));
  }
  finish(derived, results);
  return jvps[key] = result;
}

} // namespace nabla
