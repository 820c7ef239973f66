//===- Shape.cpp - Checks of shape operations -----------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/ops/Checks.h"

using namespace mlir;

namespace nabla {

LogicalResult BroadcastOp::verify() {
  Checker check(*this);
  RankedTensorType x = getX().getType(), result = getType();
  ArrayRef<int64_t> dims = getDims();
  if (failed(check.sameElement("x", x, "the result", result)) ||
      failed(
          check.oneEach("dims", dims.size(), x.getRank(), describe("x", x))) ||
      failed(check.inRange("dims", dims, result.getRank(),
                           describe("the result", result))) ||
      failed(check.increasing("dims", dims)))
    return failure();
  for (auto [index, dim] : llvm::enumerate(dims))
    if (x.getDimSize(index) != result.getDimSize(dim))
      return check.error(
          "dimension ", index, " of ", describe("x", x), " becomes dimension ",
          dim, " of ", describe("the result", result), ": extents ",
          x.getDimSize(index), " and ", result.getDimSize(dim), " differ");
  return success();
}

LogicalResult ReshapeOp::verify() {
  Checker check(*this);
  RankedTensorType x = getX().getType(), result = getType();
  if (failed(check.sameElement("x", x, "the result", result)))
    return failure();
  if (x.getNumElements() != result.getNumElements())
    return check.error("cannot reshape ", describe("x", x), " to ",
                       shapeText(result.getShape()), ": ", x.getNumElements(),
                       " elements do not fill ", result.getNumElements());
  return success();
}

LogicalResult TransposeOp::inferReturnTypes(MLIRContext *context,
                                            std::optional<Location> location,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  Checker check(getOperationName(), location);
  if (failed(check.inferable(context, adaptor, 1)))
    return failure();
  RankedTensorType x = tensorOf(adaptor.getX());
  ArrayRef<int64_t> permutation = adaptor.getPermutation();
  std::string of = describe("x", x);
  if (failed(
          check.oneEach("permutation", permutation.size(), x.getRank(), of)) ||
      failed(check.inRange("permutation", permutation, x.getRank(), of)) ||
      failed(check.unique("permutation", permutation)))
    return failure();
  SmallVector<int64_t> shape;
  for (int64_t dim : permutation)
    shape.push_back(x.getDimSize(dim));
  types.push_back(RankedTensorType::get(shape, x.getElementType()));
  return success();
}

LogicalResult ReverseOp::verify() {
  Checker check(*this);
  if (failed(check.inRange("dims", getDims(), getType().getRank(),
                           describe("x", getType()))))
    return failure();
  return check.unique("dims", getDims());
}

/// start, limit and stride of one dimension make sense.
static LogicalResult verifySlice(const Checker &check, RankedTensorType x,
                                 int64_t dim, int64_t start, int64_t limit,
                                 int64_t stride) {
  if (start < 0 || start > limit || limit > x.getDimSize(dim))
    return check.error("cannot take elements ", start, " to ", limit,
                       " of dimension ", dim, " of ", describe("x", x));
  if (stride < 1)
    return check.error("the stride of dimension ", dim, " is ", stride,
                       ", which is not positive");
  return success();
}

LogicalResult SliceOp::inferReturnTypes(MLIRContext *context,
                                        std::optional<Location> location,
                                        Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  Checker check(getOperationName(), location);
  if (failed(check.inferable(context, adaptor, 1)))
    return failure();
  RankedTensorType x = tensorOf(adaptor.getX());
  ArrayRef<int64_t> starts = adaptor.getStarts(), limits = adaptor.getLimits(),
                    strides = adaptor.getStrides();
  std::string of = describe("x", x);
  if (failed(check.oneEach("starts", starts.size(), x.getRank(), of)) ||
      failed(check.oneEach("limits", limits.size(), x.getRank(), of)) ||
      failed(check.oneEach("strides", strides.size(), x.getRank(), of)))
    return failure();
  SmallVector<int64_t> shape;
  for (int64_t dim = 0; dim < x.getRank(); ++dim) {
    int64_t start = starts[dim], limit = limits[dim], stride = strides[dim];
    if (failed(verifySlice(check, x, dim, start, limit, stride)))
      return failure();
    shape.push_back(start == limit ? 0 : (limit - start - 1) / stride + 1);
  }
  types.push_back(RankedTensorType::get(shape, x.getElementType()));
  return success();
}

LogicalResult PadOp::inferReturnTypes(MLIRContext *context,
                                      std::optional<Location> location,
                                      Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  Checker check(getOperationName(), location);
  if (failed(check.inferable(context, adaptor, 2)))
    return failure();
  RankedTensorType x = tensorOf(adaptor.getX());
  RankedTensorType value = tensorOf(adaptor.getValue());
  ArrayRef<int64_t> low = adaptor.getLow(), high = adaptor.getHigh(),
                    interior = adaptor.getInterior();
  std::string of = describe("x", x);
  if (failed(check.sameElement("x", x, "value", value)) ||
      failed(check.oneEach("low", low.size(), x.getRank(), of)) ||
      failed(check.oneEach("high", high.size(), x.getRank(), of)) ||
      failed(check.oneEach("interior", interior.size(), x.getRank(), of)))
    return failure();
  if (value.getRank() != 0)
    return check.error(describe("value", value), " is not a scalar");
  SmallVector<int64_t> shape;
  for (int64_t dim = 0; dim < x.getRank(); ++dim) {
    if (low[dim] < 0 || high[dim] < 0 || interior[dim] < 0)
      return check.error("cannot pad dimension ", dim, " of ", of,
                         " by a negative amount: low ", low[dim], ", high ",
                         high[dim], ", interior ", interior[dim]);
    int64_t extent = x.getDimSize(dim);
    int64_t gaps = extent == 0 ? 0 : mulExtents(extent - 1, interior[dim]);
    int64_t sides = addExtents(low[dim], high[dim]);
    shape.push_back(addExtents(addExtents(extent, gaps), sides));
    if (shape.back() < 0)
      return check.error("dimension ", dim, " of ", of,
                         " cannot be padded beyond the largest extent");
  }
  types.push_back(RankedTensorType::get(shape, x.getElementType()));
  return success();
}

/// Input `index` of a concatenation fits the first one.
static LogicalResult verifyJoin(const Checker &check, RankedTensorType first,
                                RankedTensorType type, int64_t index,
                                int64_t dim) {
  std::string name = "input " + std::to_string(index);
  if (failed(check.sameElement("input 0", first, name, type)))
    return failure();
  bool fits = type.getRank() == first.getRank();
  for (int64_t i = 0; fits && i < type.getRank(); ++i)
    fits = i == dim || type.getDimSize(i) == first.getDimSize(i);
  if (!fits)
    return check.error("cannot join ", describe(name, type), " to ",
                       describe("input 0", first), " along dimension ", dim,
                       ": the other extents differ");
  return success();
}

LogicalResult ConcatenateOp::inferReturnTypes(MLIRContext *context,
                                              std::optional<Location> location,
                                              Adaptor adaptor,
                                              SmallVectorImpl<Type> &types) {
  Checker check(getOperationName(), location);
  if (failed(check.inferable(context, adaptor, /*count=*/-1)))
    return failure();
  RankedTensorType first = tensorOf(adaptor.getInputs().front());
  int64_t dim = adaptor.getDim();
  if (failed(check.inRange("dim", dim, first.getRank(),
                           describe("input 0", first))))
    return failure();
  SmallVector<int64_t> shape(first.getShape());
  shape[dim] = 0;
  for (auto [index, input] : llvm::enumerate(adaptor.getInputs())) {
    if (failed(verifyJoin(check, first, tensorOf(input), index, dim)))
      return failure();
    shape[dim] = addExtents(shape[dim], tensorOf(input).getDimSize(dim));
  }
  if (shape[dim] < 0)
    return check.error("the result is too large along dimension ", dim);
  types.push_back(RankedTensorType::get(shape, first.getElementType()));
  return success();
}

} // namespace nabla
