//===- RandomRules.cpp - Rules of random bits -----------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/Emit.h"

using namespace mlir;
using namespace nabla;

LogicalResult RandomBitsOp::jvp(JvpContext &ctx, ValueRange primals,
                                ArrayRef<Value>, JvpResult &outs) {
  return jvpOfConstant(*this, ctx, primals, outs);
}

LogicalResult RandomBitsOp::batch(BatchContext &ctx, ValueRange operands,
                                  ArrayRef<bool>, BatchResult &outs) {
  outs.values.push_back(RandomBitsOp::create(
      ctx.builder, getLoc(), withLeading(getType(), ctx.size), operands[0]));
  outs.batched.push_back(true);
  return success();
}
