//===- product.cpp - Which ops are products of matrices -------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/product.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;

bool nabla::isProduct(Operation *op) {
  auto structured = dyn_cast<linalg::LinalgOp>(op);
  if (!structured || structured.getNumReductionLoops() == 0)
    return false;
  auto isReadOften = [&](OpOperand *input) {
    AffineMap map = structured.getMatchingIndexingMap(input);
    for (unsigned loop = 0, e = map.getNumDims(); loop < e; ++loop)
      if (!map.isFunctionOfDim(loop))
        return map.getNumResults() > 0;
    return false;
  };
  return llvm::count_if(structured.getDpsInputOperands(), isReadOften) > 1;
}
