//===- access.h - Which element a loop nest touches -------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_ACCESS_H
#define NABLA_COMPILER_CODEGEN_CPU_ACCESS_H

#include "mlir/IR/AffineMap.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/IR/Value.h"

#include <optional>

namespace nabla {

/// A line of the caches. All buffers begin with one.
constexpr int64_t bitsOfLine = 512;

/// The width of an element in memory.
inline unsigned bitsOfElement(mlir::Type element) {
  return element.isIndex() ? 64 : element.getIntOrFloatBitWidth();
}

/// The element `offset + sum(strides[l] * iv[l])` of a contiguous buffer, for
/// the loops `l` of a nest, outermost first.
struct Access {
  mlir::Value root;
  /// A view of the root whose offset is only known at run time and has to be
  /// added; null if there is none.
  mlir::Value view;
  int64_t offset = 0;
  llvm::SmallVector<int64_t, 4> strides;

  /// The width of the buffer's elements.
  unsigned bits() const {
    return bitsOfElement(mlir::getElementTypeOrSelf(root.getType()));
  }
  bool sameElement(const Access &other) const;
};

/// What `map` of the loops selects in `buffer`, looking through views; nothing
/// if that is not linear or the layout is not static.
std::optional<Access> resolveAccess(mlir::Value buffer, mlir::AffineMap map);

/// The elements that one iteration of the loops outside `depth` may touch,
/// relative to the first one's share of the offset.
struct Footprint {
  int64_t low, high;
  int64_t size() const { return high - low + 1; }
  Footprint unite(Footprint other) const {
    return {std::min(low, other.low), std::max(high, other.high)};
  }
};
Footprint footprint(const Access &access, llvm::ArrayRef<int64_t> extents,
                    unsigned depth);

/// The same element, as seen by these of the loops.
Access inLoops(const Access &access, llvm::ArrayRef<unsigned> loops);

/// Strides of a buffer in which the elements that `loops` move, the outermost
/// first, lie without a gap; 0 for all other loops.
llvm::SmallVector<int64_t, 4> denseStrides(llvm::ArrayRef<int64_t> extents,
                                           llvm::ArrayRef<unsigned> loops);

/// Whether the buffers behind two roots may be the same memory.
bool mayAlias(mlir::Value root, mlir::Value other);

/// Whether each iteration of the loops touches an element of its own.
bool isInjective(const Access &access, llvm::ArrayRef<int64_t> extents);

/// Whether iterations of the outer `depth` loops, common to two nests, touch
/// the same element only if they are the same iteration.
bool isSeparable(const Access &a, llvm::ArrayRef<int64_t> extents,
                 const Access &b, llvm::ArrayRef<int64_t> otherExtents,
                 unsigned depth);

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_ACCESS_H
