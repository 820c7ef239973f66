//===- Transform.cpp - Checks of calls and transforms ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/ops/Checks.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace nabla {

namespace {
/// The function that a call-like op names.
struct Callee {
  std::string name;
  ArrayRef<Type> arguments;
  ArrayRef<Type> results;
};
} // namespace

static FailureOr<Callee> findCallee(const Checker &check, Operation *op,
                                    FlatSymbolRefAttr symbol,
                                    SymbolTableCollection &tables) {
  Operation *found = tables.lookupNearestSymbolFrom(op, symbol);
  if (!found)
    return check.error("names the function ", symbol, ", which does not exist");
  auto function = dyn_cast<func::FuncOp>(found);
  if (!function)
    return check.error("names ", symbol, ", which is not a function");
  return Callee{("@" + symbol.getValue()).str(), function.getArgumentTypes(),
                function.getResultTypes()};
}

/// The types given agree with the types wanted, one by one.
static LogicalResult verifyTypes(const Checker &check, const Twine &given,
                                 TypeRange types, const Twine &wanted,
                                 ArrayRef<Type> expected) {
  if (types.size() != expected.size())
    return check.error("has ", types.size(), " ", given.str(), "s, but ",
                       wanted.str(), " has ", expected.size());
  for (auto [index, pair] : llvm::enumerate(llvm::zip(types, expected))) {
    auto [type, expectedType] = pair;
    if (type != expectedType)
      return check.error(given.str(), " ", index, " is ", type, ", but ",
                         wanted.str(), " has ", expectedType);
  }
  return success();
}

LogicalResult CallOp::verifySymbolUses(SymbolTableCollection &tables) {
  Checker check(*this);
  auto callee = findCallee(check, *this, getCalleeAttr(), tables);
  if (failed(callee) ||
      failed(verifyTypes(check, "operand", getInputs().getTypes(), callee->name,
                         callee->arguments)))
    return failure();
  return verifyTypes(check, "result", getResultTypes(), callee->name,
                     callee->results);
}

//===----------------------------------------------------------------------===//
// Derivatives
//===----------------------------------------------------------------------===//

/// `wrt` picks arguments of floats, in increasing order; gives their types.
static FailureOr<SmallVector<Type>>
wrtTypes(const Checker &check, const Callee &callee, ArrayRef<int64_t> wrt) {
  SmallVector<Type> types;
  int64_t count = callee.arguments.size();
  for (int64_t position : wrt) {
    if (position < 0 || position >= count)
      return check.error("wrt names argument ", position, ", but ", callee.name,
                         " has ", count);
    Type type = callee.arguments[position];
    if (!isDifferentiable(type))
      return check.error("wrt names argument ", position, " of ", callee.name,
                         ", but ", type, " has no tangent");
    types.push_back(type);
  }
  if (failed(check.increasing("wrt", wrt)))
    return failure();
  return types;
}

/// The types of the results that have a tangent.
static SmallVector<Type> tangentTypes(ArrayRef<Type> results) {
  return llvm::to_vector(llvm::make_filter_range(results, isDifferentiable));
}

LogicalResult JvpOp::verifySymbolUses(SymbolTableCollection &tables) {
  Checker check(*this);
  auto callee = findCallee(check, *this, getCalleeAttr(), tables);
  if (failed(callee) ||
      failed(verifyTypes(check, "primal", getPrimals().getTypes(), callee->name,
                         callee->arguments)))
    return failure();
  auto wrt = wrtTypes(check, *callee, getWrt());
  if (failed(wrt) || failed(verifyTypes(check, "tangent",
                                        getTangents().getTypes(), "wrt", *wrt)))
    return failure();
  SmallVector<Type> expected(callee->results);
  llvm::append_range(expected, tangentTypes(callee->results));
  return verifyTypes(check, "result", getResultTypes(),
                     "the derivative of " + callee->name, expected);
}

LogicalResult LinearizeOp::verifySymbolUses(SymbolTableCollection &tables) {
  Checker check(*this);
  auto callee = findCallee(check, *this, getCalleeAttr(), tables);
  if (failed(callee) ||
      failed(verifyTypes(check, "primal", getPrimals().getTypes(), callee->name,
                         callee->arguments)))
    return failure();
  auto wrt = wrtTypes(check, *callee, getWrt());
  if (failed(wrt))
    return failure();
  SmallVector<Type> expected(callee->results);
  for (Type type : tangentTypes(callee->results))
    if (!hasSupportedShape(type))
      return check.error("cannot linearize ", callee->name,
                         ", which returns a ", type);
  expected.push_back(
      LinearType::get(getContext(), *wrt, tangentTypes(callee->results)));
  return verifyTypes(check, "result", getResultTypes(),
                     "the linearization of " + callee->name, expected);
}

LogicalResult BindLinearOp::verifySymbolUses(SymbolTableCollection &tables) {
  Checker check(*this);
  auto callee = findCallee(check, *this, getCalleeAttr(), tables);
  if (failed(callee))
    return failure();
  LinearType linear = getType();
  SmallVector<Type> arguments(getResiduals().getTypes());
  llvm::append_range(arguments, linear.getInputs());
  if (failed(verifyTypes(check, "residual and tangent", arguments, callee->name,
                         callee->arguments)))
    return failure();
  return verifyTypes(check, "result of the linear map", linear.getResults(),
                     callee->name, callee->results);
}

LogicalResult ApplyOp::verify() {
  Checker check(*this);
  LinearType linear = getLinear().getType();
  if (failed(verifyTypes(check, "tangent", getTangents().getTypes(),
                         "the linear map", linear.getInputs())))
    return failure();
  return verifyTypes(check, "result", getResultTypes(), "the linear map",
                     linear.getResults());
}

LogicalResult ApplyTransposedOp::verify() {
  Checker check(*this);
  LinearType linear = getLinear().getType();
  if (failed(verifyTypes(check, "cotangent", getCotangents().getTypes(),
                         "the linear map", linear.getResults())))
    return failure();
  return verifyTypes(check, "result", getResultTypes(), "the linear map",
                     linear.getInputs());
}

//===----------------------------------------------------------------------===//
// vmap
//===----------------------------------------------------------------------===//

/// The type of one example of an operand.
static FailureOr<Type> exampleType(const Checker &check, Type type,
                                   size_t index, int64_t axis, int64_t size) {
  if (axis == -1)
    return type;
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return check.error("operand ", index, " is ", type,
                       ", which all examples share, but in_axes says ", axis);
  std::string name = "operand " + std::to_string(index);
  if (failed(check.inRange("in_axes", axis, tensor.getRank(),
                           describe(name, type))))
    return failure();
  if (tensor.getDimSize(axis) != size)
    return check.error("dimension ", axis, " of ", describe(name, type),
                       " does not hold ", size, " examples");
  SmallVector<int64_t> shape(tensor.getShape());
  shape.erase(shape.begin() + axis);
  return Type(RankedTensorType::get(shape, tensor.getElementType()));
}

/// The type of a result with the examples stacked along `axis`.
static FailureOr<Type> stackedType(const Checker &check, Type type,
                                   size_t index, int64_t axis, int64_t size) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return check.error("result ", index, " is ", type,
                       ", which cannot be stacked");
  if (axis == -1)
    return type;
  if (axis < 0 || axis > tensor.getRank())
    return check.error("out_axes names dimension ", axis, ", but result ",
                       index, " has dimensions 0 to ", tensor.getRank(),
                       " with that of the examples");
  SmallVector<int64_t> shape(tensor.getShape());
  shape.insert(shape.begin() + axis, size);
  return Type(RankedTensorType::get(shape, tensor.getElementType()));
}

LogicalResult VmapOp::verifySymbolUses(SymbolTableCollection &tables) {
  Checker check(*this);
  auto callee = findCallee(check, *this, getCalleeAttr(), tables);
  if (failed(callee))
    return failure();
  int64_t size = getSize();
  if (size < 0)
    return check.error("size is ", size, ", which is negative");
  if (getInAxes().size() != getInputs().size())
    return check.error("in_axes has ", getInAxes().size(), " entries for ",
                       getInputs().size(), " operands");
  if (getOutAxes().size() != callee->results.size())
    return check.error("out_axes has ", getOutAxes().size(), " entries, but ",
                       callee->name, " has ", callee->results.size(),
                       " results");

  SmallVector<Type> examples, stacked;
  for (auto [index, type] : llvm::enumerate(getInputs().getTypes())) {
    auto example = exampleType(check, type, index, getInAxes()[index], size);
    if (failed(example))
      return failure();
    examples.push_back(*example);
  }
  for (auto [index, type] : llvm::enumerate(callee->results)) {
    auto result = stackedType(check, type, index, getOutAxes()[index], size);
    if (failed(result))
      return failure();
    stacked.push_back(*result);
  }
  if (failed(verifyTypes(check, "example of operand", examples, callee->name,
                         callee->arguments)))
    return failure();
  return verifyTypes(check, "result", getResultTypes(),
                     "the batch of " + callee->name, stacked);
}

} // namespace nabla
