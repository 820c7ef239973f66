//===- rank_sort.cpp - Sorting short rows by counting ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The position of an element is the number of those before it (D. Knuth, The
// Art of Computer Programming 3, 5.2, "comparison counting"). To compare each
// with each is work for vectors.
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/lowering.h"
#include "compiler/conversion/scalars.h"
#include "compiler/conversion/sorting.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace nabla {

/// args are the key and the place of one element, those of another one, and the
/// number of elements before that other one so far.
static SmallVector<Value> countIfBefore(ImplicitLocOpBuilder &b,
                                        ValueRange args) {
  auto compare = [&](arith::CmpIPredicate how, Value x, Value y) -> Value {
    return arith::CmpIOp::create(b, how, x, y);
  };
  Value isLess = compare(arith::CmpIPredicate::ult, args[0], args[2]);
  Value isEqual = compare(arith::CmpIPredicate::eq, args[0], args[2]);
  Value isLeft = compare(arith::CmpIPredicate::ult, args[1], args[3]);
  Value isBefore = arith::OrIOp::create(
      b, isLess, arith::AndIOp::create(b, isEqual, isLeft));
  Type type = args[4].getType();
  Value one = arith::ExtUIOp::create(b, type, isBefore);
  return {arith::AddIOp::create(b, args[4], one)};
}

static SmallVector<Value> ownPlace(ImplicitLocOpBuilder &b, Type type) {
  Value place = linalg::IndexOp::create(b, 0);
  return {arith::IndexCastOp::create(b, type, place)};
}

/// The number of keys before each one of its row, as wide as a key.
static Value emitRanks(ImplicitLocOpBuilder &b, Value keys) {
  Location loc = b.getLoc();
  auto type = cast<RankedTensorType>(keys.getType());
  Type integer = type.getElementType();
  auto rowType = RankedTensorType::get(type.getShape().back(), integer);
  auto place = [&](ImplicitLocOpBuilder &inner, ValueRange) {
    return ownPlace(inner, integer);
  };
  Value places = buildParallel(b, loc, rowType, {}, {}, place);
  Value none = filledTensor(b, loc, type, intConstant(b, integer, 0));
  AffineExpr row = b.getAffineDimExpr(0), other = b.getAffineDimExpr(1),
             own = b.getAffineDimExpr(2);
  auto map = [&](ArrayRef<AffineExpr> dims) {
    return AffineMap::get(3, 0, dims, b.getContext());
  };
  SmallVector<AffineMap> maps{map({row, other}), map({other}), map({row, own}),
                              map({own}), map({row, own})};
  return buildGeneric(b, loc, {keys, places, keys, places}, none, maps, {1},
                      countIfBefore)
      .getResult(0);
}

Value emitRankSort(ImplicitLocOpBuilder &b, Value keys) {
  Value ranks = emitRanks(b, keys);
  auto type = cast<RankedTensorType>(keys.getType());
  int64_t numRows = type.getDimSize(0), extent = type.getDimSize(1);
  auto index = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(b, value);
  };
  auto place = [&](Value row, Value result, Value rowOfResult) {
    auto write = [&](Value at, ValueRange args) -> SmallVector<Value> {
      Value rank = tensor::ExtractOp::create(b, ranks, ValueRange{row, at});
      rank = arith::IndexCastUIOp::create(b, b.getIndexType(), rank);
      Value position = arith::IndexCastOp::create(b, b.getI64Type(), at);
      return {tensor::InsertOp::create(b, position, args[0],
                                       ValueRange{rowOfResult, rank})};
    };
    return emitLoop(b, index(0), index(extent), index(1), result, write)[0];
  };
  return emitRows(b, numRows, extent, place);
}

} // namespace nabla
