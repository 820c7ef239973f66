//===- loop_builder.cpp - Builds loops without waste ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/loop_builder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/LoopLikeInterface.h"

#include <numeric>

using namespace mlir;

namespace nabla {

void LoopBuilder::moveTo(Operation *op) {
  known.clear();
  setInsertionPoint(op);
  setLoc(op->getLoc());
}

/// The region of the function, or of what is one, around `block`.
static Region *isolatedRegion(Block *block) {
  Region *region = block->getParent();
  while (!region->getParentOp()->hasTrait<OpTrait::IsIsolatedFromAbove>())
    region = region->getParentRegion();
  return region;
}

Value LoopBuilder::constant(TypedAttr value) {
  Region *region = isolatedRegion(getInsertionBlock());
  Value &constant = constants[{region, value}];
  if (!constant) {
    OpBuilder::InsertionGuard guard(*this);
    setInsertionPointToStart(&region->front());
    constant = arith::ConstantOp::create(*this, getUnknownLoc(), value);
  }
  return constant;
}

static std::optional<int64_t> valueOf(Value index) {
  IntegerAttr number;
  if (matchPattern(index, m_Constant(&number)))
    return number.getInt();
  return std::nullopt;
}

std::pair<Value, int64_t> splitIndex(Value index) {
  if (std::optional<int64_t> number = valueOf(index))
    return {Value(), *number};
  if (auto sum = index.getDefiningOp<arith::AddIOp>())
    if (std::optional<int64_t> number = valueOf(sum.getRhs()))
      return {sum.getLhs(), *number};
  return {index, 0};
}

/// The first value of a loop's variable, and the distance to the next; nothing
/// for any other argument.
static std::optional<std::pair<int64_t, int64_t>> stepsOf(BlockArgument value) {
  auto loop =
      dyn_cast_or_null<LoopLikeOpInterface>(value.getOwner()->getParentOp());
  std::optional<SmallVector<Value>> ivs =
      loop ? loop.getLoopInductionVars() : std::nullopt;
  if (!ivs)
    return std::nullopt;
  auto *iv = llvm::find(*ivs, value);
  if (iv == ivs->end())
    return std::nullopt;
  size_t number = iv - ivs->begin();
  auto first = getConstantIntValue((*loop.getLoopLowerBounds())[number]);
  auto step = getConstantIntValue((*loop.getLoopSteps())[number]);
  if (!first || !step)
    return std::nullopt;
  return std::pair(*first, *step);
}

int64_t knownDivisor(Value index) {
  if (std::optional<int64_t> number = valueOf(index))
    return std::abs(*number);
  if (auto argument = dyn_cast<BlockArgument>(index)) {
    auto steps = stepsOf(argument);
    return steps ? std::gcd(steps->first, steps->second) : 1;
  }
  Operation *op = index.getDefiningOp();
  if (auto product = dyn_cast<arith::MulIOp>(op))
    return knownDivisor(product.getLhs()) * knownDivisor(product.getRhs());
  if (isa<arith::AddIOp, arith::SubIOp, arith::MinSIOp>(op))
    return std::gcd(knownDivisor(op->getOperand(0)),
                    knownDivisor(op->getOperand(1)));
  return 1;
}

template <typename Op> Value LoopBuilder::make(Value x, Value y) {
  Block *here = getInsertionBlock();
  for (Block *block = here; block; block = block->getParentOp()->getBlock()) {
    auto it = known.find({block, TypeID::get<Op>(), x, y});
    if (it != known.end())
      return it->second;
    if (block->getParentOp()->hasTrait<OpTrait::IsIsolatedFromAbove>())
      break;
  }
  Value result = Op::create(*this, x, y);
  known[{here, TypeID::get<Op>(), x, y}] = result;
  return result;
}

/// Constants stay on the right, in one sum.
Value LoopBuilder::add(Value x, Value y) {
  auto [left, leftNumber] = splitIndex(x);
  auto [right, rightNumber] = splitIndex(y);
  if (!left || !right)
    return add(left ? left : right, leftNumber + rightNumber);
  return add(make<arith::AddIOp>(left, right), leftNumber + rightNumber);
}

Value LoopBuilder::add(Value x, int64_t y) {
  if (!x)
    return index(y);
  auto [base, number] = splitIndex(x);
  if (!base)
    return index(number + y);
  if (number + y == 0)
    return base;
  return make<arith::AddIOp>(base, index(number + y));
}

Value LoopBuilder::sub(Value x, Value y) {
  auto [left, leftNumber] = splitIndex(x);
  auto [right, rightNumber] = splitIndex(y);
  if (left == right)
    return index(leftNumber - rightNumber);
  if (!right)
    return add(x, -rightNumber);
  return make<arith::SubIOp>(x, y);
}

Value LoopBuilder::mul(Value x, int64_t y) {
  auto [base, number] = splitIndex(x);
  if (!base || y == 0)
    return index(number * y);
  Value product = y == 1 ? base : make<arith::MulIOp>(base, index(y));
  return add(product, number * y);
}

Value LoopBuilder::min(Value x, Value y) {
  std::optional<int64_t> left = valueOf(x), right = valueOf(y);
  if (left && right)
    return index(std::min(*left, *right));
  return make<arith::MinSIOp>(x, y);
}

Value LoopBuilder::div(Value x, int64_t y) {
  std::optional<int64_t> number = valueOf(x);
  if (number)
    return index(*number / y);
  return y == 1 ? x : make<arith::DivUIOp>(x, index(y));
}

Value LoopBuilder::rem(Value x, int64_t y) {
  std::optional<int64_t> number = valueOf(x);
  if (number || y == 1)
    return index(number ? *number % y : 0);
  return make<arith::RemUIOp>(x, index(y));
}

} // namespace nabla
