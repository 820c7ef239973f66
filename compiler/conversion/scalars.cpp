//===- scalars.cpp - What ops do to one element ---------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/scalars.h"

#include "dialects/nabla/NablaOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/TypeSwitch.h"

#include <limits>

using namespace mlir;

namespace nabla {

NumberKind numberKind(Type element) {
  if (isa<FloatType>(element))
    return NumberKind::Float;
  auto integer = cast<IntegerType>(element);
  return integer.isUnsigned() || integer.getWidth() == 1 ? NumberKind::Unsigned
                                                         : NumberKind::Signed;
}

Value floatConstant(ImplicitLocOpBuilder &b, Type type, double value) {
  return arith::ConstantOp::create(b, b.getFloatAttr(type, value));
}

Value intConstant(ImplicitLocOpBuilder &b, Type type, int64_t value) {
  return arith::ConstantOp::create(b, b.getIntegerAttr(type, value));
}

Value zeroConstant(ImplicitLocOpBuilder &b, Type type) {
  return arith::ConstantOp::create(b, b.getZeroAttr(type));
}

Type computeType(Type element) {
  auto type = dyn_cast<FloatType>(element);
  if (type && type.getWidth() < 32)
    return Float32Type::get(element.getContext());
  return element;
}

Value extendToCompute(ImplicitLocOpBuilder &b, Value value) {
  Type type = computeType(value.getType());
  if (type == value.getType())
    return value;
  return arith::ExtFOp::create(b, type, value);
}

Value truncateFromCompute(ImplicitLocOpBuilder &b, Value value, Type type) {
  if (type == value.getType())
    return value;
  return arith::TruncFOp::create(b, type, value);
}

Value emitExtremum(ImplicitLocOpBuilder &b, NumberKind kind, bool max, Value x,
                   Value y) {
  switch (kind) {
  case NumberKind::Float:
    return max ? arith::MaximumFOp::create(b, x, y).getResult()
               : arith::MinimumFOp::create(b, x, y).getResult();
  case NumberKind::Signed:
    return max ? arith::MaxSIOp::create(b, x, y).getResult()
               : arith::MinSIOp::create(b, x, y).getResult();
  case NumberKind::Unsigned:
    return max ? arith::MaxUIOp::create(b, x, y).getResult()
               : arith::MinUIOp::create(b, x, y).getResult();
  }
  llvm_unreachable("no such kind of number");
}

namespace {

/// Emits one op of the elementwise family on elements of its compute type.
class ScalarEmitter {
public:
  ScalarEmitter(ImplicitLocOpBuilder &b, NumberKind kind, ValueRange args)
      : b(b), kind(kind), args(args), type(args.front().getType()) {}

  Value emit(Operation *op);

private:
  Value emitFromTable(Operation *op);
  Value neg();
  Value abs();
  Value sign();
  Value logistic();
  Value rsqrt();
  Value mulZero();
  Value divZero();
  Value bitwiseNot();
  Value shiftLeft();
  Value shiftRight();
  Value integerPow(int64_t exponent);
  Value compare(Predicate predicate);
  Value div();
  Value rem();

  Value number(double value) { return floatConstant(b, type, value); }
  Value integer(int64_t value) { return intConstant(b, type, value); }
  Value one() { return isFloat() ? number(1) : integer(1); }
  Value zero() { return zeroConstant(b, type); }
  Value mul(Value x, Value y) {
    return isFloat() ? arith::MulFOp::create(b, x, y).getResult()
                     : arith::MulIOp::create(b, x, y).getResult();
  }
  Value cmp(arith::CmpFPredicate predicate, Value x, Value y) {
    return arith::CmpFOp::create(b, predicate, x, y);
  }
  Value cmp(arith::CmpIPredicate predicate, Value x, Value y) {
    return arith::CmpIOp::create(b, predicate, x, y);
  }
  Value select(Value condition, Value x, Value y) {
    return arith::SelectOp::create(b, condition, x, y);
  }
  bool isFloat() const { return kind == NumberKind::Float; }
  /// Whether y is 0, and a divisor that does not trap: 1 where x / y would.
  std::pair<Value, Value> guardDivisor();

  ImplicitLocOpBuilder &b;
  NumberKind kind;
  ValueRange args;
  Type type;
};

} // namespace

Value ScalarEmitter::emitFromTable(Operation *op) {
#define NABLA_SCALAR(OP, KIND, SCALAR)                                         \
  if (kind == NumberKind::KIND && isa<OP>(op))                                 \
    return SCALAR::create(b, type, args);
#include "dialects/nabla/NablaScalars.cpp.inc"
  return {};
}

Value ScalarEmitter::neg() {
  if (isFloat())
    return arith::NegFOp::create(b, args[0]);
  return arith::SubIOp::create(b, zero(), args[0]);
}

Value ScalarEmitter::abs() {
  switch (kind) {
  case NumberKind::Float:
    return math::AbsFOp::create(b, args[0]);
  case NumberKind::Signed:
    return math::AbsIOp::create(b, args[0]);
  case NumberKind::Unsigned:
    return args[0];
  }
  llvm_unreachable("no such kind of number");
}

Value ScalarEmitter::sign() {
  Value x = args[0];
  if (isFloat()) {
    // 0 for both zeros, and NaN, which no comparison takes, for NaN.
    Value r = select(cmp(arith::CmpFPredicate::OEQ, x, zero()), zero(), x);
    r = select(cmp(arith::CmpFPredicate::OLT, x, zero()), number(-1), r);
    return select(cmp(arith::CmpFPredicate::OGT, x, zero()), number(1), r);
  }
  Value r = select(cmp(arith::CmpIPredicate::eq, x, zero()), zero(), one());
  if (kind == NumberKind::Unsigned)
    return r;
  return select(cmp(arith::CmpIPredicate::slt, x, zero()), integer(-1), r);
}

Value ScalarEmitter::logistic() {
  // With z = exp(-|x|), which never overflows: 1 / (1 + z) or q = z / (1 + z).
  // The latter as z (1 - q), where the rounding errors of q count less.
  Value x = args[0];
  Value z = math::ExpOp::create(
      b, arith::NegFOp::create(b, math::AbsFOp::create(b, x)));
  Value isNegative = cmp(arith::CmpFPredicate::OLT, x, zero());
  Value quotient = arith::DivFOp::create(b, select(isNegative, z, one()),
                                         arith::AddFOp::create(b, one(), z));
  Value small =
      math::FmaOp::create(b, arith::NegFOp::create(b, z), quotient, z);
  return select(isNegative, small, quotient);
}

Value ScalarEmitter::rsqrt() {
  return arith::DivFOp::create(b, one(), math::SqrtOp::create(b, args[0]));
}

Value ScalarEmitter::mulZero() {
  Value isZero =
      arith::OrIOp::create(b, cmp(arith::CmpFPredicate::OEQ, args[0], zero()),
                           cmp(arith::CmpFPredicate::OEQ, args[1], zero()));
  return select(isZero, zero(), mul(args[0], args[1]));
}

Value ScalarEmitter::divZero() {
  Value isZero = cmp(arith::CmpFPredicate::OEQ, args[0], zero());
  return select(isZero, zero(), arith::DivFOp::create(b, args[0], args[1]));
}

Value ScalarEmitter::bitwiseNot() {
  return arith::XOrIOp::create(b, args[0], integer(-1));
}

/// A shift by all bits or more would be poison; seen as unsigned, so many are
/// negative numbers too.
Value ScalarEmitter::shiftLeft() {
  Value count = args[1], width = integer(type.getIntOrFloatBitWidth());
  Value isInside = cmp(arith::CmpIPredicate::ult, count, width);
  Value inside = select(isInside, count, zero());
  return select(isInside, arith::ShLIOp::create(b, args[0], inside), zero());
}

Value ScalarEmitter::shiftRight() {
  Value count = args[1];
  int64_t width = type.getIntOrFloatBitWidth();
  if (kind == NumberKind::Signed) {
    Value last = integer(width - 1);
    return arith::ShRSIOp::create(b, args[0],
                                  arith::MinUIOp::create(b, count, last));
  }
  Value isInside = cmp(arith::CmpIPredicate::ult, count, integer(width));
  Value inside = select(isInside, count, zero());
  return select(isInside, arith::ShRUIOp::create(b, args[0], inside), zero());
}

Value ScalarEmitter::integerPow(int64_t exponent) {
  uint64_t left = exponent < 0 ? -static_cast<uint64_t>(exponent) : exponent;
  Value square = args[0];
  Value result;
  while (left != 0) {
    if (left & 1)
      result = result ? mul(result, square) : square;
    left >>= 1;
    if (left != 0)
      square = mul(square, square);
  }
  if (!result)
    return one();
  return exponent < 0 ? arith::DivFOp::create(b, one(), result) : result;
}

Value ScalarEmitter::compare(Predicate predicate) {
  using F = arith::CmpFPredicate;
  using I = arith::CmpIPredicate;
  // In the order of nabla::Predicate: eq, ne, lt, le, gt, ge.
  static constexpr F floats[] = {F::OEQ, F::UNE, F::OLT,
                                 F::OLE, F::OGT, F::OGE};
  static constexpr I signeds[] = {I::eq, I::ne, I::slt, I::sle, I::sgt, I::sge};
  static constexpr I unsigneds[] = {I::eq,  I::ne,  I::ult,
                                    I::ule, I::ugt, I::uge};
  auto i = static_cast<unsigned>(predicate);
  if (isFloat())
    return cmp(floats[i], args[0], args[1]);
  bool isSigned = kind == NumberKind::Signed;
  return cmp(isSigned ? signeds[i] : unsigneds[i], args[0], args[1]);
}

std::pair<Value, Value> ScalarEmitter::guardDivisor() {
  Value x = args[0], y = args[1];
  Value isZero = cmp(arith::CmpIPredicate::eq, y, zero());
  Value traps = isZero;
  if (kind == NumberKind::Signed) {
    Value lowest = arith::ConstantOp::create(
        b, b.getIntegerAttr(
               type, APInt::getSignedMinValue(type.getIntOrFloatBitWidth())));
    Value overflows =
        arith::AndIOp::create(b, cmp(arith::CmpIPredicate::eq, x, lowest),
                              cmp(arith::CmpIPredicate::eq, y, integer(-1)));
    traps = arith::OrIOp::create(b, isZero, overflows);
  }
  return {isZero, select(traps, one(), y)};
}

Value ScalarEmitter::div() {
  Value x = args[0];
  if (isFloat())
    return arith::DivFOp::create(b, x, args[1]);
  auto [isZero, y] = guardDivisor();
  Value quotient = kind == NumberKind::Signed
                       ? arith::DivSIOp::create(b, x, y).getResult()
                       : arith::DivUIOp::create(b, x, y).getResult();
  return select(isZero, integer(-1), quotient);
}

Value ScalarEmitter::rem() {
  Value x = args[0];
  if (isFloat())
    return arith::RemFOp::create(b, x, args[1]);
  auto [isZero, y] = guardDivisor();
  Value remainder = kind == NumberKind::Signed
                        ? arith::RemSIOp::create(b, x, y).getResult()
                        : arith::RemUIOp::create(b, x, y).getResult();
  return select(isZero, x, remainder);
}

Value ScalarEmitter::emit(Operation *op) {
  if (Value fromTable = emitFromTable(op))
    return fromTable;
  using F = arith::CmpFPredicate;
  auto magnitude = [&] { return math::AbsFOp::create(b, args[0]); };
  auto infinity = [&] {
    return number(std::numeric_limits<double>::infinity());
  };
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case([&](NegOp) { return neg(); })
      .Case([&](AbsOp) { return abs(); })
      .Case([&](SignOp) { return sign(); })
      .Case([&](LogisticOp) { return logistic(); })
      .Case([&](RsqrtOp) { return rsqrt(); })
      .Case([&](MulZeroOp) { return mulZero(); })
      .Case([&](DivZeroOp) { return divZero(); })
      .Case([&](NotOp) { return bitwiseNot(); })
      .Case([&](ShiftLeftOp) { return shiftLeft(); })
      .Case([&](ShiftRightOp) { return shiftRight(); })
      .Case([&](DivOp) { return div(); })
      .Case([&](RemOp) { return rem(); })
      .Case(
          [&](MaxOp) { return emitExtremum(b, kind, true, args[0], args[1]); })
      .Case(
          [&](MinOp) { return emitExtremum(b, kind, false, args[0], args[1]); })
      .Case([&](CompareOp c) { return compare(c.getPredicate()); })
      .Case([&](IntegerPowOp p) { return integerPow(p.getExponent()); })
      .Case([&](IsNanOp) { return cmp(F::UNO, args[0], args[0]); })
      .Case([&](IsInfOp) { return cmp(F::OEQ, magnitude(), infinity()); })
      .Case([&](IsFiniteOp) { return cmp(F::OLT, magnitude(), infinity()); })
      .Default([](Operation *) { return Value(); });
}

Value emitScalar(ImplicitLocOpBuilder &b, Operation *op, ValueRange args) {
  // Ops that only move bits need no compute type.
  if (isa<SelectOp>(op))
    return arith::SelectOp::create(b, args[0], args[1], args[2]);
  if (isa<StopGradientOp>(op))
    return args[0];
  auto elementOf = [](Value v) { return getElementTypeOrSelf(v.getType()); };
  Type from = elementOf(op->getOperand(0));
  Type to = elementOf(op->getResult(0));
  if (isa<ConvertOp>(op))
    return emitConvert(b, from, to, args[0]);

  SmallVector<Value, 2> wide;
  for (Value arg : args)
    wide.push_back(extendToCompute(b, arg));
  Value result = ScalarEmitter(b, numberKind(from), wide).emit(op);
  if (!result || !isa<FloatType>(to))
    return result;
  return truncateFromCompute(b, result, to);
}

} // namespace nabla
