//===- kernel.cpp - A structured op as loops around a body ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/kernel.h"
#include "compiler/codegen/cpu/selection.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;

namespace nabla {

/// A function of mathematics is about that many operations.
static constexpr unsigned mathCost = 16;

static bool isScalarArithmetic(Operation &op) {
  if (isa<linalg::IndexOp, linalg::YieldOp, arith::ConstantOp, memref::LoadOp>(
          op))
    return true;
  return op.getNumRegions() == 0 && isPure(&op) &&
         OpTrait::hasElementwiseMappableTraits(&op);
}

std::optional<Kernel> Kernel::create(linalg::LinalgOp op) {
  if (!op.hasPureBufferSemantics() ||
      !llvm::all_of(*op.getBlock(), isScalarArithmetic))
    return std::nullopt;
  Kernel kernel;
  kernel.op = op;
  kernel.extents = op.getStaticLoopRanges();
  if (llvm::any_of(kernel.extents, ShapedType::isDynamic))
    return std::nullopt;
  for (auto [dim, type] : llvm::enumerate(op.getIteratorTypesArray())) {
    kernel.dims.push_back(dim);
    kernel.isReduction.push_back(type == utils::IteratorType::reduction);
  }
  for (OpOperand &operand : op->getOpOperands()) {
    kernel.accesses.emplace_back();
    if (!isa<MemRefType>(operand.get().getType()))
      continue;
    kernel.accesses.back() =
        resolveAccess(operand.get(), op.getMatchingIndexingMap(&operand));
    if (!kernel.accesses.back())
      return std::nullopt;
  }
  if (!kernel.addLookups())
    return std::nullopt;
  kernel.dropUnitLoops();
  return kernel;
}

Kernel Kernel::around(linalg::LinalgOp op, ArrayRef<int64_t> extents,
                      bool isOutermostReduction) {
  Kernel kernel;
  kernel.op = op;
  kernel.extents.assign(extents.begin(), extents.end());
  kernel.isReduction.assign(extents.size(), false);
  kernel.isReduction.front() = isOutermostReduction;
  kernel.dims = llvm::to_vector(llvm::seq<unsigned>(0, extents.size()));
  return kernel;
}

/// False if a load cannot be done from a flat view of its buffer, or reads what
/// the op writes.
bool Kernel::addLookups() {
  for (auto load : op.getBlock()->getOps<memref::LoadOp>()) {
    auto dims = AffineMap::getMultiDimIdentityMap(load.getIndices().size(),
                                                  op.getContext());
    std::optional<Access> access = resolveAccess(load.getMemRef(), dims);
    if (!access || writes(access->root))
      return false;
    lookups.push_back({load, *access});
  }
  return true;
}

bool Kernel::looksUpResultOf(Kernel &other) {
  return llvm::any_of(lookups, [&](Lookup &lookup) {
    return other.writes(lookup.access.root);
  });
}

bool Kernel::isUniform(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    if (argument.getOwner() != op.getBlock())
      return true;
    auto &access = accesses[argument.getArgNumber()];
    return !access ||
           (!isOutput(argument.getArgNumber()) && access->strides.back() == 0);
  }
  Operation *definer = value.getDefiningOp();
  if (definer->getBlock() != op.getBlock())
    return true;
  if (auto index = dyn_cast<linalg::IndexOp>(definer))
    return index.getDim() != dims.back();
  return llvm::all_of(definer->getOperands(),
                      [&](Value operand) { return isUniform(operand); });
}

void Kernel::dropUnitLoops() {
  for (unsigned l = depth(); l-- > 0;) {
    if (extents[l] != 1)
      continue;
    extents.erase(extents.begin() + l);
    isReduction.erase(isReduction.begin() + l);
    dims.erase(dims.begin() + l);
    for (auto &access : accesses)
      if (access)
        access->strides.erase(access->strides.begin() + l);
  }
}

void Kernel::moveInnermost(unsigned loop) {
  auto rotate = [&](auto &list) {
    std::rotate(list.begin() + loop, list.begin() + loop + 1, list.end());
  };
  rotate(extents);
  rotate(isReduction);
  rotate(dims);
  for (auto &access : accesses)
    if (access)
      rotate(access->strides);
}

/// Any loop may move: it is parallel, or the order of its terms does not
/// matter, or it is the only reduction.
void Kernel::chooseInnermostLoop() {
  unsigned best = 0, bestScore = 0;
  for (unsigned l = 0; l < depth(); ++l) {
    unsigned score = 0;
    for (auto &access : accesses)
      if (access && std::abs(access->strides[l]) <= 1)
        score += 1;
    if (score >= bestScore) {
      best = l;
      bestScore = score;
    }
  }
  if (depth() != 0)
    moveInnermost(best);
}

bool Kernel::writes(Value root) {
  auto outputs = ArrayRef(accesses).drop_front(op.getNumDpsInputs());
  return llvm::any_of(outputs, [&](const std::optional<Access> &output) {
    return mayAlias(output->root, root);
  });
}

bool Kernel::keepsOutputs(unsigned level) {
  auto outputs = ArrayRef(accesses).drop_front(op.getNumDpsInputs());
  return llvm::all_of(outputs, [&](const std::optional<Access> &output) {
    return output->strides[level] == 0;
  });
}

bool Kernel::usesIndexOf(unsigned level) {
  return llvm::any_of(
      op.getBlock()->getOps<linalg::IndexOp>(),
      [&](linalg::IndexOp index) { return index.getDim() == dims[level]; });
}

bool Kernel::canCollapse(unsigned level) {
  if (isReduction[level] != isReduction[level + 1] || usesIndexOf(level) ||
      usesIndexOf(level + 1))
    return false;
  int64_t extent = extents[level + 1];
  return llvm::all_of(accesses, [&](std::optional<Access> &access) {
    return !access ||
           access->strides[level] == access->strides[level + 1] * extent;
  });
}

void Kernel::collapse(unsigned level) {
  extents[level + 1] *= extents[level];
  extents.erase(extents.begin() + level);
  isReduction.erase(isReduction.begin() + level);
  dims.erase(dims.begin() + level);
  for (auto &access : accesses)
    if (access)
      access->strides.erase(access->strides.begin() + level);
}

void Kernel::collapseAll() {
  for (unsigned level = depth(); level-- > 1;)
    if (canCollapse(level - 1))
      collapse(level - 1);
}

void Kernel::split(unsigned level, int64_t size, unsigned inner) {
  assert(extents[level] % size == 0 && "pieces differ");
  auto repeat = [&](auto &list) {
    auto same = list[level];
    list.insert(list.begin() + inner, same);
  };
  repeat(extents);
  extents[level] /= size;
  extents[inner] = size;
  repeat(isReduction);
  repeat(dims);
  for (auto &access : accesses)
    if (access) {
      repeat(access->strides);
      access->strides[level] *= size;
    }
}

bool Kernel::canVectorize() {
  if (depth() == 0)
    return false;
  for (unsigned i = op.getNumDpsInputs(); i < accesses.size(); ++i) {
    bool isStill = accesses[i]->strides.back() == 0;
    if (!isReduction.back() && isStill)
      return false;
    if (isReduction.back() &&
        (!isStill || (!findCombiner(op, i - op.getNumDpsInputs()) &&
                      !Selection::match(op))))
      return false;
  }
  return true;
}

/// In operations of the processor.
static unsigned costOf(Operation &op) {
  if (isa<arith::MaximumFOp, arith::MinimumFOp>(op))
    return 3; // which asks for numbers that are none
  bool isFunction =
      isa_and_nonnull<math::MathDialect>(op.getDialect()) &&
      !isa<math::AbsFOp, math::AbsIOp, math::SqrtOp, math::FloorOp,
           math::CeilOp, math::TruncOp, math::RoundEvenOp>(op);
  return isFunction ? mathCost : 1;
}

unsigned Kernel::bodyCost() {
  unsigned cost = 0;
  for (Operation &inner : *op.getBlock())
    cost += costOf(inner);
  return cost;
}

unsigned Kernel::widestBits() {
  // Indices of the best elements are counted in iterations.
  if (depth() != 0 && isReduction.back() && Selection::match(op))
    return getElementTypeOrSelf(op->getOperand(0).getType())
        .getIntOrFloatBitWidth();
  unsigned bits = 8;
  auto see = [&](Value value) {
    if (value.getType().isIntOrFloat())
      bits = std::max(bits, value.getType().getIntOrFloatBitWidth());
  };
  llvm::for_each(op.getBlock()->getArguments(), see);
  for (Operation &inner : *op.getBlock())
    llvm::for_each(inner.getResults(), see);
  return bits;
}

Operation *findCombiner(linalg::LinalgOp op, unsigned output) {
  Block &block = *op.getBlock();
  BlockArgument total = op.getRegionOutputArgs()[output];
  Operation *combiner =
      block.getTerminator()->getOperand(output).getDefiningOp();
  if (!total.hasOneUse() || !combiner || combiner->getBlock() != &block ||
      *total.user_begin() != combiner || !combiner->getResult(0).hasOneUse())
    return nullptr;
  return neutralElement(combiner) ? combiner : nullptr;
}

TypedAttr neutralElement(Operation *combiner) {
  std::optional<TypedAttr> neutral = arith::getNeutralElement(combiner);
  return neutral.value_or(TypedAttr());
}

linalg::GenericOp
carryBody(ImplicitLocOpBuilder &b, ArrayRef<Value> inputs,
          ArrayRef<Value> outputs,
          llvm::function_ref<SmallVector<Value>(ValueRange)> body) {
  SmallVector<AffineMap> maps;
  for (Value buffer : llvm::concat<const Value>(inputs, outputs)) {
    auto rank = cast<MemRefType>(buffer.getType()).getRank();
    SmallVector<AffineExpr> first(rank, b.getAffineConstantExpr(0));
    maps.push_back(AffineMap::get(0, 0, first, b.getContext()));
  }
  return linalg::GenericOp::create(
      b, inputs, outputs, maps, ArrayRef<utils::IteratorType>{},
      [&](OpBuilder &, Location, ValueRange arguments) {
        linalg::YieldOp::create(b, body(arguments));
      });
}

} // namespace nabla
