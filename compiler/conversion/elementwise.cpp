//===- elementwise.cpp - Lowering of elementwise ops ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/lowering.h"
#include "compiler/conversion/scalars.h"

#include "dialects/nabla/NablaOps.h"

using namespace mlir;

namespace nabla {
namespace {

/// Any op of the family becomes a linalg.generic whose body is its scalar
/// meaning.
struct LowerElementwise : OpTraitConversionPattern<ElementwiseFamily> {
  using Base::Base;

  LogicalResult
  matchAndRewrite(Operation *op, ArrayRef<Value> operands,
                  ConversionPatternRewriter &rewriter) const override {
    if (isa<StopGradientOp>(op)) {
      rewriter.replaceOp(op, operands[0]);
      return success();
    }
    RankedTensorType type = storageTensor(op->getResult(0).getType());
    SmallVector<AffineMap> maps(
        operands.size(), rewriter.getMultiDimIdentityMap(type.getRank()));
    bool known = true;
    auto body = [&](ImplicitLocOpBuilder &b,
                    ValueRange args) -> SmallVector<Value> {
      SmallVector<Value> elements;
      for (auto [operand, arg] : llvm::zip_first(op->getOperandTypes(), args))
        elements.push_back(load(b, getElementTypeOrSelf(operand), arg));
      Value result = emitScalar(b, op, elements);
      known = result != nullptr;
      if (!known)
        return {};
      return {store(b, getElementTypeOrSelf(op->getResult(0)), result)};
    };
    Value result =
        buildParallel(rewriter, op->getLoc(), type, operands, maps, body);
    if (!known)
      return op->emitOpError("has no scalar lowering");
    rewriter.replaceOp(op, result);
    return success();
  }
};

} // namespace

void populateElementwisePatterns(const TypeConverter &converter,
                                 RewritePatternSet &patterns) {
  patterns.add<LowerElementwise>(converter, patterns.getContext());
}

} // namespace nabla
