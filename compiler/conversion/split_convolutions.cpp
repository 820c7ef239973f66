//===- split_convolutions.cpp - Convolutions of spread inputs -------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// With s - 1 zeros between the elements of x, a window reads elements of x with
// every s-th weight only, and which ones depends on where it starts modulo s:
// its phase. The windows of one phase are a convolution of x itself with those
// weights (W. Shi et al., "Is the deconvolution layer the same as a
// convolutional layer?", 2016).
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/Passes.h"

#include "dialects/nabla/Emit.h"
#include "dialects/nabla/NablaOps.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/Matchers.h"

namespace nabla {
#define GEN_PASS_DEF_SPLITCONVOLUTIONSPASS
#include "compiler/conversion/Passes.h.inc"
} // namespace nabla

using namespace mlir;

namespace nabla {
namespace {

/// More would be much code for little work each.
constexpr int64_t mostPhases = 16;

/// What one dimension of space is for the windows of one phase.
struct Phase {
  int64_t first, step, windows; // where they start, in the result
  int64_t firstWeight, numWeights;
  int64_t start, limit; // the elements of x that they read; maybe outside
};

/// A convolution whose input is spread, as its phases.
class Splitter {
public:
  Splitter(ConvolutionOp op, PadOp pad)
      : b(op.getLoc(), op), op(op), pad(pad), type(op.getType()),
        space(op.getStrides().size()) {}

  void run();

private:
  /// The phases in which a window reads anything.
  SmallVector<Phase> phasesOf(int64_t dim);
  void padEdges();
  Value convolve(ArrayRef<Phase> phase);
  Value insert(ArrayRef<Phase> phase, Value part, Value result);

  ImplicitLocOpBuilder b;
  ConvolutionOp op;
  PadOp pad;
  RankedTensorType type;
  int64_t space;
  /// Those of each dimension of space.
  SmallVector<SmallVector<Phase>> phases;
  /// Whether some windows meet nothing but zeros.
  bool hasZeros = false;
  /// x with the zeros around it that some phase reads, and how many are before
  /// it in each dimension of space.
  Value x;
  SmallVector<int64_t> numBefore;
};

} // namespace

static bool isZero(Value value) {
  return matchPattern(value, m_AnyZeroFloat());
}

/// Whether windows of different phases read different weights.
static bool isSpread(ConvolutionOp op, PadOp pad, int64_t dim) {
  return pad.getInterior()[dim + 1] > 0 && op.getStrides()[dim] == 1 &&
         op.getDilations()[dim] == 1;
}

SmallVector<Phase> Splitter::phasesOf(int64_t dim) {
  int64_t extent = type.getDimSize(dim + 1);
  int64_t size = op.getKernel().getType().getDimSize(dim);
  if (!isSpread(op, pad, dim)) // all of it, as it is padded
    return {{0, 1, extent, 0, size, 0, pad.getType().getDimSize(dim + 1)}};
  int64_t step = pad.getInterior()[dim + 1] + 1;
  int64_t low = pad.getLow()[dim + 1];
  SmallVector<Phase> found;
  for (int64_t first = 0; first < std::min(step, extent); ++first) {
    int64_t weight = (low - first + step) % step;
    if (weight >= size) {
      hasZeros = true;
      continue;
    }
    int64_t windows = llvm::divideCeil(extent - first, step);
    int64_t numWeights = llvm::divideCeil(size - weight, step);
    // A multiple of the step.
    int64_t start = (first + weight - low) / step;
    found.push_back({first, step, windows, weight, numWeights, start,
                     start + windows + numWeights - 1});
  }
  return found;
}

void Splitter::padEdges() {
  int64_t rank = type.getRank();
  SmallVector<int64_t> low(rank, 0), high(rank, 0), interior(rank, 0);
  for (int64_t dim = 0; dim < space; ++dim) {
    int64_t at = dim + 1, extent = pad.getX().getType().getDimSize(at);
    if (!isSpread(op, pad, dim)) {
      low[at] = pad.getLow()[at];
      high[at] = pad.getHigh()[at];
      interior[at] = pad.getInterior()[at];
      numBefore.push_back(0);
      continue;
    }
    for (const Phase &phase : phases[dim]) {
      low[at] = std::max(low[at], -phase.start);
      high[at] = std::max(high[at], phase.limit - extent);
    }
    numBefore.push_back(low[at]);
  }
  x = PadOp::create(b, pad.getX(), pad.getValue(), low, high, interior);
}

/// The windows of a phase of each dimension.
Value Splitter::convolve(ArrayRef<Phase> phase) {
  Value kernel = op.getKernel();
  SmallVector<int64_t> starts(space + 2, 0), limits(shapeOf(x));
  SmallVector<int64_t> firstWeights(space + 2, 0), lastWeights(shapeOf(kernel)),
      steps(space + 2, 1);
  for (int64_t dim = 0; dim < space; ++dim) {
    starts[dim + 1] = phase[dim].start + numBefore[dim];
    limits[dim + 1] = phase[dim].limit + numBefore[dim];
    firstWeights[dim] = phase[dim].firstWeight;
    steps[dim] = phase[dim].step;
  }
  Value read =
      SliceOp::create(b, x, starts, limits, SmallVector<int64_t>(space + 2, 1));
  Value weights = SliceOp::create(b, kernel, firstWeights, lastWeights, steps);
  return ConvolutionOp::create(b, read, weights, op.getStrides(),
                               op.getDilations(), op.getGroups());
}

Value Splitter::insert(ArrayRef<Phase> phase, Value part, Value result) {
  SmallVector<int64_t> starts(space + 2, 0), steps(space + 2, 1);
  for (int64_t dim = 0; dim < space; ++dim) {
    starts[dim + 1] = phase[dim].first;
    steps[dim + 1] = phase[dim].step;
  }
  auto indices = [&](ArrayRef<int64_t> values) {
    return getAsIndexOpFoldResult(b.getContext(), values);
  };
  return tensor::InsertSliceOp::create(b, part, result, indices(starts),
                                       indices(shapeOf(part)), indices(steps));
}

void Splitter::run() {
  for (int64_t dim = 0; dim < space; ++dim)
    phases.push_back(phasesOf(dim));
  padEdges();
  SmallVector<SmallVector<Phase>> all{{}};
  for (ArrayRef<Phase> ofDim : phases) {
    SmallVector<SmallVector<Phase>> longer;
    for (ArrayRef<Phase> before : all)
      for (const Phase &phase : ofDim)
        longer.emplace_back(before).push_back(phase);
    all = std::move(longer);
  }
  Value result =
      hasZeros ? emitZeros(b, b.getLoc(), type)
               : tensor::EmptyOp::create(b, type, ValueRange()).getResult();
  for (ArrayRef<Phase> phase : all)
    result = insert(phase, convolve(phase), result);
  op.replaceAllUsesWith(result);
  op.erase();
  if (pad->use_empty())
    pad.erase();
}

static bool isWorthSplitting(ConvolutionOp op, PadOp pad) {
  int64_t rank = op.getType().getRank(), numPhases = 1;
  auto isOfSpace = [&](ArrayRef<int64_t> numbers) {
    return numbers.front() == 0 && numbers.back() == 0;
  };
  if (!isa<FloatType>(op.getType().getElementType()) ||
      op.getType().getNumElements() == 0 ||
      pad.getX().getType().getNumElements() == 0 || !isZero(pad.getValue()) ||
      !isOfSpace(pad.getLow()) || !isOfSpace(pad.getHigh()) ||
      !isOfSpace(pad.getInterior()))
    return false;
  for (int64_t dim = 0; dim < rank - 2; ++dim)
    if (isSpread(op, pad, dim))
      numPhases *= pad.getInterior()[dim + 1] + 1;
  return numPhases > 1 && numPhases <= mostPhases;
}

namespace {

class SplitConvolutionsPass
    : public impl::SplitConvolutionsPassBase<SplitConvolutionsPass> {
public:
  void runOnOperation() override {
    SmallVector<ConvolutionOp> convolutions;
    getOperation()->walk([&](ConvolutionOp op) { convolutions.push_back(op); });
    for (ConvolutionOp op : convolutions)
      if (auto pad = op.getX().getDefiningOp<PadOp>();
          pad && isWorthSplitting(op, pad))
        Splitter(op, pad).run();
  }
};

} // namespace
} // namespace nabla
