//===- emit_contraction.cpp - Matrix products in registers ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A block of C stays in registers while the loops over the sums add up one row
// of B times one column of A after the other (K. Goto and R. van de Geijn,
// "Anatomy of high-performance matrix multiplication", 2008). Factors are
// copied where they do not lie as they are read; B once, for all threads, if
// several parts read it. C is cut into tiles both ways: a block of rows goes
// through all columns of one while it stays in the first cache, and these
// columns of B stay in the second. Where blocks do not divide C the last ones
// move back, and do some elements once more.
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/contraction.h"
#include "compiler/codegen/cpu/divide.h"
#include "compiler/codegen/cpu/emit_body.h"
#include "compiler/codegen/cpu/factor.h"
#include "compiler/codegen/cpu/unit.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace nabla {
namespace {

/// Rows of B that are this far apart are better read from a copy: most are on
/// pages of their own.
constexpr int64_t apartBytes = 3072;
/// How many blocks must read a copy to pay for it.
constexpr int64_t minBlocksToCopy = 4;
/// How many blocks of rows a thread does, to pay for copies of its own.
constexpr int64_t minBlocksOfPart = 16;
/// As many tiles keep several threads busy, each of which may have to read its
/// rows and copy them.
constexpr int64_t fewTiles = 16;
/// So many blocks of rows lie side by side where they are copied from.
constexpr int64_t blocksOfCopy = 4;
/// Of one element that is copied.
constexpr double workOfCopy = 4;
/// So many operations of the epilogue are worth having for each vector of a
/// block; more of them are a loop.
constexpr int64_t maxEpilogue = 160;
/// Rows of more lines are streams.
constexpr int64_t maxLinesOfRow = 8;
/// So many multiplications of vectors make a loop body.
constexpr int64_t maxUnrolled = 64;

class ContractionEmitter {
public:
  ContractionEmitter(LoopBuilder &b, Contraction &c)
      : b(b), c(c), block(c.block), rows(c, c.a, c.m, block.rows),
        columns(c, c.b, c.n, block.columns()) {
    auto all = [](Access &) { return true; };
    buffers.add(c.kernel, all);
    for (Kernel &kernel : c.epilogue)
      buffers.add(kernel, all);
    buffers.prepare(b);
    place.ivs.assign(c.kernel.depth(), constant(0));
    place.slots = place.ivs;
    for (int64_t extent : c.kernel.extents)
      stretches.push_back({Value(), extent});
  }

  void emit();

private:
  using Sums = SmallVector<Value>;

  /// What a part does of a loop: from `first` on; null if that is all.
  struct Stretch {
    Value first;
    int64_t size;
  };

  bool copiesRows() { return c.tileColumns != 0 && c.copiesA(); }
  bool copiesColumns();
  SmallVector<unsigned> chooseLoops(int64_t parts);
  int64_t chooseSize(unsigned loop, int64_t parts);
  void chooseTile(int64_t parts);
  int64_t numBlocks(unsigned loop) {
    return llvm::divideCeil(stretches[loop].size, blockSize(loop));
  }
  int64_t blockSize(unsigned loop) {
    return loop == c.m ? block.rows : block.columns();
  }
  /// So many are copied at a time.
  int64_t rowsOfCopy() { return blocksOfCopy * block.rows; }
  void shareColumns();
  void emitParts(unsigned loop);
  void emitIterations(ArrayRef<unsigned> loops);
  void emitTiles();
  void emitPart();
  void emitBlocksOfPart();
  void emitTilesOfPart();
  void forPieces(unsigned loop, int64_t size, function_ref<void(Value)> body);
  void emitStretches(unsigned loop, int64_t size, function_ref<void()> body);
  void copyColumns();
  void emitTile();
  void fetchNextRows();
  void emitLoops(ArrayRef<unsigned> loops, llvm::function_ref<void()> body);
  void emitBlocks(unsigned loop, Value &old, llvm::function_ref<void()> body);
  void emitBlock();
  Sums startSums();
  void addSums(ArrayRef<unsigned> loops, Sums &sums);
  void addSteps(unsigned loop, Sums &sums);
  void addStep(Value step, int64_t offset, MutableArrayRef<Value> sums,
               bool isWhole);
  Value inAllPairs(Value elements);
  Value multiplyAdd(Value x, Value y, Value sum);
  Sums emitSumLoop(int64_t extent, int64_t step, Sums sums,
                   llvm::function_ref<void(Value, Sums &)> body);
  void storeSums(ValueRange sums);
  void finishBlock(ValueRange sums);
  void finishVector(Value row, int64_t vector, Value sum);
  Value indexOfSum(int64_t row, int64_t vector);
  Value maskOfNew(int64_t row, int64_t vector);

  Value constant(int64_t value) { return b.index(value); }
  VectorType vectorType() {
    return cast<VectorType>(laneType(c.sumType(), block.lanes));
  }

  LoopBuilder &b;
  Contraction &c;
  const RegisterBlock &block;
  Factor rows, columns;
  FlatBuffers buffers;
  Place place;
  SmallVector<Stretch> stretches;
  /// Whether all of B has been copied, for all threads.
  bool sharesColumns = false;
  /// Memory for a block whose epilogue is a loop.
  Value blockBuffer;
  /// How many rows and columns of a block that is moved back another one has
  /// done; null if blocks divide C.
  Value oldRows, oldColumns;
};

bool ContractionEmitter::copiesColumns() {
  const Access &access = c.access(c.b);
  int64_t blocks =
      c.product(c.rows) * llvm::divideCeil(c.extent(c.m), block.rows);
  int64_t bytes = std::abs(access.strides[c.sums.back()]) * c.sumBytes();
  return c.pair > 1 || access.strides[c.n] != 1 ||
         ((bytes >= apartBytes || c.widens(c.b)) && blocks >= minBlocksToCopy);
}

void ContractionEmitter::emit() {
  int64_t parts = numParts(c.work(), c.kernel.op);
  SmallVector<unsigned> loops = chooseLoops(parts);
  if (loops.empty())
    chooseTile(parts);
  for (unsigned loop : loops)
    stretches[loop].size = loops.size() == 1 ? chooseSize(loop, parts) : 1;
  bool readOften = !c.rows.empty() || stretches[c.m].size < c.extent(c.m);
  if (parts > 1 && c.shared.empty() && readOften && copiesColumns())
    shareColumns();
  if (loops.empty())
    emitTiles();
  else if (loops.size() == 1)
    emitParts(loops[0]);
  else
    emitIterations(loops);
  if (sharesColumns)
    columns.release(b);
}

/// The loops that threads share: the outermost one around products, or else
/// their rows, that is long enough for threads to end at about the same time;
/// or else all around products together; or else the same of shorter ones. None
/// if blocks of a product are better shared.
SmallVector<unsigned> ContractionEmitter::chooseLoops(int64_t parts) {
  SmallVector<unsigned> loops(c.shared);
  llvm::append_range(loops, c.rows);
  for (int64_t ratio : {2, 8}) {
    for (unsigned loop : loops)
      if (c.extent(loop) * ratio >= parts)
        return {loop};
    if (c.product(c.shared) * ratio >= parts)
      return c.shared;
  }
  return {};
}

/// How many iterations of a loop that is not cut into blocks make a part.
int64_t ContractionEmitter::chooseSize(unsigned loop, int64_t parts) {
  int64_t extent = c.extent(loop), size = llvm::divideCeil(extent, parts);
  // Sums in memory must not be added to twice: parts do not overlap.
  while (c.addsInMemory() && extent % size != 0)
    ++size;
  return size;
}

/// How much of C a part does, in whole blocks of registers.
void ContractionEmitter::chooseTile(int64_t parts) {
  if (parts == 1)
    return;
  Stretch &tileRows = stretches[c.m], &tileColumns = stretches[c.n];
  int64_t blocksDown = numBlocks(c.m), blocksAcross = numBlocks(c.n);
  auto sizeOf = [&](unsigned loop, int64_t blocks, int64_t number) -> int64_t {
    return llvm::divideCeil(blocks, number) * blockSize(loop);
  };
  int64_t across =
      c.tileColumns == 0 ? 1 : llvm::divideCeil(c.extent(c.n), c.tileColumns);
  tileRows.size = sizeOf(c.m, blocksDown, llvm::divideCeil(parts, across));
  if (copiesColumns() && !c.shared.empty())
    tileRows.size = std::max(tileRows.size, minBlocksOfPart * block.rows);
  if (c.addsInMemory())
    tileRows.size = std::max<int64_t>(tileRows.size,
                                      llvm::alignTo(minTileRows, block.rows));
  if (copiesRows())
    tileRows.size = llvm::alignTo(tileRows.size, rowsOfCopy());
  tileRows.size = std::min(tileRows.size, c.extent(c.m));
  // Where there are few tiles of rows, threads share the columns as well.
  int64_t down = llvm::divideCeil(c.extent(c.m), tileRows.size);
  int64_t wanted = down == blocksDown ? parts : std::min(parts, fewTiles);
  if (2 * down * across <= wanted)
    across = std::min<int64_t>(llvm::divideCeil(wanted, down), blocksAcross);
  tileColumns.size = std::min(sizeOf(c.n, blocksAcross, across), c.extent(c.n));
}

/// Copies all of B before parts read it.
void ContractionEmitter::shareColumns() {
  sharesColumns = true;
  int64_t extent = c.extent(c.n), size = block.columns();
  columns.copy(extent, c.memorySums);
  columns.allocate(b, buffers);
  int64_t blocks = llvm::divideCeil(extent, size);
  int64_t parts = numParts(blocks * size * c.product(c.sums) *
                               c.product(c.memorySums) * workOfCopy,
                           c.kernel.op);
  int64_t blocksOfPart = llvm::divideCeil(blocks, parts);
  auto copyPart = [&](Value first) {
    Stretch whole = stretches[c.n];
    Value column = b.mul(first, size);
    stretches[c.n] = {column, blocksOfPart * size};
    emitLoops(c.memorySums, [&] { copyColumns(); });
    stretches[c.n] = whole;
  };
  if (blocksOfPart < blocks)
    forParts(b, blocks, blocksOfPart, /*movesBack=*/false, copyPart);
  else
    copyPart(constant(0));
}

void ContractionEmitter::emitParts(unsigned loop) {
  int64_t size = stretches[loop].size;
  if (size == c.extent(loop)) {
    emitPart();
    return;
  }
  forParts(b, c.extent(loop), size, /*movesBack=*/true, [&](Value first) {
    stretches[loop].first = first;
    emitPart();
  });
}

/// Each iteration of all loops together is a part.
void ContractionEmitter::emitIterations(ArrayRef<unsigned> loops) {
  forParts(b, c.product(loops), 1, /*movesBack=*/false, [&](Value part) {
    for (unsigned loop : llvm::reverse(loops)) {
      stretches[loop].first = b.rem(part, c.extent(loop));
      part = b.div(part, c.extent(loop));
    }
    emitPart();
  });
}

void ContractionEmitter::emitTiles() {
  auto number = [&](unsigned loop) {
    return llvm::divideCeil(c.extent(loop), stretches[loop].size);
  };
  // One tile below the other: they read the same of B.
  int64_t down = number(c.m), tiles = down * number(c.n);
  if (tiles == 1) {
    emitPart();
    return;
  }
  forParts(b, tiles, 1, /*movesBack=*/false, [&](Value tile) {
    auto cut = [&](unsigned loop, Value index) {
      if (number(loop) > 1)
        stretches[loop].first = b.mul(index, stretches[loop].size);
    };
    cut(c.n, b.div(tile, down));
    cut(c.m, b.rem(tile, down));
    emitPart();
  });
}

void ContractionEmitter::emitPart() {
  int64_t work = 0;
  for (Kernel &kernel : c.epilogue)
    work += kernel.bodyCost() * block.size();
  if (work > maxEpilogue)
    blockBuffer = memref::AllocOp::create(
        b, MemRefType::get({block.size() * block.lanes}, c.sumType()),
        b.getI64IntegerAttr(64));
  if (c.tileColumns != 0)
    emitTilesOfPart();
  else
    emitBlocksOfPart();
  if (blockBuffer)
    memref::DeallocOp::create(b, blockBuffer);
}

/// All rows for a block of columns, then for the next one.
void ContractionEmitter::emitBlocksOfPart() {
  bool copiesAllColumns = !sharesColumns && copiesColumns() && !c.rows.empty();
  bool copiesEachColumn = !sharesColumns && copiesColumns() && c.rows.empty();
  if (!sharesColumns && copiesColumns())
    columns.copy(copiesAllColumns ? c.extent(c.n) : block.columns());
  if (!sharesColumns)
    columns.allocate(b, buffers);
  auto overColumns = [&](llvm::function_ref<void()> body) {
    emitBlocks(c.n, oldColumns, body);
  };
  auto overRows = [&](llvm::function_ref<void()> body) {
    emitBlocks(c.m, oldRows, body);
  };
  auto emitProduct = [&] {
    overColumns([&] {
      if (copiesEachColumn)
        columns.copyBlocks(b, buffers, place, [](auto body) { body(); });
      overRows([&] { emitBlock(); });
    });
  };
  auto emitProducts = [&] {
    if (copiesAllColumns)
      columns.copyBlocks(b, buffers, place, overColumns);
    emitLoops(c.rows, emitProduct);
  };
  emitLoops(c.shared, [&] { emitLoops(c.memorySums, emitProducts); });
  if (!sharesColumns)
    columns.release(b);
}

/// All columns of a tile for a block of rows, then for the next one.
void ContractionEmitter::emitTilesOfPart() {
  bool copiesTile = !sharesColumns && copiesColumns();
  int64_t wide = std::min(c.tileColumns, stretches[c.n].size);
  int64_t high = stretches[c.m].size;
  if (copiesRows()) {
    high = std::min(high, rowsOfCopy());
    rows.copy(high);
  }
  if (copiesTile)
    columns.copy(wide);
  rows.allocate(b, buffers);
  if (copiesTile)
    columns.allocate(b, buffers);
  emitLoops(c.shared, [&] {
    emitLoops(c.memorySums, [&] {
      emitStretches(c.n, wide, [&] {
        if (copiesTile)
          copyColumns();
        emitStretches(c.m, high, [&] { emitTile(); });
      });
    });
  });
  rows.release(b);
  if (copiesTile)
    columns.release(b);
}

/// Cuts what a part does of a loop into pieces, of which none begins behind the
/// end of the loop. `body` gets where in the stretch one begins.
void ContractionEmitter::forPieces(unsigned loop, int64_t size,
                                   function_ref<void(Value)> body) {
  auto [start, length] = stretches[loop];
  int64_t extent = c.extent(loop);
  if (!start || extent % length == 0) {
    forSteps(b, llvm::alignTo(length, size), size, body);
    return;
  }
  Value rest = b.sub(constant(extent), start);
  Value end = b.min(constant(length), rest);
  auto pieces = scf::ForOp::create(b, constant(0), end, constant(size));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(pieces.getBody());
  body(pieces.getInductionVar());
}

/// The pieces are stretches, of whole blocks.
void ContractionEmitter::emitStretches(unsigned loop, int64_t size,
                                       function_ref<void()> body) {
  Stretch all = stretches[loop];
  if (size == all.size) {
    body();
    return;
  }
  forPieces(loop, size, [&](Value first) {
    if (all.first)
      first = b.add(all.first, first);
    stretches[loop] = {first, size};
    body();
    stretches[loop] = all;
  });
}

void ContractionEmitter::copyColumns() {
  columns.copyBlocks(b, buffers, place, [&](function_ref<void()> body) {
    emitBlocks(c.n, oldColumns, body);
  });
}

void ContractionEmitter::emitTile() {
  auto overRows = [&](function_ref<void()> body) {
    emitBlocks(c.m, oldRows, body);
  };
  if (rows.isCopied())
    rows.copyBlocks(b, buffers, place, overRows);
  overRows([&] {
    if (!rows.isCopied())
      fetchNextRows();
    emitBlocks(c.n, oldColumns, [&] { emitBlock(); });
  });
}

/// Asks for the block of rows below, where rows are short: a block begins with
/// a line of each, which the processor does not take for a stream.
void ContractionEmitter::fetchNextRows() {
  const Access &access = c.access(c.a);
  unsigned k = c.sums.back();
  int64_t line = bitsOfLine / access.bits();
  int64_t lines = llvm::divideCeil(c.extent(k), line);
  if (access.strides[k] != 1 || c.sums.size() != 1 || lines > maxLinesOfRow)
    return;
  SmallVector<Value> ivs(place.ivs);
  ivs[k] = constant(0);
  for (int64_t row = block.rows; row < 2 * block.rows; ++row)
    for (int64_t at = 0; at < lines; ++at)
      prefetch(
          b, buffers.buffer(access),
          buffers.index(b, access, ivs, row * access.strides[c.m] + at * line));
}

void ContractionEmitter::emitLoops(ArrayRef<unsigned> loops,
                                   llvm::function_ref<void()> body) {
  if (loops.empty()) {
    body();
    return;
  }
  unsigned loop = loops.front();
  const Stretch &stretch = stretches[loop];
  forSteps(b, stretch.size, 1, [&](Value iv) {
    if (stretch.first)
      iv = b.add(stretch.first, iv);
    place.set(loop, iv);
    emitLoops(loops.drop_front(), body);
  });
}

/// Blocks along m or n; `old` tells how many elements of the last one are not
/// new.
void ContractionEmitter::emitBlocks(unsigned loop, Value &old,
                                    llvm::function_ref<void()> body) {
  int64_t extent = c.extent(loop), size = blockSize(loop);
  Value start = stretches[loop].first;
  forPieces(loop, size, [&](Value slot) {
    Value wanted = start ? b.add(start, slot) : slot;
    Value first = wanted;
    if (extent % size != 0) {
      first = b.min(wanted, constant(extent - size));
      old = b.sub(wanted, first);
    }
    // Rows are copied for a part, columns may be for all of them.
    place.slots[loop] = loop == c.n && sharesColumns ? wanted : slot;
    place.ivs[loop] = first;
    body();
  });
}

void ContractionEmitter::emitBlock() {
  Sums sums = startSums();
  addSums(c.sums, sums);
  if (c.epilogue.empty())
    storeSums(sums);
  else
    finishBlock(sums);
}

/// Zeros, or what is in memory where the product adds to that.
ContractionEmitter::Sums ContractionEmitter::startSums() {
  Value zero = splatConstant(b, cast<TypedAttr>(b.getZeroAttr(c.sumType())),
                             block.lanes);
  Sums sums(block.size(), zero);
  if (!c.addsInMemory())
    return sums;
  Value isFirst = arith::ConstantOp::create(b, b.getBoolAttr(!c.adds));
  for (unsigned loop : c.memorySums)
    isFirst = arith::AndIOp::create(
        b, isFirst,
        arith::CmpIOp::create(b, arith::CmpIPredicate::eq, place.ivs[loop],
                              constant(0)));
  for (int64_t row = 0; row < block.rows; ++row)
    for (int64_t v = 0; v < block.vectors; ++v) {
      Value old = vector::LoadOp::create(
          b, vectorType(), buffers.buffer(c.access(2)), indexOfSum(row, v));
      sums[row * block.vectors + v] =
          arith::SelectOp::create(b, isFirst, zero, old);
    }
  return sums;
}

/// A loop that carries the sums.
ContractionEmitter::Sums
ContractionEmitter::emitSumLoop(int64_t extent, int64_t step, Sums sums,
                                llvm::function_ref<void(Value, Sums &)> body) {
  auto loop = scf::ForOp::create(b, constant(0), constant(extent),
                                 constant(step), sums);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Sums next(loop.getRegionIterArgs());
  body(loop.getInductionVar(), next);
  scf::YieldOp::create(b, next);
  return Sums(loop.getResults());
}

void ContractionEmitter::addSums(ArrayRef<unsigned> loops, Sums &sums) {
  unsigned loop = loops.front();
  if (loops.size() == 1) {
    addSteps(loop, sums);
    return;
  }
  sums = emitSumLoop(c.extent(loop), 1, sums, [&](Value iv, Sums &next) {
    place.set(loop, iv);
    addSums(loops.drop_front(), next);
  });
}

void ContractionEmitter::addSteps(unsigned loop, Sums &sums) {
  int64_t k = c.extent(loop);
  int64_t unroll =
      std::clamp<int64_t>(maxUnrolled / block.size(), 1, 4) * c.pair;
  int64_t whole = k / unroll * unroll;
  if (whole > unroll)
    sums = emitSumLoop(whole, unroll, sums, [&](Value step, Sums &next) {
      for (int64_t u = 0; u < unroll; u += c.pair)
        addStep(step, u, next, /*isWhole=*/true);
    });
  else
    whole = 0;
  Value rest = constant(whole);
  for (int64_t u = 0; whole + u < k; u += c.pair)
    addStep(rest, u, sums, whole + u + c.pair <= k);
}

/// One step, or a pair of them, of which the last one may be half.
void ContractionEmitter::addStep(Value step, int64_t offset,
                                 MutableArrayRef<Value> sums, bool isWhole) {
  unsigned k = c.sums.back();
  place.set(k, step);
  SmallVector<Value> row;
  for (int64_t v = 0; v < block.vectors; ++v)
    row.push_back(
        columns.load(b, buffers, place,
                     offset * columns.stride(k) + v * block.lanes * c.pair,
                     block.lanes * c.pair));
  for (int64_t i = 0; i < block.rows; ++i) {
    bool readsPair = c.pair == 2 && (isWhole || rows.isCopied());
    Value element =
        rows.load(b, buffers, place, i * rows.next() + offset * rows.stride(k),
                  readsPair ? 2 : 1);
    Value factor =
        c.pair == 2 ? inAllPairs(element) : splat(b, element, block.lanes);
    for (int64_t v = 0; v < block.vectors; ++v) {
      Value &sum = sums[i * block.vectors + v];
      sum = multiplyAdd(factor, row[v], sum);
    }
  }
}

/// A pair, or one element and 0, for each lane of a sum.
Value ContractionEmitter::inAllPairs(Value elements) {
  Type element = c.factorType();
  auto pair = VectorType::get(2, element);
  if (!isa<VectorType>(elements.getType())) {
    Value zeros = arith::ConstantOp::create(b, b.getZeroAttr(pair));
    elements = vector::InsertOp::create(b, elements, zeros, 0);
  }
  Type i32 = b.getI32Type();
  Value bits = vector::BitCastOp::create(b, VectorType::get(1, i32), elements);
  bits = vector::ExtractOp::create(b, bits, 0);
  return vector::BitCastOp::create(b, VectorType::get(block.lanes * 2, element),
                                   splat(b, bits, block.lanes));
}

Value ContractionEmitter::multiplyAdd(Value x, Value y, Value sum) {
  if (c.pair == 1)
    return math::FmaOp::create(b, x, y, sum);
  return LLVM::CallIntrinsicOp::create(
             b, sum.getType(),
             b.getStringAttr("llvm.x86.avx512bf16.dpbf16ps.512"),
             ValueRange{sum, x, y})
      .getResults();
}

Value ContractionEmitter::indexOfSum(int64_t row, int64_t vector) {
  const Access &access = c.access(2);
  return buffers.index(b, access, place.ivs,
                       row * access.strides[c.m] + vector * block.lanes);
}

/// Which lanes no block has added to before; null if that is all.
Value ContractionEmitter::maskOfNew(int64_t row, int64_t vector) {
  if (!c.addsInMemory() || (!oldRows && !oldColumns))
    return nullptr;
  Value numOld = constant(0), all = constant(block.lanes);
  if (oldColumns)
    numOld = b.add(oldColumns, -vector * block.lanes);
  if (oldRows) {
    Value isNew = arith::CmpIOp::create(b, arith::CmpIPredicate::sge,
                                        constant(row), oldRows);
    numOld = arith::SelectOp::create(b, isNew, numOld, all);
  }
  Type i32 = b.getI32Type();
  Value limit =
      splat(b, arith::IndexCastOp::create(b, i32, numOld), block.lanes);
  return arith::CmpIOp::create(b, arith::CmpIPredicate::sge,
                               laneNumbers(b, i32, block.lanes), limit);
}

void ContractionEmitter::storeSums(ValueRange sums) {
  Value buffer = buffers.buffer(c.access(2));
  for (int64_t row = 0; row < block.rows; ++row)
    for (int64_t v = 0; v < block.vectors; ++v) {
      Value sum = sums[row * block.vectors + v], index = indexOfSum(row, v);
      if (Value mask = maskOfNew(row, v))
        vector::MaskedStoreOp::create(b, buffer, index, mask, sum);
      else
        vector::StoreOp::create(b, sum, buffer, index);
    }
}

/// Stores one vector of C, though nobody may read it, and all that is made of
/// it.
void ContractionEmitter::finishVector(Value row, int64_t vector, Value sum) {
  SmallVector<Value> ivs(place.ivs);
  ivs[c.m] = b.add(ivs[c.m], row);
  Value column = b.add(ivs[c.n], vector * block.lanes);
  ivs.erase(ivs.begin() + c.n);
  ivs.push_back(column);
  Access result = c.access(2);
  result.strides.erase(result.strides.begin() + c.n);
  result.strides.push_back(1);
  vector::StoreOp::create(b, sum, buffers.buffer(result),
                          buffers.index(b, result, ivs));
  BodyEmitter body(b, buffers, {ivs, static_cast<unsigned>(block.lanes)});
  body.know(result, sum);
  for (Kernel &kernel : c.epilogue)
    body.emit(kernel);
}

void ContractionEmitter::finishBlock(ValueRange sums) {
  if (!blockBuffer) {
    for (auto [i, sum] : llvm::enumerate(sums))
      finishVector(constant(i / block.vectors), i % block.vectors, sum);
    return;
  }
  for (auto [i, sum] : llvm::enumerate(sums))
    vector::StoreOp::create(b, sum, blockBuffer, constant(i * block.lanes));
  forSteps(b, block.rows, 1, [&](Value row) {
    Value first = b.mul(row, block.columns());
    for (int64_t v = 0; v < block.vectors; ++v) {
      Value at = b.add(first, v * block.lanes);
      finishVector(row, v,
                   vector::LoadOp::create(b, vectorType(), blockBuffer, at));
    }
  });
}

} // namespace

void emitContraction(LoopBuilder &b, Contraction &contraction) {
  ContractionEmitter emitter(b, contraction);
  emitUnit(b, [&] { emitter.emit(); });
  if (contraction.rest)
    emitContraction(b, *contraction.rest);
}

} // namespace nabla
