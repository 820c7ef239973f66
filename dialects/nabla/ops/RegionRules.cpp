//===- RegionRules.cpp - What the rules of region ops share ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/ops/RegionRules.h"

using namespace mlir;

namespace nabla {

Block &openBlock(OpBuilder &b, Region &region, TypeRange types, Location loc) {
  Block &block = region.emplaceBlock();
  block.addArguments(types, SmallVector<Location>(types.size(), loc));
  b.setInsertionPointToEnd(&block);
  return block;
}

void closeBlock(OpBuilder &b, Block &block, Location loc, ValueRange yielded) {
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToEnd(&block);
  YieldOp::create(b, loc, yielded);
}

void closeBatchedBlock(BatchContext &ctx, Block &block, Location loc,
                       const BatchResult &results, ArrayRef<bool> batched) {
  OpBuilder::InsertionGuard guard(ctx.builder);
  ctx.builder.setInsertionPointToEnd(&block);
  SmallVector<Value> yielded;
  for (auto [value, isBatched, wanted] :
       llvm::zip_equal(results.values, results.batched, batched))
    yielded.push_back(wanted && !isBatched
                          ? emitBatch(ctx.builder, loc, value, ctx.size)
                          : value);
  YieldOp::create(ctx.builder, loc, yielded);
}

SmallVector<Value> spread(ArrayRef<Value> pattern, ValueRange values) {
  SmallVector<Value> all;
  unsigned next = 0;
  for (Value slot : pattern)
    all.push_back(slot ? values[next++] : Value());
  return all;
}

void appendWhere(OpBuilder &b, Block &block, ArrayRef<bool> wanted,
                 ArrayRef<Value> values, TypeRange types,
                 SmallVectorImpl<Value> &to) {
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToEnd(&block);
  for (auto [flag, value, type] : llvm::zip_equal(wanted, values, types))
    if (flag)
      to.push_back(orZeros(b, b.getUnknownLoc(), value, type));
}

} // namespace nabla
