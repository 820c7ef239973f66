//===- contraction.cpp - What is a product of matrices --------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/contraction.h"
#include "compiler/codegen/cpu/product.h"
#include "compiler/codegen/cpu/split_sums.h"
#include "compiler/conversion/divisor.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace nabla {
namespace {

/// Products of fewer multiplications gain nothing from blocks of registers.
constexpr int64_t minMultiplications = 2048;
/// A single column is no product of matrices; more are, where terms in rows are
/// no better.
constexpr int64_t minColumns = 2;
/// Rows that pay for reading B in another order.
constexpr int64_t minRowsToPack = 4;
/// So many products pay for loading and storing a sum.
constexpr int64_t minSteps = 64;
/// So many blocks of rows pay for keeping B in the second cache.
constexpr int64_t minBlocksToTile = 4;
/// The least columns of a tile for which A is copied.
constexpr int64_t minTileColumnsOfCopy = 512;
constexpr int64_t pageBytes = 4096;
/// Of one element, among fused ones in registers, in units of `numParts`.
constexpr double workOfMultiplication = 0.5;

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

} // namespace

int64_t Contraction::product(ArrayRef<unsigned> loops) const {
  int64_t all = 1;
  for (unsigned loop : loops)
    all *= extent(loop);
  return all;
}

SmallVector<unsigned> Contraction::loopsOfResult() const {
  const Access &result = access(2);
  SmallVector<unsigned> loops;
  for (unsigned l = 0; l < kernel.depth(); ++l)
    if (result.strides[l] != 0)
      loops.push_back(l);
  llvm::sort(loops, [&](unsigned l, unsigned r) {
    return result.strides[l] > result.strides[r];
  });
  return loops;
}

double Contraction::work() const {
  double all = workOfMultiplication;
  for (int64_t extent : kernel.extents)
    all *= extent;
  return all;
}

bool Contraction::copiesA() const {
  const Access &access = this->access(a);
  int64_t step = access.strides[sums.back()];
  return widens(a) || (pair > 1 && step != 1) ||
         (access.strides[m] == 1 &&
          std::abs(step) * factorBytes() >= pageBytes);
}

Type Contraction::elementType(unsigned operand) const {
  linalg::LinalgOp op = kernel.op;
  return getElementTypeOrSelf(op->getOperand(operand).getType());
}

int64_t Contraction::sumBytes() const {
  return sumType().getIntOrFloatBitWidth() / 8;
}

int64_t Contraction::factorBytes() const {
  return factorType().getIntOrFloatBitWidth() / 8;
}

/// Tells rows, columns and sums apart, by what they move; `rows` holds m too
/// after it. False if there are not all three, or other reductions.
bool Contraction::classifyLoops() {
  auto moves = [&](unsigned operand, unsigned loop) {
    return access(operand).strides[loop] != 0;
  };
  auto movesOne = [&](unsigned operand, unsigned other, unsigned loop) {
    return moves(operand, loop) && !moves(other, loop) && moves(2, loop);
  };
  // The columns are those that lie in a row in C.
  std::optional<unsigned> column;
  for (unsigned l = 0; l < kernel.depth(); ++l)
    if (access(2).strides[l] == 1 && moves(0, l) != moves(1, l))
      column = l;
  if (!column)
    return false;
  n = *column;
  if (moves(a, n))
    std::swap(a, b);
  for (unsigned l = 0; l < kernel.depth(); ++l) {
    if (l == n)
      continue;
    if (movesOne(a, b, l))
      rows.push_back(l);
    else if (!kernel.isReduction[l])
      shared.push_back(l);
    else if (moves(a, l) && moves(b, l))
      sums.push_back(l);
    else
      return false;
  }
  auto strideOfB = [&](unsigned l) { return std::abs(access(b).strides[l]); };
  llvm::stable_sort(sums, [&](unsigned l, unsigned r) {
    return strideOfB(l) > strideOfB(r);
  });
  return !rows.empty() && !sums.empty();
}

/// Of several loops over rows, the one that fills blocks best is m; if there is
/// little between them, the one whose rows lie closest.
bool Contraction::chooseRowsAndBlock(unsigned vectorBits, const Host &host) {
  int64_t lanes = vectorBits / sumType().getIntOrFloatBitWidth();
  int64_t all = product(rows), steps = product(sums);
  SmallVector<unsigned> byStride(rows);
  llvm::stable_sort(byStride, [&](unsigned l, unsigned r) {
    return std::abs(access(a).strides[l]) < std::abs(access(a).strides[r]);
  });
  double least = std::numeric_limits<double>::infinity();
  for (unsigned l : byStride) {
    RegisterBlock choice = chooseBlock(extent(l), extent(n), steps, lanes,
                                       host.numVectorRegisters);
    double cost = choice.cost * (all / extent(l));
    if (cost > 0.95 * least)
      continue;
    least = cost;
    block = choice;
    m = l;
  }
  llvm::erase(rows, m);
  bool mustPack = access(b).strides[n] != 1;
  unsigned terms = sums.back();
  bool areInRows =
      access(a).strides[terms] == 1 && access(b).strides[terms] == 1;
  if (areInRows && hasFewColumns(extent(n), extent(terms), lanes))
    return false;
  return all * extent(n) * steps >= minMultiplications &&
         extent(n) >= minColumns && (!mustPack || all >= minRowsToPack);
}

bool Contraction::readsAllOfBOften() const {
  return rows.empty() && sums.size() == 1 &&
         llvm::divideCeil(extent(m), block.rows) >= minBlocksToTile;
}

bool Contraction::canPair(const Host &host) const {
  return host.bf16Products == 2 && block.lanes == 16 && sumType().isF32() &&
         elementType(0).isBF16() && elementType(1).isBF16();
}

/// How many steps along the sums read no more than so many bytes.
int64_t Contraction::stepsInCache(int64_t bytes, int64_t elements) const {
  return std::max<int64_t>(bytes / (elements * factorBytes()), 1);
}

/// While a block of rows goes through a tile, what it reads of A stays in the
/// first cache; while all of them do, what they read of B, in the second.
void Contraction::chooseTile(const Host &host) {
  int64_t bytes = host.l2Bytes / 2;
  int64_t least = copiesA() ? minTileColumnsOfCopy : minTileColumns;
  int64_t most = std::min(stepsInCache(host.l1Bytes, block.rows),
                          stepsInCache(bytes, least));
  cutSums(most);
  divideSums(most);
  tileColumns = std::max(bytes / (product(sums) * factorBytes()) /
                             block.columns() * block.columns(),
                         block.columns());
  if (rest)
    rest->tileColumns = tileColumns;
}

/// At most so many steps are added up in registers, then in memory.
void Contraction::divideSums(int64_t most) {
  while (product(sums) > most) {
    unsigned outermost = sums.front();
    int64_t inner = product(ArrayRef(sums).drop_front());
    int64_t size = divisorUpTo(extent(outermost), most / inner);
    if (sums.size() == 1 && size < minSteps)
      return;
    if (size == 1) {
      sums.erase(sums.begin());
    } else {
      sums.front() = kernel.depth();
      kernel.split(outermost, size, kernel.depth());
    }
    memorySums.push_back(outermost);
  }
}

/// If there are more steps than `most`, and no number near it divides them, the
/// last ones become a product of their own, and some number does.
void Contraction::cutSums(int64_t most) {
  unsigned k = sums.back();
  int64_t steps = extent(k);
  if (steps <= most || divisorUpTo(steps, most) * 2 > most)
    return;
  int64_t pieces = llvm::divideCeil(steps, most);
  int64_t first = llvm::divideCeil(steps, pieces) * (pieces - 1);
  rest = std::make_shared<Contraction>(*this);
  rest->adds = true;
  rest->kernel.extents[k] = steps - first;
  for (auto &access : rest->kernel.accesses)
    access->offset += first * access->strides[k];
  kernel.extents[k] = first;
}

std::optional<Contraction> Contraction::match(const Kernel &original,
                                              unsigned vectorBits,
                                              const Host &host) {
  Contraction c;
  c.kernel = original;
  if (!multipliesAndAdds(c.kernel.op))
    return std::nullopt;
  c.kernel.collapseAll();
  if (!c.classifyLoops() || !c.chooseRowsAndBlock(vectorBits, host))
    return std::nullopt;
  splitSums(c);
  if (c.readsAllOfBOften()) {
    c.pair = c.canPair(host) ? 2 : 1;
    c.chooseTile(host);
  } else {
    // What rows of C share of B stays in a cache until the last of them has
    // read it.
    int64_t columns = c.rows.empty() ? c.block.columns() : c.extent(c.n);
    c.divideSums(c.stepsInCache(host.l2Bytes / 4, columns));
  }
  return c;
}

} // namespace nabla
