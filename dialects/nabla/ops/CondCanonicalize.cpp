//===- CondCanonicalize.cpp - Simplification of cond ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/NablaOps.h"
#include "dialects/nabla/ops/RegionRewrite.h"

#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace nabla;

namespace {

/// A known predicate chooses the branch at compile time.
struct ChooseBranch final : OpRewritePattern<CondOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(CondOp op,
                                PatternRewriter &rewriter) const override {
    DenseElementsAttr predicate;
    if (!matchPattern(op.getPredicate(), m_Constant(&predicate)))
      return failure();
    Region &taken = predicate.getValues<bool>()[0] ? op.getThenRegion()
                                                   : op.getElseRegion();
    Operation *yield = taken.front().getTerminator();
    SmallVector<Value> results(yield->getOperands());
    IRMapping map;
    map.map(taken.front().getArguments(), op.getInputs());
    for (Operation &inner : taken.front().without_terminator())
      rewriter.clone(inner, map);
    for (Value &result : results)
      result = map.lookup(result);
    rewriter.replaceOp(op, results);
    return success();
  }
};

/// Drops results that nothing uses.
struct DropUnusedResults final : OpRewritePattern<CondOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(CondOp op,
                                PatternRewriter &rewriter) const override {
    SmallVector<bool> keep;
    SmallVector<Type> types;
    for (Value result : op.getResults()) {
      keep.push_back(!result.use_empty());
      if (keep.back())
        types.push_back(result.getType());
    }
    if (!llvm::is_contained(keep, false) || types.empty())
      return failure();
    for (Region *region : op.getRegions())
      keepYielded(rewriter, region->front(), keep);
    auto fresh = CondOp::create(rewriter, op.getLoc(), types, op.getPredicate(),
                                op.getInputs());
    for (auto [to, from] :
         llvm::zip_equal(fresh->getRegions(), op->getRegions()))
      to.takeBody(from);
    replaceKept(rewriter, op, fresh, keep);
    return success();
  }
};

/// Drops inputs that no branch uses, that are constants or that are given
/// twice.
struct DropInputs final : OpRewritePattern<CondOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(CondOp op,
                                PatternRewriter &rewriter) const override {
    std::array<Block *, 2> blocks{&op.getThenRegion().front(),
                                  &op.getElseRegion().front()};
    SmallVector<bool> keep = dropArguments(rewriter, op.getInputs(), blocks);
    if (!llvm::is_contained(keep, false))
      return failure();
    SmallVector<Value> inputs;
    for (auto [input, isKept] : llvm::zip_equal(op.getInputs(), keep))
      if (isKept)
        inputs.push_back(input);
    rewriter.modifyOpInPlace(op, [&] { op.getInputsMutable().assign(inputs); });
    return success();
  }
};

/// Replaces results that both branches take from the same input.
struct ForwardInputs final : OpRewritePattern<CondOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(CondOp op,
                                PatternRewriter &rewriter) const override {
    auto yielded = [](Region &region) {
      return region.front().getTerminator()->getOperands();
    };
    bool changed = false;
    for (auto [result, onThen, onElse] :
         llvm::zip_equal(op.getResults(), yielded(op.getThenRegion()),
                         yielded(op.getElseRegion()))) {
      auto first = dyn_cast<BlockArgument>(onThen);
      auto second = dyn_cast<BlockArgument>(onElse);
      if (!first || !second || result.use_empty() ||
          first.getArgNumber() != second.getArgNumber())
        continue;
      rewriter.replaceAllUsesWith(result, op.getInputs()[first.getArgNumber()]);
      changed = true;
    }
    return success(changed);
  }
};

} // namespace

void CondOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                         MLIRContext *context) {
  patterns.add<ChooseBranch, DropUnusedResults, DropInputs, ForwardInputs>(
      context);
}
