//===- control_flow.cpp - Lowering of ops with regions --------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/lowering.h"

#include "dialects/nabla/NablaOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace nabla {
namespace {

static SmallVector<Type> storageTypes(TypeRange types) {
  return llvm::map_to_vector(
      types, [](Type type) -> Type { return storageTensor(type); });
}

/// Moves the body of `region` to the end of `block`, given its arguments, and
/// returns its terminator, which the caller replaces.
static YieldOp inlineBody(ConversionPatternRewriter &rewriter, Region &region,
                          Block *block, ValueRange arguments) {
  auto yield = cast<YieldOp>(region.front().getTerminator());
  rewriter.inlineBlockBefore(&region.front(), block, block->end(), arguments);
  rewriter.setInsertionPoint(yield);
  return yield;
}

struct LowerCond : OpConversionPattern<CondOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(CondOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Value predicate =
        tensor::ExtractOp::create(b, adaptor.getPredicate(), ValueRange{});
    predicate = load(b, b.getI1Type(), predicate);
    auto branch =
        scf::IfOp::create(b, storageTypes(op.getResultTypes()), predicate,
                          /*addThenBlock=*/true, /*addElseBlock=*/true);
    inlineBranch(rewriter, op.getThenRegion(), branch.thenBlock(),
                 adaptor.getInputs());
    inlineBranch(rewriter, op.getElseRegion(), branch.elseBlock(),
                 adaptor.getInputs());
    rewriter.replaceOp(op, branch);
    return success();
  }

  static void inlineBranch(ConversionPatternRewriter &rewriter, Region &region,
                           Block *block, ValueRange inputs) {
    YieldOp yield = inlineBody(rewriter, region, block, inputs);
    SmallVector<Value> values;
    (void)rewriter.getRemappedValues(yield.getResults(), values);
    rewriter.replaceOpWithNewOp<scf::YieldOp>(yield, values);
  }
};

struct LowerWhile : OpConversionPattern<WhileOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(WhileOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    SmallVector<Type> types = storageTypes(op.getResultTypes());
    auto loop = scf::WhileOp::create(b, types, adaptor.getCarries());
    SmallVector<Location> locs(types.size(), op.getLoc());
    Block *before = rewriter.createBlock(&loop.getBefore(), {}, types, locs);
    Block *after = rewriter.createBlock(&loop.getAfter(), {}, types, locs);

    YieldOp yield = inlineBody(rewriter, op.getCondition(), before,
                               arguments(adaptor, before));
    Value predicate = rewriter.getRemappedValue(yield.getResults()[0]);
    b.setInsertionPoint(yield);
    predicate = tensor::ExtractOp::create(b, predicate, ValueRange{});
    predicate = load(b, b.getI1Type(), predicate);
    rewriter.replaceOpWithNewOp<scf::ConditionOp>(yield, predicate,
                                                  before->getArguments());

    yield =
        inlineBody(rewriter, op.getBody(), after, arguments(adaptor, after));
    SmallVector<Value> values;
    (void)rewriter.getRemappedValues(yield.getResults(), values);
    rewriter.replaceOpWithNewOp<scf::YieldOp>(yield, values);
    rewriter.replaceOp(op, loop);
    return success();
  }

  static SmallVector<Value> arguments(OpAdaptor adaptor, Block *block) {
    SmallVector<Value> all(adaptor.getConsts());
    llvm::append_range(all, block->getArguments());
    return all;
  }
};

struct LowerScan : OpConversionPattern<ScanOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(ScanOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    auto length = static_cast<int64_t>(op.getLength());
    SmallVector<Value> inits(adaptor.getCarries());
    for (Type type : TypeRange(op.getResultTypes()).drop_front(inits.size()))
      inits.push_back(emptyTensor(b, op.getLoc(), storageTensor(type)));

    Value zero = arith::ConstantIndexOp::create(b, 0);
    Value one = arith::ConstantIndexOp::create(b, 1);
    Value end = arith::ConstantIndexOp::create(b, length);
    auto loop = scf::ForOp::create(b, zero, end, one, inits);
    Block *block = loop.getBody();
    if (!block->empty())
      rewriter.eraseOp(block->getTerminator());

    b.setInsertionPointToStart(block);
    Value step = loop.getInductionVar();
    if (op.getReverse())
      step = arith::SubIOp::create(
          b, arith::ConstantIndexOp::create(b, length - 1), step);
    auto carried = loop.getRegionIterArgs();
    SmallVector<Value> arguments(adaptor.getConsts());
    llvm::append_range(arguments, carried.take_front(op.getCarries().size()));
    for (Value xs : adaptor.getXs())
      arguments.push_back(takeSlice(b, xs, step));

    YieldOp yield = inlineBody(rewriter, op.getBody(), block, arguments);
    finishStep(rewriter, yield, carried, op.getCarries().size(), step);
    rewriter.replaceOp(op, loop);
    return success();
  }

  /// The box [step, 0, ...] of size [1, ...] in a stack of slices.
  struct Box {
    Box(OpBuilder &builder, ArrayRef<int64_t> shape, Value step)
        : offsets(shape.size(), builder.getIndexAttr(0)),
          sizes(getAsIndexOpFoldResult(builder.getContext(), shape)),
          strides(shape.size(), builder.getIndexAttr(1)) {
      offsets[0] = step;
      sizes[0] = builder.getIndexAttr(1);
    }
    SmallVector<OpFoldResult> offsets, sizes, strides;
  };

  static Value takeSlice(ImplicitLocOpBuilder &b, Value stack, Value step) {
    auto type = cast<RankedTensorType>(stack.getType());
    auto sliceType = RankedTensorType::get(type.getShape().drop_front(),
                                           type.getElementType());
    // No slice begins within an extent of 0.
    if (sliceType.getNumElements() == 0)
      return emptyTensor(b, b.getLoc(), sliceType);
    Box box(b, type.getShape(), step);
    return tensor::ExtractSliceOp::create(b, sliceType, stack, box.offsets,
                                          box.sizes, box.strides);
  }

  /// Replaces `yield` by that of the loop: the carries as they are, the slices
  /// put into their stacks.
  static void finishStep(ConversionPatternRewriter &rewriter, YieldOp yield,
                         ValueRange carried, unsigned numCarries, Value step) {
    SmallVector<Value> values;
    (void)rewriter.getRemappedValues(yield.getResults(), values);
    for (auto [value, stack] :
         llvm::drop_begin(llvm::zip_equal(values, carried), numCarries)) {
      Box box(rewriter, cast<RankedTensorType>(stack.getType()).getShape(),
              step);
      value =
          tensor::InsertSliceOp::create(rewriter, yield.getLoc(), value, stack,
                                        box.offsets, box.sizes, box.strides);
    }
    rewriter.replaceOpWithNewOp<scf::YieldOp>(yield, values);
  }
};

} // namespace

void populateControlFlowPatterns(const TypeConverter &converter,
                                 RewritePatternSet &patterns) {
  patterns.add<LowerCond, LowerScan, LowerWhile>(converter,
                                                 patterns.getContext());
}

} // namespace nabla
