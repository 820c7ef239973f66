//===- Checks.cpp - What verifiers and shape rules share ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/ops/Checks.h"

#include "llvm/ADT/SmallBitVector.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace nabla {

std::string shapeText(ArrayRef<int64_t> shape) {
  if (shape.empty())
    return "scalar";
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::interleave(shape, os, "x");
  return text;
}

std::string describe(StringRef name, Type type) {
  return (name + " (" + shapeText(cast<RankedTensorType>(type).getShape()) +
          ")")
      .str();
}

int64_t addExtents(int64_t x, int64_t y) {
  int64_t sum;
  return x < 0 || y < 0 || llvm::AddOverflow(x, y, sum) ? -1 : sum;
}

int64_t mulExtents(int64_t x, int64_t y) {
  int64_t product;
  return x < 0 || y < 0 || llvm::MulOverflow(x, y, product) ? -1 : product;
}

LogicalResult Checker::operands(ValueRange operands, int64_t count) const {
  int64_t given = operands.size();
  if (count >= 0 ? given != count : given == 0)
    return error("expects ", count >= 0 ? count : 1,
                 count >= 0 ? "" : " or more", " operands, but has ", given);
  for (auto [index, value] : llvm::enumerate(operands))
    if (!hasSupportedShape(value.getType()))
      return error("operand ", index, " is not a tensor of static shape but ",
                   value.getType());
  return success();
}

LogicalResult Checker::inRange(StringRef attribute, ArrayRef<int64_t> dims,
                               int64_t rank, const Twine &of) const {
  for (int64_t dim : dims)
    if (dim < 0 || dim >= rank)
      return error(attribute, " names dimension ", dim, ", but ", of.str(),
                   rank == 0 ? " has no dimensions"
                   : rank == 1
                       ? " has one dimension, 0"
                       : " has dimensions 0 to " + std::to_string(rank - 1));
  return success();
}

LogicalResult Checker::unique(StringRef attribute,
                              ArrayRef<int64_t> dims) const {
  SmallVector<int64_t> sorted(dims);
  llvm::sort(sorted);
  auto twice = llvm::adjacent_find(sorted);
  if (twice != sorted.end())
    return error(attribute, " names dimension ", *twice, " twice");
  return success();
}

LogicalResult Checker::increasing(StringRef attribute,
                                  ArrayRef<int64_t> dims) const {
  for (size_t i = 1; i < dims.size(); ++i)
    if (dims[i] <= dims[i - 1])
      return error(attribute, " is not in increasing order: ", dims[i],
                   " follows ", dims[i - 1]);
  return success();
}

LogicalResult Checker::oneEach(StringRef attribute, size_t size,
                               size_t expected, const Twine &of) const {
  if (size != expected)
    return error(attribute, " has ", size, " entries, but ", of.str(), " has ",
                 expected);
  return success();
}

LogicalResult Checker::sameElement(StringRef xName, Type x, StringRef yName,
                                   Type y) const {
  Type xElement = cast<RankedTensorType>(x).getElementType();
  Type yElement = cast<RankedTensorType>(y).getElementType();
  if (xElement != yElement)
    return error(xName, " holds ", xElement, ", but ", yName, " holds ",
                 yElement);
  return success();
}

} // namespace nabla
