//===- emit_body.cpp - Iterations of kernels as vector ops ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/emit_body.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <limits>

using namespace mlir;

namespace nabla {

static int64_t sizeOf(Value buffer) {
  return cast<MemRefType>(buffer.getType()).getNumElements();
}

void FlatBuffers::cover(const Access &access, Footprint range) {
  if (access.view)
    offsets.insert({access.view, Value()});
  auto [it, isNew] = views.insert({access.root, {Value(), range}});
  if (!isNew && !it->second.flat)
    it->second.range = range.unite(it->second.range);
}

void FlatBuffers::addAll(const Access &access) {
  cover(access, {0, sizeOf(access.root) - 1});
}

void FlatBuffers::add(const Access &access, ArrayRef<int64_t> extents) {
  if (access.view)
    return addAll(access);
  // Parts of a loop may be counted as if each began where the last one ends.
  Footprint range = footprint(access, extents, 0);
  cover(access, {std::max<int64_t>(range.low, 0),
                 std::min(range.high, sizeOf(access.root) - 1)});
}

void FlatBuffers::add(Kernel &kernel, function_ref<bool(Access &)> which) {
  for (auto &access : kernel.accesses)
    if (access && which(*access))
      add(*access, kernel.extents);
  for (Kernel::Lookup &lookup : kernel.lookups)
    addAll(lookup.access);
}

/// The type of a part does not say where it begins, so that what is done to one
/// part is the same for any other.
Value FlatBuffers::flatten(LoopBuilder &b, Value root, Footprint range) {
  auto type = cast<MemRefType>(root.getType());
  MemRefLayoutAttrInterface layout;
  if (range.size() < type.getNumElements())
    layout = StridedLayoutAttr::get(b.getContext(), ShapedType::kDynamic, {1});
  auto flat = MemRefType::get({range.size()}, type.getElementType(), layout);
  if (type == flat)
    return root;
  return memref::ReinterpretCastOp::create(b, flat, root, range.low,
                                           ArrayRef<int64_t>{range.size()},
                                           ArrayRef<int64_t>{1});
}

void FlatBuffers::prepare(LoopBuilder &b) {
  for (auto &[root, view] : views)
    if (!view.flat)
      view.flat = flatten(b, root, view.range);
  for (auto &[view, offset] : offsets)
    if (!offset)
      offset = memref::ExtractStridedMetadataOp::create(b, view).getOffset();
}

Value FlatBuffers::index(LoopBuilder &b, const Access &access,
                         ArrayRef<Value> ivs, int64_t offset) const {
  Value sum = access.view ? offsets.lookup(access.view) : Value();
  offset += access.offset - start(access);
  for (auto [stride, iv] : llvm::zip_equal(access.strides, ivs)) {
    auto [base, number] = splitIndex(iv);
    offset += stride * number;
    if (!base || stride == 0)
      continue;
    Value term = b.mul(base, stride);
    sum = sum ? b.add(sum, term) : term;
  }
  return b.add(sum, offset);
}

Type laneType(Type element, unsigned lanes) {
  return lanes == 1 ? element : VectorType::get(lanes, element);
}

Value splat(LoopBuilder &b, Value scalar, unsigned lanes) {
  if (lanes == 1)
    return scalar;
  return vector::BroadcastOp::create(b, laneType(scalar.getType(), lanes),
                                     scalar);
}

Value splatConstant(LoopBuilder &b, TypedAttr value, unsigned lanes) {
  if (lanes != 1)
    value = DenseElementsAttr::get(
        cast<VectorType>(laneType(value.getType(), lanes)),
        ArrayRef<Attribute>(value));
  return b.constant(value);
}

Value laneNumbers(LoopBuilder &b, Type type, unsigned lanes, int64_t step) {
  SmallVector<Attribute> numbers;
  for (unsigned lane = 0; lane < lanes; ++lane)
    numbers.push_back(b.getIntegerAttr(type, lane * step));
  return b.constant(
      DenseElementsAttr::get(VectorType::get(lanes, type), numbers));
}

Value combine(LoopBuilder &b, Operation *combiner, Value x, Value y) {
  Operation *copy = b.clone(*combiner);
  copy->setOperands({x, y});
  copy->getResult(0).setType(x.getType());
  return copy->getResult(0);
}

void forSteps(LoopBuilder &b, int64_t extent, int64_t step,
              llvm::function_ref<void(Value)> body) {
  if (extent == step) {
    body(b.index(0));
    return;
  }
  auto loop = scf::ForOp::create(b, b.index(0), b.index(extent), b.index(step));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Value iv = loop.getInductionVar();
  if (extent % step != 0)
    iv = b.min(iv, b.index(extent - step));
  body(iv);
}

void forRange(LoopBuilder &b, Value first, Value last, int64_t step,
              llvm::function_ref<void(Value)> body) {
  auto loop = scf::ForOp::create(b, first, last, b.index(step));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar());
}

void prefetch(LoopBuilder &b, Value buffer, Value index) {
  memref::PrefetchOp::create(b, buffer, index, /*isWrite=*/false,
                             /*localityHint=*/3, /*isDataCache=*/true);
}

/// Swaps ever smaller blocks off the diagonal.
SmallVector<Value> transpose(LoopBuilder &b, ArrayRef<Value> rows) {
  SmallVector<Value> result(rows);
  int64_t size = result.size();
  for (int64_t half = size / 2; half > 0; half /= 2)
    for (int64_t i = 0; i < size; ++i) {
      if (i & half)
        continue;
      Value upper = result[i], lower = result[i + half];
      SmallVector<int64_t> first, second;
      for (int64_t lane = 0; lane < size; ++lane) {
        bool isRight = lane & half;
        first.push_back(isRight ? size + lane - half : lane);
        second.push_back(isRight ? size + lane : lane + half);
      }
      result[i] = vector::ShuffleOp::create(b, upper, lower, first);
      result[i + half] = vector::ShuffleOp::create(b, upper, lower, second);
    }
  return result;
}

Value BodyEmitter::reversed(Value vector) {
  auto order = llvm::to_vector(
      llvm::reverse(llvm::seq<int64_t>(0, static_cast<int64_t>(lanes))));
  return vector::ShuffleOp::create(b, vector, vector, order);
}

/// The index of the element at the lowest address, where the lanes lie in a row
/// backwards.
Value BodyEmitter::lowestIndex(const Access &access) {
  return b.add(index(access), 1 - static_cast<int64_t>(lanes));
}

Value BodyEmitter::laneOffsets(int64_t stride) {
  bool isShort =
      std::abs(stride) < std::numeric_limits<int32_t>::max() / int64_t(lanes);
  return laneNumbers(b, isShort ? b.getI32Type() : b.getI64Type(), lanes,
                     stride);
}

Value BodyEmitter::allLanes() {
  return splatConstant(b, b.getBoolAttr(true), lanes);
}

Value BodyEmitter::loadRow(const Access &access, Type element) {
  Value buffer = buffers.buffer(access), first = index(access);
  if (linesAhead != 0 && buffers.isFetched(access)) {
    int64_t line = bitsOfLine / bitsOfElement(element);
    for (int64_t lane = 0; lane < lanes; lane += line)
      prefetch(b, buffer, b.add(first, linesAhead * line + lane));
  }
  return vector::LoadOp::create(b, laneType(element, lanes), buffer, first);
}

Value BodyEmitter::loadLanes(const Access &access, Type element) {
  Value buffer = buffers.buffer(access);
  switch (stride(access)) {
  case 0: {
    Value scalar = memref::LoadOp::create(b, buffer, index(access));
    return splat(b, scalar, lanes);
  }
  case 1:
    return loadRow(access, element);
  case -1:
    return reversed(vector::LoadOp::create(b, laneType(element, lanes), buffer,
                                           lowestIndex(access)));
  default:
    Value nothing =
        splatConstant(b, cast<TypedAttr>(b.getZeroAttr(element)), lanes);
    return vector::GatherOp::create(
        b, cast<VectorType>(laneType(element, lanes)), buffer, index(access),
        laneOffsets(stride(access)), allLanes(), nothing, llvm::MaybeAlign());
  }
}

Value BodyEmitter::load(const Access &access, Type element) {
  for (auto &[other, value] : known)
    if (access.sameElement(other))
      return value;
  OpBuilder::InsertionGuard guard(b);
  // What the innermost loop does not move is loaded once. It is not written
  // there either, or the kernels would not share the loop.
  if (loop && stride(access) == 0 && lanes != 1)
    b.setInsertionPoint(loop);
  Value value = loadLanes(access, element);
  know(access, value);
  return value;
}

/// A processor takes whole lines past its caches, if it can see that they are.
void BodyEmitter::storeRow(const Access &access, Value value) {
  auto type = cast<VectorType>(value.getType());
  Value first = index(access);
  unsigned bits = bitsOfElement(type.getElementType());
  bool isStream = buffers.isStreamed(access) &&
                  lanes * bits % bitsOfLine == 0 &&
                  knownDivisor(first) * bits % bitsOfLine == 0 &&
                  buffers.start(access) * bits % bitsOfLine == 0;
  vector::StoreOp::create(b, value, buffers.buffer(access), first, isStream,
                          isStream ? llvm::MaybeAlign(bitsOfLine / 8)
                                   : llvm::MaybeAlign());
}

void BodyEmitter::storeLanes(const Access &access, Value value) {
  Value buffer = buffers.buffer(access);
  if (lanes == 1) {
    memref::StoreOp::create(b, value, buffer, index(access));
    return;
  }
  switch (stride(access)) {
  case 1:
    storeRow(access, value);
    return;
  case -1:
    vector::StoreOp::create(b, reversed(value), buffer, lowestIndex(access));
    return;
  default:
    vector::ScatterOp::create(b, Type(), buffer, index(access),
                              laneOffsets(stride(access)), allLanes(), value,
                              llvm::MaybeAlign());
  }
}

void BodyEmitter::store(const Access &access, Value value) {
  if (maskStores) {
    Value old = load(access, getElementTypeOrSelf(value.getType()));
    value = arith::SelectOp::create(b, isNew, value, old);
  }
  if (delaysStores) {
    llvm::erase_if(
        waiting, [&](Known &other) { return other.first.sameElement(access); });
    waiting.emplace_back(access, value);
  } else {
    storeLanes(access, value);
  }
  llvm::erase_if(known, [&](Known &other) {
    return mayAlias(other.first.root, access.root);
  });
  know(access, value);
}

void BodyEmitter::storeAll() {
  for (auto &[access, value] : waiting)
    storeLanes(access, value);
  waiting.clear();
}

void BodyEmitter::changeStep(unsigned level) {
  llvm::erase_if(known,
                 [&](Known &other) { return other.first.strides[level] != 0; });
}

/// Of the first lane; several loops may run over one dimension, each over parts
/// of the one outside.
Value BodyEmitter::firstIndexOf(Kernel &kernel, unsigned dim) {
  Value sum;
  for (auto [other, iv] : llvm::zip_equal(kernel.dims, ivs))
    if (other == dim)
      sum = sum ? b.add(sum, iv) : iv;
  return sum ? sum : b.index(0);
}

Value BodyEmitter::indexOf(Kernel &kernel, unsigned dim) {
  Value first = splat(b, firstIndexOf(kernel, dim), lanes);
  if (lanes == 1 || kernel.dims.empty() || kernel.dims.back() != dim)
    return first;
  return arith::AddIOp::create(b, first,
                               laneNumbers(b, b.getIndexType(), lanes));
}

/// A number or a vector of them, times `stride`.
Value BodyEmitter::scaled(Value index, int64_t stride) {
  if (stride == 1)
    return index;
  if (!isa<VectorType>(index.getType()))
    return b.mul(index, stride);
  return arith::MulIOp::create(b, index,
                               splatConstant(b, b.getIndexAttr(stride), lanes));
}

/// What lies in a row is loaded as such; what the lanes share, once.
Value BodyEmitter::lookUp(Kernel &kernel, Kernel::Lookup &lookup) {
  const Access &access = lookup.access;
  Value buffer = buffers.buffer(access);
  Value first = access.view ? buffers.offset(access) : Value();
  Value each; // the lanes' own shares of the index
  int64_t apart = 0;
  auto add = [&](Value &sum, Value term) {
    if (sum && !isa<VectorType>(term.getType()))
      sum = b.add(sum, term);
    else
      sum = sum ? arith::AddIOp::create(b, sum, term).getResult() : term;
  };
  first = b.add(first, access.offset);
  for (auto [index, stride] : llvm::zip_equal(
           cast<memref::LoadOp>(lookup.load).getIndices(), access.strides)) {
    auto number = index.getDefiningOp<linalg::IndexOp>();
    if (lanes != 1 && number && kernel.depth() != 0 &&
        number.getDim() == kernel.dims.back()) {
      apart += stride;
      add(first, scaled(firstIndexOf(kernel, number.getDim()), stride));
      continue;
    }
    Value all = operand(index);
    if (lanes == 1)
      add(first, scaled(all, stride));
    else if (kernel.isUniform(index))
      add(first, scaled(vector::ExtractOp::create(b, all, int64_t(0)), stride));
    else
      add(each, scaled(all, stride));
  }
  Type element = getElementTypeOrSelf(buffer.getType());
  if (!each && (lanes == 1 || apart == 0))
    return splat(b, memref::LoadOp::create(b, buffer, first), lanes);
  auto type = cast<VectorType>(laneType(element, lanes));
  if (!each && apart == 1)
    return vector::LoadOp::create(b, type, buffer, first);
  if (!each)
    each = laneOffsets(apart);
  else if (apart != 0)
    add(each, laneNumbers(b, b.getIndexType(), lanes, apart));
  return vector::GatherOp::create(
      b, type, buffer, first, each, allLanes(),
      splatConstant(b, cast<TypedAttr>(b.getZeroAttr(element)), lanes),
      llvm::MaybeAlign());
}

/// A value of the scalar body as a value of all lanes.
Value BodyEmitter::operand(Value value) {
  if (Value mapped = mapping.lookupOrNull(value))
    return mapped;
  OpBuilder::InsertionGuard guard(b);
  if (loop)
    b.setInsertionPoint(loop);
  Value all = splat(b, value, lanes);
  mapping.map(value, all);
  return all;
}

void BodyEmitter::emit(Kernel &kernel, MutableArrayRef<Value> totals) {
  b.setLoc(kernel.op.getLoc());
  Block &body = *kernel.op.getBlock();
  unsigned numInputs = kernel.op.getNumDpsInputs();
  for (auto [i, argument] : llvm::enumerate(body.getArguments())) {
    if (!totals.empty() && i >= numInputs)
      mapping.map(argument, totals[i - numInputs]);
    else if (!kernel.accesses[i])
      mapping.map(argument, operand(kernel.op->getOperand(i)));
    else if (kernel.reads(i))
      mapping.map(argument, load(*kernel.accesses[i], argument.getType()));
  }
  for (Operation &inner : body.without_terminator()) {
    if (auto index = dyn_cast<linalg::IndexOp>(inner)) {
      mapping.map(index.getResult(), indexOf(kernel, index.getDim()));
      continue;
    }
    if (auto constant = dyn_cast<arith::ConstantOp>(inner)) {
      mapping.map(constant.getResult(),
                  splatConstant(b, constant.getValue(), lanes));
      continue;
    }
    auto *lookup = llvm::find_if(kernel.lookups, [&](Kernel::Lookup &other) {
      return other.load == &inner;
    });
    if (lookup != kernel.lookups.end()) {
      mapping.map(inner.getResult(0), lookUp(kernel, *lookup));
      continue;
    }
    for (Value value : inner.getOperands())
      mapping.map(value, operand(value));
    Operation *copy = b.clone(inner, mapping);
    for (auto [from, to] : llvm::zip(inner.getResults(), copy->getResults()))
      to.setType(laneType(from.getType(), lanes));
  }
  for (auto [i, result] :
       llvm::enumerate(body.getTerminator()->getOperands())) {
    Value value = operand(result);
    if (totals.empty())
      store(*kernel.accesses[numInputs + i], value);
    else
      totals[i] =
          isNew ? arith::SelectOp::create(b, isNew, value, totals[i]) : value;
  }
}

} // namespace nabla
