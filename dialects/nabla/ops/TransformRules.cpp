//===- TransformRules.cpp - Rules of calls --------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A call of a function becomes a call of a function derived from it.
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/Emit.h"

using namespace mlir;
using namespace nabla;

static SmallVector<bool> nonNull(ArrayRef<Value> values) {
  return llvm::map_to_vector(
      values, [](Value value) { return static_cast<bool>(value); });
}

static void appendNonNull(SmallVectorImpl<Value> &to, ArrayRef<Value> values) {
  llvm::copy_if(values, std::back_inserter(to),
                [](Value value) { return static_cast<bool>(value); });
}

/// The types of those of `values` whose flag equals `wanted`.
static SmallVector<Type> typesWhere(TypeRange types, ArrayRef<bool> flags,
                                    bool wanted) {
  SmallVector<Type> chosen;
  for (auto [type, flag] : llvm::zip_equal(types, flags))
    if (flag == wanted)
      chosen.push_back(type);
  return chosen;
}

LogicalResult CallOp::jvp(JvpContext &ctx, ValueRange primals,
                          ArrayRef<Value> tangents, JvpResult &outs) {
  FailureOr<JvpCallee> callee = ctx.derive(getCalleeAttr(), nonNull(tangents));
  if (failed(callee))
    return failure();
  SmallVector<Value> operands(primals);
  appendNonNull(operands, tangents);
  SmallVector<Type> types(getResultTypes());
  llvm::append_range(types,
                     typesWhere(getResultTypes(), callee->activeResults, true));
  auto call =
      CallOp::create(ctx.builder, getLoc(), types, callee->symbol, operands);
  unsigned next = getNumResults();
  for (auto [i, active] : llvm::enumerate(callee->activeResults)) {
    outs.primals.push_back(call.getResult(i));
    outs.tangents.push_back(active ? call.getResult(next++) : Value());
  }
  return success();
}

LogicalResult CallOp::split(SplitContext &ctx, ArrayRef<bool> linear) {
  FailureOr<SplitCallee> callee = ctx.derive(getCalleeAttr(), linear);
  if (failed(callee))
    return failure();
  SmallVector<Value> knownOperands;
  for (auto [operand, isLinear] : llvm::zip_equal(getInputs(), linear))
    if (!isLinear)
      knownOperands.push_back(ctx.getKnown(operand));
  SmallVector<Type> knownTypes =
      typesWhere(getResultTypes(), callee->linearResults, false);
  unsigned nextKept = knownTypes.size();
  for (auto [type, forwarded] :
       llvm::zip_equal(callee->residuals, callee->forwarded))
    if (forwarded < 0)
      knownTypes.push_back(type);
  auto known = CallOp::create(ctx.known(), getLoc(), knownTypes, callee->known,
                              knownOperands);

  SmallVector<Value> linearOperands;
  for (int64_t forwarded : callee->forwarded)
    linearOperands.push_back(ctx.residual(forwarded < 0
                                              ? known.getResult(nextKept++)
                                              : knownOperands[forwarded]));
  for (auto [operand, isLinear] : llvm::zip_equal(getInputs(), linear))
    if (isLinear)
      linearOperands.push_back(ctx.getLinear(operand));
  auto linearPart =
      CallOp::create(ctx.linear(), getLoc(),
                     typesWhere(getResultTypes(), callee->linearResults, true),
                     callee->linear, linearOperands);

  unsigned nextKnown = 0, nextLinear = 0;
  for (auto [result, isLinear] :
       llvm::zip_equal(getResults(), callee->linearResults)) {
    if (isLinear)
      ctx.mapLinear(result, linearPart.getResult(nextLinear++));
    else
      ctx.mapKnown(result, known.getResult(nextKnown++));
  }
  return success();
}

LogicalResult CallOp::transpose(TransposeContext &ctx, ArrayRef<bool> linear,
                                ArrayRef<Value> operands,
                                ArrayRef<Value> cotangents,
                                SmallVectorImpl<Value> &outs) {
  FailureOr<TransposeCallee> callee =
      ctx.derive(getCalleeAttr(), linear, nonNull(cotangents));
  if (failed(callee))
    return failure();
  SmallVector<Value> arguments;
  appendNonNull(arguments, operands);
  appendNonNull(arguments, cotangents);
  auto call = CallOp::create(
      ctx.builder, getLoc(),
      typesWhere(getOperandTypes(), callee->activeArguments, true),
      callee->symbol, arguments);
  unsigned next = 0;
  for (bool active : callee->activeArguments)
    outs.push_back(active ? call.getResult(next++) : Value());
  return success();
}

LogicalResult CallOp::batch(BatchContext &ctx, ValueRange operands,
                            ArrayRef<bool> batched, BatchResult &outs) {
  FailureOr<BatchCallee> callee = ctx.derive(getCalleeAttr(), batched);
  if (failed(callee))
    return failure();
  SmallVector<Type> types;
  for (auto [type, isBatched] :
       llvm::zip_equal(getResultTypes(), callee->batchedResults))
    types.push_back(isBatched ? Type(withLeading(type, ctx.size)) : type);
  auto call =
      CallOp::create(ctx.builder, getLoc(), types, callee->symbol, operands);
  llvm::append_range(outs.values, call.getResults());
  llvm::append_range(outs.batched, callee->batchedResults);
  return success();
}
