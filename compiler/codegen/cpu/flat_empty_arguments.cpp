//===- flat_empty_arguments.cpp - One dimension for buffers of nothing ----===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace nabla {
#define GEN_PASS_DEF_FLATEMPTYARGUMENTSPASS
#include "compiler/codegen/cpu/Passes.h.inc"
} // namespace nabla

using namespace mlir;

namespace nabla {
namespace {

/// The flat type of an empty buffer of several dimensions, else null.
MemRefType flatType(Type type) {
  auto buffer = dyn_cast<MemRefType>(type);
  if (!buffer || buffer.getRank() < 2 || !buffer.hasStaticShape() ||
      buffer.getNumElements() != 0)
    return {};
  return MemRefType::get({0}, buffer.getElementType());
}

/// Nothing is ever read from an empty buffer: any will do.
Value anyBuffer(OpBuilder &b, Location loc, MemRefType type) {
  return memref::AllocaOp::create(b, loc, type);
}

class FlatEmptyArgumentsPass
    : public impl::FlatEmptyArgumentsPassBase<FlatEmptyArgumentsPass> {
public:
  void runOnOperation() override {
    getOperation()->walk([](func::CallOp call) {
      OpBuilder b(call);
      for (OpOperand &operand : call->getOpOperands())
        if (MemRefType flat = flatType(operand.get().getType()))
          operand.set(anyBuffer(b, call.getLoc(), flat));
    });
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal())
        flattenArguments(function);
  }

private:
  void flattenArguments(func::FuncOp function) {
    OpBuilder b = OpBuilder::atBlockBegin(&function.getBody().front());
    for (BlockArgument argument : function.getArguments()) {
      MemRefType flat = flatType(argument.getType());
      if (!flat)
        continue;
      argument.replaceAllUsesWith(anyBuffer(
          b, argument.getLoc(), cast<MemRefType>(argument.getType())));
      argument.setType(flat);
    }
    function.setFunctionType(FunctionType::get(
        &getContext(), function.getBody().front().getArgumentTypes(),
        function.getResultTypes()));
  }
};

} // namespace
} // namespace nabla
