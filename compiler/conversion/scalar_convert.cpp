//===- scalar_convert.cpp - Conversion between element types --------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/scalars.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include <cmath>

using namespace mlir;

namespace nabla {

/// `x`, an f64, as the f32 next to it whose last bit is 1 unless `x` is an f32.
/// Rounding that once more, to a type with at least two bits less, gives what
/// rounding `x` would have given; rounding twice to nearest does not.
static Value roundToOdd(ImplicitLocOpBuilder &b, Value x) {
  Type f32 = b.getF32Type(), i32 = b.getI32Type();
  Value nearest = arith::TruncFOp::create(b, f32, x);
  Value back = arith::ExtFOp::create(b, x.getType(), nearest);
  Value bits = arith::BitcastOp::create(b, i32, nearest);
  Value one = intConstant(b, i32, 1);
  Value isOdd = arith::TruncIOp::create(b, b.getI1Type(), bits);
  Value isInexact =
      arith::CmpFOp::create(b, arith::CmpFPredicate::ONE, back, x);
  Value isEven =
      arith::XOrIOp::create(b, isOdd, intConstant(b, b.getI1Type(), 1));
  Value isShort = arith::CmpFOp::create(b, arith::CmpFPredicate::OLT,
                                        math::AbsFOp::create(b, back),
                                        math::AbsFOp::create(b, x));
  Value towards =
      arith::SelectOp::create(b, isShort, arith::AddIOp::create(b, bits, one),
                              arith::SubIOp::create(b, bits, one));
  Value wrong = arith::AndIOp::create(b, isInexact, isEven);
  Value odd = arith::SelectOp::create(b, wrong, towards, bits);
  return arith::BitcastOp::create(b, f32, odd);
}

static Value floatToFloat(ImplicitLocOpBuilder &b, Type to, Value value) {
  unsigned fromWidth = value.getType().getIntOrFloatBitWidth();
  unsigned toWidth = to.getIntOrFloatBitWidth();
  if (fromWidth == 64 && toWidth == 16)
    value = roundToOdd(b, value);
  else if (fromWidth == 16)
    value = arith::ExtFOp::create(b, b.getF32Type(), value);
  if (value.getType() == to)
    return value;
  if (value.getType().getIntOrFloatBitWidth() < toWidth)
    return arith::ExtFOp::create(b, to, value);
  return arith::TruncFOp::create(b, to, value);
}

static Value floatToInt(ImplicitLocOpBuilder &b, IntegerType to, Value value) {
  Value x = extendToCompute(b, value);
  Type type = x.getType();
  bool isSigned = numberKind(to) == NumberKind::Signed;
  unsigned width = to.getWidth();
  auto signless = b.getIntegerType(width);
  auto compare = [&](arith::CmpFPredicate predicate, double bound) -> Value {
    return arith::CmpFOp::create(b, predicate, x,
                                 floatConstant(b, type, bound));
  };
  auto extreme = [&](APInt bits) -> Value {
    return arith::ConstantOp::create(b, b.getIntegerAttr(signless, bits));
  };
  // Both bounds are powers of two (or 0), so every float type holds them.
  Value isAbove = compare(arith::CmpFPredicate::OGE,
                          std::ldexp(1.0, isSigned ? width - 1 : width));
  Value isBelow = compare(arith::CmpFPredicate::OLT,
                          isSigned ? -std::ldexp(1.0, width - 1) : 0.0);
  Value isNan = arith::CmpFOp::create(b, arith::CmpFPredicate::UNO, x, x);

  // Out of range the conversion is poison: it is given 0 there.
  Value isOut =
      arith::OrIOp::create(b, arith::OrIOp::create(b, isAbove, isBelow), isNan);
  Value zero = zeroConstant(b, type);
  Value safe = arith::SelectOp::create(b, isOut, zero, x);
  Value result = isSigned
                     ? arith::FPToSIOp::create(b, signless, safe).getResult()
                     : arith::FPToUIOp::create(b, signless, safe).getResult();
  Value highest = extreme(isSigned ? APInt::getSignedMaxValue(width)
                                   : APInt::getMaxValue(width));
  result = arith::SelectOp::create(b, isAbove, highest, result);
  if (!isSigned)
    return result; // 0, the lowest value, is there already
  Value lowest = extreme(APInt::getSignedMinValue(width));
  return arith::SelectOp::create(b, isBelow, lowest, result);
}

static Value intToInt(ImplicitLocOpBuilder &b, bool isSigned, unsigned width,
                      Value value) {
  unsigned fromWidth = value.getType().getIntOrFloatBitWidth();
  Type type = b.getIntegerType(width);
  if (width == fromWidth)
    return value;
  if (width < fromWidth)
    return arith::TruncIOp::create(b, type, value);
  if (isSigned)
    return arith::ExtSIOp::create(b, type, value);
  return arith::ExtUIOp::create(b, type, value);
}

static Value toFloat(ImplicitLocOpBuilder &b, bool isSigned, Type type,
                     Value x) {
  return isSigned ? arith::SIToFPOp::create(b, type, x).getResult()
                  : arith::UIToFPOp::create(b, type, x).getResult();
}

/// An i64 as an f64 in which rounding is still to come: where the number has
/// more bits than an f64, the last of those that fit is 1 if any behind is.
static Value toDoubleByOdd(ImplicitLocOpBuilder &b, bool isSigned, Value x) {
  Type i64 = x.getType(), f64 = b.getF64Type();
  constexpr int64_t numLost = 11;
  Value lost = intConstant(b, i64, numLost);
  Value high = isSigned ? arith::ShRSIOp::create(b, x, lost).getResult()
                        : arith::ShRUIOp::create(b, x, lost).getResult();
  Value rest =
      arith::AndIOp::create(b, x, intConstant(b, i64, (1 << numLost) - 1));
  Value isInexact = arith::CmpIOp::create(b, arith::CmpIPredicate::ne, rest,
                                          intConstant(b, i64, 0));
  Value odd =
      arith::OrIOp::create(b, high, arith::ExtUIOp::create(b, i64, isInexact));
  Value scaled = arith::MulFOp::create(b, toFloat(b, isSigned, f64, odd),
                                       floatConstant(b, f64, 1 << numLost));
  // Small numbers are exact as they are.
  Value top = arith::ShRSIOp::create(b, x, intConstant(b, i64, 52));
  if (isSigned) {
    Value sign = arith::ShRSIOp::create(b, x, intConstant(b, i64, 63));
    top = arith::XOrIOp::create(b, top, sign);
  }
  Value fits = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, top,
                                     intConstant(b, i64, 0));
  return arith::SelectOp::create(b, fits, toFloat(b, isSigned, f64, x), scaled);
}

/// Rounds once: numbers of more bits than an f32 holds go through f64.
static Value intToFloat(ImplicitLocOpBuilder &b, bool isSigned, Type to,
                        Value value) {
  unsigned fromWidth = value.getType().getIntOrFloatBitWidth();
  if (to.getIntOrFloatBitWidth() == 16 && fromWidth >= 32) {
    Value wide = fromWidth == 64 ? toDoubleByOdd(b, isSigned, value)
                                 : toFloat(b, isSigned, b.getF64Type(), value);
    return floatToFloat(b, to, wide);
  }
  Value wide = toFloat(b, isSigned, computeType(to), value);
  return truncateFromCompute(b, wide, to);
}

static Value toBool(ImplicitLocOpBuilder &b, Value value) {
  Value zero = zeroConstant(b, value.getType());
  if (isa<FloatType>(value.getType()))
    return arith::CmpFOp::create(b, arith::CmpFPredicate::UNE, value, zero);
  return arith::CmpIOp::create(b, arith::CmpIPredicate::ne, value, zero);
}

Value emitConvert(ImplicitLocOpBuilder &b, Type from, Type to, Value value) {
  if (from == to)
    return value;
  if (to.isInteger(1))
    return toBool(b, value);
  bool isSigned = numberKind(from) == NumberKind::Signed;
  bool fromFloat = isa<FloatType>(from), toFloat = isa<FloatType>(to);
  if (fromFloat && toFloat)
    return floatToFloat(b, to, value);
  if (fromFloat)
    return floatToInt(b, cast<IntegerType>(to), value);
  if (toFloat)
    return intToFloat(b, isSigned, to, value);
  return intToInt(b, isSigned, to.getIntOrFloatBitWidth(), value);
}

} // namespace nabla
