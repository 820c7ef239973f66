//===- SpreadCanonicalize.cpp - Elementwise ops before broadcasts ---------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is computed of equal elements is computed once: an elementwise op whose
// operands are all broadcast alike is broadcast instead. It also goes before
// reshapes that only add or drop extents of 1, as means and deviations of rows
// have them, so that the reshapes meet and cancel.
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/Emit.h"

#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace nabla;

namespace {

SmallVector<int64_t> withoutOnes(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> rest;
  llvm::copy_if(shape, std::back_inserter(rest),
                [](int64_t extent) { return extent != 1; });
  return rest;
}

bool isWorthMoving(BroadcastOp op, Operation *) {
  return tensorTypeOf(op.getX()).getNumElements() <
         op.getType().getNumElements();
}

/// A reshape that comes last, where a function or a body ends, would copy.
bool isWorthMoving(ReshapeOp op, Operation *user) {
  return withoutOnes(shapeOf(op.getX())) == withoutOnes(shapeOf(op)) &&
         llvm::none_of(user->getUsers(), [](Operation *next) {
           return next->hasTrait<OpTrait::IsTerminator>();
         });
}

template <typename Spread> struct SpreadLater final : OpRewritePattern<Spread> {
  using OpRewritePattern<Spread>::OpRewritePattern;

  LogicalResult matchAndRewrite(Spread op,
                                PatternRewriter &rewriter) const override {
    for (Operation *user : op->getUsers())
      if (user->hasTrait<ElementwiseFamily>() && isWorthMoving(op, user) &&
          succeeded(move(op, user, rewriter)))
        return success();
    return failure();
  }

private:
  LogicalResult move(Spread op, Operation *user,
                     PatternRewriter &rewriter) const {
    ArrayRef<int64_t> shape = shapeOf(op.getX());
    SmallVector<Value> operands;
    SmallVector<SplatElementsAttr> splats;
    for (Value operand : user->getOperands()) {
      auto other = operand.getDefiningOp<Spread>();
      SplatElementsAttr splat;
      bool alike = other && shapeOf(other.getX()) == shape &&
                   other->getAttrs() == op->getAttrs();
      if (!alike && !matchPattern(operand, m_Constant(&splat)))
        return failure();
      operands.push_back(alike ? other.getX() : Value());
      splats.push_back(splat);
    }
    rewriter.setInsertionPoint(user);
    for (auto [operand, splat] : llvm::zip_equal(operands, splats))
      if (!operand)
        operand = ConstantOp::create(
            rewriter, op.getLoc(),
            splat.resizeSplat(withShape(splat.getType(), shape)));
    Type type = user->getResult(0).getType();
    Operation *early =
        rebuild(rewriter, user, operands, withShape(type, shape));
    rewriter.replaceOpWithNewOp<Spread>(user, TypeRange(type),
                                        early->getResults(), op->getAttrs());
    return success();
  }
};

} // namespace

void BroadcastOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                              MLIRContext *context) {
  patterns.add<SpreadLater<BroadcastOp>>(context);
}

void ReshapeOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                            MLIRContext *context) {
  patterns.add<SpreadLater<ReshapeOp>>(context);
}
