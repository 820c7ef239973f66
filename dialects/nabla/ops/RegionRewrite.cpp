//===- RegionRewrite.cpp - What region canonicalizations share ------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/ops/RegionRewrite.h"

#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;

namespace nabla {

SmallVector<Value> usedValues(Operation &op) {
  SmallVector<Value> used(op.getOperands());
  if (op.getNumRegions() > 0 && !op.hasTrait<OpTrait::IsIsolatedFromAbove>()) {
    llvm::SetVector<Value> captured;
    getUsedValuesDefinedAbove(op.getRegions(), captured);
    llvm::append_range(used, captured);
  }
  return used;
}

void keepYielded(PatternRewriter &rewriter, Block &block, ArrayRef<bool> keep) {
  Operation *yield = block.getTerminator();
  SmallVector<Value> values;
  for (auto [value, isKept] : llvm::zip_equal(yield->getOperands(), keep))
    if (isKept)
      values.push_back(value);
  rewriter.modifyOpInPlace(yield, [&] { yield->setOperands(values); });
}

void replaceKept(PatternRewriter &rewriter, Operation *op, Operation *fresh,
                 ArrayRef<bool> keep) {
  unsigned next = 0;
  for (auto [result, isKept] : llvm::zip_equal(op->getResults(), keep))
    if (isKept)
      rewriter.replaceAllUsesWith(result, fresh->getResult(next++));
  rewriter.eraseOp(op);
}

/// Replaces argument `number` of each block, if its operand is a constant or
/// one that came before. Returns whether the argument is free to go.
static bool replaceArgument(PatternRewriter &rewriter, ValueRange operands,
                            unsigned index, ArrayRef<Block *> blocks,
                            unsigned first) {
  Value operand = operands[index];
  unsigned number = first + index;
  auto isUnused = [&](Block *block) {
    return block->getArgument(number).use_empty();
  };
  if (llvm::all_of(blocks, isUnused))
    return true;
  if (matchPattern(operand, m_Constant())) {
    for (Block *block : blocks) {
      OpBuilder::InsertionGuard guard(rewriter);
      rewriter.setInsertionPointToStart(block);
      Value copy = rewriter.clone(*operand.getDefiningOp())->getResult(0);
      rewriter.replaceAllUsesWith(block->getArgument(number), copy);
    }
    return true;
  }
  auto earlier = llvm::find(operands.take_front(index), operand);
  if (earlier == operands.begin() + index)
    return false;
  unsigned same = first + std::distance(operands.begin(), earlier);
  for (Block *block : blocks)
    rewriter.replaceAllUsesWith(block->getArgument(number),
                                block->getArgument(same));
  return true;
}

SmallVector<bool> dropArguments(PatternRewriter &rewriter, ValueRange operands,
                                ArrayRef<Block *> blocks, unsigned first) {
  SmallVector<bool> keep;
  for (unsigned i = 0; i < operands.size(); ++i)
    keep.push_back(!replaceArgument(rewriter, operands, i, blocks, first));
  for (unsigned i = operands.size(); i-- > 0;)
    if (!keep[i])
      for (Block *block : blocks)
        block->eraseArgument(first + i);
  return keep;
}

} // namespace nabla
