//===- split_sums.cpp - Products whose sums threads share -----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/split_sums.h"
#include "compiler/codegen/cpu/divide.h"
#include "compiler/conversion/divisor.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace nabla {

/// So many parts keep threads busy, tiles of C or pieces of its sums.
static constexpr int64_t enoughParts = 8, mostPieces = 32;
/// So many steps of a sum pay for adding it to that of another piece.
static constexpr int64_t minStepsOfPiece = 512;

/// Into how many parts C can be cut, along one loop around products or both
/// ways of one.
static int64_t numTiles(const Contraction &c) {
  int64_t tiles = llvm::divideCeil(c.extent(c.m), minTileRows);
  if (c.readsAllOfBOften())
    tiles *= llvm::divideCeil(c.extent(c.n), minTileColumns);
  for (unsigned loop : llvm::concat<const unsigned>(c.shared, c.rows))
    tiles = std::max(tiles, c.extent(loop));
  return tiles;
}

static int64_t bytesOf(const Contraction &c, unsigned operand) {
  Footprint elements = footprint(c.access(operand), c.kernel.extents, 0);
  return elements.size() * c.access(operand).bits() / 8;
}

/// How many pieces are worth having: together they are no more to write than A
/// and B to read.
static int64_t mostUsefulPieces(const Contraction &c) {
  int64_t read = bytesOf(c, c.a) + bytesOf(c, c.b);
  return std::min({numParts(c.work(), c.kernel.op), mostPieces,
                   c.product(c.sums) / minStepsOfPiece, read / bytesOf(c, 2)});
}

/// How many pieces to make of each sum, from the outermost on: all iterations
/// of some, and a divisor of those of the next one.
static SmallVector<int64_t> choosePieces(const Contraction &c, int64_t most) {
  SmallVector<int64_t> numbers;
  for (unsigned loop : c.sums) {
    numbers.push_back(divisorUpTo(c.extent(loop), most));
    most /= numbers.back();
    if (numbers.back() != c.extent(loop))
      break;
  }
  return numbers;
}

void splitSums(Contraction &c) {
  if (numTiles(c) >= enoughParts)
    return;
  int64_t most = mostUsefulPieces(c);
  if (most < enoughParts)
    return;
  SmallVector<int64_t> numbers = choosePieces(c, most);
  int64_t pieces = 1;
  for (int64_t number : numbers)
    pieces *= number;
  if (pieces < enoughParts)
    return;
  for (int64_t number : numbers) {
    unsigned loop = c.sums.front();
    if (number == 1)
      break;
    c.pieces.push_back(loop);
    if (number == c.extent(loop) && c.sums.size() > 1) {
      c.sums.erase(c.sums.begin());
      continue;
    }
    c.sums.front() = c.kernel.depth();
    c.kernel.split(loop, c.extent(loop) / number, c.kernel.depth());
  }
  llvm::append_range(c.shared, c.pieces);
}

/// Lets `product` write to `buffer`, in which each piece has a row.
static void writePieces(Contraction &product, Value buffer,
                        ArrayRef<unsigned> loopsOfResult) {
  SmallVector<unsigned> loops(product.pieces);
  llvm::append_range(loops, loopsOfResult);
  Access &place = *product.kernel.accesses[2];
  place = Access();
  place.root = buffer;
  place.strides = denseStrides(product.kernel.extents, loops);
}

static Kernel copyFirst(LoopBuilder &b, ArrayRef<int64_t> extents,
                        const Access &piece, Value output,
                        const Access &result) {
  auto op = carryBody(b, piece.root, output, [](ValueRange elements) {
    return SmallVector<Value>{elements[0]};
  });
  Kernel kernel = Kernel::around(op, extents, /*isOutermostReduction=*/false);
  kernel.accesses = {piece, result};
  return kernel;
}

static Kernel addOthers(LoopBuilder &b, ArrayRef<int64_t> extents, Access piece,
                        Value output, Access result) {
  auto op = carryBody(b, piece.root, output, [&](ValueRange elements) {
    Value sum = arith::AddFOp::create(b, elements[1], elements[0]);
    return SmallVector<Value>{sum};
  });
  auto type = cast<MemRefType>(piece.root.getType());
  SmallVector<int64_t> all{type.getDimSize(0) - 1};
  llvm::append_range(all, extents);
  piece.offset = type.getDimSize(1);
  piece.strides.insert(piece.strides.begin(), type.getDimSize(1));
  result.strides.insert(result.strides.begin(), 0);
  Kernel kernel = Kernel::around(op, all, /*isOutermostReduction=*/true);
  kernel.accesses = {piece, result};
  return kernel;
}

PieceSums emitPieces(LoopBuilder &b, Contraction &c) {
  linalg::LinalgOp op = c.kernel.op;
  Value output = op.getDpsInits()[0];
  SmallVector<unsigned> loops = c.loopsOfResult();
  Access result = inLoops(c.access(2), loops);
  auto type =
      MemRefType::get({c.product(c.pieces), c.product(loops)}, c.sumType());
  Value buffer = memref::AllocOp::create(b, type, b.getI64IntegerAttr(64));
  for (Contraction *product = &c; product; product = product->rest.get())
    writePieces(*product, buffer, loops);
  emitContraction(b, c);

  Access piece = inLoops(c.access(2), loops);
  SmallVector<int64_t> extents;
  for (unsigned loop : loops)
    extents.push_back(c.extent(loop));
  return {buffer, copyFirst(b, extents, piece, output, result),
          addOthers(b, extents, piece, output, result)};
}

} // namespace nabla
