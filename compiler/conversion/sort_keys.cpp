//===- sort_keys.cpp - Integers in the order of elements ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The bits of a float, read as an integer, are a sign and a magnitude, and so
// ordered but for the sign (IEEE 754-2019, 5.10, totalOrder).
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/lowering.h"
#include "compiler/conversion/scalars.h"
#include "compiler/conversion/sorting.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace nabla {

static Value bitsConstant(ImplicitLocOpBuilder &b, const llvm::APInt &bits) {
  auto type = b.getIntegerType(bits.getBitWidth());
  return arith::ConstantOp::create(b, b.getIntegerAttr(type, bits));
}

/// An integer with sign in the order of a float.
static Value emitSignedKey(ImplicitLocOpBuilder &b, FloatType type, Value x) {
  unsigned width = type.getWidth();
  auto infinity = llvm::APFloat::getInf(type.getFloatSemantics());
  Value bits = arith::BitcastOp::create(b, b.getIntegerType(width), x);
  Value largest = bitsConstant(b, llvm::APInt::getSignedMaxValue(width));
  Value magnitude = arith::AndIOp::create(b, bits, largest);
  Value isNaN =
      arith::CmpIOp::create(b, arith::CmpIPredicate::ugt, magnitude,
                            bitsConstant(b, infinity.bitcastToAPInt()));
  Value zero = intConstant(b, bits.getType(), 0);
  Value isNegative =
      arith::CmpIOp::create(b, arith::CmpIPredicate::slt, bits, zero);
  // That of both zeros is 0.
  Value negative = arith::SubIOp::create(b, zero, magnitude);
  Value number = arith::SelectOp::create(b, isNegative, negative, magnitude);
  return arith::SelectOp::create(b, isNaN, largest, number);
}

static Value emitKey(ImplicitLocOpBuilder &b, Type element, bool descending,
                     Value x) {
  NumberKind kind = numberKind(element);
  if (auto type = dyn_cast<FloatType>(element))
    x = emitSignedKey(b, type, x);
  unsigned width = x.getType().getIntOrFloatBitWidth();
  auto flip = [&](const llvm::APInt &bits) {
    x = arith::XOrIOp::create(b, x, bitsConstant(b, bits));
  };
  if (kind != NumberKind::Unsigned)
    flip(llvm::APInt::getSignMask(width));
  if (descending)
    flip(llvm::APInt::getAllOnes(width));
  return x;
}

Value emitSortKeys(ImplicitLocOpBuilder &b, Type element, bool descending,
                   Value x) {
  auto type = cast<RankedTensorType>(x.getType());
  unsigned width = type.getElementTypeBitWidth();
  auto keys = RankedTensorType::get(type.getShape(), b.getIntegerType(width));
  auto body = [&](ImplicitLocOpBuilder &inner,
                  ValueRange args) -> SmallVector<Value> {
    return {emitKey(inner, element, descending, args[0])};
  };
  AffineMap map = b.getMultiDimIdentityMap(type.getRank());
  return buildParallel(b, b.getLoc(), keys, x, map, body);
}

} // namespace nabla
