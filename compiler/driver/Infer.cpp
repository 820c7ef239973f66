//===- Infer.cpp - The result types of one operation ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Infer.h"
#include "compiler/driver/Session.h"
#include "compiler/runtime/ArrayType.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"

using namespace mlir;
using namespace nabla;

namespace {

/// Storage of the properties of an operation that does not exist yet.
class Properties {
public:
  Properties(RegisteredOperationName op)
      : op(op), storage(op.getOpPropertyByteSize() / sizeof(uint64_t) + 1) {
    if (op.getOpPropertyByteSize())
      op.initOpProperties(get(), OpaqueProperties(nullptr));
  }
  ~Properties() {
    if (op.getOpPropertyByteSize())
      op.destroyOpProperties(get());
  }
  OpaqueProperties get() { return OpaqueProperties(storage.data()); }

private:
  RegisteredOperationName op;
  SmallVector<uint64_t> storage;
};

} // namespace

static LogicalResult inferInto(OperationState &state,
                               RegisteredOperationName op) {
  Session &session = Session::get();
  auto *interface = op.getInterface<InferTypeOpInterface>();
  if (!interface)
    return session.error() << "'" << op.getStringRef()
                           << "' op: its result types have to be stated";
  Properties properties(op);
  DictionaryAttr attributes = state.attributes.getDictionary(session.context());
  auto emitError = [&] {
    return session.error() << "'" << op.getStringRef() << "' op ";
  };
  if (op.getOpPropertyByteSize() &&
      failed(op.setOpPropertiesFromAttribute(op, properties.get(), attributes,
                                             emitError)))
    return failure();
  return interface->inferReturnTypes(
      session.context(), state.location, state.operands, attributes,
      properties.get(), state.regions, state.types);
}

static LogicalResult parseInto(OperationState &state, const TextList &operands,
                               const TextPairs &attributes) {
  Session &session = Session::get();
  llvm::SmallDenseMap<Type, unsigned, 4> used;
  for (std::string_view text : operands) {
    Type type = session.parseType(text);
    if (!type)
      return failure();
    state.operands.push_back(session.getScratch(type, used[type]++));
  }
  for (auto [name, text] : attributes) {
    Attribute attribute = session.parseAttribute(text);
    if (!attribute)
      return failure();
    state.addAttribute(name, attribute);
  }
  return success();
}

/// Shapes whose extents overflow a product would pass through the verifiers.
static LogicalResult checkSizes(Operation *op) {
  for (Type type : op->getResultTypes())
    if (auto tensor = dyn_cast<RankedTensorType>(type);
        tensor && tensor.hasStaticShape() &&
        !ArrayType::get(Element::I1, tensor.getShape().data(),
                        tensor.getRank()))
      return op->emitOpError("result has too many elements: ") << type;
  return success();
}

static LogicalResult inferOp(std::string_view name, const TextList &operands,
                             const TextPairs &attributes,
                             const TextList *results, TextList &inferred) {
  Session &session = Session::get();
  std::optional<RegisteredOperationName> op = session.getOp(name);
  if (!op)
    return failure();
  OperationState state(UnknownLoc::get(session.context()), *op);
  if (failed(parseInto(state, operands, attributes)) ||
      failed(session.checkAttributes(*op, state.attributes.getAttrs())))
    return failure();
  if (!results) {
    if (failed(inferInto(state, *op)))
      return failure();
  } else {
    for (std::string_view text : *results) {
      state.types.push_back(session.parseType(text));
      if (!state.types.back())
        return failure();
    }
  }
  Operation *built = Operation::create(state);
  LogicalResult valid =
      success(succeeded(checkSizes(built)) && succeeded(mlir::verify(built)));
  if (succeeded(valid))
    for (Type type : built->getResultTypes())
      inferred.push_back(session.getText(type));
  built->destroy();
  return valid;
}

Failure nabla::inferTypes(std::string_view op, const TextList &operands,
                          const TextPairs &attributes, const TextList *results,
                          TextList &inferred) {
  return Session::get().attempt(
      [&] { return inferOp(op, operands, attributes, results, inferred); });
}
