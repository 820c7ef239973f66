//===- transpose.cpp - Transposition of linear functions ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Walks a linear block backwards and sums the cotangents of every value. What
// does not depend on a linear argument is computed as it stands, first.
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/cotangents.h"
#include "compiler/transforms/deriver.h"
#include "dialects/nabla/Emit.h"
#include "dialects/nabla/ops/RegionRewrite.h"

using namespace mlir;

namespace nabla {
namespace {

class Transpose final : public TransposeContext {
public:
  Transpose(Deriver &deriver, OpBuilder &builder)
      : TransposeContext(builder), deriver(deriver) {}

  LogicalResult transpose(Block &block, ArrayRef<Value> arguments,
                          ArrayRef<Value> cotangents,
                          SmallVectorImpl<Value> &outs) override;

  FailureOr<TransposeCallee> derive(FlatSymbolRefAttr callee,
                                    ArrayRef<bool> linear,
                                    ArrayRef<bool> activeResults) override {
    return deriver.transpose(callee, linear, activeResults);
  }

private:
  struct Scope {
    /// The values that are not linear.
    IRMapping known;
    DenseSet<Value> linear;
    DenseMap<Value, SmallVector<Value>> cotangents;
    /// The linear ops, in order.
    SmallVector<Operation *> pending;
  };
  void prepare(Operation &op, Scope &scope);
  LogicalResult visit(Operation &op, Scope &scope);
  void accumulate(Value value, Value cotangent, Scope &scope);
  /// The whole cotangent of a value all of whose users have been visited.
  Value total(Value value, Scope &scope);

  Deriver &deriver;
};

void Transpose::prepare(Operation &op, Scope &scope) {
  bool isLinear = llvm::any_of(
      usedValues(op), [&](Value used) { return scope.linear.contains(used); });
  if (!isLinear) {
    builder.clone(op, scope.known);
    return;
  }
  scope.linear.insert(op.result_begin(), op.result_end());
  scope.pending.push_back(&op);
}

void Transpose::accumulate(Value value, Value cotangent, Scope &scope) {
  if (!cotangent || !scope.linear.contains(value))
    return;
  scope.cotangents[value].push_back(cotangent);
}

Value Transpose::total(Value value, Scope &scope) {
  auto found = scope.cotangents.find(value);
  if (found == scope.cotangents.end())
    return nullptr;
  Value sum = sumCotangents(builder, value.getLoc(), found->second);
  found->second = {sum};
  return sum;
}

LogicalResult Transpose::visit(Operation &op, Scope &scope) {
  SmallVector<Value> cotangents;
  for (Value result : op.getResults())
    cotangents.push_back(total(result, scope));
  if (llvm::none_of(cotangents, [](Value ct) { return static_cast<bool>(ct); }))
    return success();
  auto rule = dyn_cast<TransposeOpInterface>(op);
  if (!rule)
    return op.emitOpError("is not linear and cannot be transposed");
  SmallVector<bool> linear;
  SmallVector<Value> operands, outs;
  for (Value operand : op.getOperands()) {
    linear.push_back(scope.linear.contains(operand));
    operands.push_back(linear.back() ? Value() : scope.known.lookup(operand));
  }
  if (failed(rule.transpose(*this, linear, operands, cotangents, outs)))
    return failure();
  for (auto [operand, out] : llvm::zip_equal(op.getOperands(), outs))
    accumulate(operand, out, scope);
  return success();
}

LogicalResult Transpose::transpose(Block &block, ArrayRef<Value> arguments,
                                   ArrayRef<Value> cotangents,
                                   SmallVectorImpl<Value> &outs) {
  Scope scope;
  for (auto [argument, value] :
       llvm::zip_equal(block.getArguments(), arguments)) {
    if (value)
      scope.known.map(argument, value);
    else
      scope.linear.insert(argument);
  }
  for (Operation &op : block.without_terminator())
    prepare(op, scope);
  for (auto [result, cotangent] :
       llvm::zip_equal(block.getTerminator()->getOperands(), cotangents))
    accumulate(result, cotangent, scope);
  for (Operation *op : llvm::reverse(scope.pending))
    if (failed(visit(*op, scope)))
      return failure();
  for (Value argument : block.getArguments())
    outs.push_back(total(argument, scope));
  return success();
}

} // namespace

FailureOr<TransposeCallee> Deriver::transpose(FlatSymbolRefAttr callee,
                                              ArrayRef<bool> linear,
                                              ArrayRef<bool> activeResults,
                                              bool everyCotangent) {
  DerivationKey key{
      callee.getValue().str(), everyCotangent ? "transpose.full" : "transpose",
      std::vector<bool>(linear.begin(), linear.end()),
      std::vector<bool>(activeResults.begin(), activeResults.end())};
  if (auto found = transposes.find(key); found != transposes.end())
    return found->second;

  func::FuncOp origin = lookup(callee);
  SmallVector<Type> types;
  for (auto [type, isLinear] :
       llvm::zip_equal(origin.getArgumentTypes(), linear))
    if (!isLinear)
      types.push_back(type);
  for (auto [type, isActive] :
       llvm::zip_equal(origin.getResultTypes(), activeResults))
    if (isActive)
      types.push_back(type);
  func::FuncOp derived = makeFunction(origin, "transpose", types);
  Block &entry = derived.getBody().front();
  OpBuilder b = OpBuilder::atBlockEnd(&entry);

  unsigned next = 0;
  SmallVector<Value> arguments, cotangents, outs;
  for (bool isLinear : linear)
    arguments.push_back(isLinear ? Value() : entry.getArgument(next++));
  for (bool isActive : activeResults)
    cotangents.push_back(isActive ? entry.getArgument(next++) : Value());
  Transpose transpose(*this, b);
  if (failed(transpose.transpose(origin.getBody().front(), arguments,
                                 cotangents, outs)))
    return failure();

  TransposeCallee result{FlatSymbolRefAttr::get(derived.getSymNameAttr()), {}};
  SmallVector<Value> results;
  for (auto [type, isLinear, out] :
       llvm::zip_equal(origin.getArgumentTypes(), linear, outs)) {
    bool wanted = isLinear && (out || everyCotangent);
    result.activeArguments.push_back(wanted);
    if (wanted)
      results.push_back(orZeros(b, derived.getLoc(), out, type));
  }
  finish(derived, results);
  return transposes[key] = result;
}

} // namespace nabla
