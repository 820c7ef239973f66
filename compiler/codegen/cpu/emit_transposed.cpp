//===- emit_transposed.cpp - Loops that read columns ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/emit_transposed.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace nabla {

/// Squares repeat their body for each row.
static constexpr unsigned maxTransposedCost = 10;
/// Squares side by side in what is read: memory sends neighbouring lines faster
/// than others.
static constexpr int64_t squaresAtOnce = 4;

/// What is read, and not written, and lies in a row along the loop at hand, but
/// not along the innermost one.
static SmallVector<Access> readsOfColumns(Nest &nest, unsigned level) {
  SmallVector<Access> columns;
  nest.forEachKernel([&](Kernel &kernel) {
    for (auto [i, access] : llvm::enumerate(kernel.accesses)) {
      bool isColumn = access && !kernel.isOutput(i) && kernel.reads(i) &&
                      access->strides[level] == 1 &&
                      std::abs(access->strides.back()) > 1;
      if (isColumn && llvm::none_of(columns, [&](Access &other) {
            return other.sameElement(*access);
          }))
        columns.push_back(*access);
    }
  });
  return columns;
}

/// `ivs` are those of its first element.
static void emitSquare(LoopBuilder &b, const FlatBuffers &buffers,
                       ArrayRef<Kernel *> kernels, ArrayRef<Access> columns,
                       MutableArrayRef<Value> ivs, int64_t lanes) {
  unsigned level = ivs.size() - 2;
  Value row = ivs[level];
  SmallVector<SmallVector<Value>> squares;
  for (const Access &access : columns) {
    Value buffer = buffers.buffer(access);
    Value first = buffers.index(b, access, ivs);
    auto type = cast<VectorType>(
        laneType(getElementTypeOrSelf(buffer.getType()), lanes));
    SmallVector<Value> rows;
    for (int64_t i = 0; i < lanes; ++i)
      rows.push_back(vector::LoadOp::create(
          b, type, buffer, b.add(first, i * access.strides.back())));
    squares.push_back(transpose(b, rows));
  }
  BodyEmitter body(b, buffers, {ivs, static_cast<unsigned>(lanes)});
  for (int64_t i = 0; i < lanes; ++i) {
    if (i != 0) {
      ivs[level] = b.add(row, i);
      body.changeStep(level);
    }
    for (auto [access, square] : llvm::zip_equal(columns, squares))
      body.know(access, square[i]);
    for (Kernel *kernel : kernels)
      body.emit(*kernel);
  }
}

bool emitTransposed(LoopBuilder &b, const FlatBuffers &buffers, Nest &nest,
                    ArrayRef<Value> ivs, unsigned vectorBits) {
  Nest *inner = nest.onlyVectorLoop();
  if (!inner || nest.bodyCost() > maxTransposedCost || nest.isCut ||
      inner->isCut)
    return false;
  unsigned bits = 8;
  bool isParallel = true;
  SmallVector<Kernel *> kernels;
  nest.forEachKernel([&](Kernel &kernel) {
    kernels.push_back(&kernel);
    bits = std::max(bits, kernel.widestBits());
    isParallel = isParallel && !kernel.isReduction[ivs.size()] &&
                 !kernel.isReduction.back();
  });
  int64_t lanes = vectorBits / bits;
  SmallVector<Access> columns = readsOfColumns(nest, ivs.size());
  bool isWritten = llvm::any_of(kernels, [&](Kernel *kernel) {
    return llvm::any_of(
        columns, [&](Access &column) { return kernel->writes(column.root); });
  });
  if (!isParallel || columns.empty() || isWritten || nest.extent < lanes ||
      inner->extent < lanes || updatesInPlace(kernels))
    return false;
  auto emitRows = [&](Value first, int64_t count) {
    forSteps(b, inner->extent, lanes, [&](Value column) {
      forSteps(b, count, lanes, [&](Value row) {
        SmallVector<Value> place(ivs);
        place.append({b.add(first, row), column});
        emitSquare(b, buffers, kernels, columns, place, lanes);
      });
    });
  };
  int64_t block = lanes * squaresAtOnce;
  int64_t whole = nest.extent / block * block;
  if (whole > 0)
    forSteps(b, whole, block, [&](Value first) { emitRows(first, block); });
  if (whole < nest.extent) {
    int64_t first = std::min(whole, nest.extent - lanes);
    emitRows(b.index(first), nest.extent - first);
  }
  return true;
}

} // namespace nabla
