//===- trigonometric.cpp - Functions of angles and their inverses ---------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/math/float_math.h"
#include "compiler/codegen/cpu/math/polynomials.h"

using namespace mlir;

namespace nabla {

static constexpr double halfPi = 0x1.921fb54442d18p0;
static constexpr double halfPiTail = 0x1.1a62633145c07p-54;
/// pi / 2 as a number of 33 bits, so that multiples up to 2^20 are exact, and
/// the next 106 bits (W. J. Cody and W. Waite, "Software Manual for the
/// Elementary Functions", 1980; fdlibm: e_rem_pio2.c).
static constexpr double halfPi1 = 0x1.921fb544p0;
static constexpr double halfPi2 = 0x1.0b4611a626331p-34;
static constexpr double halfPi3 = 0x1.1701b839a252p-88;
static constexpr double rounder = 0x1.8p52;

/// The bounds up to which the reductions are good: k * pi / 2 with k below 2^30
/// (then the error of two parts is below 2^-70) and below 2^20.
Value FloatMath::isHuge(Value x) {
  Value a = abs(x);
  Value isLarge = gt(a, number(isPrecise && isDouble ? 0x1.8p20 : 0x1.8p30));
  return make<arith::AndIOp>(isLarge, lt(a, infinity()));
}

/// x = count * pi / 2 + rest + tail, |rest| <= pi / 4.
FloatMath::Reduced FloatMath::reduceByHalfPi(Value x) {
  if (!isDouble)
    return reduceInDouble(x);
  Value magic = number(rounder);
  Value sum = fma(x, number(1 / halfPi), magic);
  Value k = sub(sum, magic);
  Value count = subi(bits(sum), bits(magic));
  if (!isPrecise) {
    Value rest = fma(k, number(-halfPi), x);
    return {count, fma(k, number(-halfPiTail), rest), number(0)};
  }
  Value first = fma(k, number(-halfPi1), x); // exact
  Value product = mul(k, number(halfPi2));
  Value lost = fma(k, number(halfPi2), neg(product));
  // The sum of two numbers and its error (D. E. Knuth, "The Art of Computer
  // Programming", volume 2, 4.2.2, theorem B).
  Value rest = sub(first, product);
  Value part = sub(rest, first);
  Value error = sub(sub(first, sub(rest, part)), add(product, part));
  Value tail = fma(k, number(-halfPi3), sub(error, lost));
  return {count, rest, tail};
}

/// An f32, reduced in f64.
FloatMath::Reduced FloatMath::reduceInDouble(Value x) {
  Type wide = withElement(b.getF64Type());
  FloatMath inDouble(b, wide, /*isPrecise=*/false);
  Reduced reduced = inDouble.reduceByHalfPi(arith::ExtFOp::create(b, wide, x));
  Value count = arith::TruncIOp::create(b, bitsType(), reduced.count);
  Value rest = arith::TruncFOp::create(b, type, reduced.rest);
  return {count, rest, number(0)};
}

FloatMath::Sum FloatMath::sinOfRest(const Reduced &reduced) {
  Value x = reduced.rest, z = mul(x, x);
  Value series = polynomial(z, polynomials::sinF32, polynomials::sinF64);
  Value change = mul(mul(x, z), series);
  if (isPrecise && isDouble)
    change = fma(reduced.tail, fma(z, number(-0.5), number(1)), change);
  return {x, change};
}

FloatMath::Sum FloatMath::cosOfRest(const Reduced &reduced) {
  Value x = reduced.rest, z = mul(x, x);
  Value series = polynomial(z, polynomials::cosF32, polynomials::cosF64);
  Value half = mul(number(0.5), z);
  Value near = sub(number(1), half);
  Value change = mul(mul(z, z), series);
  if (isPrecise && isDouble)
    change = fma(neg(x), reduced.tail, change);
  change = add(sub(sub(number(1), near), half), change);
  return {near, change};
}

/// sin(rest + quadrant * pi / 2).
Value FloatMath::sinOfQuadrant(const Reduced &reduced, Value quadrant) {
  Value isOdd = isNonzero(andi(quadrant, integer(1)));
  Value result =
      select(isOdd, rounded(cosOfRest(reduced)), rounded(sinOfRest(reduced)));
  Value sign =
      make<arith::ShLIOp>(andi(quadrant, integer(2)), integer(pick(30, 62)));
  return fromBits(make<arith::XOrIOp>(bits(result), sign));
}

Value FloatMath::sin(Value x) {
  Reduced reduced = reduceByHalfPi(x);
  return select(eq(x, number(0)), x, sinOfQuadrant(reduced, reduced.count));
}

Value FloatMath::cos(Value x) {
  Reduced reduced = reduceByHalfPi(x);
  return sinOfQuadrant(reduced, addi(reduced.count, integer(1)));
}

/// The sine over the cosine, or minus the cosine over the sine.
Value FloatMath::tan(Value x) {
  Reduced reduced = reduceByHalfPi(x);
  Sum sines = sinOfRest(reduced), cosines = cosOfRest(reduced);
  Value sine = rounded(sines), cosine = rounded(cosines);
  Value isOdd = isNonzero(andi(reduced.count, integer(1)));
  Value over = select(isOdd, neg(cosine), sine);
  Value under = select(isOdd, sine, cosine);
  Value result = div(over, under);
  if (isPrecise) {
    // Newton's step, with what the sums have lost.
    Value ofSine = lost(sines, sine), ofCosine = lost(cosines, cosine);
    Value overLost = select(isOdd, neg(ofCosine), ofSine);
    Value underLost = select(isOdd, ofSine, ofCosine);
    Value rest = fma(neg(result), under, over);
    rest = add(rest, fma(neg(result), underLost, overLost));
    result = add(result, div(rest, under));
  }
  return select(eq(x, number(0)), x, result);
}

/// atan(t) = t + atanTail(t), for t in [0, 1]. The signs of the coefficients
/// alternate, so that sums of every other one would cancel.
Value FloatMath::atanTail(Value t) {
  Value z = mul(t, t);
  auto coefficients =
      pickCoefficients(polynomials::atanF32, polynomials::atanF64);
  return mul(mul(t, z), horner(z, coefficients, 0, 1));
}

/// pi / 2 - atan(1 / x) above 1.
Value FloatMath::atan(Value x) {
  Value a = abs(x);
  Value isAbove = gt(a, number(1));
  Value t = select(isAbove, div(number(1), a), a);
  Value tail = atanTail(t);
  Value rest = add(t, sub(tail, number(halfPiTail)));
  Value turned = sub(number(halfPi), rest);
  return copysign(select(isAbove, turned, add(t, tail)), x);
}

Value FloatMath::atan2(Value y, Value x) {
  Value ax = abs(x), ay = abs(y);
  Value isSteep = gt(ay, ax);
  Value less = select(isSteep, ax, ay), more = select(isSteep, ay, ax);
  Value t = div(less, more);
  t = select(eq(more, number(0)), number(0), t);
  t = select(eq(less, infinity()), number(1), t);
  Value tail = atanTail(t);
  Value rest = add(t, sub(tail, number(halfPiTail)));
  Value angle = select(isSteep, sub(number(halfPi), rest), add(t, tail));
  Value turned = sub(number(2 * halfPi), sub(angle, number(2 * halfPiTail)));
  angle = copysign(select(isNegative(x), turned, angle), y);
  Value isNan = cmp(arith::CmpFPredicate::UNO, x, y);
  return select(isNan, nan(), angle);
}

/// asin(x) = x + x * asinTail(x^2), for |x| <= 1/2.
Value FloatMath::asinTail(Value z) {
  return mul(z, polynomial(z, polynomials::asinF32, polynomials::asinF64));
}

/// The square root and what it lacks.
std::pair<Value, Value> FloatMath::rootWithTail(Value x) {
  Value root = sqrt(x);
  Value tail = div(fma(neg(root), root, x), add(root, root));
  return {root, select(eq(x, number(0)), number(0), tail)};
}

/// Above 1/2: pi / 2 - 2 asin(sqrt((1 - x) / 2)).
Value FloatMath::asin(Value x) {
  Value a = abs(x);
  Value isLarge = gt(a, number(0.5));
  Value half = mul(sub(number(1), a), number(0.5));
  Value z = select(isLarge, half, mul(a, a));
  Value tail = asinTail(z);
  Value small = fma(a, tail, a);
  auto [root, lost] = rootWithTail(half);
  Value angle = add(root, fma(root, tail, lost));
  Value large = sub(number(halfPi), sub(add(angle, angle), number(halfPiTail)));
  return copysign(select(isLarge, large, small), x);
}

/// pi / 2 - asin(x); above 1/2 as 2 asin(sqrt((1 - x) / 2)), below -1/2 as
/// pi minus that of -x.
Value FloatMath::acos(Value x) {
  Value a = abs(x);
  Value isLarge = gt(a, number(0.5));
  Value half = mul(sub(number(1), a), number(0.5));
  Value z = select(isLarge, half, mul(a, a));
  Value tail = asinTail(z);
  Value small =
      sub(number(halfPi), sub(x, fma(neg(x), tail, number(halfPiTail))));
  auto [root, lost] = rootWithTail(half);
  Value angle = add(root, fma(root, tail, lost));
  angle = add(angle, angle);
  Value turned = sub(number(2 * halfPi), sub(angle, number(2 * halfPiTail)));
  Value large = select(lt(x, number(0)), turned, angle);
  return select(isLarge, large, small);
}

} // namespace nabla
