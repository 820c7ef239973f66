//===- byte_booleans.cpp - One byte for a bool in memory ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace nabla {
#define GEN_PASS_DEF_BYTEBOOLEANSPASS
#include "compiler/codegen/cpu/Passes.h.inc"
} // namespace nabla

using namespace mlir;

namespace nabla {
namespace {

void widen(Value value) {
  auto type = dyn_cast<MemRefType>(value.getType());
  if (type && type.getElementType().isInteger(1))
    value.setType(MemRefType::Builder(type).setElementType(
        IntegerType::get(type.getContext(), 8)));
}

void convertLoad(memref::LoadOp load) {
  OpBuilder b(load->getContext());
  b.setInsertionPointAfter(load);
  load.getResult().setType(b.getI8Type());
  auto narrow = arith::TruncIOp::create(b, load.getLoc(), b.getI1Type(),
                                        load.getResult());
  load.getResult().replaceAllUsesExcept(narrow, narrow);
}

void convertStore(memref::StoreOp store) {
  OpBuilder b(store);
  Value wide = arith::ExtUIOp::create(b, store.getLoc(), b.getI8Type(),
                                      store.getValueToStore());
  store.getValueMutable().assign(wide);
}

class ByteBooleansPass : public impl::ByteBooleansPassBase<ByteBooleansPass> {
public:
  void runOnOperation() override {
    getOperation().walk([](Operation *op) {
      llvm::for_each(op->getResults(), widen);
      for (Region &region : op->getRegions())
        for (Block &block : region)
          llvm::for_each(block.getArguments(), widen);
      if (auto load = dyn_cast<memref::LoadOp>(op);
          load && load.getType().isInteger(1))
        convertLoad(load);
      if (auto store = dyn_cast<memref::StoreOp>(op);
          store && store.getValueToStore().getType().isInteger(1))
        convertStore(store);
    });
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal())
        function.setFunctionType(FunctionType::get(
            &getContext(), function.getBody().front().getArgumentTypes(),
            function.getResultTypes()));
  }
};

} // namespace
} // namespace nabla
