//===- read_in_place.cpp - Values that are only read ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/Passes.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace nabla {
#define GEN_PASS_DEF_READINPLACEPASS
#include "compiler/codegen/cpu/Passes.h.inc"
} // namespace nabla

using namespace mlir;

namespace nabla {
namespace {

/// With fewer uses a value is left to bufferization.
constexpr unsigned manyUses = 16;

bool isView(Operation *op) {
  return isa<tensor::ExtractSliceOp, tensor::CollapseShapeOp,
             tensor::ExpandShapeOp, tensor::CastOp>(op);
}

/// Whether all that is done with a use, and with views of it, is to read.
bool onlyReads(OpOperand &use) {
  Operation *user = use.getOwner();
  if (auto structured = dyn_cast<linalg::LinalgOp>(user))
    return structured.isDpsInput(&use);
  return isa<tensor::ExtractOp>(user) ||
         (isView(user) &&
          llvm::all_of(user->getResult(0).getUses(), onlyReads));
}

/// The uses of `value` that read, if nothing can write to its buffer.
SmallVector<OpOperand *> readsOf(Value value) {
  bool isArgument = isa<BlockArgument>(value);
  SmallVector<OpOperand *> reads;
  for (OpOperand &use : value.getUses()) {
    if (onlyReads(use))
      reads.push_back(&use);
    else if (!isArgument && !isa<func::ReturnOp>(use.getOwner()))
      return {};
  }
  return reads;
}

void readBuffer(Value value) {
  if (llvm::hasNItemsOrLess(value.getUses(), manyUses))
    return;
  auto type = dyn_cast<RankedTensorType>(value.getType());
  SmallVector<OpOperand *> reads = readsOf(value);
  if (!type || !type.hasStaticShape() || type.getEncoding() ||
      reads.size() <= manyUses)
    return;
  OpBuilder b(value.getContext());
  b.setInsertionPointAfterValue(value);
  Value buffer = bufferization::ToBufferOp::create(
      b, value.getLoc(),
      MemRefType::get(type.getShape(), type.getElementType()), value,
      /*read_only=*/true);
  for (OpOperand *use : reads) {
    b.setInsertionPoint(use->getOwner());
    // Nobody writes to any of them, which is all that `restrict` is for.
    use->set(bufferization::ToTensorOp::create(b, use->getOwner()->getLoc(),
                                               type, buffer, /*restrict=*/true,
                                               /*writable=*/false));
  }
}

class ReadInPlacePass : public impl::ReadInPlacePassBase<ReadInPlacePass> {
public:
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    SmallVector<Value> values;
    // Arguments are never written to.
    if (!function.isExternal())
      llvm::append_range(values, function.getArguments());
    function.walk([&](linalg::LinalgOp op) {
      llvm::append_range(values, op->getResults());
    });
    llvm::for_each(values, readBuffer);
  }
};

} // namespace

} // namespace nabla
