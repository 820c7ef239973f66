//===- emit_contraction.cpp - Matrix products in registers ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A block of C stays in registers while the loop over k adds up one row of B
// times one column of A after the other (K. Goto and R. van de Geijn, "Anatomy
// of high-performance matrix multiplication", 2008). A panel of B, as wide as
// the block, is copied where its rows do not lie as they are read. Where blocks
// do not divide C the last ones move back, and do some elements once more.
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/contraction.h"
#include "compiler/codegen/cpu/divide.h"
#include "compiler/codegen/cpu/emit_body.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace nabla {
namespace {

/// A block of C: rows, and vectors a row.
struct Block {
  int64_t rows, vectors, lanes;
  int64_t columns() const { return vectors * lanes; }
};

/// Cycles of one step along k, of machines that multiply two vectors and load
/// two a cycle, with four cycles until a sum can be added to again.
double cyclesPerStep(int64_t rows, int64_t vectors) {
  return std::max({rows * vectors / 2.0, (rows + vectors) / 2.0, 4.0});
}

Block chooseBlock(int64_t m, int64_t n, int64_t k, int64_t lanes,
                  int64_t registers) {
  Block best{1, 1, lanes};
  double least = std::numeric_limits<double>::infinity();
  for (int64_t vectors = 1; vectors <= 4; ++vectors)
    for (int64_t rows = 1; rows <= std::min<int64_t>(m, 14); ++rows) {
      int64_t needed = rows * vectors + vectors + 1;
      if (needed > registers || vectors * lanes > n)
        continue;
      double blocks =
          llvm::divideCeil(m, rows) * llvm::divideCeil(n, vectors * lanes);
      // Each block also starts and stores its sums.
      double overhead = (2.0 * rows * vectors + 10) / k;
      double cost = blocks * (cyclesPerStep(rows, vectors) + overhead);
      if (cost < least) {
        least = cost;
        best = {rows, vectors, lanes};
      }
    }
  return best;
}

/// Rows of B that are this far apart are on pages of their own.
constexpr int64_t pageBytes = 4096;
/// How many blocks of rows must read a panel to pay for its copy.
constexpr int64_t minBlocksToCopy = 4;
/// How many blocks of rows a thread does, to pay for panels of its own.
constexpr int64_t minBlocksOfPart = 16;
/// Of one element, among fused ones in registers, in units of `numParts`.
constexpr double workOfMultiplication = 0.25;
/// So many multiplications of vectors make a loop body.
constexpr int64_t maxUnrolled = 64;

class ContractionEmitter {
public:
  ContractionEmitter(ImplicitLocOpBuilder &b, Contraction &c,
                     unsigned vectorBits, const Host &host)
      : b(b), c(c),
        sumType(getElementTypeOrSelf(c.kernel.op->getOperand(2).getType())) {
    ArrayRef<int64_t> extents = c.kernel.extents;
    m = extents[c.m], n = extents[c.n], k = extents[c.k];
    int64_t native = vectorBits / sumType.getIntOrFloatBitWidth();
    int64_t lanes =
        std::min<int64_t>(native, llvm::bit_floor(static_cast<uint64_t>(n)));
    block = chooseBlock(m, n, k, lanes, host.numVectorRegisters);
  }

  void emit() {
    for (auto &access : c.kernel.accesses)
      buffers.prepare(b, *access);
    ivs.assign(c.kernel.depth(), constant(0));
    double outer = 1;
    for (unsigned loop : c.outer)
      outer *= c.kernel.extents[loop];
    int64_t parts = numParts(outer * m * n * k * workOfMultiplication);
    if (parts == 1)
      emitPart(c.outer);
    else if (!c.outer.empty() && outer >= parts)
      emitPartsOfOuter(parts);
    else
      emitPartsOfRows(parts);
  }

private:
  using Sums = SmallVector<Value>;

  bool copiesPanel() {
    const Access &access = c.access(c.b);
    int64_t bytes = access.strides[c.k] * sumType.getIntOrFloatBitWidth() / 8;
    return access.strides[c.n] != 1 ||
           (bytes >= pageBytes && m / block.rows >= minBlocksToCopy);
  }

  void emitPartsOfOuter(int64_t parts);
  void emitPartsOfRows(int64_t parts);
  void emitPart(ArrayRef<unsigned> loops);
  void emitOuter(ArrayRef<unsigned> loops);
  Value allocatePanel();
  void releasePanel();
  void emitBlock();
  void addStep(Value step, int64_t offset, MutableArrayRef<Value> sums);
  void copyPanel();
  void copyRows();
  void copyTransposed();
  Value column(Value step, int64_t vector, int64_t offset);
  void storeSums(ValueRange sums);

  Value constant(int64_t value) {
    return arith::ConstantIndexOp::create(b, value);
  }
  Value plus(Value index, int64_t offset) {
    return offset == 0
               ? index
               : arith::AddIOp::create(b, index, constant(offset)).getResult();
  }
  /// A vector or scalar of an operand, in the type of the sums.
  Value load(unsigned operand, int64_t offset, int64_t lanes) {
    const Access &access = c.access(operand);
    Value buffer = buffers.buffer(access);
    Value index = plus(buffers.index(b, access, ivs), offset);
    Type element = getElementTypeOrSelf(buffer.getType());
    Value value =
        lanes == 1
            ? memref::LoadOp::create(b, buffer, index).getResult()
            : vector::LoadOp::create(
                  b, cast<VectorType>(laneType(element, lanes)), buffer, index)
                  .getResult();
    if (element == sumType)
      return value;
    return arith::ExtFOp::create(b, laneType(sumType, lanes), value);
  }

  ImplicitLocOpBuilder &b;
  Contraction &c;
  Type sumType;
  int64_t m, n, k;
  Block block;
  FlatBuffers buffers;
  SmallVector<Value> ivs;
  /// Where the rows of the part begin.
  Value firstRow;
  Value panel;
};

/// Threads share the outermost of the loops around products.
void ContractionEmitter::emitPartsOfOuter(int64_t parts) {
  unsigned loop = c.outer.front();
  int64_t extent = c.kernel.extents[loop];
  int64_t size = llvm::divideCeil(extent, parts);
  forParts(b, extent, size, [&](Value first) {
    panel = allocatePanel();
    forSteps(b, size, 1, [&](Value i) {
      ivs[loop] = arith::AddIOp::create(b, first, i);
      emitOuter(ArrayRef(c.outer).drop_front());
    });
    releasePanel();
  });
}

/// Threads share the rows of C, in whole blocks.
void ContractionEmitter::emitPartsOfRows(int64_t parts) {
  int64_t blocks = llvm::divideCeil(llvm::divideCeil(m, parts), block.rows);
  if (copiesPanel())
    blocks = std::max(blocks, minBlocksOfPart);
  int64_t all = m, size = blocks * block.rows;
  if (size >= m) {
    emitPart(c.outer);
    return;
  }
  forParts(b, all, size, [&](Value first) {
    firstRow = first;
    m = size;
    emitPart(c.outer);
    m = all;
  });
}

void ContractionEmitter::emitPart(ArrayRef<unsigned> loops) {
  panel = allocatePanel();
  emitOuter(loops);
  releasePanel();
}

Value ContractionEmitter::allocatePanel() {
  if (!copiesPanel())
    return nullptr;
  return memref::AllocOp::create(
      b, MemRefType::get({k * block.columns()}, sumType),
      b.getI64IntegerAttr(64));
}

void ContractionEmitter::releasePanel() {
  if (panel)
    memref::DeallocOp::create(b, panel);
}

void ContractionEmitter::emitOuter(ArrayRef<unsigned> loops) {
  if (!loops.empty()) {
    forSteps(b, c.kernel.extents[loops.front()], 1, [&](Value iv) {
      ivs[loops.front()] = iv;
      emitOuter(loops.drop_front());
    });
    return;
  }
  forSteps(b, n, block.columns(), [&](Value first) {
    ivs[c.n] = first;
    if (panel)
      copyPanel();
    forSteps(b, m, block.rows, [&](Value row) {
      ivs[c.m] =
          firstRow ? arith::AddIOp::create(b, firstRow, row).getResult() : row;
      emitBlock();
    });
  });
}

/// One vector of a row of B, at `step + offset` along k.
Value ContractionEmitter::column(Value step, int64_t vector, int64_t offset) {
  auto type = cast<VectorType>(laneType(sumType, block.lanes));
  if (!panel)
    return load(c.b, offset * c.access(c.b).strides[c.k] + vector * block.lanes,
                block.lanes);
  Value index = arith::MulIOp::create(b, step, constant(block.columns()));
  return vector::LoadOp::create(
      b, type, panel,
      plus(index, offset * block.columns() + vector * block.lanes));
}

void ContractionEmitter::addStep(Value step, int64_t offset,
                                 MutableArrayRef<Value> sums) {
  ivs[c.k] = step;
  SmallVector<Value> columns;
  for (int64_t v = 0; v < block.vectors; ++v)
    columns.push_back(column(step, v, offset));
  const Access &a = c.access(c.a);
  for (int64_t row = 0; row < block.rows; ++row) {
    Value scalar =
        load(c.a, row * a.strides[c.m] + offset * a.strides[c.k], /*lanes=*/1);
    Value factor = splat(b, scalar, block.lanes);
    for (int64_t v = 0; v < block.vectors; ++v) {
      Value &sum = sums[row * block.vectors + v];
      sum = math::FmaOp::create(b, factor, columns[v], sum);
    }
  }
}

void ContractionEmitter::emitBlock() {
  Value zero =
      splatConstant(b, cast<TypedAttr>(b.getZeroAttr(sumType)), block.lanes);
  Sums sums(block.rows * block.vectors, zero);
  int64_t unroll = std::max<int64_t>(
      1, std::min<int64_t>(4, maxUnrolled / int64_t(sums.size())));
  int64_t whole = k / unroll * unroll;
  if (whole > unroll) {
    auto loop = scf::ForOp::create(b, constant(0), constant(whole),
                                   constant(unroll), sums);
    {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(loop.getBody());
      Sums next(loop.getRegionIterArgs());
      for (int64_t u = 0; u < unroll; ++u)
        addStep(loop.getInductionVar(), u, next);
      scf::YieldOp::create(b, next);
    }
    sums.assign(loop.getResults().begin(), loop.getResults().end());
  } else {
    whole = 0;
  }
  Value rest = constant(whole);
  for (int64_t u = 0; whole + u < k; ++u)
    addStep(rest, u, sums);
  storeSums(sums);
}

void ContractionEmitter::storeSums(ValueRange sums) {
  const Access &access = c.access(2);
  Value first = buffers.index(b, access, ivs);
  for (int64_t row = 0; row < block.rows; ++row)
    for (int64_t v = 0; v < block.vectors; ++v)
      vector::StoreOp::create(
          b, sums[row * block.vectors + v], buffers.buffer(access),
          plus(first, row * access.strides[c.m] + v * block.lanes));
}

void ContractionEmitter::copyPanel() {
  const Access &access = c.access(c.b);
  if (access.strides[c.n] != 1 && access.strides[c.k] == 1 &&
      k >= block.lanes && block.lanes > 1)
    copyTransposed();
  else
    copyRows();
}

/// Row by row; the elements of a row may be apart.
void ContractionEmitter::copyRows() {
  const Access &access = c.access(c.b);
  int64_t stride = access.strides[c.n];
  forSteps(b, k, 1, [&](Value step) {
    ivs[c.k] = step;
    Value to = arith::MulIOp::create(b, step, constant(block.columns()));
    for (int64_t v = 0; v < block.vectors; ++v) {
      Value value;
      if (stride == 1) {
        value = load(c.b, v * block.lanes, block.lanes);
      } else {
        value = splatConstant(b, cast<TypedAttr>(b.getZeroAttr(sumType)),
                              block.lanes);
        for (int64_t lane = 0; lane < block.lanes; ++lane)
          value = vector::InsertOp::create(
              b, load(c.b, (v * block.lanes + lane) * stride, 1), value, lane);
      }
      vector::StoreOp::create(b, value, panel, plus(to, v * block.lanes));
    }
  });
}

/// Rows along k become columns, a square of vectors at a time.
void ContractionEmitter::copyTransposed() {
  const Access &access = c.access(c.b);
  forSteps(b, k, block.lanes, [&](Value step) {
    ivs[c.k] = step;
    Value to = arith::MulIOp::create(b, step, constant(block.columns()));
    for (int64_t v = 0; v < block.vectors; ++v) {
      SmallVector<Value> rows;
      for (int64_t lane = 0; lane < block.lanes; ++lane)
        rows.push_back(load(c.b, (v * block.lanes + lane) * access.strides[c.n],
                            block.lanes));
      for (auto [i, vector] : llvm::enumerate(transpose(b, rows)))
        vector::StoreOp::create(
            b, vector, panel,
            plus(to,
                 static_cast<int64_t>(i) * block.columns() + v * block.lanes));
    }
  });
}

} // namespace

void emitContraction(ImplicitLocOpBuilder &b, Contraction &contraction,
                     unsigned vectorBits, const Host &host) {
  ContractionEmitter(b, contraction, vectorBits, host).emit();
}

} // namespace nabla
