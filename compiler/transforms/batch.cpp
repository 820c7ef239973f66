//===- batch.cpp - Batching of functions ----------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Walks a block and applies each op to a whole batch. A batched value carries
// the examples along its leading dimension; what does not depend on the example
// is computed once.
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/deriver.h"
#include "dialects/nabla/Emit.h"
#include "dialects/nabla/ops/RegionRewrite.h"

using namespace mlir;

namespace nabla {
namespace {

class Batch final : public BatchContext {
public:
  Batch(Deriver &deriver, OpBuilder &builder, int64_t size)
      : BatchContext(builder, size), deriver(deriver) {}

  LogicalResult batch(Block &block, ValueRange arguments,
                      ArrayRef<bool> batched, BatchResult &outs) override;

  FailureOr<BatchCallee> derive(FlatSymbolRefAttr callee,
                                ArrayRef<bool> batched) override {
    return deriver.batch(callee, batched, size);
  }

private:
  struct Scope {
    IRMapping values;
    DenseSet<Value> batched;
  };
  LogicalResult visit(Operation &op, Scope &scope);

  Deriver &deriver;
};

LogicalResult Batch::visit(Operation &op, Scope &scope) {
  SmallVector<Value> operands;
  SmallVector<bool> batched;
  for (Value operand : op.getOperands()) {
    operands.push_back(scope.values.lookup(operand));
    batched.push_back(scope.batched.contains(operand));
  }
  if (llvm::none_of(usedValues(op),
                    [&](Value used) { return scope.batched.contains(used); })) {
    builder.clone(op, scope.values);
    return success();
  }
  auto rule = dyn_cast<BatchOpInterface>(op);
  if (!rule)
    return op.emitOpError("cannot be batched");
  BatchResult results;
  if (failed(rule.batch(*this, operands, batched, results)))
    return failure();
  for (auto [result, value, isBatched] :
       llvm::zip_equal(op.getResults(), results.values, results.batched)) {
    scope.values.map(result, value);
    if (isBatched)
      scope.batched.insert(result);
  }
  return success();
}

LogicalResult Batch::batch(Block &block, ValueRange arguments,
                           ArrayRef<bool> batched, BatchResult &outs) {
  Scope scope;
  for (auto [argument, value, isBatched] :
       llvm::zip_equal(block.getArguments(), arguments, batched)) {
    scope.values.map(argument, value);
    if (isBatched)
      scope.batched.insert(argument);
  }
  for (Operation &op : block.without_terminator())
    if (failed(visit(op, scope)))
      return failure();
  for (Value result : block.getTerminator()->getOperands()) {
    outs.values.push_back(scope.values.lookup(result));
    outs.batched.push_back(scope.batched.contains(result));
  }
  return success();
}

} // namespace

FailureOr<BatchCallee> Deriver::batch(FlatSymbolRefAttr callee,
                                      ArrayRef<bool> batched, int64_t size) {
  DerivationKey key{callee.getValue().str(),
                    "batch",
                    std::vector<bool>(batched.begin(), batched.end()),
                    {},
                    size};
  if (auto found = batches.find(key); found != batches.end())
    return found->second;

  func::FuncOp origin = lookup(callee);
  SmallVector<Type> types;
  for (auto [type, isBatched] :
       llvm::zip_equal(origin.getArgumentTypes(), batched))
    types.push_back(isBatched ? Type(withLeading(type, size)) : type);
  func::FuncOp derived = makeFunction(origin, "batch", types);
  Block &entry = derived.getBody().front();
  OpBuilder b = OpBuilder::atBlockEnd(&entry);
  Batch batch(*this, b, size);
  BatchResult outs;
  if (failed(batch.batch(origin.getBody().front(), entry.getArguments(),
                         batched, outs)))
    return failure();
  finish(derived, outs.values);
  BatchCallee result{FlatSymbolRefAttr::get(derived.getSymNameAttr()), {}};
  llvm::append_range(result.batchedResults, outs.batched);
  return batches[key] = result;
}

} // namespace nabla
