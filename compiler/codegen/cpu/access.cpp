//===- access.cpp - Which element a loop nest touches ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/access.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/AffineExpr.h"
#include "llvm/ADT/DenseSet.h"

using namespace mlir;

namespace nabla {

/// Adds `factor * expr` to the strides and the offset; false if `expr` is not
/// linear.
static bool addLinear(AffineExpr expr, int64_t factor, Access &access) {
  if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
    access.strides[dim.getPosition()] += factor;
    return true;
  }
  if (auto constant = dyn_cast<AffineConstantExpr>(expr)) {
    access.offset += factor * constant.getValue();
    return true;
  }
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary)
    return false;
  if (binary.getKind() == AffineExprKind::Add)
    return addLinear(binary.getLHS(), factor, access) &&
           addLinear(binary.getRHS(), factor, access);
  auto scale = dyn_cast<AffineConstantExpr>(binary.getRHS());
  if (binary.getKind() == AffineExprKind::Mul && scale)
    return addLinear(binary.getLHS(), factor * scale.getValue(), access);
  return false;
}

/// The buffer that `view` shows a part of. Views keep the address of the first
/// element; their types have their strides and offset.
static Value rootOf(Value view) {
  while (Operation *op = view.getDefiningOp()) {
    if (!isa<memref::SubViewOp, memref::CollapseShapeOp, memref::ExpandShapeOp,
             memref::CastOp>(op))
      break;
    view = op->getOperand(0);
  }
  return view;
}

static bool isContiguous(Value buffer) {
  auto type = dyn_cast<MemRefType>(buffer.getType());
  return type && type.hasStaticShape() && type.getLayout().isIdentity();
}

std::optional<Access> resolveAccess(Value buffer, AffineMap map) {
  while (auto cast = buffer.getDefiningOp<memref::CastOp>())
    buffer = cast.getSource();
  auto type = dyn_cast<MemRefType>(buffer.getType());
  SmallVector<int64_t> strides;
  int64_t offset;
  Access access;
  access.root = rootOf(buffer);
  if (!type || failed(type.getStridesAndOffset(strides, offset)) ||
      !isContiguous(access.root))
    return std::nullopt;
  if (ShapedType::isDynamic(offset)) {
    access.view = buffer;
    offset = 0;
  }
  access.offset = offset;
  access.strides.assign(map.getNumDims(), 0);
  for (auto [expr, stride] : llvm::zip_equal(map.getResults(), strides))
    if (ShapedType::isDynamic(stride) || !addLinear(expr, stride, access))
      return std::nullopt;
  return access;
}

/// How far one view begins behind another one of the same buffer; nothing if
/// that is not known, for offsets are not.
static std::optional<int64_t> distance(Value view, Value other) {
  if (view == other)
    return 0;
  auto partOf = [](Value view) {
    return view ? view.getDefiningOp<memref::SubViewOp>() : nullptr;
  };
  memref::SubViewOp one = partOf(view), two = partOf(other);
  SmallVector<int64_t> strides;
  int64_t offset, sum = 0;
  if (!one || !two || one.getSource() != two.getSource() ||
      one.getOffsets() != two.getOffsets() ||
      failed(one.getSourceType().getStridesAndOffset(strides, offset)))
    return std::nullopt;
  for (auto [x, y, stride] : llvm::zip_equal(one.getStaticOffsets(),
                                             two.getStaticOffsets(), strides)) {
    if (ShapedType::isDynamic(x) != ShapedType::isDynamic(y) ||
        ShapedType::isDynamic(stride))
      return std::nullopt;
    if (!ShapedType::isDynamic(x))
      sum += (x - y) * stride;
  }
  return sum;
}

bool Access::sameElement(const Access &other) const {
  if (root != other.root || strides != other.strides)
    return false;
  std::optional<int64_t> apart = distance(view, other.view);
  return apart && offset + *apart == other.offset;
}

Footprint footprint(const Access &access, ArrayRef<int64_t> extents,
                    unsigned depth) {
  Footprint range{access.offset, access.offset};
  for (unsigned l = depth, e = extents.size(); l < e; ++l) {
    int64_t span = access.strides[l] * (extents[l] - 1);
    (span < 0 ? range.low : range.high) += span;
  }
  return range;
}

/// Whether nothing else is the same memory under another name. Control flow
/// and calls give buffers a second name.
static bool hasOneName(Value root) {
  if (Operation *op = root.getDefiningOp())
    return isa<memref::AllocOp, memref::GetGlobalOp>(op);
  auto argument = cast<BlockArgument>(root);
  return isa<func::FuncOp>(argument.getOwner()->getParentOp());
}

/// Collects the buffers of which a loop carries one on as `root`; false if they
/// are not known.
static bool collectOrigins(Value root, DenseSet<Value> &visited) {
  if (!visited.insert(root).second || hasOneName(root))
    return true;
  auto result = dyn_cast<OpResult>(root);
  auto argument = dyn_cast<BlockArgument>(root);
  auto loop = dyn_cast_or_null<scf::ForOp>(
      result ? result.getOwner() : argument.getOwner()->getParentOp());
  if (!loop || (argument && argument == loop.getInductionVar()))
    return false;
  unsigned i = result ? result.getResultNumber()
                      : argument.getArgNumber() - loop.getNumInductionVars();
  return collectOrigins(rootOf(loop.getInitArgs()[i]), visited) &&
         collectOrigins(rootOf(loop.getYieldedValues()[i]), visited);
}

static bool haveOtherOrigins(Value root, Value other) {
  DenseSet<Value> ofRoot, ofOther;
  return collectOrigins(root, ofRoot) && collectOrigins(other, ofOther) &&
         llvm::none_of(ofRoot, [&](Value origin) {
           return hasOneName(origin) && ofOther.contains(origin);
         });
}

/// Whether `fresh` is allocated where `other` is known already.
static bool isNewerThan(Value fresh, Value other) {
  auto alloc = fresh.getDefiningOp<memref::AllocOp>();
  auto argument = dyn_cast<BlockArgument>(other);
  return alloc && argument &&
         argument.getOwner()->findAncestorOpInBlock(*alloc) != nullptr;
}

Access inLoops(const Access &access, ArrayRef<unsigned> loops) {
  Access result = access;
  result.strides.clear();
  for (unsigned loop : loops)
    result.strides.push_back(access.strides[loop]);
  return result;
}

SmallVector<int64_t, 4> denseStrides(ArrayRef<int64_t> extents,
                                     ArrayRef<unsigned> loops) {
  SmallVector<int64_t, 4> strides(extents.size(), 0);
  int64_t size = 1;
  for (unsigned loop : llvm::reverse(loops)) {
    strides[loop] = size;
    size *= extents[loop];
  }
  return strides;
}

bool mayAlias(Value root, Value other) {
  if (root == other)
    return true;
  // Nearly all have one name, and all pairs are asked about.
  if ((hasOneName(root) && hasOneName(other)) || isNewerThan(root, other) ||
      isNewerThan(other, root))
    return false;
  return !haveOtherOrigins(root, other);
}

/// Whether each loop, from the smallest stride on, leads out of all that the
/// loops before it can reach; they reach `reach` elements without them. A loop
/// is a stride and an extent.
static bool leadOut(SmallVector<std::pair<int64_t, int64_t>> loops,
                    int64_t reach) {
  llvm::sort(loops);
  for (auto [stride, extent] : loops) {
    if (stride < reach)
      return false;
    reach += stride * (extent - 1);
  }
  return true;
}

bool isInjective(const Access &access, ArrayRef<int64_t> extents) {
  SmallVector<std::pair<int64_t, int64_t>> loops;
  for (auto [stride, extent] : llvm::zip_equal(access.strides, extents))
    loops.emplace_back(std::abs(stride), extent);
  return leadOut(loops, 1);
}

bool isSeparable(const Access &a, ArrayRef<int64_t> extents, const Access &b,
                 ArrayRef<int64_t> otherExtents, unsigned depth) {
  std::optional<int64_t> apart = distance(a.view, b.view);
  if (a.root != b.root || !apart)
    return false;
  Footprint inner = footprint(a, extents, depth);
  inner = {inner.low + *apart, inner.high + *apart};
  inner = inner.unite(footprint(b, otherExtents, depth));
  SmallVector<std::pair<int64_t, int64_t>> outer; // stride and extent
  for (unsigned l = 0; l < depth; ++l) {
    if (a.strides[l] != b.strides[l] || a.strides[l] == 0)
      return false;
    outer.emplace_back(std::abs(a.strides[l]), extents[l]);
  }
  return leadOut(outer, inner.size());
}

} // namespace nabla
