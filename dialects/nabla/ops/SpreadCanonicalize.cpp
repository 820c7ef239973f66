//===- SpreadCanonicalize.cpp - Operations before broadcasts --------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is computed of equal elements is computed once: an elementwise op whose
// operands are all broadcast alike is broadcast instead. It also goes before
// reshapes that only add or drop extents of 1, as means and deviations of rows
// have them, so that the reshapes meet and cancel. A contraction is broadcast
// along the free dimensions along which an operand does not vary.
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/Emit.h"

#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/SmallVectorExtras.h"

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

/// One operand of a contraction.
struct Side {
  Value value;
  SmallVector<int64_t> batch, contract;

  bool isFree(int64_t dim) const {
    return !llvm::is_contained(batch, dim) &&
           !llvm::is_contained(contract, dim);
  }
  /// The free dimensions along which all elements are equal, if there are
  /// several.
  SmallVector<int64_t> spreadDims() const;
  /// Drops these dimensions.
  void drop(ArrayRef<int64_t> dims, PatternRewriter &rewriter);
};

SmallVector<int64_t> Side::spreadDims() const {
  auto broadcast = value.getDefiningOp<BroadcastOp>();
  SplatElementsAttr splat;
  if (!broadcast && !matchPattern(value, m_Constant(&splat)))
    return {};
  SmallVector<int64_t> dims;
  int64_t copies = 1;
  for (auto [dim, extent] : llvm::enumerate(shapeOf(value))) {
    bool varies = broadcast && llvm::is_contained(broadcast.getDims(), dim);
    if (varies || !isFree(dim))
      continue;
    dims.push_back(dim);
    copies *= extent;
  }
  return copies > 1 ? dims : SmallVector<int64_t>();
}

void Side::drop(ArrayRef<int64_t> dims, PatternRewriter &rewriter) {
  SmallVector<int64_t> rest = otherDims(shapeOf(value).size(), dims);
  auto renamed = [&](ArrayRef<int64_t> old) {
    return llvm::map_to_vector(old, [&](int64_t dim) -> int64_t {
      return llvm::find(rest, dim) - rest.begin();
    });
  };
  batch = renamed(batch);
  contract = renamed(contract);
  auto shape = llvm::map_to_vector(
      rest, [&](int64_t dim) { return shapeOf(value)[dim]; });
  RankedTensorType type = withShape(value.getType(), shape);
  SplatElementsAttr splat;
  if (matchPattern(value, m_Constant(&splat))) {
    value =
        ConstantOp::create(rewriter, value.getLoc(), splat.resizeSplat(type));
    return;
  }
  auto broadcast = value.getDefiningOp<BroadcastOp>();
  value = rewriter.createOrFold<BroadcastOp>(
      value.getLoc(), type, broadcast.getX(), renamed(broadcast.getDims()));
}

struct DotOfSpread final : OpRewritePattern<DotGeneralOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(DotGeneralOp op,
                                PatternRewriter &rewriter) const override {
    Side sides[] = {{op.getX(), SmallVector<int64_t>(op.getXBatch()),
                     SmallVector<int64_t>(op.getXContract())},
                    {op.getY(), SmallVector<int64_t>(op.getYBatch()),
                     SmallVector<int64_t>(op.getYContract())}};
    // The dimensions of the result that stay.
    SmallVector<int64_t> kept = iotaDims(op.getXBatch().size());
    int64_t next = kept.size();
    for (Side &side : sides) {
      SmallVector<int64_t> dropped = side.spreadDims();
      for (int64_t dim : iotaDims(shapeOf(side.value).size()))
        if (side.isFree(dim)) {
          if (!llvm::is_contained(dropped, dim))
            kept.push_back(next);
          ++next;
        }
      if (!dropped.empty())
        side.drop(dropped, rewriter);
    }
    auto &[x, y] = sides;
    if (kept.size() == shapeOf(op).size())
      return failure();
    Value once = DotGeneralOp::create(rewriter, op.getLoc(), x.value, y.value,
                                      x.batch, y.batch, x.contract, y.contract);
    rewriter.replaceOpWithNewOp<BroadcastOp>(op, op.getType(), once, kept);
    return success();
  }
};

} // namespace

void BroadcastOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                              MLIRContext *context) {
  patterns.add<SpreadLater<BroadcastOp>, DotOfSpread>(context);
}

void ReshapeOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                            MLIRContext *context) {
  patterns.add<SpreadLater<ReshapeOp>>(context);
}
