//===- contraction.cpp - What is a product of matrices --------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/contraction.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace nabla {
namespace {

/// Products of fewer multiplications gain nothing from blocks of registers.
constexpr int64_t minMultiplications = 2048;
/// Columns of C that fill enough lanes, and rows that pay for reading B in
/// another order.
constexpr int64_t minColumns = 4, minRowsToPack = 4;

/// The argument that `value` is, or is a wider form of.
BlockArgument argumentOf(Value value) {
  if (auto extension = value.getDefiningOp<arith::ExtFOp>())
    value = extension.getIn();
  return dyn_cast<BlockArgument>(value);
}

/// Whether the body is c + a * b, which may be fused.
bool multipliesAndAdds(linalg::LinalgOp op) {
  if (op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1)
    return false;
  Block &block = *op.getBlock();
  auto sum =
      block.getTerminator()->getOperand(0).getDefiningOp<arith::AddFOp>();
  auto mayFuse = [](auto op) {
    return bitEnumContainsAll(op.getFastmath(), arith::FastMathFlags::contract);
  };
  if (!sum || !mayFuse(sum) || sum.getLhs() != block.getArgument(2))
    return false;
  auto product = sum.getRhs().getDefiningOp<arith::MulFOp>();
  return product && mayFuse(product) &&
         argumentOf(product.getLhs()) == block.getArgument(0) &&
         argumentOf(product.getRhs()) == block.getArgument(1);
}

void collapseAll(Kernel &kernel) {
  for (unsigned level = kernel.depth(); level-- > 1;)
    if (kernel.canCollapse(level - 1))
      kernel.collapse(level - 1);
}

/// The loops that move exactly the operands `moved`.
SmallVector<unsigned> loopsOf(const Kernel &kernel, ArrayRef<bool> moved) {
  SmallVector<unsigned> loops;
  for (unsigned l = 0; l < kernel.extents.size(); ++l)
    if (llvm::all_of(llvm::seq(0u, 3u), [&](unsigned i) {
          return (kernel.accesses[i]->strides[l] != 0) == moved[i];
        }))
      loops.push_back(l);
  return loops;
}

} // namespace

std::optional<Contraction> Contraction::match(const Kernel &original) {
  Contraction c{original, 0, 0, 0, {}, 0, 1};
  if (!multipliesAndAdds(c.kernel.op))
    return std::nullopt;
  collapseAll(c.kernel);
  auto rows = loopsOf(c.kernel, {true, false, true});
  auto columns = loopsOf(c.kernel, {false, true, true});
  auto sums = loopsOf(c.kernel, {true, true, false});
  // The columns are those that lie in a row in C.
  auto isRow = [&](unsigned l) { return c.access(2).strides[l] == 1; };
  if (llvm::any_of(rows, isRow)) {
    std::swap(rows, columns);
    std::swap(c.a, c.b);
  }
  auto *column = llvm::find_if(columns, isRow);
  if (column == columns.end() || rows.empty() || sums.size() != 1)
    return std::nullopt;
  ArrayRef<int64_t> extents = c.kernel.extents;
  c.n = *column;
  c.k = sums.front();
  c.m = *llvm::max_element(
      rows, [&](unsigned l, unsigned r) { return extents[l] < extents[r]; });
  for (unsigned l = 0; l < extents.size(); ++l) {
    bool isInner = l == c.m || l == c.n || l == c.k;
    if (!isInner && c.kernel.isReduction[l])
      return std::nullopt;
    if (!isInner)
      c.outer.push_back(l);
  }
  bool mustPack = c.access(c.b).strides[c.n] != 1;
  if (extents[c.m] * extents[c.n] * extents[c.k] < minMultiplications ||
      extents[c.n] < minColumns || (mustPack && extents[c.m] < minRowsToPack))
    return std::nullopt;
  return c;
}

} // namespace nabla
