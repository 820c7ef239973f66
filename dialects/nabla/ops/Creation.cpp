//===- Creation.cpp - Tensors from nothing --------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/ops/Checks.h"

using namespace mlir;

namespace nabla {

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

LogicalResult IotaOp::verify() {
  return Checker(*this).inRange("dim", static_cast<int64_t>(getDim()),
                                getType().getRank(), "the result");
}

LogicalResult BasisOp::verify() {
  ArrayRef<int64_t> shape = getType().getShape();
  if (shape.empty() ||
      shape.front() != ShapedType::getNumElements(shape.drop_front()))
    return emitOpError("has shape ")
           << shapeText(shape)
           << ", whose leading extent is not the number of elements behind it";
  return success();
}

} // namespace nabla
