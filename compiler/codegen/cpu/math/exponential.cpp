//===- exponential.cpp - exp and what is made of it -----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/math/float_math.h"
#include "compiler/codegen/cpu/math/polynomials.h"

using namespace mlir;

namespace nabla {

/// log(2) in two parts, the first with so few bits that a multiple of it is
/// exact (fdlibm: e_exp.c, e_expf.c).
static constexpr double log2High[] = {0x1.62e300p-1, 0x1.62e42feep-1};
static constexpr double log2Low[] = {0x1.2fefa39ef3579p-17,
                                     0x1.a39ef35793c76p-33};
/// Added and subtracted, it leaves the nearest integer, whose bits are then the
/// last ones of the sum.
static constexpr double rounder[] = {0x1.8p23, 0x1.8p52};

/// x = count * log(2) + rest, |rest| <= log(2) / 2.
FloatMath::Reduced FloatMath::reduceByLog2(Value x) {
  Value magic = number(rounder[isDouble]);
  Value sum = fma(x, number(0x1.71547652b82fep0), magic); // 1 / log(2)
  Value count = sub(sum, magic);
  Value rest = fma(count, number(-log2High[isDouble]), x);
  rest = fma(count, number(-log2Low[isDouble]), rest);
  return {subi(bits(sum), bits(magic)), rest, Value()};
}

Value FloatMath::expm1OfRest(Value rest) {
  Value tail = polynomial(rest, polynomials::expF32, polynomials::expF64);
  return fma(mul(rest, rest), tail, rest);
}

Value FloatMath::powerOf2(Value exponent) {
  Value biased = addi(exponent, integer(exponentBias()));
  return fromBits(make<arith::ShLIOp>(biased, integer(mantissaBits())));
}

/// exp(x) * 2^exponent, also where exp(x) itself would overflow.
Value FloatMath::scaledExp(Value x, int64_t exponent) {
  x = clamp(x, pick(-105.0, -746.0), pick(90.0, 711.0));
  Reduced reduced = reduceByLog2(x);
  Value result = add(expm1OfRest(reduced.rest), number(1));
  return scaled(result, addi(reduced.count, integer(exponent)));
}

/// x * 2^exponent. The power of two is multiplied in halves: it may be
/// subnormal, or overflow by itself.
Value FloatMath::scaled(Value x, Value exponent) {
  Value half = make<arith::ShRSIOp>(exponent, integer(1));
  return mul(mul(x, powerOf2(half)), powerOf2(subi(exponent, half)));
}

/// x = count + rest: 2^count exp(rest log(2)), which is exact for integers.
Value FloatMath::exp2(Value x) {
  x = clamp(x, pick(-151.0, -1076.0), pick(129.0, 1025.0));
  Value magic = number(rounder[isDouble]);
  Value sum = add(x, magic);
  Value rest = mul(sub(x, sub(sum, magic)), number(0x1.62e42fefa39efp-1));
  Value result = add(expm1OfRest(rest), number(1));
  return scaled(result, subi(bits(sum), bits(magic)));
}

/// With x = k log(2) + r: 2^k (exp(r) - 1) + (2^k - 1).
Value FloatMath::expm1(Value x) {
  Reduced reduced = reduceByLog2(clamp(x, -40, pick(89.0, 710.0)));
  Value small = expm1OfRest(reduced.rest);
  // Half of it, which does not overflow where all of it does not.
  Value scale = powerOf2(subi(reduced.count, integer(1)));
  Value half = fma(scale, small, sub(scale, number(0.5)));
  Value result = select(isNonzero(reduced.count), add(half, half), small);
  return copysign(result, x);
}

/// A polynomial below 1; then (e^x - e^-x) / 2.
Value FloatMath::sinh(Value x) {
  Value a = abs(x), z = mul(x, x);
  Value tail = polynomial(z, polynomials::sinhF32, polynomials::sinhF64);
  Value small = fma(mul(a, z), tail, a);
  Value half = scaledExp(a, -1);
  Value large = sub(half, div(number(0.25), half));
  return copysign(select(lt(a, number(1)), small, large), x);
}

Value FloatMath::cosh(Value x) {
  Value half = scaledExp(abs(x), -1);
  return add(half, div(number(0.25), half));
}

/// With t = expm1(2|x|): q = t / (t + 2); below t = 1 the same as t / 2 (1 -
/// q), where rounding errors of q count little. It is 1 long before t
/// overflows.
Value FloatMath::tanh(Value x) {
  Value a = abs(x), twice = add(a, a), last = number(pick(20.0, 40.0));
  Reduced reduced = reduceByLog2(select(gt(twice, last), last, twice));
  Value scale = powerOf2(reduced.count);
  Value t = fma(scale, expm1OfRest(reduced.rest), sub(scale, number(1)));
  Value large = div(t, add(t, number(2)));
  Value half = mul(t, number(0.5));
  Value small = fma(neg(half), large, half);
  return copysign(select(lt(t, number(1)), small, large), x);
}

/// x P(x^2) below 1; then 1 - exp(-x^2) Q(x) (W. J. Cody, "Rational Chebyshev
/// approximations for the error function", 1969, for the form), up to where the
/// result is 1.
Value FloatMath::erf(Value x) {
  Value a = abs(x);
  Value tail = polynomial(mul(x, x), polynomials::erfF32, polynomials::erfF64);
  Value small = fma(a, tail, a);
  double last = isPrecise ? 6 : 4;
  double middle = (1 + last) / 2, half = (last - 1) / 2;
  Value inside = select(gt(a, number(last)), number(last), a);
  Value u = mul(sub(inside, number(middle)), number(1 / half));
  Value scaled = polynomial(u, polynomials::erfcxF32, polynomials::erfcxF64);
  Value power = exp(neg(mul(inside, inside)));
  Value large = fma(neg(power), scaled, number(1));
  large = select(gt(a, number(last)), number(1), large);
  return copysign(select(lt(a, number(1)), small, large), x);
}

} // namespace nabla
