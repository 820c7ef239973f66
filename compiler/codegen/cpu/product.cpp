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

bool nabla::hasFewColumns(int64_t columns, int64_t terms, int64_t lanes) {
  if (columns * 4 < lanes)
    return terms >= lanes;
  // A half is as many lanes as a shorter vector has.
  return columns * 4 < lanes * 3 && columns * 2 != lanes && terms >= 2 * lanes;
}
