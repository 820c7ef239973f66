//===- CreationRules.cpp - Rules of ops without operands ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/Emit.h"

using namespace mlir;
using namespace nabla;

static LogicalResult batchOfConstant(Operation *op, BatchContext &ctx,
                                     BatchResult &outs) {
  outs.values.push_back(ctx.builder.clone(*op)->getResult(0));
  outs.batched.push_back(false);
  return success();
}

LogicalResult ConstantOp::jvp(JvpContext &ctx, ValueRange primals,
                              ArrayRef<Value>, JvpResult &outs) {
  return jvpOfConstant(*this, ctx, primals, outs);
}

LogicalResult ConstantOp::batch(BatchContext &ctx, ValueRange, ArrayRef<bool>,
                                BatchResult &outs) {
  return batchOfConstant(*this, ctx, outs);
}

LogicalResult IotaOp::jvp(JvpContext &ctx, ValueRange primals, ArrayRef<Value>,
                          JvpResult &outs) {
  return jvpOfConstant(*this, ctx, primals, outs);
}

LogicalResult IotaOp::batch(BatchContext &ctx, ValueRange, ArrayRef<bool>,
                            BatchResult &outs) {
  return batchOfConstant(*this, ctx, outs);
}

LogicalResult BasisOp::jvp(JvpContext &ctx, ValueRange primals, ArrayRef<Value>,
                           JvpResult &outs) {
  return jvpOfConstant(*this, ctx, primals, outs);
}

LogicalResult BasisOp::batch(BatchContext &ctx, ValueRange, ArrayRef<bool>,
                             BatchResult &outs) {
  return batchOfConstant(*this, ctx, outs);
}
