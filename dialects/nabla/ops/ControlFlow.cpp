//===- ControlFlow.cpp - Operations with regions --------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/ops/Checks.h"

using namespace mlir;

namespace nabla {

/// Two lists of types agree; `what` and `expectedWhat` name them in the
/// message.
static LogicalResult verifyTypes(const Checker &check, const Twine &what,
                                 TypeRange types, const Twine &expectedWhat,
                                 TypeRange expected) {
  if (types.size() != expected.size())
    return check.error(what.str(), " has ", types.size(), " values, but ",
                       expectedWhat.str(), " has ", expected.size());
  for (auto [index, pair] : llvm::enumerate(llvm::zip(types, expected))) {
    auto [type, wanted] = pair;
    if (type != wanted)
      return check.error("value ", index, " of ", what.str(), " is ", type,
                         ", but that of ", expectedWhat.str(), " is ", wanted);
  }
  return success();
}

/// The body takes and yields these types.
static LogicalResult verifyBody(const Checker &check, StringRef name,
                                Region &region, TypeRange arguments,
                                TypeRange results) {
  Block &body = region.front();
  if (failed(verifyTypes(check, "the arguments of " + name,
                         body.getArgumentTypes(), "what it is given",
                         arguments)))
    return failure();
  auto yield = body.empty() ? YieldOp() : dyn_cast<YieldOp>(body.back());
  if (!yield)
    return check.error(name, " does not end with nabla.yield");
  return verifyTypes(check, "what " + name + " yields",
                     yield->getOperandTypes(), "what is wanted of it", results);
}

LogicalResult CondOp::verify() {
  Checker check(*this);
  if (getPredicate().getType().getRank() != 0)
    return check.error(describe("predicate", getPredicate().getType()),
                       " is not a scalar");
  if (failed(verifyBody(check, "the then branch", getThenRegion(),
                        getInputs().getTypes(), getResultTypes())))
    return failure();
  return verifyBody(check, "the else branch", getElseRegion(),
                    getInputs().getTypes(), getResultTypes());
}

LogicalResult WhileOp::verify() {
  Checker check(*this);
  if (failed(verifyTypes(check, "the results", getResultTypes(), "the carries",
                         getCarries().getTypes())))
    return failure();
  SmallVector<Type> arguments(getOperandTypes());
  Type predicate = RankedTensorType::get({}, IntegerType::get(getContext(), 1));
  if (failed(verifyBody(check, "the condition", getCondition(), arguments,
                        predicate)))
    return failure();
  return verifyBody(check, "the body", getBody(), arguments, getResultTypes());
}

/// The type of one slice of `xs[index]`.
static FailureOr<Type> sliceType(const Checker &check, Type type, size_t index,
                                 int64_t length) {
  auto tensor = cast<RankedTensorType>(type);
  if (tensor.getRank() == 0 || tensor.getDimSize(0) != length)
    return check.error(describe("xs " + std::to_string(index), type),
                       " does not hold ", length,
                       " slices along its leading dimension");
  return Type(RankedTensorType::get(tensor.getShape().drop_front(),
                                    tensor.getElementType()));
}

LogicalResult ScanOp::verify() {
  Checker check(*this);
  int64_t length = getLength();
  if (length < 0)
    return check.error("length is ", length, ", which is negative");
  SmallVector<Type> arguments(getConsts().getTypes());
  llvm::append_range(arguments, getCarries().getTypes());
  for (auto [index, x] : llvm::enumerate(getXs())) {
    FailureOr<Type> slice = sliceType(check, x.getType(), index, length);
    if (failed(slice))
      return failure();
    arguments.push_back(*slice);
  }

  size_t carries = getCarries().size();
  if (getNumResults() < carries)
    return check.error("has ", carries, " carries, but ", getNumResults(),
                       " results");
  TypeRange results = getResultTypes();
  if (failed(verifyTypes(check, "the leading results",
                         results.take_front(carries), "the carries",
                         getCarries().getTypes())))
    return failure();
  SmallVector<Type> yields(getCarries().getTypes());
  for (auto [index, type] : llvm::enumerate(results.drop_front(carries))) {
    auto tensor = cast<RankedTensorType>(type);
    if (tensor.getRank() == 0 || tensor.getDimSize(0) != length)
      return check.error(
          describe("stacked result " + std::to_string(index), type),
          " does not hold ", length, " slices along its leading dimension");
    yields.push_back(RankedTensorType::get(tensor.getShape().drop_front(),
                                           tensor.getElementType()));
  }
  return verifyBody(check, "the body", getBody(), arguments, yields);
}

} // namespace nabla
