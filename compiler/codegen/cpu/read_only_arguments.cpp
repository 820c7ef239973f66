//===- read_only_arguments.cpp - Keep out of the caller's arrays ----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/Passes.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/StringSet.h"

namespace nabla {
#define GEN_PASS_DEF_READONLYARGUMENTSPASS
#include "compiler/codegen/cpu/Passes.h.inc"
} // namespace nabla

using namespace mlir;

namespace nabla {
namespace {

/// Copies a value that is returned twice: each result has memory of its own.
void separateResults(func::FuncOp function) {
  Operation *terminator = function.getBody().back().getTerminator();
  OpBuilder b(terminator);
  DenseSet<Value> seen;
  for (OpOperand &operand : terminator->getOpOperands()) {
    auto type = dyn_cast<RankedTensorType>(operand.get().getType());
    if (!type || seen.insert(operand.get()).second)
      continue;
    operand.set(bufferization::AllocTensorOp::create(
        b, terminator->getLoc(), type, ValueRange(), operand.get()));
  }
}

bool isEmpty(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.hasStaticShape() && tensor.getNumElements() == 0;
}

Value emptyTensor(OpBuilder &b, Location loc, Type type) {
  auto tensor = cast<RankedTensorType>(type);
  return tensor::EmptyOp::create(b, loc, tensor.getShape(),
                                 tensor.getElementType());
}

Type flat(Type type) {
  if (!isEmpty(type))
    return type;
  return RankedTensorType::get({0}, getElementTypeOrSelf(type));
}

/// Arrays without elements go in and out as 1-d ones: the strides of a
/// memref<2x0x3xf32> are not static, so no bare pointer can stand for it.
void flattenEmptyArrays(func::FuncOp function) {
  Block &body = function.getBody().front();
  OpBuilder b = OpBuilder::atBlockBegin(&body);
  for (BlockArgument argument : body.getArguments()) {
    if (!isEmpty(argument.getType()))
      continue;
    if (!argument.use_empty())
      argument.replaceAllUsesWith(
          emptyTensor(b, argument.getLoc(), argument.getType()));
    argument.setType(flat(argument.getType()));
  }
  Operation *terminator = body.getTerminator();
  b.setInsertionPoint(terminator);
  for (OpOperand &operand : terminator->getOpOperands())
    if (Type type = operand.get().getType(); isEmpty(type))
      operand.set(emptyTensor(b, terminator->getLoc(), flat(type)));
  function.setType(b.getFunctionType(body.getArgumentTypes(),
                                     terminator->getOperandTypes()));
}

/// Functions that nothing in the module calls.
SmallVector<func::FuncOp> entries(ModuleOp module) {
  llvm::StringSet<> called;
  module.walk([&](func::CallOp call) { called.insert(call.getCallee()); });
  SmallVector<func::FuncOp> found;
  for (auto function : module.getOps<func::FuncOp>())
    if (!function.isExternal() && !called.contains(function.getName()))
      found.push_back(function);
  return found;
}

class ReadOnlyArgumentsPass
    : public impl::ReadOnlyArgumentsPassBase<ReadOnlyArgumentsPass> {
public:
  void runOnOperation() override {
    for (func::FuncOp entry : entries(getOperation()))
      flattenEmptyArrays(entry);
    auto no = BoolAttr::get(&getContext(), false);
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (!function.isExternal())
        separateResults(function);
      for (unsigned i = 0, e = function.getNumArguments(); i < e; ++i)
        if (isa<TensorType>(function.getArgument(i).getType()))
          function.setArgAttr(
              i, bufferization::BufferizationDialect::kWritableAttrName, no);
    }
  }
};

} // namespace
} // namespace nabla
