//===- float_math.cpp - The arithmetic of approximations ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/math/float_math.h"

#include "mlir/Dialect/Math/IR/Math.h"

#include <limits>

using namespace mlir;

namespace nabla {

Type FloatMath::withElement(Type element) {
  if (auto vector = dyn_cast<VectorType>(type))
    return vector.clone(element);
  return element;
}

Type FloatMath::bitsType() {
  return withElement(b.getIntegerType(isDouble ? 64 : 32));
}

static Value splatNumber(ImplicitLocOpBuilder &b, Type type, TypedAttr value) {
  if (auto vector = dyn_cast<VectorType>(type))
    value = DenseElementsAttr::get(vector, ArrayRef<Attribute>(value));
  return arith::ConstantOp::create(b, value);
}

Value FloatMath::number(double value) {
  return splatNumber(b, type,
                     b.getFloatAttr(getElementTypeOrSelf(type), value));
}

Value FloatMath::integer(int64_t value) {
  Type integers = bitsType();
  return splatNumber(b, integers,
                     b.getIntegerAttr(getElementTypeOrSelf(integers), value));
}

Value FloatMath::infinity() {
  return number(std::numeric_limits<double>::infinity());
}

Value FloatMath::nan() {
  return number(std::numeric_limits<double>::quiet_NaN());
}

/// The inner choice is one instruction of x86, which takes the second operand
/// where one is NaN. The outer one yields a NaN of its own: it must not be
/// merged with the inner one.
Value FloatMath::choose(Value isSecond, Value x, Value y) {
  Value isNan = cmp(arith::CmpFPredicate::UNO, y, y);
  return select(isNan, nan(), select(isSecond, y, x));
}

Value FloatMath::fma(Value x, Value y, Value z) {
  return make<math::FmaOp>(x, y, z);
}

Value FloatMath::abs(Value x) { return make<math::AbsFOp>(x); }

Value FloatMath::sqrt(Value x) { return make<math::SqrtOp>(x); }

Value FloatMath::copysign(Value x, Value sign) {
  return make<math::CopySignOp>(x, sign);
}

Value FloatMath::isNonzero(Value integers) {
  return arith::CmpIOp::create(b, arith::CmpIPredicate::ne, integers,
                               integer(0));
}

/// By the sign bit: -0 is negative.
Value FloatMath::isNegative(Value x) {
  return arith::CmpIOp::create(b, arith::CmpIPredicate::slt, bits(x),
                               integer(0));
}

Value FloatMath::bits(Value x) {
  return arith::BitcastOp::create(b, bitsType(), x);
}

Value FloatMath::fromBits(Value x) {
  return arith::BitcastOp::create(b, type, x);
}

Value FloatMath::toFloat(Value integers) {
  return arith::SIToFPOp::create(b, type, integers);
}

/// The coefficients from `first` on, a `step` apart, by Horner's rule.
Value FloatMath::horner(Value x, ArrayRef<double> coefficients, unsigned first,
                        unsigned step) {
  unsigned last = first;
  while (last + step < coefficients.size())
    last += step;
  Value sum = number(coefficients[last]);
  while (last > first) {
    last -= step;
    sum = fma(sum, x, number(coefficients[last]));
  }
  return sum;
}

/// Horner's rule for the two lowest powers, where rounding matters; the rest as
/// two chains, even and odd powers, which run side by side.
Value FloatMath::polynomial(Value x, ArrayRef<double> coefficients) {
  if (coefficients.size() < 6)
    return horner(x, coefficients, 0, 1);
  Value square = mul(x, x);
  Value high = fma(horner(square, coefficients, 3, 2), x,
                   horner(square, coefficients, 2, 2));
  return fma(fma(high, x, number(coefficients[1])), x, number(coefficients[0]));
}

Value FloatMath::clamp(Value x, double low, double high) {
  // Written so that NaN stays.
  x = select(lt(x, number(low)), number(low), x);
  return select(gt(x, number(high)), number(high), x);
}

} // namespace nabla
