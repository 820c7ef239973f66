//===- ElementwiseRules.cpp - Rules that are not in the records -----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Most elementwise ops state their rules in Elementwise.td; those below act on
// operands of several types.
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/Emit.h"

using namespace mlir;
using namespace nabla;

LogicalResult SelectOp::jvp(JvpContext &ctx, ValueRange primals,
                            ArrayRef<Value> tangents, JvpResult &outs) {
  return jvpOfLinear(*this, ctx, primals, tangents, {1, 2}, outs);
}

LogicalResult SelectOp::transpose(TransposeContext &ctx, ArrayRef<bool> linear,
                                  ArrayRef<Value> operands,
                                  ArrayRef<Value> cotangents,
                                  SmallVectorImpl<Value> &outs) {
  Value ct = cotangents[0];
  outs.assign(3, nullptr);
  Value zeros = emitZeros(ctx.builder, getLoc(), ct.getType());
  if (linear[1])
    outs[1] = SelectOp::create(ctx.builder, getLoc(), operands[0], ct, zeros);
  if (linear[2])
    outs[2] = SelectOp::create(ctx.builder, getLoc(), operands[0], zeros, ct);
  return success();
}

LogicalResult ConvertOp::jvp(JvpContext &ctx, ValueRange primals,
                             ArrayRef<Value> tangents, JvpResult &outs) {
  return jvpOfLinear(*this, ctx, primals, tangents, {0}, outs);
}

LogicalResult ConvertOp::transpose(TransposeContext &ctx, ArrayRef<bool>,
                                   ArrayRef<Value>, ArrayRef<Value> cotangents,
                                   SmallVectorImpl<Value> &outs) {
  Value ct = cotangents[0];
  outs.push_back(
      ct ? ConvertOp::create(ctx.builder, getLoc(), getX().getType(), ct)
         : Value());
  return success();
}
