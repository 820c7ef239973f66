//===- BasisCanonicalize.cpp - Contractions with a standard basis ---------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A Jacobian is a linear map applied to a basis. Where the map contracts the
// basis, or the basis with its vectors scaled, with a tensor, each element of
// the result is one product: the others have a zero of the basis for a factor.
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/Emit.h"

#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace nabla;

namespace {

/// A step of what scales the vectors of a basis.
struct Step {
  Operation *op; // mul_zero, mul or neg
  Value factor;  // none for neg
  /// The dimensions of `factor` in the scaled basis.
  SmallVector<int64_t> dims;
};

/// A tensor that is 0 where its dimensions p and q differ. Elsewhere it is what
/// the steps make of 1.
struct Diagonal {
  int64_t p, q;
  SmallVector<Step> steps;

  static std::optional<Diagonal> of(Value value);

private:
  bool scale(Operation *op, Value factor);
};

bool Diagonal::scale(Operation *op, Value factor) {
  Step step{op, factor, {}};
  SplatElementsAttr splat;
  if (auto broadcast = factor.getDefiningOp<BroadcastOp>()) {
    step.factor = broadcast.getX();
    step.dims.assign(broadcast.getDims().begin(), broadcast.getDims().end());
  } else if (!matchPattern(factor, m_Constant(&splat))) {
    return false;
  }
  // The diagonal of a factor that varies along both would have to be taken.
  if (llvm::is_contained(step.dims, p) && llvm::is_contained(step.dims, q))
    return false;
  steps.push_back(step);
  return true;
}

std::optional<Diagonal> Diagonal::of(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return std::nullopt;
  if (isa<BasisOp>(op) && shapeOf(value).size() == 2)
    return Diagonal{0, 1, {}};
  if (auto neg = dyn_cast<NegOp>(op)) {
    auto found = of(neg.getX());
    if (found)
      found->steps.push_back({op, nullptr, {}});
    return found;
  }
  if (auto broadcast = dyn_cast<BroadcastOp>(op)) {
    auto found = of(broadcast.getX());
    if (!found)
      return found;
    ArrayRef<int64_t> dims = broadcast.getDims();
    found->p = dims[found->p];
    found->q = dims[found->q];
    for (Step &step : found->steps)
      for (int64_t &dim : step.dims)
        dim = dims[dim];
    return found;
  }
  // A plain product with an infinity is not 0 where the basis is.
  bool isProduct = isa<MulZeroOp>(op);
  SplatElementsAttr splat;
  if (isa<MulOp>(op) && matchPattern(op->getOperand(1), m_Constant(&splat)))
    isProduct = splat.getSplatValue<APFloat>().isFinite();
  if (!isProduct)
    return std::nullopt;
  for (int i : {0, 1})
    if (auto found = of(op->getOperand(i)))
      if (found->scale(op, op->getOperand(1 - i)))
        return found;
  return std::nullopt;
}

/// One operand of a contraction.
struct Side {
  Value value;
  ArrayRef<int64_t> batch, contract;
};

struct DotOfBasis final : OpRewritePattern<DotGeneralOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(DotGeneralOp op,
                                PatternRewriter &rewriter) const override {
    Side x{op.getX(), op.getXBatch(), op.getXContract()};
    Side y{op.getY(), op.getYBatch(), op.getYContract()};
    Value product = contract(op, x, y, /*basisFirst=*/true, rewriter);
    if (!product)
      product = contract(op, y, x, /*basisFirst=*/false, rewriter);
    if (!product)
      return failure();
    rewriter.replaceOp(op, product);
    return success();
  }

private:
  /// The contraction of `basis` with `other`; null if that is no scaled basis.
  static Value contract(DotGeneralOp op, const Side &basis, const Side &other,
                        bool basisFirst, PatternRewriter &rewriter);
  /// What the steps make of 1, their factors broadcast to this type.
  static Value scaleOf(ArrayRef<Step> steps, Location loc, Type type,
                       PatternRewriter &rewriter);
};

Value DotOfBasis::contract(DotGeneralOp op, const Side &basis,
                           const Side &other, bool basisFirst,
                           PatternRewriter &rewriter) {
  if (basis.contract.size() != 1 ||
      shapeOf(basis.value).size() != basis.batch.size() + 2)
    return nullptr;
  std::optional<Diagonal> diagonal = Diagonal::of(basis.value);
  if (!diagonal)
    return nullptr;
  int64_t contracted = basis.contract.front();
  int64_t free = diagonal->p == contracted ? diagonal->q : diagonal->p;
  if ((contracted != diagonal->p && contracted != diagonal->q) ||
      llvm::is_contained(basis.batch, free))
    return nullptr;

  // The contracted dimension of the other goes where the free one of the basis
  // is in the result.
  SmallVector<int64_t> bound(other.batch), order(other.batch);
  llvm::append_range(bound, other.contract);
  SmallVector<int64_t> rest = otherDims(shapeOf(other.value).size(), bound);
  int64_t place = basisFirst ? order.size() : order.size() + rest.size();
  llvm::append_range(order, rest);
  order.insert(order.begin() + place, other.contract.front());

  // Where in the result each dimension of the basis is.
  SmallVector<int64_t> places(shapeOf(basis.value).size(), place);
  for (auto [position, dim] : llvm::enumerate(basis.batch))
    places[dim] = position;
  for (Step &step : diagonal->steps) {
    for (int64_t &dim : step.dims)
      dim = places[dim];
    if (!llvm::is_sorted(step.dims))
      return nullptr;
  }
  Value moved = rewriter.createOrFold<nabla::TransposeOp>(op.getLoc(),
                                                          other.value, order);
  if (diagonal->steps.empty())
    return moved;
  Value scale = scaleOf(diagonal->steps, op.getLoc(), op.getType(), rewriter);
  return MulOp::create(rewriter, op.getLoc(), scale, moved);
}

Value DotOfBasis::scaleOf(ArrayRef<Step> steps, Location loc, Type type,
                          PatternRewriter &rewriter) {
  Value scale;
  for (const Step &step : steps) {
    if (isa<NegOp>(step.op)) {
      scale = scale ? NegOp::create(rewriter, loc, scale)
                    : emitSplat(rewriter, loc, type, -1.0);
      continue;
    }
    SplatElementsAttr splat;
    Value factor;
    if (matchPattern(step.factor, m_Constant(&splat))) {
      factor = ConstantOp::create(rewriter, loc,
                                  splat.resizeSplat(cast<ShapedType>(type)));
    } else {
      factor = BroadcastOp::create(rewriter, loc, type, step.factor, step.dims);
    }
    if (!scale)
      scale = factor;
    else if (isa<MulOp>(step.op))
      scale = MulOp::create(rewriter, loc, scale, factor);
    else
      scale = MulZeroOp::create(rewriter, loc, scale, factor);
  }
  return scale;
}

} // namespace

void BasisOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                          MLIRContext *context) {
  patterns.add<DotOfBasis>(context);
}
