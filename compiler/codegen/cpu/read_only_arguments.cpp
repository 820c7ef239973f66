//===- read_only_arguments.cpp - Keep out of the caller's arrays ----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/Passes.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace nabla {
#define GEN_PASS_DEF_READONLYARGUMENTSPASS
#include "compiler/codegen/cpu/Passes.h.inc"
} // namespace nabla

using namespace mlir;

namespace nabla {
namespace {

/// Gives each result memory of its own: copies a value that is returned twice.
/// Results without elements, which may share memory though they are different
/// values, are made anew.
void separateResults(func::FuncOp function) {
  Operation *terminator = function.getBody().back().getTerminator();
  OpBuilder b(terminator);
  DenseSet<Value> seen;
  for (OpOperand &operand : terminator->getOpOperands()) {
    auto type = dyn_cast<RankedTensorType>(operand.get().getType());
    if (!type)
      continue;
    if (type.hasStaticShape() && type.getNumElements() == 0) {
      operand.set(tensor::EmptyOp::create(
          b, terminator->getLoc(), type.getShape(), type.getElementType()));
      continue;
    }
    if (seen.insert(operand.get()).second)
      continue;
    operand.set(bufferization::AllocTensorOp::create(
        b, terminator->getLoc(), type, ValueRange(), operand.get()));
  }
}

class ReadOnlyArgumentsPass
    : public impl::ReadOnlyArgumentsPassBase<ReadOnlyArgumentsPass> {
public:
  void runOnOperation() override {
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
