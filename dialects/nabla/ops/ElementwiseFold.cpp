//===- ElementwiseFold.cpp - Folders of elementwise ops -------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// No fold changes a bit of a result: x + 0.0 stays (x may be -0.0), x - 0.0
// goes. (The sign of a zero of `mul_zero` and `div_zero` is not specified.)
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/NablaOps.h"

#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace nabla;

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

static std::optional<APFloat> floatSplat(Attribute attribute) {
  auto splat = dyn_cast_or_null<SplatElementsAttr>(attribute);
  if (!splat || !isa<FloatType>(splat.getElementType()))
    return std::nullopt;
  return splat.getSplatValue<APFloat>();
}

static std::optional<APInt> intSplat(Attribute attribute) {
  auto splat = dyn_cast_or_null<SplatElementsAttr>(attribute);
  if (!splat || !isa<IntegerType>(splat.getElementType()))
    return std::nullopt;
  return splat.getSplatValue<APInt>();
}

/// Whether `attribute` is a splat of exactly this number, sign of zero
/// included.
static bool isSplatOf(Attribute attribute, double number) {
  if (auto value = floatSplat(attribute)) {
    APFloat wanted(number);
    bool inexact;
    wanted.convert(value->getSemantics(), APFloat::rmNearestTiesToEven,
                   &inexact);
    return value->bitwiseIsEqual(wanted);
  }
  auto value = intSplat(attribute);
  return value && value->getBitWidth() > 1 &&
         *value == APInt(value->getBitWidth(), static_cast<int64_t>(number),
                         /*isSigned=*/true);
}

static bool isIntZero(Attribute attribute) {
  auto value = intSplat(attribute);
  return value && value->isZero();
}

/// The splat of what `onFloat` or `onInt` makes of two splats.
template <typename OnFloat, typename OnInt>
static OpFoldResult foldSplats(Type type, Attribute lhs, Attribute rhs,
                               OnFloat onFloat, OnInt onInt) {
  auto tensor = cast<ShapedType>(type);
  auto leftFloat = floatSplat(lhs), rightFloat = floatSplat(rhs);
  if (leftFloat && rightFloat)
    return DenseElementsAttr::get(tensor, onFloat(*leftFloat, *rightFloat));
  auto leftInt = intSplat(lhs), rightInt = intSplat(rhs);
  if (leftInt && rightInt)
    return DenseElementsAttr::get(tensor, onInt(*leftInt, *rightInt));
  return {};
}

/// Whether every element of a constant passes `test`.
static bool allFloats(Attribute attribute,
                      llvm::function_ref<bool(const APFloat &)> test) {
  auto elements = dyn_cast_or_null<DenseElementsAttr>(attribute);
  return elements && isa<FloatType>(elements.getElementType()) &&
         llvm::all_of(elements.getValues<APFloat>(), test);
}

//===----------------------------------------------------------------------===//
// Folders
//===----------------------------------------------------------------------===//

OpFoldResult NegOp::fold(FoldAdaptor adaptor) {
  if (auto inner = getX().getDefiningOp<NegOp>())
    return inner.getX();
  if (auto value = floatSplat(adaptor.getX()))
    return DenseElementsAttr::get(getType(), -*value);
  if (auto value = intSplat(adaptor.getX()))
    return DenseElementsAttr::get(getType(), -*value);
  return {};
}

OpFoldResult AddOp::fold(FoldAdaptor adaptor) {
  if (isSplatOf(adaptor.getY(), -0.0) || isIntZero(adaptor.getY()))
    return getX();
  return foldSplats(
      getType(), adaptor.getX(), adaptor.getY(),
      [](APFloat x, APFloat y) { return x + y; },
      [](APInt x, APInt y) { return x + y; });
}

OpFoldResult SubOp::fold(FoldAdaptor adaptor) {
  if (isSplatOf(adaptor.getY(), 0.0) || isIntZero(adaptor.getY()))
    return getX();
  return foldSplats(
      getType(), adaptor.getX(), adaptor.getY(),
      [](APFloat x, APFloat y) { return x - y; },
      [](APInt x, APInt y) { return x - y; });
}

OpFoldResult MulOp::fold(FoldAdaptor adaptor) {
  if (isSplatOf(adaptor.getY(), 1.0))
    return getX();
  return foldSplats(
      getType(), adaptor.getX(), adaptor.getY(),
      [](APFloat x, APFloat y) { return x * y; },
      [](APInt x, APInt y) { return x * y; });
}

/// What is 0 gives 0 whatever it is multiplied with or divided by.
static OpFoldResult foldZero(Type type, Attribute operand) {
  auto value = floatSplat(operand);
  if (!value || !value->isZero())
    return {};
  return DenseElementsAttr::get(cast<ShapedType>(type),
                                APFloat::getZero(value->getSemantics()));
}

OpFoldResult MulZeroOp::fold(FoldAdaptor adaptor) {
  return foldZero(getType(), adaptor.getD());
}

OpFoldResult DivZeroOp::fold(FoldAdaptor adaptor) {
  return foldZero(getType(), adaptor.getT());
}

OpFoldResult DivOp::fold(FoldAdaptor adaptor) {
  if (isSplatOf(adaptor.getY(), 1.0))
    return getX();
  auto x = floatSplat(adaptor.getX()), y = floatSplat(adaptor.getY());
  if (!x || !y)
    return {};
  APFloat quotient = *x / *y;
  // Which NaN a machine gives is its own affair.
  if (quotient.isNaN())
    return {};
  return DenseElementsAttr::get(cast<ShapedType>(getType()), quotient);
}

OpFoldResult IntegerPowOp::fold(FoldAdaptor adaptor) {
  return getExponent() == 1 ? OpFoldResult(getX()) : OpFoldResult();
}

OpFoldResult SelectOp::fold(FoldAdaptor adaptor) {
  if (getX() == getY())
    return getX();
  if (auto predicate = intSplat(adaptor.getPredicate()))
    return predicate->isZero() ? getY() : getX();
  return {};
}

OpFoldResult ConvertOp::fold(FoldAdaptor adaptor) {
  return getX().getType() == getType() ? OpFoldResult(getX()) : OpFoldResult();
}

//===----------------------------------------------------------------------===//
// Canonicalization
//===----------------------------------------------------------------------===//

namespace {

/// Whether the value is a constant that is finite and nowhere 0.
static bool isRegular(Value value) {
  DenseElementsAttr constant;
  return matchPattern(value, m_Constant(&constant)) &&
         allFloats(constant, [](const APFloat &number) {
           return number.isFiniteNonZero();
         });
}

/// A factor that is neither 0 nor infinite asks for no guard: a zero times it
/// is 0.
struct WeakenMulZero final : OpRewritePattern<MulZeroOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MulZeroOp op,
                                PatternRewriter &rewriter) const override {
    if (!isRegular(op.getT()) && !isRegular(op.getD()))
      return failure();
    rewriter.replaceOpWithNewOp<MulOp>(op, op.getT(), op.getD());
    return success();
  }
};

/// A divisor by which 0 can be divided asks for no guard, nor does a tangent
/// that is nowhere 0.
struct WeakenDivZero final : OpRewritePattern<DivZeroOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(DivZeroOp op,
                                PatternRewriter &rewriter) const override {
    if (!isRegular(op.getT()) && !isRegular(op.getY()))
      return failure();
    rewriter.replaceOpWithNewOp<DivOp>(op, op.getT(), op.getY());
    return success();
  }
};

/// x + (-y) is x - y, and (-x) + y is y - x.
struct AddOfNeg final : OpRewritePattern<AddOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AddOp op,
                                PatternRewriter &rewriter) const override {
    if (auto neg = op.getY().getDefiningOp<NegOp>())
      rewriter.replaceOpWithNewOp<SubOp>(op, op.getX(), neg.getX());
    else if (auto neg = op.getX().getDefiningOp<NegOp>())
      rewriter.replaceOpWithNewOp<SubOp>(op, op.getY(), neg.getX());
    else
      return failure();
    return success();
  }
};

/// x - (-y) is x + y.
struct SubOfNeg final : OpRewritePattern<SubOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(SubOp op,
                                PatternRewriter &rewriter) const override {
    auto neg = op.getY().getDefiningOp<NegOp>();
    if (!neg)
      return failure();
    rewriter.replaceOpWithNewOp<AddOp>(op, op.getX(), neg.getX());
    return success();
  }
};

/// The sign of a product leaves it, to meet another sign or a sum. One that is
/// used elsewhere too stays: it would be there twice, and signs that take all
/// ways through a program take longer than any user waits.
struct MulOfNeg final : OpRewritePattern<MulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MulOp op,
                                PatternRewriter &rewriter) const override {
    auto left = op.getX().getDefiningOp<NegOp>();
    auto right = op.getY().getDefiningOp<NegOp>();
    bool meet = left && right;
    auto isMovable = [](NegOp neg) { return neg && neg->hasOneUse(); };
    if (!meet && !isMovable(left) && !isMovable(right))
      return failure();
    Value product =
        MulOp::create(rewriter, op.getLoc(), left ? left.getX() : op.getX(),
                      right ? right.getX() : op.getY());
    if (meet)
      rewriter.replaceOp(op, product);
    else
      rewriter.replaceOpWithNewOp<NegOp>(op, product);
    return success();
  }
};

/// x to the power of 0 is 1, also where x is 0 or NaN.
struct PowerOfZero final : OpRewritePattern<IntegerPowOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(IntegerPowOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getExponent() != 0)
      return failure();
    auto type = cast<RankedTensorType>(op.getType());
    TypedAttr one = rewriter.getOneAttr(type.getElementType());
    rewriter.replaceOpWithNewOp<ConstantOp>(op, type,
                                            DenseElementsAttr::get(type, one));
    return success();
  }
};

} // namespace

void AddOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                        MLIRContext *context) {
  patterns.add<AddOfNeg>(context);
}

void SubOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                        MLIRContext *context) {
  patterns.add<SubOfNeg>(context);
}

void MulOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                        MLIRContext *context) {
  patterns.add<MulOfNeg>(context);
}

void MulZeroOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                            MLIRContext *context) {
  patterns.add<WeakenMulZero>(context);
}

void DivZeroOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                            MLIRContext *context) {
  patterns.add<WeakenDivZero>(context);
}

void IntegerPowOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                               MLIRContext *context) {
  patterns.add<PowerOfZero>(context);
}
