//===- Contraction.cpp - Products summed over dimensions ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/ops/Checks.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;

namespace nabla {

namespace {
/// One operand of a contraction, with the dimensions that its attributes name.
struct Side {
  StringRef name;
  RankedTensorType type;
  ArrayRef<int64_t> batch;
  ArrayRef<int64_t> contract;

  bool isFree(int64_t dim) const {
    return !llvm::is_contained(batch, dim) &&
           !llvm::is_contained(contract, dim);
  }
};
} // namespace

static LogicalResult verifySide(const Checker &check, const Side &side) {
  std::string of = describe(side.name, side.type);
  SmallVector<int64_t> dims(side.batch);
  llvm::append_range(dims, side.contract);
  int64_t rank = side.type.getRank();
  if (failed(
          check.inRange((side.name + "_batch").str(), side.batch, rank, of)) ||
      failed(check.inRange((side.name + "_contract").str(), side.contract, rank,
                           of)))
    return failure();
  return check.unique(
      "the batch and contracting dimensions of " + side.name.str(), dims);
}

/// Dimensions that go together have the same extent.
static LogicalResult verifyPairs(const Checker &check, StringRef verb,
                                 const Side &x, const Side &y,
                                 ArrayRef<int64_t> xDims,
                                 ArrayRef<int64_t> yDims) {
  if (xDims.size() != yDims.size())
    return check.error("cannot ", verb, " ", xDims.size(), " dimensions of ",
                       describe(x.name, x.type), " with ", yDims.size(),
                       " dimensions of ", describe(y.name, y.type));
  for (auto [xDim, yDim] : llvm::zip_equal(xDims, yDims)) {
    int64_t xExtent = x.type.getDimSize(xDim);
    int64_t yExtent = y.type.getDimSize(yDim);
    if (xExtent != yExtent)
      return check.error("cannot ", verb, " dimension ", xDim, " of ",
                         describe(x.name, x.type), " with dimension ", yDim,
                         " of ", describe(y.name, y.type), ": extents ",
                         xExtent, " and ", yExtent, " differ");
  }
  return success();
}

LogicalResult DotGeneralOp::inferReturnTypes(MLIRContext *context,
                                             std::optional<Location> location,
                                             Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  Checker check(getOperationName(), location);
  if (failed(check.inferable(context, adaptor, 2)))
    return failure();
  Side x{"x", tensorOf(adaptor.getX()), adaptor.getXBatch(),
         adaptor.getXContract()};
  Side y{"y", tensorOf(adaptor.getY()), adaptor.getYBatch(),
         adaptor.getYContract()};
  if (failed(check.sameElement("x", x.type, "y", y.type)) ||
      failed(verifySide(check, x)) || failed(verifySide(check, y)) ||
      failed(verifyPairs(check, "contract", x, y, x.contract, y.contract)) ||
      failed(verifyPairs(check, "batch", x, y, x.batch, y.batch)))
    return failure();

  SmallVector<int64_t> shape;
  for (int64_t dim : x.batch)
    shape.push_back(x.type.getDimSize(dim));
  for (const Side &side : {x, y})
    for (auto [dim, extent] : llvm::enumerate(side.type.getShape()))
      if (side.isFree(dim))
        shape.push_back(extent);
  types.push_back(RankedTensorType::get(shape, x.type.getElementType()));
  return success();
}

} // namespace nabla
