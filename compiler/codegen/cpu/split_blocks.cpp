//===- split_blocks.cpp - Functions of parts of long blocks ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/Passes.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/SymbolTable.h"

#include <limits>

namespace nabla {
#define GEN_PASS_DEF_SPLITBLOCKSPASS
#include "compiler/codegen/cpu/Passes.h.inc"
} // namespace nabla

using namespace mlir;

namespace nabla {
namespace {

constexpr unsigned never = std::numeric_limits<unsigned>::max();

/// Whether each function that needs the results makes its own.
bool isCheap(Operation *op) {
  auto load = dyn_cast<LLVM::LoadOp>(op);
  return isa<LLVM::ConstantOp, LLVM::AddressOfOp, LLVM::ZeroOp, LLVM::PoisonOp,
             LLVM::UndefOp, LLVM::GEPOp>(op) ||
         (load && load.getInvariant());
}

/// Cuts one block into parts.
class Splitter {
public:
  Splitter(Block &block, unsigned maxOps, SymbolTable &symbols)
      : block(block), maxOps(maxOps), symbols(symbols) {}

  void split();

private:
  unsigned lastUse(Operation *op);
  void outline(ArrayRef<Operation *> ops);
  Value valueIn(LLVM::LLVMFuncOp function, Value value, IRMapping &map,
                OpBuilder &b, SmallVectorImpl<Value> &arguments);

  Block &block;
  unsigned maxOps;
  SymbolTable &symbols;
  DenseMap<Operation *, unsigned> positions, lastUses;
};

/// Where in the block the results of an op, and all that is cheaply made of
/// them, are needed last; `never` if in another block.
unsigned Splitter::lastUse(Operation *op) {
  if (auto known = lastUses.find(op); known != lastUses.end())
    return known->second;
  unsigned last = 0;
  for (Operation *user : op->getUsers()) {
    bool isHere = user->getBlock() == &block && positions.contains(user);
    last = std::max(last, !isHere         ? never
                          : isCheap(user) ? lastUse(user)
                                          : positions.lookup(user));
  }
  return lastUses[op] = last;
}

void Splitter::split() {
  SmallVector<Operation *> ops;
  for (Operation &op : block.without_terminator()) {
    positions[&op] = ops.size();
    if (!isCheap(&op))
      ops.push_back(&op);
  }
  if (ops.size() <= maxOps)
    return;
  SmallVector<SmallVector<Operation *>> parts(1);
  unsigned needed = 0; // what the last part makes, is needed up to here
  for (auto [position, op] : llvm::enumerate(ops)) {
    unsigned last = lastUse(op);
    // Memory on the stack, and what is used far behind, stays.
    if (isa<LLVM::AllocaOp>(op) ||
        (last > position && last - position > maxOps)) {
      if (needed >= position)
        parts.back().clear();
      parts.emplace_back();
      needed = 0;
      continue;
    }
    if (parts.back().size() >= maxOps && needed < position)
      parts.emplace_back();
    parts.back().push_back(op);
    needed = std::max(needed, last);
  }
  for (ArrayRef<Operation *> part : parts)
    if (part.size() > maxOps / 4)
      outline(part);
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (isCheap(&op) && op.use_empty())
      op.erase();
}

/// What stands for `value` in `function`, at `b`; values from outside become
/// arguments.
Value Splitter::valueIn(LLVM::LLVMFuncOp function, Value value, IRMapping &map,
                        OpBuilder &b, SmallVectorImpl<Value> &arguments) {
  Block &body = function.getBody().front();
  if (value.getParentBlock() == &body)
    return value;
  if (Value known = map.lookupOrNull(value))
    return known;
  Operation *op = value.getDefiningOp();
  if (op && isCheap(op)) {
    for (Value operand : op->getOperands())
      map.map(operand, valueIn(function, operand, map, b, arguments));
    b.clone(*op, map);
    return map.lookup(value);
  }
  arguments.push_back(value);
  Value argument = body.addArgument(value.getType(), value.getLoc());
  map.map(value, argument);
  return argument;
}

/// Puts a call in the place of `ops`.
void Splitter::outline(ArrayRef<Operation *> ops) {
  auto caller = cast<LLVM::LLVMFuncOp>(block.getParentOp());
  Location loc = ops.front()->getLoc();
  OpBuilder b(caller);
  auto none = LLVM::LLVMVoidType::get(b.getContext());
  auto function = LLVM::LLVMFuncOp::create(
      b, loc, (caller.getName() + ".part").str(),
      LLVM::LLVMFunctionType::get(none, {}), LLVM::Linkage::Internal);
  function.setNoInline(true);
  symbols.insert(function);
  Block *body = function.addEntryBlock(b);
  b.setInsertionPointToStart(body);
  Operation *end = LLVM::ReturnOp::create(b, loc, ValueRange());
  Operation *behind = ops.back()->getNextNode();
  IRMapping map;
  SmallVector<Value> arguments;
  for (Operation *op : ops) {
    op->moveBefore(end);
    b.setInsertionPoint(op);
    for (OpOperand &operand : op->getOpOperands())
      operand.set(valueIn(function, operand.get(), map, b, arguments));
  }
  function.setFunctionType(LLVM::LLVMFunctionType::get(
      none, llvm::to_vector(body->getArgumentTypes())));
  b.setInsertionPoint(behind);
  LLVM::CallOp::create(b, loc, function, arguments);
}

class SplitBlocksPass : public impl::SplitBlocksPassBase<SplitBlocksPass> {
public:
  using Base::Base;

  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    SmallVector<Block *> blocks;
    for (auto function : getOperation().getOps<LLVM::LLVMFuncOp>())
      for (Block &block : function.getBody())
        blocks.push_back(&block);
    for (Block *block : blocks)
      Splitter(*block, std::max(4u, +maxOps), symbols).split();
  }
};

} // namespace

} // namespace nabla
