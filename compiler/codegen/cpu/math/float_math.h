//===- float_math.h - Functions of mathematics as arithmetic ----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Each function is within 2 units in the last place, right for NaN, infinities,
// both zeros and subnormal numbers, and the same for a scalar and for a lane of
// a vector. Reductions of arguments and special cases are those of fdlibm (Sun
// Microsystems, 1993, https://www.netlib.org/fdlibm), unless noted; the
// polynomials are ours (fit_polynomials.py).
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_MATH_FLOAT_MATH_H
#define NABLA_COMPILER_CODEGEN_CPU_MATH_FLOAT_MATH_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace nabla {

/// Emits arithmetic in f32 or f64, on scalars or vectors.
class FloatMath {
public:
  using Value = mlir::Value;

  /// `type` is that of the arithmetic. With `isPrecise` unset, results in f64
  /// only have to be good enough to be rounded to f32.
  FloatMath(mlir::ImplicitLocOpBuilder &b, mlir::Type type, bool isPrecise)
      : b(b), type(type), isDouble(getElementTypeOrSelf(type).isF64()),
        isPrecise(isPrecise) {}

  Value exp(Value x) { return scaledExp(x, 0); }
  Value exp2(Value x);
  Value expm1(Value x);
  Value sinh(Value x);
  Value cosh(Value x);
  Value tanh(Value x);
  Value log(Value x);
  Value log1p(Value x);
  /// Only with f64 arithmetic, as cbrt.
  Value log2(Value x);
  Value log10(Value x);
  Value cbrt(Value x);
  Value asinh(Value x);
  Value acosh(Value x);
  Value atanh(Value x);
  /// Only with f64 arithmetic that is not precise.
  Value pow(Value x, Value y);
  Value sin(Value x);
  Value cos(Value x);
  Value tan(Value x);
  Value asin(Value x);
  Value acos(Value x);
  Value atan(Value x);
  Value atan2(Value y, Value x);
  Value erf(Value x);
  /// NaN if either is; of zeros, the first.
  Value maximum(Value x, Value y) { return choose(gt(y, x), x, y); }
  Value minimum(Value x, Value y) { return choose(lt(y, x), x, y); }

  /// Which lanes are finite, but too large for sin, cos and tan.
  Value isHuge(Value x);

private:
  /// x = count * step + rest + tail.
  struct Reduced {
    Value count; // an integer, of the type of bits
    Value rest, tail;
  };
  /// x = 2^exponent * (1 + fraction), the fraction in [sqrt(1/2), sqrt(2)) - 1.
  struct Split {
    Value exponent, fraction; // an integer; a float
  };

  /// Two numbers whose sum is meant, the first one the larger.
  struct Sum {
    Value more, less;
  };
  Value rounded(Sum sum) { return add(sum.more, sum.less); }
  /// What `value`, the rounded sum, lacks.
  Value lost(Sum sum, Value value) {
    return sub(sum.less, sub(value, sum.more));
  }

  // Exponentials.
  Reduced reduceByLog2(Value x);
  Value expm1OfRest(Value rest);
  Value scaledExp(Value x, int64_t exponent);
  Value scaled(Value x, Value exponent);
  Value powerOf2(Value exponent);
  Value clamp(Value x, double low, double high);

  // Logarithms.
  Split split(Value x);
  Value logOf(Split parts, Value correction);
  Value logInBase(Value x, Sum logOfE, Sum logOf2);
  Value logSpecials(Value x, Value pole, Value result);

  // Trigonometry.
  Reduced reduceByHalfPi(Value x);
  Reduced reduceInDouble(Value x);
  Sum sinOfRest(const Reduced &reduced);
  Sum cosOfRest(const Reduced &reduced);
  Value sinOfQuadrant(const Reduced &reduced, Value quadrant);
  Value atanTail(Value t);
  Value asinTail(Value z);
  std::pair<Value, Value> rootWithTail(Value x);

  // Arithmetic.
  Value choose(Value isSecond, Value x, Value y);
  Value number(double value);
  Value integer(int64_t value);
  Value infinity();
  Value nan();
  Value add(Value x, Value y) { return make<mlir::arith::AddFOp>(x, y); }
  Value sub(Value x, Value y) { return make<mlir::arith::SubFOp>(x, y); }
  Value mul(Value x, Value y) { return make<mlir::arith::MulFOp>(x, y); }
  Value div(Value x, Value y) { return make<mlir::arith::DivFOp>(x, y); }
  Value neg(Value x) { return make<mlir::arith::NegFOp>(x); }
  Value addi(Value x, Value y) { return make<mlir::arith::AddIOp>(x, y); }
  Value subi(Value x, Value y) { return make<mlir::arith::SubIOp>(x, y); }
  Value andi(Value x, Value y) { return make<mlir::arith::AndIOp>(x, y); }
  Value fma(Value x, Value y, Value z);
  Value abs(Value x);
  Value sqrt(Value x);
  Value copysign(Value x, Value sign);
  Value select(Value condition, Value x, Value y) {
    return make<mlir::arith::SelectOp>(condition, x, y);
  }
  Value cmp(mlir::arith::CmpFPredicate predicate, Value x, Value y) {
    return mlir::arith::CmpFOp::create(b, predicate, x, y);
  }
  Value lt(Value x, Value y) {
    return cmp(mlir::arith::CmpFPredicate::OLT, x, y);
  }
  Value gt(Value x, Value y) {
    return cmp(mlir::arith::CmpFPredicate::OGT, x, y);
  }
  Value eq(Value x, Value y) {
    return cmp(mlir::arith::CmpFPredicate::OEQ, x, y);
  }
  Value isNonzero(Value integers);
  Value isNegative(Value x);
  Value bits(Value x);
  Value fromBits(Value x);
  Value toFloat(Value integers);
  Value horner(Value x, llvm::ArrayRef<double> coefficients, unsigned first,
               unsigned step);
  Value polynomial(Value x, llvm::ArrayRef<double> coefficients);
  template <size_t N, size_t M>
  Value polynomial(Value x, const double (&f32)[N], const double (&f64)[M]) {
    return polynomial(x, pickCoefficients(f32, f64));
  }
  template <size_t N, size_t M>
  llvm::ArrayRef<double> pickCoefficients(const double (&f32)[N],
                                          const double (&f64)[M]) {
    return isPrecise ? llvm::ArrayRef(f64) : llvm::ArrayRef(f32);
  }
  template <typename Op, typename... Args> Value make(Args... args) {
    return Op::create(b, args...).getResult();
  }

  /// A value for each format of the arithmetic.
  template <typename T> T pick(T forFloat, T forDouble) {
    return isDouble ? forDouble : forFloat;
  }
  int64_t mantissaBits() { return pick(23, 52); }
  int64_t exponentBias() { return pick(127, 1023); }
  mlir::Type bitsType();
  /// `type` with other elements.
  mlir::Type withElement(mlir::Type element);

  mlir::ImplicitLocOpBuilder &b;
  mlir::Type type;
  bool isDouble;
  bool isPrecise;
};

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_MATH_FLOAT_MATH_H
