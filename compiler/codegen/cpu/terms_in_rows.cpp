//===- terms_in_rows.cpp - Products with few columns ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/Passes.h"
#include "compiler/codegen/cpu/host.h"
#include "compiler/codegen/cpu/product.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include <algorithm>

namespace nabla {
#define GEN_PASS_DEF_TERMSINROWSPASS
#include "compiler/codegen/cpu/Passes.h.inc"
} // namespace nabla

using namespace mlir;

namespace nabla {
namespace {

/// So many rows pay for reading a factor in another order.
constexpr int64_t enoughRows = 4;

unsigned bitsOfSums(linalg::GenericOp op) {
  return cast<ShapedType>(op.getResultTypes()[0]).getElementTypeBitWidth();
}

/// A product whose loops are told apart by what they move.
class Product {
public:
  Product(linalg::GenericOp op, unsigned vectorBits)
      : op(op), lanes(vectorBits / bitsOfSums(op)),
        maps(op.getIndexingMapsArray()), extents(op.getStaticLoopRanges()),
        types(op.getIteratorTypesArray()) {}

  /// The factor, if one does, that holds few columns in rows, while the other
  /// one holds terms of the sums in rows.
  std::optional<unsigned> factorOfFewColumns() const;
  /// Reads the factor from a copy that holds terms in rows, and adds these in
  /// the innermost loop.
  void turn(unsigned factor);

private:
  bool moves(unsigned operand, unsigned loop) const {
    return maps[operand].isFunctionOfDim(loop);
  }
  bool isSum(unsigned loop) const {
    return types[loop] == utils::IteratorType::reduction;
  }
  /// The loop along the last dimension, if one alone steps through it.
  std::optional<unsigned> lastLoop(unsigned operand) const {
    auto last = dyn_cast<AffineDimExpr>(maps[operand].getResults().back());
    return last ? std::optional(last.getPosition()) : std::nullopt;
  }
  bool isOfFewColumns(unsigned factor) const;
  /// The dimensions of the factor, those of terms last.
  SmallVector<int64_t> order(unsigned factor) const;

  linalg::GenericOp op;
  int64_t lanes;
  SmallVector<AffineMap> maps;
  SmallVector<int64_t> extents;
  SmallVector<utils::IteratorType> types;
};

bool Product::isOfFewColumns(unsigned factor) const {
  unsigned other = 1 - factor;
  if (maps[factor].getNumResults() == 0 || maps[other].getNumResults() == 0 ||
      !maps[factor].isProjectedPermutation())
    return false;
  std::optional<unsigned> column = lastLoop(factor), term = lastLoop(other);
  if (!column || !term || isSum(*column) || moves(other, *column) ||
      !isSum(*term) || !moves(factor, *term))
    return false;
  int64_t columns = 1, rows = 1;
  for (auto [loop, extent] : llvm::enumerate(extents)) {
    if (isSum(loop))
      continue;
    if (!moves(other, loop))
      columns *= extent;
    else if (!moves(factor, loop))
      rows *= extent;
  }
  return columns > 1 && rows >= enoughRows &&
         hasFewColumns(columns, extents[*term], lanes);
}

std::optional<unsigned> Product::factorOfFewColumns() const {
  for (unsigned factor : {0, 1})
    if (isOfFewColumns(factor))
      return factor;
  return std::nullopt;
}

SmallVector<int64_t> Product::order(unsigned factor) const {
  auto dims =
      llvm::to_vector(llvm::seq<int64_t>(0, maps[factor].getNumResults()));
  std::stable_partition(dims.begin(), dims.end(), [&](int64_t dim) {
    return !isSum(maps[factor].getDimPosition(dim));
  });
  return dims;
}

void Product::turn(unsigned factor) {
  IRRewriter b(op);
  Location loc = op.getLoc();
  Value value = op->getOperand(factor);
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<int64_t> dims = order(factor);
  SmallVector<int64_t> shape =
      applyPermutation(type.getShape(), ArrayRef(dims));
  Value empty = tensor::EmptyOp::create(b, loc, shape, type.getElementType());
  Value turned =
      linalg::TransposeOp::create(b, loc, value, empty, dims).getResult()[0];
  maps[factor] = AffineMap::get(
      extents.size(), 0,
      applyPermutation(maps[factor].getResults(), ArrayRef(dims)),
      op.getContext());
  op->setOperand(factor, turned);
  op.setIndexingMapsAttr(b.getAffineMapArrayAttr(maps));
  auto loops = llvm::to_vector(llvm::seq<unsigned>(0, extents.size()));
  std::stable_partition(loops.begin(), loops.end(),
                        [&](unsigned loop) { return !isSum(loop); });
  b.setInsertionPoint(op);
  // It fails for what is no permutation only.
  (void)linalg::interchangeGenericOp(b, op, loops);
}

class TermsInRowsPass : public impl::TermsInRowsPassBase<TermsInRowsPass> {
public:
  using TermsInRowsPassBase::TermsInRowsPassBase;

  void runOnOperation() override {
    if (vectorBits == 0)
      vectorBits = Host::get().vectorBits;
    SmallVector<linalg::GenericOp> products;
    getOperation()->walk([&](linalg::GenericOp op) {
      if (isProduct(op) && op.hasPureTensorSemantics())
        products.push_back(op);
    });
    for (linalg::GenericOp op : products) {
      Product product(op, vectorBits);
      if (std::optional<unsigned> factor = product.factorOfFewColumns())
        product.turn(*factor);
    }
  }
};

} // namespace
} // namespace nabla
