//===- Elementwise.cpp - Checks of elementwise operations -----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/ops/Checks.h"

using namespace mlir;

namespace nabla {

/// The result of an op that says something about each element of its first
/// operand.
template <typename OpTy>
static LogicalResult
inferPredicate(MLIRContext *context, std::optional<Location> location,
               typename OpTy::Adaptor adaptor, int64_t operands,
               SmallVectorImpl<Type> &types) {
  Checker check(OpTy::getOperationName(), location);
  if (failed(check.inferable(context, adaptor, operands)))
    return failure();
  types.push_back(boolTypeLike(adaptor.getX().getType()));
  return success();
}

LogicalResult IsFiniteOp::inferReturnTypes(MLIRContext *context,
                                           std::optional<Location> location,
                                           Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  return inferPredicate<IsFiniteOp>(context, location, adaptor, 1, types);
}

LogicalResult IsNanOp::inferReturnTypes(MLIRContext *context,
                                        std::optional<Location> location,
                                        Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  return inferPredicate<IsNanOp>(context, location, adaptor, 1, types);
}

LogicalResult IsInfOp::inferReturnTypes(MLIRContext *context,
                                        std::optional<Location> location,
                                        Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  return inferPredicate<IsInfOp>(context, location, adaptor, 1, types);
}

LogicalResult CompareOp::inferReturnTypes(MLIRContext *context,
                                          std::optional<Location> location,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  return inferPredicate<CompareOp>(context, location, adaptor, 2, types);
}

LogicalResult IntegerPowOp::verify() {
  int64_t exponent = getExponent();
  if (exponent < 0 && !isDifferentiable(getType()))
    return emitOpError("cannot raise integers to the power of ")
           << exponent << ": the exponent is negative";
  return success();
}

} // namespace nabla
