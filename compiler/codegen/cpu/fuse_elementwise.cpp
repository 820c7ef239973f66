//===- fuse_elementwise.cpp - Fusion without recomputation ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/Passes.h"
#include "compiler/codegen/cpu/product.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace nabla {
#define GEN_PASS_DEF_FUSEELEMENTWISEPASS
#include "compiler/codegen/cpu/Passes.h.inc"
} // namespace nabla

using namespace mlir;

namespace nabla {
namespace {

/// Fusion copies bodies: longer ones would make it quadratic, and loops of
/// several ops are fused later all the same.
constexpr unsigned maxBody = 64;

/// So many ops may be looked at to see whether another one is near.
constexpr unsigned maxBetween = 64;

bool isFusionShort(linalg::LinalgOp producer, Operation *consumer) {
  auto size = [](Operation *op) {
    return op->getRegion(0).front().getOperations().size();
  };
  return size(producer) + size(consumer) <= maxBody;
}

/// Whether `op` only moves elements.
static bool onlyMoves(linalg::LinalgOp op) {
  return llvm::hasSingleElement(*op.getBlock());
}

/// Whether each element that `operand` reads is read by one iteration.
static bool readsOnce(OpOperand *operand) {
  auto consumer = cast<linalg::LinalgOp>(operand->getOwner());
  return consumer.getMatchingIndexingMap(operand).isPermutation();
}

static bool onlyPermutes(linalg::LinalgOp op) {
  return llvm::all_of(op.getIndexingMapsArray(), [](AffineMap map) {
    return map.isProjectedPermutation();
  });
}

/// Whether `op` makes one array, and perhaps numbers of rows, into another in a
/// moment: such an array takes as long to be read as to be computed again.
static bool isQuick(linalg::LinalgOp op) {
  constexpr int64_t mostOps = 2;
  int64_t numArrays = 0;
  for (AffineMap map : op.getIndexingMapsArray())
    numArrays += map.isPermutation();
  auto body = op.getBlock()->without_terminator();
  // The others are what a product has that is 0 wherever a factor is.
  auto isCounted = [](Operation &inner) {
    return isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::NegFOp>(
        inner);
  };
  return op.getNumReductionLoops() == 0 && numArrays == 2 &&
         llvm::count_if(body, isCounted) <= mostOps &&
         llvm::all_of(body, [&](Operation &inner) {
           return isCounted(inner) ||
                  isa<arith::CmpFOp, arith::OrIOp, arith::SelectOp>(inner);
         });
}

/// Whether a reduction, which cannot share its innermost loop with what
/// follows, is among those who read `result`.
static bool isReduced(Value result) {
  return llvm::any_of(result.getUsers(), [](Operation *user) {
    auto op = dyn_cast<linalg::LinalgOp>(user);
    return op && op.getNumReductionLoops() != 0;
  });
}

int64_t elementsOf(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.hasStaticShape() ? type.getNumElements() : 0;
}

/// Whether much is done between the two ops.
bool isFar(Operation *producer, Operation *consumer) {
  if (producer->getBlock() != consumer->getBlock())
    return true;
  unsigned left = maxBetween;
  for (Operation *op = producer->getNextNode(); op != consumer;
       op = op->getNextNode())
    if (!op || --left == 0 || isProduct(op))
      return true;
  return false;
}

/// Whether `consumer` would read what nobody needs behind `producer`, of more
/// elements than the result has: it would be kept in its place all the way.
bool keepsMore(linalg::LinalgOp producer, Operation *consumer) {
  // First, for the order in a block takes long to find out where it changes.
  if (!isFar(producer, consumer))
    return false;
  int64_t kept = 0;
  for (OpOperand *input : producer.getDpsInputOperands()) {
    Value value = input->get();
    bool isLast = value.getDefiningOp() &&
                  llvm::all_of(value.getUsers(), [&](Operation *user) {
                    return user == producer ||
                           (user->getBlock() == producer->getBlock() &&
                            user->isBeforeInBlock(producer));
                  });
    kept += isLast ? elementsOf(value) : 0;
  }
  return kept > elementsOf(producer->getResult(0));
}

/// Whether a loop runs `consumer` again and again, but not `producer`.
bool isRepeated(Operation *producer, Operation *consumer) {
  for (Operation *around = consumer->getParentOp();
       around && around != producer->getParentOp();
       around = around->getParentOp())
    if (isa<LoopLikeOpInterface>(around))
      return true;
  return false;
}

/// Whether all that `producer` reads is less than what it makes.
bool readsLess(linalg::LinalgOp producer) {
  return llvm::all_of(producer.getDpsInputs(), [&](Value input) {
    return elementsOf(input) < elementsOf(producer->getResult(0));
  });
}

static bool shouldFuse(OpOperand *operand) {
  auto producer = operand->get().getDefiningOp<linalg::LinalgOp>();
  if (!producer || (isRepeated(producer, operand->getOwner()) &&
                    !(onlyMoves(producer) && readsLess(producer))))
    return false;
  // What a convolution reads backwards would not tell how far its loops go.
  if (!onlyPermutes(producer) &&
      !onlyPermutes(cast<linalg::LinalgOp>(operand->getOwner())))
    return false;
  bool mayRepeat = operand->get().hasOneUse() ||
                   (isQuick(producer) && isReduced(operand->get()));
  return onlyMoves(producer) || (mayRepeat && readsOnce(operand) &&
                                 isFusionShort(producer, operand->getOwner()) &&
                                 !keepsMore(producer, operand->getOwner()));
}

class FuseElementwisePass
    : public impl::FuseElementwisePassBase<FuseElementwisePass> {
public:
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    linalg::populateElementwiseOpsFusionPatterns(patterns, shouldFuse);
    linalg::populateEraseUnusedOperandsAndResultsPatterns(patterns);
    linalg::GenericOp::getCanonicalizationPatterns(patterns, &getContext());
    FrozenRewritePatternSet frozen(std::move(patterns));
    // The ops in the bodies, which are most, are not looked at.
    GreedyRewriteConfig config;
    config.setStrictness(GreedyRewriteStrictness::ExistingAndNewOps);
    // Each rewrite leaves less to do, but a long program takes many turns.
    bool changed = false;
    do {
      SmallVector<Operation *> ops;
      getOperation()->walk([&](linalg::LinalgOp op) { ops.push_back(op); });
      (void)applyOpPatternsGreedily(ops, frozen, config, &changed);
    } while (changed);
  }
};

} // namespace
} // namespace nabla
