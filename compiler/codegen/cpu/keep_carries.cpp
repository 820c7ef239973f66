//===- keep_carries.cpp - Carries of while loops stay where they are ------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/Passes.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace nabla {
#define GEN_PASS_DEF_KEEPCARRIESPASS
#include "compiler/codegen/cpu/Passes.h.inc"
} // namespace nabla

using namespace mlir;

namespace nabla {
namespace {

/// Whether the condition hands the carries on as they are.
bool passesCarriesOn(scf::WhileOp loop) {
  return llvm::equal(loop.getConditionOp().getArgs(),
                     loop.getBeforeArguments());
}

/// Whether a value has memory of its own, in which no carry is.
bool isOwn(Value value, Block *body) {
  auto op = value.getDefiningOp<linalg::LinalgOp>();
  if (!op || op->getBlock() != body)
    return false;
  Value init = op.getDpsInits()[cast<OpResult>(value).getResultNumber()];
  return init.getDefiningOp<tensor::EmptyOp>() ||
         init.getDefiningOp<linalg::FillOp>();
}

void keepCarries(scf::WhileOp loop) {
  scf::YieldOp yield = loop.getYieldOp();
  OpBuilder b(yield);
  Location loc = yield.getLoc();
  SmallVector<Value> values(yield.getResults());
  auto carries = loop.getAfterArguments();
  auto isMoved = [&](unsigned i) {
    return isa<RankedTensorType>(values[i].getType()) &&
           values[i] != carries[i];
  };
  // What may be in the memory of a carry is read before any is written.
  for (unsigned i = 0; i < values.size(); ++i)
    if (isMoved(i) && !isOwn(values[i], yield->getBlock()))
      values[i] = bufferization::AllocTensorOp::create(
          b, loc, cast<RankedTensorType>(values[i].getType()), ValueRange(),
          values[i]);
  for (unsigned i = 0; i < values.size(); ++i)
    if (isMoved(i))
      values[i] = bufferization::MaterializeInDestinationOp::create(
                      b, loc, values[i], carries[i])
                      .getResult();
  yield->setOperands(values);
}

class KeepCarriesPass : public impl::KeepCarriesPassBase<KeepCarriesPass> {
public:
  void runOnOperation() override {
    getOperation()->walk([](scf::WhileOp loop) {
      if (passesCarriesOn(loop))
        keepCarries(loop);
    });
  }
};

} // namespace
} // namespace nabla
