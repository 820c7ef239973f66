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
/// Tiles of a large C are no smaller.
static constexpr int64_t rowsOfTile = 128, columnsOfTile = 128;
/// So many steps of a sum pay for adding it to that of another piece.
static constexpr int64_t minStepsOfPiece = 512;

/// Into how many parts C can be cut, along one loop around products or both
/// ways of one.
static int64_t numTiles(const Contraction &c) {
  int64_t tiles = llvm::divideCeil(c.extent(c.m), rowsOfTile);
  if (c.rows.empty() && c.sums.size() == 1)
    tiles *= llvm::divideCeil(c.extent(c.n), columnsOfTile);
  for (unsigned loop : llvm::concat<const unsigned>(c.shared, c.rows))
    tiles = std::max(tiles, c.extent(loop));
  return tiles;
}

void splitSums(Contraction &c) {
  int64_t tiles = numTiles(c);
  if (tiles >= enoughParts)
    return;
  int64_t most = std::min({numParts(c.work(), c.kernel.op), mostPieces,
                           c.product(c.sums) / minStepsOfPiece});
  if (most < enoughParts)
    return;
  int64_t pieces = 1;
  while (pieces < most) {
    unsigned loop = c.sums.front();
    int64_t number = divisorUpTo(c.extent(loop), most / pieces);
    bool isAll = number == c.extent(loop) && c.sums.size() > 1;
    if (number == 1)
      break;
    pieces *= number;
    c.pieces.push_back(loop);
    if (isAll) {
      c.sums.erase(c.sums.begin());
      continue;
    }
    c.sums.front() = c.kernel.depth();
    c.kernel.split(loop, c.extent(loop) / number, c.kernel.depth());
    break;
  }
  llvm::append_range(c.shared, c.pieces);
}

/// The loops that move C, from the one with the longest stride on.
static SmallVector<unsigned> loopsOfResult(const Contraction &c) {
  const Access &result = c.access(2);
  SmallVector<unsigned> loops;
  for (unsigned l = 0; l < c.kernel.depth(); ++l)
    if (result.strides[l] != 0)
      loops.push_back(l);
  llvm::stable_sort(loops, [&](unsigned l, unsigned r) {
    return std::abs(result.strides[l]) > std::abs(result.strides[r]);
  });
  return loops;
}

static Access within(const Access &access, ArrayRef<unsigned> loops) {
  Access result = access;
  result.strides.clear();
  for (unsigned loop : loops)
    result.strides.push_back(access.strides[loop]);
  return result;
}

/// Where all pieces have C, in the loops of the product.
static Access placeOfPieces(const Contraction &c, ArrayRef<unsigned> loops) {
  Access access;
  access.strides.assign(c.kernel.depth(), 0);
  int64_t size = 1;
  for (ArrayRef<unsigned> some : {loops, ArrayRef<unsigned>(c.pieces)})
    for (unsigned loop : llvm::reverse(some)) {
      access.strides[loop] = size;
      size *= c.extent(loop);
    }
  return access;
}

PieceSums emitPieces(LoopBuilder &b, Contraction &c) {
  SmallVector<unsigned> loops = loopsOfResult(c);
  Access result = within(c.access(2), loops);
  Access own = placeOfPieces(c, loops), piece = within(own, loops);
  int64_t size = c.product(loops), pieces = c.product(c.pieces);
  auto type = MemRefType::get({pieces, size}, c.sumType());
  PieceSums sums;
  sums.buffer = memref::AllocOp::create(b, type, b.getI64IntegerAttr(64));
  own.root = piece.root = sums.buffer;
  for (Contraction *product = &c; product; product = product->rest.get())
    product->kernel.accesses[2] = own;
  emitContraction(b, c);

  linalg::LinalgOp op = c.kernel.op;
  Value output = op.getDpsInits()[0];
  sums.first.op = carryBody(b, sums.buffer, output, [](ValueRange elements) {
    return SmallVector<Value>{elements[0]};
  });
  for (unsigned loop : loops) {
    sums.first.dims.push_back(sums.first.depth());
    sums.first.extents.push_back(c.extent(loop));
    sums.first.isReduction.push_back(false);
  }
  sums.first.accesses = {piece, result};

  sums.others = sums.first;
  sums.others.op = carryBody(b, sums.buffer, output, [&](ValueRange elements) {
    Value sum = arith::AddFOp::create(b, elements[1], elements[0]);
    return SmallVector<Value>{sum};
  });
  sums.others.dims.push_back(loops.size());
  sums.others.extents.insert(sums.others.extents.begin(), pieces - 1);
  sums.others.isReduction.insert(sums.others.isReduction.begin(), true);
  piece.offset = size;
  piece.strides.insert(piece.strides.begin(), size);
  result.strides.insert(result.strides.begin(), 0);
  sums.others.accesses = {piece, result};
  return sums;
}

} // namespace nabla
