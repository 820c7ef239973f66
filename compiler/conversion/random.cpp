//===- random.cpp - Lowering of random bits -------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Threefry-2x32 with 20 rounds: Salmon, Moraes, Dror, Shaw, "Parallel random
// numbers: as easy as 1, 2, 3", SC 2011. tests/py/test_random.py holds the
// test vectors that its authors published.
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/lowering.h"
#include "compiler/conversion/scalars.h"

#include "dialects/nabla/NablaOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace nabla {
namespace {

using Words = std::array<Value, 2>;

static Value rotateLeft(ImplicitLocOpBuilder &b, Value x, unsigned by) {
  Type type = x.getType();
  Value high = arith::ShLIOp::create(b, x, intConstant(b, type, by));
  Value low = arith::ShRUIOp::create(b, x, intConstant(b, type, 32 - by));
  return arith::OrIOp::create(b, high, low);
}

static Value add(ImplicitLocOpBuilder &b, Value x, Value y) {
  return arith::AddIOp::create(b, x, y);
}

static Words threefry(ImplicitLocOpBuilder &b, Words key, Words counter) {
  static constexpr unsigned rotations[] = {13, 15, 26, 6, 17, 29, 16, 24};
  Type i32 = b.getI32Type();
  Value parity =
      arith::XOrIOp::create(b, intConstant(b, i32, 0x1BD11BDA),
                            arith::XOrIOp::create(b, key[0], key[1]));
  Value keys[] = {key[0], key[1], parity};

  Value x0 = add(b, counter[0], keys[0]);
  Value x1 = add(b, counter[1], keys[1]);
  for (unsigned round = 0; round < 20; ++round) {
    x0 = add(b, x0, x1);
    x1 = rotateLeft(b, x1, rotations[round % 8]);
    x1 = arith::XOrIOp::create(b, x1, x0);
    if (round % 4 != 3)
      continue;
    unsigned injection = round / 4 + 1;
    x0 = add(b, x0, keys[injection % 3]);
    x1 = add(b, add(b, x1, keys[(injection + 1) % 3]),
             intConstant(b, i32, injection));
  }
  return {x0, x1};
}

/// The position within the block of a key, in row-major order, as an i64.
static Value positionInBlock(ImplicitLocOpBuilder &b, RankedTensorType type,
                             int64_t firstDim) {
  Type i64 = b.getI64Type();
  Value position = intConstant(b, i64, 0);
  for (int64_t dim = firstDim; dim < type.getRank(); ++dim) {
    Value index =
        arith::IndexCastOp::create(b, i64, linalg::IndexOp::create(b, dim));
    Value extent = intConstant(b, i64, type.getDimSize(dim));
    position = add(b, arith::MulIOp::create(b, position, extent), index);
  }
  return position;
}

static Value randomElement(ImplicitLocOpBuilder &b, RankedTensorType type,
                           int64_t firstDim, Words key) {
  Type i32 = b.getI32Type(), i64 = b.getI64Type();
  Value half = intConstant(b, i64, 32);
  Value position = positionInBlock(b, type, firstDim);
  Value high = arith::ShRUIOp::create(b, position, half);
  Words words = threefry(b, key,
                         {arith::TruncIOp::create(b, i32, position),
                          arith::TruncIOp::create(b, i32, high)});
  if (type.getElementType() == i32)
    return words[0];
  return arith::OrIOp::create(
      b,
      arith::ShLIOp::create(b, arith::ExtUIOp::create(b, i64, words[0]), half),
      arith::ExtUIOp::create(b, i64, words[1]));
}

struct LowerRandomBits : OpConversionPattern<RandomBitsOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(RandomBitsOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Value keys = adaptor.getKeys();
    RankedTensorType type = storageTensor(op.getType());
    int64_t batchDims = cast<RankedTensorType>(keys.getType()).getRank() - 1;
    auto wordMap = [&](int64_t word) {
      SmallVector<AffineExpr> exprs;
      for (int64_t dim = 0; dim < batchDims; ++dim)
        exprs.push_back(rewriter.getAffineDimExpr(dim));
      exprs.push_back(rewriter.getAffineConstantExpr(word));
      return AffineMap::get(type.getRank(), 0, exprs, rewriter.getContext());
    };
    auto body = [&](ImplicitLocOpBuilder &b,
                    ValueRange args) -> SmallVector<Value> {
      return {randomElement(b, type, batchDims, {args[0], args[1]})};
    };
    rewriter.replaceOp(op,
                       buildParallel(rewriter, op.getLoc(), type, {keys, keys},
                                     {wordMap(0), wordMap(1)}, body));
    return success();
  }
};

} // namespace

void populateRandomPatterns(const TypeConverter &converter,
                            RewritePatternSet &patterns) {
  patterns.add<LowerRandomBits>(converter, patterns.getContext());
}

} // namespace nabla
