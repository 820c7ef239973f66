//===- reduction.cpp - Lowering of reductions and running sums ------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/lowering.h"
#include "compiler/conversion/scalars.h"

#include "dialects/nabla/NablaOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

#include <limits>

using namespace mlir;

namespace nabla {
namespace {

/// The identity map of `rank` loops without the dimensions `dims`.
static AffineMap dropDims(OpBuilder &builder, int64_t rank,
                          ArrayRef<int64_t> dims) {
  SmallVector<AffineExpr> kept;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (!llvm::is_contained(dims, dim))
      kept.push_back(builder.getAffineDimExpr(dim));
  return AffineMap::get(rank, 0, kept, builder.getContext());
}

/// The lowest or highest value of `element`, in storage.
static TypedAttr extremeValue(Type element, bool highest) {
  Type type = storageType(element);
  if (isa<FloatType>(type)) {
    double infinity = std::numeric_limits<double>::infinity();
    return FloatAttr::get(type, highest ? infinity : -infinity);
  }
  if (element.isInteger(1))
    return IntegerAttr::get(type, highest ? 1 : 0);
  unsigned width = type.getIntOrFloatBitWidth();
  bool isSigned = numberKind(element) == NumberKind::Signed;
  APInt value = highest ? (isSigned ? APInt::getSignedMaxValue(width)
                                    : APInt::getMaxValue(width))
                        : (isSigned ? APInt::getSignedMinValue(width)
                                    : APInt::getMinValue(width));
  return IntegerAttr::get(type, value);
}

/// What the reduction `op` of elements of type `element` makes of nothing.
static TypedAttr neutralValue(Operation *op, Type element) {
  Type type = computeType(storageType(element));
  if (isa<ReduceMaxOp, ReduceMinOp>(op)) {
    Type wide = isa<FloatType>(type) ? type : element;
    return extremeValue(wide, isa<ReduceMinOp>(op));
  }
  int64_t value = 0;
  if (isa<ReduceProdOp>(op))
    value = 1;
  if (isa<ReduceAndOp>(op))
    value = element.isInteger(1) ? 1 : -1;
  if (isa<FloatType>(type))
    return FloatAttr::get(type, static_cast<double>(value));
  return IntegerAttr::get(type, value);
}

/// Two elements in the compute type; bools as the bytes 0 and 1.
static Value combine(ImplicitLocOpBuilder &b, Operation *op, Type element,
                     Value x, Value y) {
  NumberKind kind = numberKind(element);
  bool isFloat = kind == NumberKind::Float;
  if (isa<ReduceMaxOp, ReduceMinOp>(op))
    return emitExtremum(b, kind, isa<ReduceMaxOp>(op), x, y);
  if (isa<ReduceAndOp>(op))
    return arith::AndIOp::create(b, x, y);
  if (isa<ReduceOrOp>(op))
    return arith::OrIOp::create(b, x, y);
  if (isa<ReduceProdOp>(op))
    return isFloat ? arith::MulFOp::create(b, x, y).getResult()
                   : arith::MulIOp::create(b, x, y).getResult();
  return isFloat ? arith::AddFOp::create(b, x, y).getResult()
                 : arith::AddIOp::create(b, x, y).getResult();
}

/// A stored element as an operand of `combine`.
static Value toOperand(ImplicitLocOpBuilder &b, Type element, Value stored) {
  // A byte of a bool may hold anything but 0 for true.
  return extendToCompute(b, store(b, element, load(b, element, stored)));
}

struct LowerReduction : OpTraitConversionPattern<ReductionFamily> {
  using Base::Base;

  LogicalResult
  matchAndRewrite(Operation *op, ArrayRef<Value> operands,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op->getLoc();
    Value x = operands[0];
    Type element = getElementTypeOrSelf(op->getOperand(0));
    int64_t rank = cast<RankedTensorType>(x.getType()).getRank();
    auto dims = op->getAttrOfType<DenseI64ArrayAttr>("dims");
    RankedTensorType type = storageTensor(op->getResult(0).getType());
    auto wide = type.clone(computeType(type.getElementType()));

    Value neutral =
        arith::ConstantOp::create(rewriter, loc, neutralValue(op, element));
    Value init = filledTensor(rewriter, loc, wide, neutral);
    auto body = [&](ImplicitLocOpBuilder &b,
                    ValueRange args) -> SmallVector<Value> {
      Value value = toOperand(b, element, args[0]);
      return {combine(b, op, element, args[1], value)};
    };
    auto sum = buildGeneric(rewriter, loc, x, init,
                            {rewriter.getMultiDimIdentityMap(rank),
                             dropDims(rewriter, rank, dims.asArrayRef())},
                            dims.asArrayRef(), body);
    rewriter.replaceOp(op, roundTensor(rewriter, loc, sum.getResult(0), type));
    return success();
  }
};

/// The best element so far and its position are reduced together.
template <typename OpTy> struct LowerArgReduce : OpConversionPattern<OpTy> {
  using OpConversionPattern<OpTy>::OpConversionPattern;
  static constexpr bool isMax = std::is_same_v<OpTy, ArgmaxOp>;

  LogicalResult
  matchAndRewrite(OpTy op, typename OpTy::Adaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Value x = adaptor.getX();
    auto xType = cast<RankedTensorType>(x.getType());
    int64_t rank = xType.getRank(), dim = op.getDim();
    Type element = getElementTypeOrSelf(op.getX().getType());
    RankedTensorType type = storageTensor(op.getType());
    auto fill = [&](TypedAttr value) {
      Value scalar = arith::ConstantOp::create(rewriter, loc, value);
      return filledTensor(rewriter, loc, type.clone(value.getType()), scalar);
    };
    Value best = fill(extremeValue(element, !isMax));
    Value position = fill(rewriter.getI64IntegerAttr(0));
    auto body = [&](ImplicitLocOpBuilder &b, ValueRange args) {
      return keepBest(b, element, dim, args);
    };
    AffineMap kept = dropDims(rewriter, rank, dim);
    auto reduced = buildGeneric(
        rewriter, loc, x, {best, position},
        {rewriter.getMultiDimIdentityMap(rank), kept, kept}, dim, body);
    rewriter.replaceOp(op, reduced.getResult(1));
    return success();
  }

  static SmallVector<Value> keepBest(ImplicitLocOpBuilder &b, Type element,
                                     int64_t dim, ValueRange args) {
    Value x = extendToCompute(b, args[0]), best = extendToCompute(b, args[1]);
    Value isBetter;
    if (isa<FloatType>(element)) {
      // Also true of NaN, of which the first wins for good.
      using F = arith::CmpFPredicate;
      Value wins = arith::CmpFOp::create(b, isMax ? F::UGT : F::ULT, x, best);
      Value wasNumber = arith::CmpFOp::create(b, F::ORD, best, best);
      isBetter = arith::AndIOp::create(b, wins, wasNumber);
    } else {
      bool isSigned = numberKind(element) == NumberKind::Signed;
      using I = arith::CmpIPredicate;
      isBetter = arith::CmpIOp::create(b,
                                       isMax ? (isSigned ? I::sgt : I::ugt)
                                             : (isSigned ? I::slt : I::ult),
                                       x, best);
    }
    Value index = arith::IndexCastOp::create(b, b.getI64Type(),
                                             linalg::IndexOp::create(b, dim));
    return {arith::SelectOp::create(b, isBetter, args[0], args[1]),
            arith::SelectOp::create(b, isBetter, index, args[2])};
  }
};

/// The running sum is a reduction whose second result keeps each of its steps.
/// Our schedules run reduction loops in order.
struct LowerCumsum : OpConversionPattern<CumsumOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(CumsumOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType type = storageTensor(op.getType());
    if (type.getNumElements() == 0) {
      rewriter.replaceOp(op, emptyTensor(rewriter, loc, type));
      return success();
    }
    Type wide = computeType(type.getElementType());
    int64_t rank = type.getRank(), dim = op.getDim();
    SmallVector<int64_t> shape(type.getShape());
    shape.erase(shape.begin() + dim);
    Value zero =
        arith::ConstantOp::create(rewriter, loc, rewriter.getZeroAttr(wide));
    Value total =
        filledTensor(rewriter, loc, RankedTensorType::get(shape, wide), zero);
    Value steps = emptyTensor(rewriter, loc, type);

    // From the other end: what is read is reversed, and what was written too.
    AffineMap inOrder = rewriter.getMultiDimIdentityMap(rank);
    AffineMap position = inOrder;
    if (op.getReverse()) {
      SmallVector<AffineExpr> exprs(position.getResults());
      exprs[dim] =
          rewriter.getAffineConstantExpr(type.getDimSize(dim) - 1) - exprs[dim];
      position = AffineMap::get(rank, 0, exprs, rewriter.getContext());
    }
    auto body = [&](ImplicitLocOpBuilder &b,
                    ValueRange args) -> SmallVector<Value> {
      Value x = extendToCompute(b, args[0]);
      Value sum = isa<FloatType>(wide)
                      ? arith::AddFOp::create(b, args[1], x).getResult()
                      : arith::AddIOp::create(b, args[1], x).getResult();
      return {sum, truncateFromCompute(b, sum, type.getElementType())};
    };
    auto scan = buildGeneric(rewriter, loc, adaptor.getX(), {total, steps},
                             {position, dropDims(rewriter, rank, dim), inOrder},
                             dim, body);
    Value sums = scan.getResult(1);
    if (op.getReverse())
      sums = buildParallel(rewriter, loc, type, sums, position,
                           [](ImplicitLocOpBuilder &, ValueRange args) {
                             return SmallVector<Value>{args[0]};
                           });
    rewriter.replaceOp(op, sums);
    return success();
  }
};

} // namespace

void populateReductionPatterns(const TypeConverter &converter,
                               RewritePatternSet &patterns) {
  patterns.add<LowerReduction, LowerArgReduce<ArgmaxOp>,
               LowerArgReduce<ArgminOp>, LowerCumsum>(converter,
                                                      patterns.getContext());
}

} // namespace nabla
