//===- problems.cpp - Small problems, one in each lane --------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Matrices of three rows or sums of five terms fill no vectors. Where there are
// many of them, each lane does one. All they compute is in registers; what lies
// in memory one problem behind the other is loaded as vectors, and sorted.
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/problems.h"
#include "compiler/codegen/cpu/interleave.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/MathExtras.h"

#include <deque>

using namespace mlir;

namespace nabla {
namespace {

/// All that is done for one problem, in operations.
constexpr int64_t maxProblemCost = 1024;
/// Of a shuffle, of adding up the lanes of a total, and of loading a vector
/// from two that overlap and were just stored, in operations.
constexpr int64_t shuffleCost = 3, costOfTotal = 2, costOfWaiting = 40;
/// Problems that lie further apart share no page with their neighbours.
constexpr int64_t maxStride = 256;

/// What `kernel` does in one iteration of the loops inside `level`, as a kernel
/// of the loops up to there.
Kernel atPoint(const Kernel &kernel, unsigned level, ArrayRef<int64_t> inner) {
  Kernel point = kernel;
  point.extents.truncate(level + 1);
  point.isReduction.truncate(level + 1);
  point.dims.truncate(level + 1);
  for (auto &access : point.accesses) {
    if (!access)
      continue;
    for (auto [i, iv] : llvm::enumerate(inner))
      access->offset += access->strides[level + 1 + i] * iv;
    access->strides.truncate(level + 1);
  }
  return point;
}

/// Calls `visit` with each kernel at each point of the loops inside `nest`, in
/// order.
void forEachPoint(Nest &nest, SmallVector<int64_t> &inner,
                  llvm::function_ref<void(Kernel &)> visit) {
  for (auto &child : nest.children) {
    if (child->isLeaf()) {
      visit(*child->kernel);
      continue;
    }
    inner.push_back(0);
    for (int64_t i = 0; i < child->extent; ++i) {
      inner.back() = i;
      forEachPoint(*child, inner, visit);
    }
    inner.pop_back();
  }
}

/// The elements of a buffer that problems touch, at these strides.
struct Stream {
  Access access; // without offset
  llvm::MapVector<int64_t, Value> elements;
  bool isWritten = false;

  int64_t stride() const { return access.strides.back(); }
  Access at(int64_t offset) const {
    Access element = access;
    element.offset = offset;
    return element;
  }
  int64_t first() const {
    int64_t least = elements.front().first;
    for (auto &[offset, value] : elements)
      least = std::min(least, offset);
    return least;
  }
  int64_t span() const {
    int64_t most = elements.front().first;
    for (auto &[offset, value] : elements)
      most = std::max(most, offset);
    return most - first() + 1;
  }
  /// Whether problems follow each other without a gap.
  bool isDense() const {
    return span() == stride() &&
           static_cast<int64_t>(elements.size()) == stride();
  }
};

/// Whether a problem has as many elements as there are lanes: then squares of
/// problems and elements are transposed.
bool hasSquares(const Stream &stream, int64_t lanes) {
  return stream.stride() >= lanes && stream.span() >= lanes;
}

class Streams {
public:
  Stream &of(const Access &access) {
    for (Stream &stream : all)
      if (stream.access.root == access.root &&
          stream.access.view == access.view &&
          stream.access.strides == access.strides)
        return stream;
    all.emplace_back();
    all.back().access = access;
    all.back().access.offset = 0;
    return all.back();
  }

  /// Whether each problem has elements of its own of all that is written.
  bool areSeparate() {
    for (Stream &stream : all) {
      if (!stream.isWritten)
        continue;
      if (stream.stride() != 0 && stream.span() > stream.stride())
        return false;
      for (Stream &other : all)
        if (&other != &stream &&
            mayAlias(stream.access.root, other.access.root))
          return false;
    }
    return true;
  }

  std::deque<Stream> all;
};

/// The elements that are touched at all points.
Streams findStreams(Nest &nest, unsigned level) {
  Streams streams;
  SmallVector<int64_t> inner;
  forEachPoint(nest, inner, [&](Kernel &kernel) {
    Kernel point = atPoint(kernel, level, inner);
    for (auto [i, access] : llvm::enumerate(point.accesses)) {
      if (!access || (!point.isOutput(i) && !point.reads(i)))
        continue;
      Stream &stream = streams.of(*access);
      stream.elements.insert({access->offset, Value()});
      stream.isWritten |= point.isOutput(i);
    }
  });
  return streams;
}

bool usesIndex(Kernel &kernel) {
  return !kernel.op.getBlock()->getOps<linalg::IndexOp>().empty();
}

class ProblemEmitter {
public:
  ProblemEmitter(LoopBuilder &b, const FlatBuffers &buffers,
                 ArrayRef<Value> ivs, int64_t lanes)
      : b(b), buffers(buffers), ivs(ivs), lanes(lanes) {}

  void emit(Nest &nest);

private:
  void emitPoint(Kernel point);
  Value &element(const Access &access);
  Value load(Stream &stream, int64_t offset);
  void loadAll(Stream &stream);
  void loadSquare(Stream &stream, int64_t first);
  void store(Stream &stream);
  void storeAll(Stream &stream);
  void storeSquare(Stream &stream, int64_t first);
  /// Where the square begins that holds an element. The last one moves back to
  /// end with the problem.
  int64_t squareOf(const Stream &stream, int64_t offset) {
    int64_t first = stream.first();
    return first +
           std::min((offset - first) / lanes * lanes, stream.span() - lanes);
  }
  BodyEmitter singly() {
    return BodyEmitter(b, buffers, {ivs, static_cast<unsigned>(lanes)});
  }
  Value loadVector(const Stream &stream, int64_t offset);
  void storeVector(const Stream &stream, int64_t offset, Value vector);
  void know(Stream &stream, int64_t offset, Value value);

  LoopBuilder &b;
  const FlatBuffers &buffers;
  ArrayRef<Value> ivs;
  int64_t lanes;
  Streams streams;
};

void ProblemEmitter::emit(Nest &nest) {
  unsigned level = ivs.size() - 1;
  streams = findStreams(nest, level);
  SmallVector<int64_t> inner;
  forEachPoint(nest, inner, [&](Kernel &kernel) {
    emitPoint(atPoint(kernel, level, inner));
  });
  for (Stream &stream : streams.all)
    if (stream.isWritten)
      store(stream);
}

void ProblemEmitter::emitPoint(Kernel point) {
  BodyEmitter body = singly();
  SmallVector<Value> outputs;
  SmallVector<Value *> places;
  for (auto [i, access] : llvm::enumerate(point.accesses)) {
    if (!access)
      continue;
    if (point.isOutput(i)) {
      places.push_back(&streams.of(*access).elements[access->offset]);
      outputs.push_back(point.reads(i) ? element(*access) : Value());
    } else if (point.reads(i)) {
      body.know(*access, element(*access));
    }
  }
  body.emit(point, outputs);
  for (auto [place, output] : llvm::zip_equal(places, outputs))
    *place = output;
}

Value &ProblemEmitter::element(const Access &access) {
  Stream &stream = streams.of(access);
  Value &value = stream.elements[access.offset];
  if (!value)
    value = load(stream, access.offset);
  return value;
}

Value ProblemEmitter::loadVector(const Stream &stream, int64_t offset) {
  Value buffer = buffers.buffer(stream.access);
  Type type = laneType(getElementTypeOrSelf(buffer.getType()), lanes);
  return vector::LoadOp::create(b, cast<VectorType>(type), buffer,
                                buffers.index(b, stream.at(offset), ivs));
}

void ProblemEmitter::storeVector(const Stream &stream, int64_t offset,
                                 Value vector) {
  vector::StoreOp::create(b, vector, buffers.buffer(stream.access),
                          buffers.index(b, stream.at(offset), ivs));
}

/// Unless the problem has put another value there.
void ProblemEmitter::know(Stream &stream, int64_t offset, Value value) {
  auto *found = stream.elements.find(offset);
  if (found != stream.elements.end() && !found->second)
    found->second = value;
}

Value ProblemEmitter::load(Stream &stream, int64_t offset) {
  if (hasSquares(stream, lanes))
    loadSquare(stream, squareOf(stream, offset));
  else if (stream.stride() > 1 && stream.isDense())
    loadAll(stream);
  else
    know(stream, offset,
         singly().load(stream.at(offset),
                       getElementTypeOrSelf(stream.access.root.getType())));
  return stream.elements[offset];
}

void ProblemEmitter::loadSquare(Stream &stream, int64_t first) {
  SmallVector<Value> rows;
  for (int64_t lane = 0; lane < lanes; ++lane)
    rows.push_back(loadVector(stream, first + lane * stream.stride()));
  for (auto [i, column] : llvm::enumerate(transpose(b, rows)))
    know(stream, first + i, column);
}

void ProblemEmitter::loadAll(Stream &stream) {
  SmallVector<Value> vectors;
  int64_t first = stream.first();
  for (int64_t i = 0; i < stream.stride(); ++i)
    vectors.push_back(loadVector(stream, first + i * lanes));
  for (auto [i, value] : llvm::enumerate(deinterleave(b, vectors)))
    know(stream, first + i, value);
}

/// What has the same place for all problems is a temporary of each.
void ProblemEmitter::store(Stream &stream) {
  if (stream.stride() == 0)
    return;
  int64_t first = stream.first(), end = first + stream.span();
  if (stream.stride() > 1 && stream.isDense()) {
    if (!hasSquares(stream, lanes))
      storeAll(stream);
    else
      for (int64_t offset = first; offset < end; offset += lanes)
        storeSquare(stream, squareOf(stream, offset));
    return;
  }
  BodyEmitter body = singly();
  for (auto &[offset, value] : stream.elements)
    if (value)
      body.store(stream.at(offset), value);
}

void ProblemEmitter::storeSquare(Stream &stream, int64_t first) {
  SmallVector<Value> columns;
  for (int64_t i = 0; i < lanes; ++i)
    columns.push_back(element(stream.at(first + i)));
  for (auto [lane, row] : llvm::enumerate(transpose(b, columns)))
    storeVector(stream, first + lane * stream.stride(), row);
}

void ProblemEmitter::storeAll(Stream &stream) {
  SmallVector<Value> values;
  int64_t first = stream.first();
  for (int64_t i = 0; i < stream.stride(); ++i)
    values.push_back(element(stream.at(first + i)));
  for (auto [i, vector] : llvm::enumerate(interleave(b, values)))
    storeVector(stream, first + i * lanes, vector);
}

} // namespace

static bool isCutInside(Nest &nest) {
  return llvm::any_of(nest.children, [](auto &child) {
    return child->isCut || isCutInside(*child);
  });
}

/// How many shuffles sort `count` vectors into streams.
static int64_t numShuffles(int64_t count, int64_t lanes) {
  if (count % 2 != 0)
    return count * (std::min(count, lanes) - 1);
  return count + 2 * numShuffles(count / 2, lanes);
}

/// In operations, for a vector of problems.
static int64_t costOfTransfer(const Stream &stream, int64_t lanes) {
  int64_t size = stream.elements.size(), stride = stream.stride();
  if (stride < 2)
    return size;
  if (hasSquares(stream, lanes)) {
    int64_t ofSquare = lanes + shuffleCost * lanes * llvm::Log2_64(lanes);
    return llvm::divideCeil(stream.span(), lanes) * ofSquare;
  }
  if (stream.isDense())
    return stride + shuffleCost * numShuffles(stride, lanes);
  return size * lanes;
}

/// The iterations of the loops inside `level`.
static int64_t numPoints(Kernel &kernel, unsigned level) {
  int64_t points = 1;
  for (int64_t extent : ArrayRef(kernel.extents).drop_front(level + 1))
    points *= extent;
  return points;
}

/// In operations, for one problem, with vectors along the innermost loop.
static int64_t costAlone(Nest &nest, Kernel &kernel, unsigned level,
                         int64_t lanes) {
  int64_t body = kernel.bodyCost() + kernel.accesses.size();
  if (kernel.depth() <= level + 1)
    return body;
  int64_t extent = kernel.extents.back();
  int64_t rows = numPoints(kernel, level) / extent;
  int64_t used = std::min<int64_t>(llvm::bit_floor<uint64_t>(extent), lanes);
  int64_t ofRow = llvm::divideCeil(extent, used) * body;
  if (kernel.isReduction.back())
    ofRow += costOfTotal;
  bool waits = false;
  if (extent % used != 0)
    for (auto [i, access] : llvm::enumerate(kernel.accesses))
      if (access && !kernel.isOutput(i) && access->strides.back() != 0)
        nest.forEachKernel([&, root = access->root](Kernel &other) {
          waits |= other.writes(root);
        });
  return rows * (ofRow + (waits ? costOfWaiting : 0));
}

int64_t lanesOfProblems(Nest &nest, unsigned level, unsigned vectorBits) {
  if (nest.isLeaf() || nest.isInnermost() || isCutInside(nest))
    return 0;
  int64_t lanes = vectorBits / nest.widestBits(), cost = 0, alone = 0;
  bool areProblems = nest.extent >= lanes;
  nest.forEachKernel([&](Kernel &kernel) {
    cost += numPoints(kernel, level) * kernel.bodyCost();
    alone += lanes * costAlone(nest, kernel, level, lanes);
    areProblems = areProblems && !kernel.isReduction[level] &&
                  kernel.lookups.empty() && !usesIndex(kernel);
    for (auto &access : kernel.accesses)
      areProblems =
          areProblems && (!access || (access->strides[level] >= 0 &&
                                      access->strides[level] <= maxStride));
  });
  if (!areProblems || cost > maxProblemCost)
    return 0;
  Streams streams = findStreams(nest, level);
  for (Stream &stream : streams.all)
    cost += costOfTransfer(stream, lanes);
  return cost < alone && streams.areSeparate() ? lanes : 0;
}

void emitProblems(LoopBuilder &b, const FlatBuffers &buffers, Nest &nest,
                  ArrayRef<Value> ivs, int64_t lanes) {
  ProblemEmitter(b, buffers, ivs, lanes).emit(nest);
}

} // namespace nabla
