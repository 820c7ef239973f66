//===- Random.cpp - Counter-based random bits -----------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/ops/Checks.h"

using namespace mlir;

namespace nabla {

LogicalResult RandomBitsOp::verify() {
  ArrayRef<int64_t> keys = getKeys().getType().getShape();
  if (keys.empty() || keys.back() != 2)
    return emitOpError("the last dimension of ")
           << describe("keys", getKeys().getType())
           << " does not hold the two words of a key";
  ArrayRef<int64_t> lead = keys.drop_back();
  ArrayRef<int64_t> shape = getType().getShape();
  if (shape.size() < lead.size() || shape.take_front(lead.size()) != lead)
    return emitOpError("the shape of ")
           << describe("result", getType()) << " does not begin with that of "
           << describe("keys", getKeys().getType())
           << " without its last dimension";
  return success();
}

} // namespace nabla
