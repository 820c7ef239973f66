//===- recompute.cpp - Values computed again instead of kept --------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A gradient reads, from the last to the first, what the function computed from
// the first to the last: most memory is in use in between. What is kept over
// that moment is a cut through the program, and the cheapest one is a minimum
// cut, as in A. Jain et al., Checkmate (2020), and the partitioner of torch.
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/Passes.h"
#include "compiler/codegen/cpu/min_cut.h"
#include "compiler/codegen/cpu/product.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace nabla {
#define GEN_PASS_DEF_RECOMPUTEPASS
#include "compiler/codegen/cpu/Passes.h.inc"
} // namespace nabla

using namespace mlir;

namespace nabla {
namespace {

/// What it costs to compute a value again, as a share of its bytes: for each
/// operation, for each function of mathematics, and if it is stored again.
constexpr int64_t operationShare = 16, functionShare = 2, storedShare = 4;

int64_t bytesOf(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || !type.hasStaticShape() || !type.getElementType().isIntOrFloat())
    return 0;
  return type.getNumElements() *
         llvm::divideCeil(type.getElementTypeBitWidth(), 8);
}

/// Whether the op shows elements of another one, without memory of its own.
bool isView(Operation *op) {
  return isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp, tensor::CastOp>(
      op);
}

bool isElementwise(Operation *op) {
  auto generic = dyn_cast<linalg::GenericOp>(op);
  if (!generic || generic.getNumResults() != 1 ||
      generic.getNumParallelLoops() != generic.getNumLoops() ||
      !generic.getDpsInits()[0].getDefiningOp<tensor::EmptyOp>())
    return false;
  Block &body = *generic.getBody();
  return body.getArguments().back().use_empty() &&
         llvm::all_of(body, [](Operation &each) {
           return isa<linalg::YieldOp, arith::ConstantOp>(each) ||
                  OpTrait::hasElementwiseMappableTraits(&each);
         });
}

/// Whether elements are moved only: whoever reads them reads them where they
/// come from.
bool onlyMoves(Operation *op) {
  return isElementwise(op) && llvm::hasSingleElement(op->getRegion(0).front());
}

bool canRecompute(Operation *op) {
  return isView(op) || isElementwise(op) || isa<linalg::FillOp>(op);
}

/// The bytes that a value needs while it is kept.
int64_t costOfKeeping(Value value) {
  Operation *op = value.getDefiningOp();
  return isView(op) || onlyMoves(op) || isa<linalg::FillOp>(op)
             ? Network::uncuttable
             : bytesOf(value);
}

class Recomputation {
public:
  Recomputation(func::FuncOp function) : body(function.front()) {
    for (Operation &op : body) {
      positions[&op] = ops.size();
      ops.push_back(&op);
    }
  }

  /// If that saves at least so many bytes.
  void run(int64_t minBytes);

private:
  /// The op of the body that has, or contains, a use.
  unsigned positionOf(Operation *user) {
    return positions.lookup(body.findAncestorOpInBlock(*user));
  }
  unsigned lastUse(Value value);
  /// Sets `peak`; false if less is in use then, or if all that is behind it
  /// may share loops with what is in front.
  bool findPeak(int64_t minBytes);
  void addNode(OpResult value);
  void buildNetwork();
  int64_t bytesSaved(ArrayRef<Operation *> recomputed);
  void rewrite(ArrayRef<Operation *> recomputed);

  bool isUsedLate(Value value) {
    return llvm::any_of(value.getUsers(), [&](Operation *user) {
      return positionOf(user) > peak;
    });
  }
  bool isStoredAgain(Value value) {
    return llvm::any_of(value.getUsers(), [&](Operation *user) {
      return positionOf(user) > peak && !canRecompute(user);
    });
  }
  int64_t costOfRecomputing(Value value);
  ArrayRef<Operation *> early() { return ArrayRef(ops).take_front(peak + 1); }

  Block &body;
  SmallVector<Operation *> ops;
  DenseMap<Operation *, unsigned> positions;
  /// A product at, or next behind, the moment when most memory is in use. What
  /// is up to here is early.
  unsigned peak = 0;
  Network network;
  /// For each early value that needs memory: what is cut if it is not there
  /// later. The node before it is cut off if it is computed again.
  DenseMap<Value, unsigned> nodes;
};

unsigned Recomputation::lastUse(Value value) {
  unsigned last = 0;
  for (Operation *user : value.getUsers()) {
    last = std::max(last, positionOf(user));
    if (isView(user))
      last = std::max(last, lastUse(user->getResult(0)));
  }
  return last;
}

bool Recomputation::findPeak(int64_t minBytes) {
  std::vector<int64_t> change(ops.size() + 1);
  for (auto [position, op] : llvm::enumerate(ops)) {
    if (isa<tensor::EmptyOp, arith::ConstantOp>(op) || isView(op) ||
        onlyMoves(op))
      continue;
    for (Value result : op->getResults()) {
      change[position] += bytesOf(result);
      change[std::max<unsigned>(lastUse(result), position)] -= bytesOf(result);
    }
  }
  int64_t bytes = 0, most = 0;
  for (unsigned i = 0, e = ops.size(); i < e; ++i) {
    bytes += change[i];
    if (bytes > most)
      most = bytes, peak = i;
  }
  auto product = std::find_if(ops.begin() + peak, ops.end(), isProduct);
  peak = product - ops.begin();
  return most >= minBytes && product != ops.end();
}

int64_t Recomputation::costOfRecomputing(Value value) {
  Operation *op = value.getDefiningOp();
  if (!canRecompute(op))
    return Network::uncuttable;
  int64_t cost = isStoredAgain(value) ? bytesOf(value) / storedShare : 0;
  if (!isElementwise(op))
    return cost;
  for (Operation &each : op->getRegion(0).front().without_terminator()) {
    bool isFunction = isa<math::MathDialect>(each.getDialect()) &&
                      !isa<math::AbsFOp, math::CopySignOp, math::SqrtOp>(each);
    cost += bytesOf(value) / (isFunction ? functionShare : operationShare);
  }
  return cost;
}

/// An edge from the source is cut if a value is computed again, and one to the
/// next node if it is kept.
void Recomputation::addNode(OpResult value) {
  Operation *op = value.getOwner();
  unsigned in = network.addNode(), out = network.addNode();
  nodes[value] = out;
  network.addEdge(Network::source, in, costOfRecomputing(value));
  network.addEdge(in, out, costOfKeeping(value));
  if (isUsedLate(value))
    network.addEdge(out, Network::sink, Network::uncuttable);
  if (!canRecompute(op))
    return;
  for (Value operand : op->getOperands())
    if (auto found = nodes.find(operand); found != nodes.end())
      network.addEdge(found->second, in, Network::uncuttable);
}

void Recomputation::buildNetwork() {
  auto function = cast<func::FuncOp>(body.getParentOp());
  // Arguments are kept anyhow, unless a result takes their memory.
  for (BlockArgument argument : body.getArguments())
    if (function.getArgAttr(argument.getArgNumber(), donatedAttributeName)) {
      nodes[argument] = network.addNode();
      network.addEdge(Network::source, nodes[argument], bytesOf(argument));
    }
  for (Operation *op : early())
    if (!isa<tensor::EmptyOp, arith::ConstantOp>(op))
      for (OpResult value : op->getResults())
        addNode(value);
}

/// How many bytes fewer are kept over the peak.
int64_t Recomputation::bytesSaved(ArrayRef<Operation *> recomputed) {
  SetVector<Value> kept;
  DenseSet<Operation *> again(recomputed.begin(), recomputed.end());
  int64_t saved = 0;
  for (Operation *op : recomputed) {
    Value result = op->getResult(0);
    if (isUsedLate(result) && costOfKeeping(result) != Network::uncuttable)
      saved += bytesOf(result);
    for (Value operand : op->getOperands())
      if (nodes.contains(operand) && !isa<BlockArgument>(operand) &&
          !again.contains(operand.getDefiningOp()) && !isUsedLate(operand))
        kept.insert(operand);
  }
  for (Value value : kept)
    saved -= bytesOf(value);
  return saved;
}

/// Computes each again in front of the first op that needs it.
void Recomputation::rewrite(ArrayRef<Operation *> recomputed) {
  DenseMap<Operation *, unsigned> needed;
  DenseSet<Operation *> again(recomputed.begin(), recomputed.end());
  for (Operation *op : llvm::reverse(recomputed)) {
    unsigned first = ops.size();
    for (Operation *user : op->getResult(0).getUsers()) {
      unsigned position = positionOf(user);
      if (position > peak)
        first = std::min(first, position);
      else if (again.contains(user))
        first = std::min(first, needed.lookup(user));
    }
    needed[op] = first;
  }
  IRMapping mapping;
  for (Operation *op : recomputed) {
    if (needed[op] == ops.size())
      continue;
    OpBuilder b(ops[needed[op]]);
    Operation *clone = b.clone(*op, mapping);
    op->getResult(0).replaceUsesWithIf(
        clone->getResult(0), [&](OpOperand &use) {
          Operation *user = body.findAncestorOpInBlock(*use.getOwner());
          auto position = positions.find(user);
          return position != positions.end() && position->second > peak;
        });
  }
}

void Recomputation::run(int64_t minBytes) {
  if (!findPeak(minBytes))
    return;
  buildNetwork();
  std::vector<bool> isLate = network.cut();
  SmallVector<Operation *> recomputed;
  for (Operation *op : early())
    if (canRecompute(op) && isLate[nodes.lookup(op->getResult(0)) - 1])
      recomputed.push_back(op);
  if (bytesSaved(recomputed) >= minBytes)
    rewrite(recomputed);
}

class RecomputePass : public impl::RecomputePassBase<RecomputePass> {
public:
  using Base::Base;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.getBody().hasOneBlock())
      Recomputation(function).run(minBytes);
  }
};

} // namespace
} // namespace nabla
