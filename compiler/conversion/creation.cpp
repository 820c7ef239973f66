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

} // namespace

void populateCreationPatterns(const TypeConverter &converter,
                              RewritePatternSet &patterns) {
  patterns.add<LowerConstant, LowerIota>(converter, patterns.getContext());
}

} // namespace nabla
