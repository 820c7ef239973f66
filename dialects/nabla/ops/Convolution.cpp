//===- Convolution.cpp - Sums of weighted windows -------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/ops/Checks.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;

namespace nabla {

static LogicalResult verifyChannels(const Checker &check, RankedTensorType x,
                                    RankedTensorType kernel, int64_t groups) {
  int64_t rank = x.getRank();
  int64_t channels = x.getDimSize(rank - 1);
  int64_t perGroup = kernel.getDimSize(rank - 2);
  int64_t features = kernel.getDimSize(rank - 1);
  if (groups < 1)
    return check.error("groups is ", groups, ", not a positive number");
  if (channels % groups != 0 || features % groups != 0)
    return check.error("cannot divide ", channels, " channels of ",
                       describe("x", x), " and ", features, " features of ",
                       describe("kernel", kernel), " into ", groups, " groups");
  if (channels / groups != perGroup)
    return check.error(describe("x", x), " has ", channels / groups,
                       " channels a group, but ", describe("kernel", kernel),
                       " weighs ", perGroup);
  return success();
}

static LogicalResult verifyPositive(const Checker &check, StringRef attribute,
                                    ArrayRef<int64_t> values) {
  for (int64_t value : values)
    if (value < 1)
      return check.error(attribute, " holds ", value,
                         ", which is not a positive number");
  return success();
}

/// How many windows of `size` elements, every `dilation`-th one, begin every
/// `stride` elements within `extent`; -1 where that overflows.
static int64_t countWindows(int64_t extent, int64_t size, int64_t stride,
                            int64_t dilation) {
  if (size == 0)
    return -1;
  int64_t reach = mulExtents(size - 1, dilation);
  if (reach < 0)
    return -1;
  return extent <= reach ? 0 : (extent - reach - 1) / stride + 1;
}

LogicalResult ConvolutionOp::inferReturnTypes(MLIRContext *context,
                                              std::optional<Location> location,
                                              Adaptor adaptor,
                                              SmallVectorImpl<Type> &types) {
  Checker check(getOperationName(), location);
  if (failed(check.inferable(context, adaptor, 2)))
    return failure();
  RankedTensorType x = tensorOf(adaptor.getX());
  RankedTensorType kernel = tensorOf(adaptor.getKernel());
  int64_t rank = x.getRank();
  if (failed(check.sameElement("x", x, "kernel", kernel)))
    return failure();
  if (rank < 2 || kernel.getRank() != rank)
    return check.error(
        describe("x", x), " and ", describe("kernel", kernel),
        " must have one rank: batch, space and channels, and space, channels "
        "and features");
  ArrayRef<int64_t> strides = adaptor.getStrides(),
                    dilations = adaptor.getDilations();
  std::string space = "the space of " + describe("x", x);
  if (failed(check.oneEach("strides", strides.size(), rank - 2, space)) ||
      failed(check.oneEach("dilations", dilations.size(), rank - 2, space)) ||
      failed(verifyPositive(check, "strides", strides)) ||
      failed(verifyPositive(check, "dilations", dilations)) ||
      failed(verifyChannels(check, x, kernel, adaptor.getGroups())))
    return failure();
  SmallVector<int64_t> shape{x.getDimSize(0)};
  for (int64_t i = 0; i < rank - 2; ++i) {
    shape.push_back(countWindows(x.getDimSize(i + 1), kernel.getDimSize(i),
                                 strides[i], dilations[i]));
    if (shape.back() < 0)
      return check.error("the windows of ", describe("kernel", kernel),
                         " are empty or too large along dimension ", i);
  }
  shape.push_back(kernel.getDimSize(rank - 1));
  types.push_back(RankedTensorType::get(shape, x.getElementType()));
  return success();
}

} // namespace nabla
