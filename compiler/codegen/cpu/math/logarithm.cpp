//===- logarithm.cpp - log and what is made of it -------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/math/float_math.h"
#include "compiler/codegen/cpu/math/polynomials.h"

using namespace mlir;

namespace nabla {

/// log(2) in two parts, as for exp.
static constexpr double log2High[] = {0x1.62e300p-1, 0x1.62e42feep-1};
static constexpr double log2Low[] = {0x1.2fefa39ef3579p-17,
                                     0x1.a39ef35793c76p-33};
static constexpr double naturalLog2 = 0x1.62e42fefa39efp-1;
/// The bits of sqrt(1/2).
static constexpr int64_t rootBits[] = {0x3f3504f3, 0x3fe6a09e667f3bcd};

FloatMath::Split FloatMath::split(Value x) {
  // Subnormal numbers are made normal.
  double scale = pick(0x1p25, 0x1p54);
  Value isTiny = lt(x, number(pick(0x1p-126, 0x1p-1022)));
  x = select(isTiny, mul(x, number(scale)), x);
  Value shift = select(isTiny, integer(pick(-25, -54)), integer(0));

  Value pattern = bits(x);
  Value exponent = make<arith::ShRSIOp>(
      subi(pattern, integer(rootBits[isDouble])), integer(mantissaBits()));
  Value aligned = make<arith::ShLIOp>(exponent, integer(mantissaBits()));
  Value mantissa = fromBits(subi(pattern, aligned));
  return {addi(exponent, shift), sub(mantissa, number(1))};
}

/// e log(2) + log(1 + f) + correction, with log(1 + f) = f - (f^2 / 2 -
/// s (f^2 / 2 + R(s^2))) for s = f / (2 + f).
Value FloatMath::logOf(Split parts, Value correction) {
  Value f = parts.fraction, e = toFloat(parts.exponent);
  Value s = div(f, add(f, number(2)));
  Value z = mul(s, s);
  Value r = mul(z, polynomial(z, polynomials::logF32, polynomials::logF64));
  Value half = mul(mul(number(0.5), f), f);
  Value low = mul(e, number(log2Low[isDouble]));
  if (correction)
    low = add(low, correction);
  Value inner = fma(s, add(half, r), low);
  return sub(mul(e, number(log2High[isDouble])), sub(sub(half, inner), f));
}

/// -inf at the pole, NaN below it, and infinity and NaN as they are.
Value FloatMath::logSpecials(Value x, Value pole, Value result) {
  result = select(eq(x, pole), neg(infinity()), result);
  result = select(lt(x, pole), nan(), result);
  return select(lt(x, infinity()), result, x);
}

Value FloatMath::log(Value x) {
  return logSpecials(x, number(0), logOf(split(x), Value()));
}

/// log(u) for u = 1 + x, corrected by what the sum has lost.
Value FloatMath::log1p(Value x) {
  Value one = number(1);
  Value u = add(x, one);
  Split parts = split(u);
  Value lost =
      select(gt(u, number(2)), sub(one, sub(u, x)), sub(x, sub(u, one)));
  Value isScaled = isNonzero(parts.exponent);
  Value correction = select(isScaled, div(lost, u), number(0));
  parts.fraction = select(isScaled, parts.fraction, x);
  Value result = copysign(logOf(parts, correction), x);
  return logSpecials(x, number(-1), result);
}

/// As log, in another base: log(1 + f) is split so that its first part times
/// the first of the logarithm of e is exact, and that of 2 so that its
/// multiples are (fdlibm: e_log10.c, e_log2.c of FreeBSD).
Value FloatMath::logInBase(Value x, Sum logOfE, Sum logOf2) {
  assert(isDouble && "has its constants in f64");
  Split parts = split(x);
  Value f = parts.fraction, e = toFloat(parts.exponent);
  Value s = div(f, add(f, number(2)));
  Value z = mul(s, s);
  Value r = mul(z, polynomial(z, polynomials::logF32, polynomials::logF64));
  Value half = mul(mul(number(0.5), f), f);
  Value more = fromBits(
      andi(bits(sub(f, half)), integer(static_cast<int64_t>(~0xffffffffull))));
  Value less = fma(s, add(half, r), sub(sub(f, more), half));
  Value whole = mul(e, logOf2.more), part = mul(more, logOfE.more);
  Value rest = fma(e, logOf2.less,
                   fma(add(less, more), logOfE.less, mul(less, logOfE.more)));
  Value sum = add(whole, part);
  Value result = add(add(rest, add(sub(whole, sum), part)), sum);
  return logSpecials(x, number(0), result);
}

Value FloatMath::log2(Value x) {
  return logInBase(x, {number(0x1.71547652p0), number(0x1.705fc2eefa2p-33)},
                   {number(1), number(0)});
}

Value FloatMath::log10(Value x) {
  return logInBase(x, {number(0x1.bcb7b152p-2), number(0x1.b9438ca9aadd5p-36)},
                   {number(0x1.34413509f6p-2), number(0x1.9fef311f12b36p-42)});
}

/// Of x = 8^n s: 2^n times the root of s, by its series around 1 and then by
/// Halley's method and, where that leaves something, by Newton's.
Value FloatMath::cbrt(Value x) {
  assert(isDouble && "is not exact enough in f32");
  Value a = abs(x);
  Split parts = split(a);
  Value f = parts.fraction;
  // The exponent is 3 n + k, k being -1, 0 or 1.
  Value magic = number(0x1.8p52);
  Value e = toFloat(parts.exponent);
  Value sum = fma(e, number(1.0 / 3), magic);
  Value k = fma(sub(sum, magic), number(-3), e);
  Value n = subi(bits(sum), bits(magic));
  Value up = gt(k, number(0)), down = lt(k, number(0));
  auto byStep = [&](double above, double same, double below) {
    return select(up, number(above), select(down, number(below), number(same)));
  };
  Value s = mul(add(f, number(1)), byStep(2, 1, 0.5));
  Value series = number(-10.0 / 243);
  for (double term : {5.0 / 81, -1.0 / 9, 1.0 / 3, 1.0})
    series = fma(series, f, number(term));
  Value y = mul(series, byStep(0x1.428a2f98d728bp0, 1, 0x1.965fea53d6e3dp-1));
  Value cube = mul(mul(y, y), y);
  y = mul(y, div(fma(s, number(2), cube), fma(cube, number(2), s)));
  if (isPrecise)
    y = fma(sub(div(s, mul(y, y)), y), number(1.0 / 3), y);
  Value root = mul(y, powerOf2(n));
  Value isOrdinary = make<arith::AndIOp>(gt(a, number(0)), lt(a, infinity()));
  return select(isOrdinary, copysign(root, x), x);
}

/// log1p(a + a^2 / (1 + sqrt(1 + a^2))); log(2a) where a^2 may overflow.
Value FloatMath::asinh(Value x) {
  Value a = abs(x);
  Value t = mul(a, a);
  Value root = sqrt(add(t, number(1)));
  Value small = log1p(add(a, div(t, add(root, number(1)))));
  Value large = add(log(a), number(naturalLog2));
  return copysign(select(gt(a, number(0x1p28)), large, small), x);
}

/// log1p(u) for u = t + sqrt(t^2 + 2t) with t = x - 1, corrected by what u has
/// lost; log(2x) where t^2 may overflow.
Value FloatMath::acosh(Value x) {
  Value t = sub(x, number(1));
  auto [root, tail] = rootWithTail(fma(t, t, add(t, t)));
  Sum sum{root, t};
  Value u = rounded(sum);
  Value correction = div(add(lost(sum, u), tail), add(u, number(1)));
  Value small = add(log1p(u), correction);
  Value large = add(log(x), number(naturalLog2));
  Value result = select(gt(x, number(0x1p28)), large, small);
  return select(lt(x, number(1)), nan(), result);
}

/// log1p(2a / (1 - a)) / 2, below 1/2 with 2a / (1 - a) = 2a + 2a a / (1 - a).
Value FloatMath::atanh(Value x) {
  Value a = abs(x);
  Value twice = add(a, a), rest = sub(number(1), a);
  Value small = add(twice, div(mul(twice, a), rest));
  Value argument = select(lt(a, number(0.5)), small, div(twice, rest));
  return copysign(mul(number(0.5), log1p(argument)), x);
}

/// exp(y log|x|), negative for negative x and odd y. The product may be 100, so
/// that the logarithm needs more bits than the result has.
Value FloatMath::pow(Value x, Value y) {
  assert(isDouble && !isPrecise && "has no bits to spare");
  Value logarithm = FloatMath(b, type, /*isPrecise=*/true).log(abs(x));
  Value magnitude = exp(mul(y, logarithm));
  Value one = number(1), zero = number(0);
  // An f32 is an integer if adding and subtracting this gives it back.
  auto isInteger = [&](Value v) {
    Value magic = number(0x1p52), a = abs(v);
    Value rounded = sub(add(a, magic), magic);
    return make<arith::OrIOp>(eq(rounded, a), gt(a, magic));
  };
  Value isWhole = isInteger(y);
  Value isEven = isInteger(mul(y, number(0.5)));
  // Roots of negative numbers are NaN, but not those of -0 and -inf.
  Value a = abs(x);
  Value isExtreme = make<arith::OrIOp>(eq(a, zero), eq(a, infinity()));
  Value root = select(isExtreme, magnitude, nan());
  Value power = select(isEven, magnitude, neg(magnitude));
  Value forNegative = select(isWhole, power, root);
  Value result = select(isNegative(x), forNegative, magnitude);
  Value isUnit = make<arith::AndIOp>(eq(a, one), eq(abs(y), infinity()));
  result = select(isUnit, one, result);
  result = select(eq(x, one), one, result);
  return select(eq(y, zero), one, result);
}

} // namespace nabla
