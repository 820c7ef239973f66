//===- ScanCanonicalize.cpp - Simplification of scan ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/NablaOps.h"
#include "dialects/nabla/ops/RegionRewrite.h"

#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace nabla;

/// Marks the values of `body` that `value` is computed from.
static void markNeeded(Value value, DenseSet<Value> &needed) {
  SmallVector<Value> pending{value};
  while (!pending.empty()) {
    Value next = pending.pop_back_val();
    if (!needed.insert(next).second)
      continue;
    if (Operation *op = next.getDefiningOp())
      llvm::append_range(pending, usedValues(*op));
  }
}

/// Which results are used, or carry what a used one is computed from.
static SmallVector<bool> liveResults(ScanOp op) {
  Block &body = op.getBody().front();
  Operation *yield = body.getTerminator();
  unsigned firstCarry = op.getConsts().size();
  SmallVector<bool> live;
  for (Value result : op.getResults())
    live.push_back(!result.use_empty());
  DenseSet<Value> needed;
  for (Operation &inner : body.without_terminator())
    if (!isMemoryEffectFree(&inner))
      for (Value used : usedValues(inner))
        markNeeded(used, needed);
  for (bool changed = true; changed;) {
    changed = false;
    for (auto [value, isLive] : llvm::zip_equal(yield->getOperands(), live))
      if (isLive)
        markNeeded(value, needed);
    for (unsigned i = 0; i < op.getCarries().size(); ++i)
      if (!live[i] && needed.contains(body.getArgument(firstCarry + i)))
        changed = live[i] = true;
  }
  return live;
}

namespace {

/// Drops carries and stacked results that no used result depends on.
struct DropUnusedResults final : OpRewritePattern<ScanOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ScanOp op,
                                PatternRewriter &rewriter) const override {
    SmallVector<bool> live = liveResults(op);
    if (!llvm::is_contained(live, false) || !llvm::is_contained(live, true))
      return failure();
    Block &body = op.getBody().front();
    keepYielded(rewriter, body, live);
    SmallVector<Value> carries;
    unsigned firstCarry = op.getConsts().size();
    for (unsigned i = op.getCarries().size(); i-- > 0;) {
      BlockArgument argument = body.getArgument(firstCarry + i);
      if (live[i])
        carries.insert(carries.begin(), op.getCarries()[i]);
      else
        eraseWithUsers(rewriter, argument);
    }
    SmallVector<Type> types;
    for (auto [type, isLive] : llvm::zip_equal(op.getResultTypes(), live))
      if (isLive)
        types.push_back(type);
    auto fresh =
        ScanOp::create(rewriter, op.getLoc(), types, op.getConsts(), carries,
                       op.getXs(), op.getLength(), op.getReverse());
    fresh.getBody().takeBody(op.getBody());
    replaceKept(rewriter, op, fresh, live);
    return success();
  }

  /// Erases an argument and the ops that use it: nothing live does.
  static void eraseWithUsers(PatternRewriter &rewriter,
                             BlockArgument argument) {
    SmallVector<Operation *> ops;
    for (Operation &op : argument.getOwner()->without_terminator())
      ops.push_back(&op);
    for (Operation *op : llvm::reverse(ops))
      if (op->use_empty() && isMemoryEffectFree(op))
        rewriter.eraseOp(op);
    argument.getOwner()->eraseArgument(argument.getArgNumber());
  }
};

/// Turns a carry that the body passes on unchanged into a constant.
struct CarryToConst final : OpRewritePattern<ScanOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ScanOp op,
                                PatternRewriter &rewriter) const override {
    Block &body = op.getBody().front();
    unsigned numConsts = op.getConsts().size();
    auto yielded = body.getTerminator()->getOperands();
    unsigned i = 0, numCarries = op.getCarries().size();
    while (i < numCarries && yielded[i] != body.getArgument(numConsts + i))
      ++i;
    if (i == numCarries || op.getNumResults() == 1)
      return failure();
    SmallVector<bool> keep(op.getNumResults(), true);
    keep[i] = false;
    SmallVector<Value> consts(op.getConsts()), carries(op.getCarries());
    consts.push_back(carries[i]);
    carries.erase(carries.begin() + i);
    SmallVector<Type> types(op.getResultTypes());
    types.erase(types.begin() + i);
    rewriter.replaceAllUsesWith(op.getResult(i), op.getCarries()[i]);
    keepYielded(rewriter, body, keep);
    BlockArgument fresh =
        body.insertArgument(numConsts, consts.back().getType(), op.getLoc());
    rewriter.replaceAllUsesWith(body.getArgument(numConsts + 1 + i), fresh);
    body.eraseArgument(numConsts + 1 + i);
    auto scan = ScanOp::create(rewriter, op.getLoc(), types, consts, carries,
                               op.getXs(), op.getLength(), op.getReverse());
    scan.getBody().takeBody(op.getBody());
    replaceKept(rewriter, op, scan, keep);
    return success();
  }
};

/// Drops constants and slices that the body does not use, or has twice.
struct DropInputs final : OpRewritePattern<ScanOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ScanOp op,
                                PatternRewriter &rewriter) const override {
    Block *body = &op.getBody().front();
    unsigned firstX = op.getConsts().size() + op.getCarries().size();
    SmallVector<bool> keepXs = dropSlices(rewriter, op.getXs(), body, firstX);
    SmallVector<bool> keepConsts =
        dropArguments(rewriter, op.getConsts(), body);
    if (!llvm::is_contained(keepXs, false) &&
        !llvm::is_contained(keepConsts, false))
      return failure();
    auto kept = [](ValueRange values, ArrayRef<bool> keep) {
      SmallVector<Value> some;
      for (auto [value, isKept] : llvm::zip_equal(values, keep))
        if (isKept)
          some.push_back(value);
      return some;
    };
    SmallVector<Value> xs = kept(op.getXs(), keepXs);
    SmallVector<Value> consts = kept(op.getConsts(), keepConsts);
    rewriter.modifyOpInPlace(op, [&] {
      op.getXsMutable().assign(xs);
      op.getConstsMutable().assign(consts);
    });
    return success();
  }

  /// Every slice of a splat is the same.
  static void replaceBySplat(PatternRewriter &rewriter, Value x,
                             BlockArgument slice) {
    SplatElementsAttr splat;
    if (!matchPattern(x, m_Constant(&splat)))
      return;
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPointToStart(slice.getOwner());
    auto type = cast<ShapedType>(slice.getType());
    Value constant = ConstantOp::create(rewriter, slice.getLoc(), type,
                                        splat.resizeSplat(type));
    rewriter.replaceAllUsesWith(slice, constant);
  }

  /// Like dropArguments, but a constant that is scanned stays where it is.
  static SmallVector<bool> dropSlices(PatternRewriter &rewriter, ValueRange xs,
                                      Block *body, unsigned first) {
    SmallVector<bool> keep(xs.size(), true);
    for (unsigned i = xs.size(); i-- > 0;) {
      BlockArgument argument = body->getArgument(first + i);
      auto earlier = llvm::find(xs.take_front(i), xs[i]);
      if (earlier != xs.begin() + i)
        rewriter.replaceAllUsesWith(
            argument,
            body->getArgument(first + std::distance(xs.begin(), earlier)));
      replaceBySplat(rewriter, xs[i], argument);
      if (!argument.use_empty())
        continue;
      keep[i] = false;
      body->eraseArgument(first + i);
    }
    return keep;
  }
};

} // namespace

void ScanOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                         MLIRContext *context) {
  patterns.add<DropUnusedResults, CarryToConst, DropInputs>(context);
}
