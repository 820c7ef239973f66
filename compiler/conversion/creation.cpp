//===- creation.cpp - Lowering of constants and iota ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/lowering.h"
#include "compiler/conversion/scalars.h"

#include "dialects/nabla/NablaOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace nabla {
namespace {

/// The same elements in the type that memory holds.
static ElementsAttr storageElements(DenseElementsAttr dense) {
  RankedTensorType type = storageTensor(dense.getType());
  if (type == dense.getType())
    return dense;
  if (!dense.getElementType().isInteger(1))
    return dense.bitcast(type.getElementType());
  return dense.mapValues(type.getElementType(),
                         [](const APInt &bit) { return bit.zext(8); });
}

struct LowerConstant : OpConversionPattern<ConstantOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(ConstantOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOpWithNewOp<arith::ConstantOp>(
        op, storageElements(cast<DenseElementsAttr>(op.getValue())));
    return success();
  }
};

struct LowerIota : OpConversionPattern<IotaOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(IotaOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Type element = op.getType().getElementType();
    auto body = [&](ImplicitLocOpBuilder &b, ValueRange) -> SmallVector<Value> {
      Value index = linalg::IndexOp::create(b, op.getDim());
      Value i64 = arith::IndexCastOp::create(b, b.getI64Type(), index);
      return {emitConvert(b, b.getI64Type(), element, i64)};
    };
    rewriter.replaceOp(op, buildParallel(rewriter, op.getLoc(),
                                         storageTensor(op.getType()), {}, {},
                                         body));
    return success();
  }
};

struct LowerBasis : OpConversionPattern<BasisOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(BasisOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    auto element = cast<FloatType>(op.getType().getElementType());
    ArrayRef<int64_t> shape = op.getType().getShape();
    auto body = [&](ImplicitLocOpBuilder &b, ValueRange) -> SmallVector<Value> {
      auto constant = [&](double value) -> Value {
        return arith::ConstantOp::create(b, b.getFloatAttr(element, value));
      };
      Value all = arith::ConstantOp::create(b, b.getBoolAttr(true));
      Value vector = linalg::IndexOp::create(b, 0);
      // The digits of the number of the vector, the last first.
      for (size_t dim = shape.size() - 1; dim > 0; --dim) {
        Value index = linalg::IndexOp::create(b, dim), digit = vector;
        if (dim > 1) {
          Value extent = arith::ConstantIndexOp::create(b, shape[dim]);
          digit = arith::RemUIOp::create(b, vector, extent);
          vector = arith::DivUIOp::create(b, vector, extent);
        }
        Value same =
            arith::CmpIOp::create(b, arith::CmpIPredicate::eq, index, digit);
        all = arith::AndIOp::create(b, all, same);
      }
      return {arith::SelectOp::create(b, all, constant(1.0), constant(0.0))};
    };
    rewriter.replaceOp(op, buildParallel(rewriter, op.getLoc(),
                                         storageTensor(op.getType()), {}, {},
                                         body));
    return success();
  }
};

} // namespace

void populateCreationPatterns(const TypeConverter &converter,
                              RewritePatternSet &patterns) {
  patterns.add<LowerConstant, LowerIota, LowerBasis>(converter,
                                                     patterns.getContext());
}

} // namespace nabla
