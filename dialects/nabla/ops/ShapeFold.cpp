//===- ShapeFold.cpp - Folders of ops that move elements ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/Emit.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace nabla;

/// A splat stays one, whatever moves its elements.
static OpFoldResult moveSplat(Attribute attribute, Type type) {
  auto splat = dyn_cast_or_null<SplatElementsAttr>(attribute);
  return splat ? splat.resizeSplat(cast<ShapedType>(type)) : OpFoldResult();
}

static bool allEqual(ArrayRef<int64_t> values, int64_t value) {
  return llvm::all_of(values, [&](int64_t v) { return v == value; });
}

OpFoldResult BroadcastOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getType())
    return getX();
  if (auto inner = getX().getDefiningOp<BroadcastOp>()) {
    SmallVector<int64_t> dims;
    for (int64_t dim : inner.getDims())
      dims.push_back(getDims()[dim]);
    setDims(dims);
    getXMutable().assign(inner.getX());
    return getResult();
  }
  return moveSplat(adaptor.getX(), getType());
}

OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getType())
    return getX();
  if (auto inner = getX().getDefiningOp<ReshapeOp>()) {
    getXMutable().assign(inner.getX());
    return getResult();
  }
  return moveSplat(adaptor.getX(), getType());
}

OpFoldResult nabla::TransposeOp::fold(FoldAdaptor adaptor) {
  if (getPermutation() == ArrayRef(iotaDims(getPermutation().size())))
    return getX();
  if (auto inner = getX().getDefiningOp<nabla::TransposeOp>()) {
    SmallVector<int64_t> permutation;
    for (int64_t dim : getPermutation())
      permutation.push_back(inner.getPermutation()[dim]);
    setPermutation(permutation);
    getXMutable().assign(inner.getX());
    return getResult();
  }
  return moveSplat(adaptor.getX(), getType());
}

OpFoldResult ReverseOp::fold(FoldAdaptor adaptor) {
  if (getDims().empty())
    return getX();
  return moveSplat(adaptor.getX(), getType());
}

OpFoldResult SliceOp::fold(FoldAdaptor adaptor) {
  // A stride of one is all that a whole tensor allows, unless it is empty.
  if (getX().getType() == getType() && allEqual(getStrides(), 1))
    return getX();
  return moveSplat(adaptor.getX(), getType());
}

OpFoldResult PadOp::fold(FoldAdaptor) {
  bool unpadded = allEqual(getLow(), 0) && allEqual(getHigh(), 0) &&
                  allEqual(getInterior(), 0);
  return unpadded ? OpFoldResult(getX()) : OpFoldResult();
}

OpFoldResult ConcatenateOp::fold(FoldAdaptor) {
  return getInputs().size() == 1 ? OpFoldResult(getInputs().front())
                                 : OpFoldResult();
}

OpFoldResult ReduceSumOp::fold(FoldAdaptor) {
  return getDims().empty() ? OpFoldResult(getX()) : OpFoldResult();
}

//===----------------------------------------------------------------------===//
// Transposes around contractions
//===----------------------------------------------------------------------===//

namespace {

/// A dot_general reads a transposed operand as it lies, if its free dimensions
/// keep their order.
struct DotOfTranspose final : OpRewritePattern<DotGeneralOp> {
  using OpRewritePattern::OpRewritePattern;

  /// Replaces `value` by the operand of its transpose and renames dimensions.
  static bool absorb(Value &value, SmallVector<int64_t> &batch,
                     SmallVector<int64_t> &contract) {
    auto transpose = value.getDefiningOp<nabla::TransposeOp>();
    if (!transpose)
      return false;
    ArrayRef<int64_t> permutation = transpose.getPermutation();
    SmallVector<int64_t> bound(batch);
    llvm::append_range(bound, contract);
    SmallVector<int64_t> free;
    for (int64_t dim : otherDims(permutation.size(), bound))
      free.push_back(permutation[dim]);
    if (!llvm::is_sorted(free))
      return false;
    for (int64_t &dim : batch)
      dim = permutation[dim];
    for (int64_t &dim : contract)
      dim = permutation[dim];
    value = transpose.getX();
    return true;
  }

  LogicalResult matchAndRewrite(DotGeneralOp op,
                                PatternRewriter &rewriter) const override {
    Value x = op.getX(), y = op.getY();
    SmallVector<int64_t> xBatch(op.getXBatch()), yBatch(op.getYBatch());
    SmallVector<int64_t> xContract(op.getXContract());
    SmallVector<int64_t> yContract(op.getYContract());
    bool changed = absorb(x, xBatch, xContract);
    changed |= absorb(y, yBatch, yContract);
    if (!changed)
      return failure();
    rewriter.replaceOpWithNewOp<DotGeneralOp>(op, x, y, xBatch, yBatch,
                                              xContract, yContract);
    return success();
  }
};

/// The operands of a dot_general are exchanged if what is transposed then keeps
/// its last dimension, along which memory is read and written, or all of them.
struct TransposeOfDot final : OpRewritePattern<nabla::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(nabla::TransposeOp op,
                                PatternRewriter &rewriter) const override {
    auto dot = op.getX().getDefiningOp<DotGeneralOp>();
    if (!dot || !dot->hasOneUse())
      return failure();
    int64_t rank = op.getPermutation().size();
    int64_t batch = dot.getXBatch().size();
    int64_t xFree =
        shapeOf(dot.getX()).size() - batch - dot.getXContract().size();
    int64_t yFree = rank - batch - xFree;
    SmallVector<int64_t> permutation;
    for (int64_t dim : op.getPermutation())
      permutation.push_back(dim < batch           ? dim
                            : dim < batch + xFree ? dim + yFree
                                                  : dim - xFree);
    if (rank == 0 || op.getPermutation().back() == rank - 1 ||
        permutation.back() != rank - 1)
      return failure();
    Value exchanged = DotGeneralOp::create(
        rewriter, dot.getLoc(), dot.getY(), dot.getX(), dot.getYBatch(),
        dot.getXBatch(), dot.getYContract(), dot.getXContract());
    rewriter.replaceOp(op, rewriter.createOrFold<nabla::TransposeOp>(
                               op.getLoc(), exchanged, permutation));
    return success();
  }
};

} // namespace

void DotGeneralOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                               MLIRContext *context) {
  patterns.add<DotOfTranspose>(context);
}

void nabla::TransposeOp::getCanonicalizationPatterns(
    RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<TransposeOfDot>(context);
}
