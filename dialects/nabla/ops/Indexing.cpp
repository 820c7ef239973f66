//===- Indexing.cpp - Positions known at run time -------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/ops/Checks.h"

using namespace mlir;

namespace nabla {

/// `starts` holds one integer a dimension of x.
static LogicalResult verifyStarts(const Checker &check, RankedTensorType x,
                                  RankedTensorType starts) {
  if (starts.getRank() != 1 || starts.getDimSize(0) != x.getRank())
    return check.error(describe("starts", starts),
                       " does not hold one integer a dimension of ",
                       describe("x", x));
  return success();
}

LogicalResult DynamicSliceOp::inferReturnTypes(MLIRContext *context,
                                               std::optional<Location> location,
                                               Adaptor adaptor,
                                               SmallVectorImpl<Type> &types) {
  Checker check(getOperationName(), location);
  if (failed(check.inferable(context, adaptor, 2)))
    return failure();
  RankedTensorType x = tensorOf(adaptor.getX());
  ArrayRef<int64_t> sizes = adaptor.getSizes();
  if (failed(verifyStarts(check, x, tensorOf(adaptor.getStarts()))) ||
      failed(
          check.oneEach("sizes", sizes.size(), x.getRank(), describe("x", x))))
    return failure();
  for (auto [dim, size] : llvm::enumerate(sizes))
    if (size < 0 || size > x.getDimSize(dim))
      return check.error("cannot take ", size, " elements of dimension ", dim,
                         " of ", describe("x", x));
  types.push_back(RankedTensorType::get(sizes, x.getElementType()));
  return success();
}

LogicalResult DynamicUpdateSliceOp::inferReturnTypes(
    MLIRContext *context, std::optional<Location> location, Adaptor adaptor,
    SmallVectorImpl<Type> &types) {
  Checker check(getOperationName(), location);
  if (failed(check.inferable(context, adaptor, 3)))
    return failure();
  RankedTensorType x = tensorOf(adaptor.getX());
  RankedTensorType update = tensorOf(adaptor.getUpdate());
  if (failed(check.sameElement("x", x, "update", update)) ||
      failed(verifyStarts(check, x, tensorOf(adaptor.getStarts()))))
    return failure();
  bool fits = x.getRank() == update.getRank() &&
              llvm::all_of(llvm::zip(update.getShape(), x.getShape()),
                           [](auto extents) {
                             auto [small, large] = extents;
                             return small <= large;
                           });
  if (!fits)
    return check.error(describe("update", update), " does not fit into ",
                       describe("x", x));
  types.push_back(x);
  return success();
}

//===----------------------------------------------------------------------===//
// gather and scatter
//===----------------------------------------------------------------------===//

/// The leading dimensions of x and of the table go together.
static LogicalResult verifyBatchDims(const Checker &check, RankedTensorType x,
                                     RankedTensorType indices, int64_t batch) {
  if (batch < 0 || batch > x.getRank() || batch >= indices.getRank())
    return check.error(describe("x", x), " and ", describe("indices", indices),
                       " cannot have ", batch,
                       " batch dimensions in common; the last dimension of "
                       "indices is none");
  for (int64_t dim = 0; dim < batch; ++dim)
    if (x.getDimSize(dim) != indices.getDimSize(dim))
      return check.error("batch dimension ", dim, " of ", describe("x", x),
                         " and ", describe("indices", indices), ": extents ",
                         x.getDimSize(dim), " and ", indices.getDimSize(dim),
                         " differ");
  return success();
}

/// The type of what a table of positions picks out of x, or null.
static RankedTensorType pickedType(const Checker &check, RankedTensorType x,
                                   RankedTensorType indices,
                                   ArrayRef<int64_t> dims, int64_t batch) {
  if (failed(verifyBatchDims(check, x, indices, batch)) ||
      failed(check.inRange("dims", dims, x.getRank(), describe("x", x))) ||
      failed(check.unique("dims", dims)))
    return {};
  for (int64_t dim : dims)
    if (dim < batch) {
      (void)check.error("dims names dimension ", dim, " of ", describe("x", x),
                        ", which is a batch dimension");
      return {};
    }
  ArrayRef<int64_t> table = indices.getShape();
  if (table.back() != static_cast<int64_t>(dims.size())) {
    (void)check.error("the last dimension of ", describe("indices", indices),
                      " does not hold a position in ", dims.size(),
                      " dimensions");
    return {};
  }
  SmallVector<int64_t> shape(table.drop_back());
  for (int64_t dim = batch; dim < x.getRank(); ++dim)
    if (!llvm::is_contained(dims, dim))
      shape.push_back(x.getDimSize(dim));
  return RankedTensorType::get(shape, x.getElementType());
}

LogicalResult GatherOp::inferReturnTypes(MLIRContext *context,
                                         std::optional<Location> location,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  Checker check(getOperationName(), location);
  if (failed(check.inferable(context, adaptor, 2)))
    return failure();
  RankedTensorType picked = pickedType(
      check, tensorOf(adaptor.getX()), tensorOf(adaptor.getIndices()),
      adaptor.getDims(), static_cast<int64_t>(adaptor.getBatchDims()));
  if (!picked)
    return failure();
  types.push_back(picked);
  return success();
}

LogicalResult ScatterOp::inferReturnTypes(MLIRContext *context,
                                          std::optional<Location> location,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  Checker check(getOperationName(), location);
  if (failed(check.inferable(context, adaptor, 3)))
    return failure();
  RankedTensorType x = tensorOf(adaptor.getX());
  RankedTensorType updates = tensorOf(adaptor.getUpdates());
  RankedTensorType picked =
      pickedType(check, x, tensorOf(adaptor.getIndices()), adaptor.getDims(),
                 static_cast<int64_t>(adaptor.getBatchDims()));
  if (!picked || failed(check.sameElement("x", x, "updates", updates)))
    return failure();
  if (updates != picked)
    return check.error(describe("updates", updates), " should have shape ",
                       shapeText(picked.getShape()),
                       ", that of the elements of ", describe("x", x), " at ",
                       describe("indices", adaptor.getIndices().getType()));
  types.push_back(x);
  return success();
}

} // namespace nabla
