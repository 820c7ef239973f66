//===- Checks.h - What verifiers and shape rules share ----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_DIALECTS_NABLA_OPS_CHECKS_H
#define NABLA_DIALECTS_NABLA_OPS_CHECKS_H

#include "dialects/nabla/NablaOps.h"

#include "llvm/ADT/Twine.h"
#include <string>

namespace nabla {

/// "x (2x3)", how messages name an operand.
std::string describe(llvm::StringRef name, mlir::Type type);

/// "2x3", or "scalar" for no dimensions.
std::string shapeText(llvm::ArrayRef<int64_t> shape);

inline mlir::RankedTensorType tensorOf(mlir::Value value) {
  return mlir::cast<mlir::RankedTensorType>(value.getType());
}

/// x + y, or -1 where that is no extent of a tensor.
int64_t addExtents(int64_t x, int64_t y);
/// x * y, or -1 where that is no extent of a tensor.
int64_t mulExtents(int64_t x, int64_t y);

/// Reports errors on behalf of an op that exists or is about to be built, and
/// holds the checks that many ops make.
class Checker {
public:
  explicit Checker(mlir::Operation *op)
      : name(op->getName().getStringRef()), location(op->getLoc()) {}
  Checker(llvm::StringRef name, std::optional<mlir::Location> location)
      : name(name), location(location) {}

  template <typename... Args> llvm::LogicalResult error(Args &&...args) const {
    return mlir::emitOptionalError(location, "'", name, "' op ",
                                   std::forward<Args>(args)...);
  }

  /// What type inference takes for granted, as it runs before verification:
  /// attributes of the right kind, and `count` operands (at least one if
  /// `count` is not given) that are tensors.
  template <typename Adaptor>
  llvm::LogicalResult inferable(mlir::MLIRContext *context, Adaptor adaptor,
                                int64_t count) const {
    mlir::Location loc = location.value_or(mlir::UnknownLoc::get(context));
    if (failed(operands(adaptor.getOperands(), count)))
      return llvm::failure();
    return adaptor.verify(loc);
  }

  /// `dims` lie in [0, rank).
  llvm::LogicalResult inRange(llvm::StringRef attribute,
                              llvm::ArrayRef<int64_t> dims, int64_t rank,
                              const llvm::Twine &of) const;
  /// No dimension is named twice.
  llvm::LogicalResult unique(llvm::StringRef attribute,
                             llvm::ArrayRef<int64_t> dims) const;
  llvm::LogicalResult increasing(llvm::StringRef attribute,
                                 llvm::ArrayRef<int64_t> dims) const;
  /// An attribute has one entry a dimension.
  llvm::LogicalResult oneEach(llvm::StringRef attribute, size_t size,
                              size_t expected, const llvm::Twine &of) const;
  /// Two operands have one element type.
  llvm::LogicalResult sameElement(llvm::StringRef xName, mlir::Type x,
                                  llvm::StringRef yName, mlir::Type y) const;

private:
  llvm::LogicalResult operands(mlir::ValueRange operands, int64_t count) const;

  llvm::StringRef name;
  std::optional<mlir::Location> location;
};

} // namespace nabla

#endif // NABLA_DIALECTS_NABLA_OPS_CHECKS_H
