//===- contraction.cpp - Lowering of dot_general --------------------------===//
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

/// Which loop runs along each dimension of the operands: first those of the
/// result (batch, free in x, free in y), then the contracting ones.
struct ContractionLoops {
  explicit ContractionLoops(DotGeneralOp op)
      : x(op.getX().getType().getRank(), -1),
        y(op.getY().getType().getRank(), -1) {
    numberPairs(op.getXBatch(), op.getYBatch());
    numberFree(x, op.getXContract());
    numberFree(y, op.getYContract());
    firstReduction = count;
    numberPairs(op.getXContract(), op.getYContract());
  }

  void numberPairs(ArrayRef<int64_t> xDims, ArrayRef<int64_t> yDims) {
    for (auto [xDim, yDim] : llvm::zip_equal(xDims, yDims))
      x[xDim] = y[yDim] = count++;
  }
  void numberFree(SmallVector<int64_t> &loops, ArrayRef<int64_t> contracted) {
    for (auto [dim, loop] : llvm::enumerate(loops))
      if (loop < 0 && !llvm::is_contained(contracted, dim))
        loop = count++;
  }
  AffineMap map(MLIRContext *context, ArrayRef<int64_t> loops) const {
    SmallVector<AffineExpr> exprs;
    for (int64_t loop : loops)
      exprs.push_back(getAffineDimExpr(loop, context));
    return AffineMap::get(count, 0, exprs, context);
  }

  SmallVector<int64_t> x, y;
  int64_t count = 0;
  int64_t firstReduction = 0;
};

struct LowerDotGeneral : OpConversionPattern<DotGeneralOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(DotGeneralOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType type = storageTensor(op.getType());
    Type element = type.getElementType(), wide = computeType(element);
    ContractionLoops loops(op);
    auto toResult =
        llvm::to_vector(llvm::seq<int64_t>(0, loops.firstReduction));
    auto reductions =
        llvm::to_vector(llvm::seq<int64_t>(loops.firstReduction, loops.count));

    MLIRContext *context = rewriter.getContext();
    Value zero =
        arith::ConstantOp::create(rewriter, loc, rewriter.getZeroAttr(wide));
    Value init = filledTensor(rewriter, loc, type.clone(wide), zero);
    auto product =
        buildGeneric(rewriter, loc, {adaptor.getX(), adaptor.getY()}, init,
                     {loops.map(context, loops.x), loops.map(context, loops.y),
                      loops.map(context, toResult)},
                     reductions, multiplyAdd);
    rewriter.replaceOp(op,
                       roundTensor(rewriter, loc, product.getResult(0), type));
    return success();
  }
};

} // namespace

SmallVector<Value> multiplyAdd(ImplicitLocOpBuilder &b, ValueRange args) {
  if (isa<IntegerType>(args[0].getType())) {
    Value product = arith::MulIOp::create(b, args[0], args[1]);
    return {arith::AddIOp::create(b, args[2], product)};
  }
  // Here, and only here, a multiplication and an addition may be fused.
  auto contract = arith::FastMathFlags::contract;
  Value product = arith::MulFOp::create(b, extendToCompute(b, args[0]),
                                        extendToCompute(b, args[1]), contract);
  return {arith::AddFOp::create(b, args[2], product, contract)};
}

void populateContractionPatterns(const TypeConverter &converter,
                                 RewritePatternSet &patterns) {
  patterns.add<LowerDotGeneral>(converter, patterns.getContext());
}

} // namespace nabla
