//===- Reduction.cpp - Reductions, running sums, sorting ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/ops/Checks.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;

namespace nabla {

static RankedTensorType dropDims(RankedTensorType type, ArrayRef<int64_t> dims,
                                 Type element) {
  SmallVector<int64_t> shape;
  for (auto [dim, extent] : llvm::enumerate(type.getShape()))
    if (!llvm::is_contained(dims, dim))
      shape.push_back(extent);
  return RankedTensorType::get(shape, element);
}

template <typename OpTy>
static LogicalResult
inferReduce(MLIRContext *context, std::optional<Location> location,
            typename OpTy::Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Checker check(OpTy::getOperationName(), location);
  if (failed(check.inferable(context, adaptor, 1)))
    return failure();
  RankedTensorType x = tensorOf(adaptor.getX());
  ArrayRef<int64_t> dims = adaptor.getDims();
  if (failed(check.inRange("dims", dims, x.getRank(), describe("x", x))) ||
      failed(check.increasing("dims", dims)))
    return failure();
  types.push_back(dropDims(x, dims, x.getElementType()));
  return success();
}

/// Checks an op that gives positions along a dimension; `x` becomes its
/// operand.
template <typename OpTy>
static LogicalResult checkPositions(const Checker &check, MLIRContext *context,
                                    typename OpTy::Adaptor adaptor,
                                    RankedTensorType &x) {
  if (failed(check.inferable(context, adaptor, 1)))
    return failure();
  x = tensorOf(adaptor.getX());
  int64_t dim = adaptor.getDim();
  return check.inRange("dim", dim, x.getRank(), describe("x", x));
}

template <typename OpTy>
static LogicalResult
inferArgReduce(MLIRContext *context, std::optional<Location> location,
               typename OpTy::Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Checker check(OpTy::getOperationName(), location);
  RankedTensorType x;
  if (failed(checkPositions<OpTy>(check, context, adaptor, x)))
    return failure();
  int64_t dim = adaptor.getDim();
  if (x.getDimSize(dim) == 0)
    return check.error("dimension ", dim, " of ", describe("x", x),
                       " has no elements");
  types.push_back(dropDims(x, dim, IntegerType::get(context, 64)));
  return success();
}

template <typename OpTy>
static LogicalResult
inferArgsort(MLIRContext *context, std::optional<Location> location,
             typename OpTy::Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Checker check(OpTy::getOperationName(), location);
  RankedTensorType x;
  if (failed(checkPositions<OpTy>(check, context, adaptor, x)))
    return failure();
  SmallVector<int64_t> shape(x.getShape());
  int64_t &extent = shape[adaptor.getDim()];
  int64_t count = adaptor.getCount();
  if (count < 0 || count > extent)
    return check.error("count is ", count, ", but dimension ",
                       int64_t(adaptor.getDim()), " of ", describe("x", x),
                       " has ", extent, " elements");
  extent = count;
  types.push_back(RankedTensorType::get(shape, IntegerType::get(context, 64)));
  return success();
}

#define NABLA_REDUCE(OpTy, infer)                                              \
  LogicalResult OpTy::inferReturnTypes(                                        \
      MLIRContext *context, std::optional<Location> location, Adaptor adaptor, \
      SmallVectorImpl<Type> &types) {                                          \
    return infer<OpTy>(context, location, adaptor, types);                     \
  }
NABLA_REDUCE(ReduceSumOp, inferReduce)
NABLA_REDUCE(ReduceProdOp, inferReduce)
NABLA_REDUCE(ReduceMaxOp, inferReduce)
NABLA_REDUCE(ReduceMinOp, inferReduce)
NABLA_REDUCE(ReduceAndOp, inferReduce)
NABLA_REDUCE(ReduceOrOp, inferReduce)
NABLA_REDUCE(ArgmaxOp, inferArgReduce)
NABLA_REDUCE(ArgminOp, inferArgReduce)
NABLA_REDUCE(ArgsortOp, inferArgsort)
#undef NABLA_REDUCE

LogicalResult CumsumOp::verify() {
  return Checker(*this).inRange("dim", static_cast<int64_t>(getDim()),
                                getType().getRank(),
                                describe("x", getX().getType()));
}

} // namespace nabla
