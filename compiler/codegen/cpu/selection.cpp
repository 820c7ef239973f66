//===- selection.cpp - The best element and where it is -------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/selection.h"
#include "compiler/codegen/cpu/emit_body.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace nabla {

/// Whether `value` is made of the first two arguments of the body alone.
static bool isMadeOfElements(Value value, Block &body) {
  if (auto argument = dyn_cast<BlockArgument>(value))
    return argument.getOwner() != &body || argument.getArgNumber() < 2;
  Operation *op = value.getDefiningOp();
  return op->getBlock() != &body ||
         (!isa<linalg::IndexOp>(op) &&
          llvm::all_of(op->getOperands(), [&](Value operand) {
            return isMadeOfElements(operand, body);
          }));
}

std::optional<Selection> Selection::match(linalg::LinalgOp op) {
  if (op.getNumDpsInputs() != 1 || op.getNumDpsInits() != 2 ||
      op.getNumReductionLoops() != 1)
    return std::nullopt;
  Block &body = *op.getBlock();
  auto results = body.getTerminator()->getOperands();
  auto element = results[0].getDefiningOp<arith::SelectOp>();
  auto index = results[1].getDefiningOp<arith::SelectOp>();
  if (!element || !index || element.getCondition() != index.getCondition() ||
      element.getTrueValue() != body.getArgument(0) ||
      element.getFalseValue() != body.getArgument(1) ||
      index.getFalseValue() != body.getArgument(2) ||
      !isMadeOfElements(element.getCondition(), body))
    return std::nullopt;
  auto cast = index.getTrueValue().getDefiningOp<arith::IndexCastOp>();
  auto number = cast ? cast.getIn().getDefiningOp<linalg::IndexOp>() : nullptr;
  if (!number || op.getIteratorTypesArray()[number.getDim()] !=
                     utils::IteratorType::reduction)
    return std::nullopt;
  return Selection{op, element.getCondition()};
}

static unsigned numLanes(Value value) {
  auto vector = dyn_cast<VectorType>(value.getType());
  return vector ? vector.getNumElements() : 1;
}

Value Selection::compare(LoopBuilder &b, Value element, Value old) {
  unsigned lanes = numLanes(element);
  Block &body = *op.getBlock();
  IRMapping mapping;
  mapping.map(body.getArgument(0), element);
  mapping.map(body.getArgument(1), old);
  for (Operation &inner : body.without_terminator()) {
    if (llvm::any_of(inner.getResults(), [&](Value value) {
          return !isMadeOfElements(value, body);
        }))
      continue;
    if (auto constant = dyn_cast<arith::ConstantOp>(inner)) {
      mapping.map(constant.getResult(),
                  splatConstant(b, constant.getValue(), lanes));
      continue;
    }
    for (Value operand : inner.getOperands())
      if (!mapping.contains(operand))
        mapping.map(operand, splat(b, operand, lanes));
    Operation *copy = b.clone(inner, mapping);
    for (auto [from, to] : llvm::zip(inner.getResults(), copy->getResults()))
      to.setType(laneType(from.getType(), lanes));
  }
  return mapping.lookup(beats);
}

Selection::Best Selection::take(LoopBuilder &b, Best best, Value elements,
                                Value iteration) {
  Value isBetter = compare(b, elements, best.element);
  Value all = splat(b, iteration, numLanes(elements));
  return {arith::SelectOp::create(b, isBetter, elements, best.element),
          arith::SelectOp::create(b, isBetter, all, best.iteration)};
}

std::pair<Value, Value> Selection::ofAllLanes(LoopBuilder &b, Best best,
                                              Value old) {
  Value element = best.element, index = best.iteration;
  unsigned lanes = numLanes(element);
  Type type = old.getType();
  if (getElementTypeOrSelf(index.getType()) != type)
    index = arith::ExtSIOp::create(b, laneType(type, lanes), index);
  Value none = splatConstant(b, b.getIntegerAttr(type, 0), lanes);
  Value isNone =
      arith::CmpIOp::create(b, arith::CmpIPredicate::slt, index, none);
  if (lanes != 1)
    index = arith::AddIOp::create(b, index, laneNumbers(b, type, lanes));
  index = arith::SelectOp::create(b, isNone, splat(b, old, lanes), index);
  for (int64_t half = lanes / 2; half > 0; half /= 2) {
    auto part = [&](Value vector, int64_t first) {
      auto which = llvm::to_vector(llvm::seq<int64_t>(first, first + half));
      Value some = vector::ShuffleOp::create(b, vector, vector, which);
      if (half > 1)
        return some;
      return vector::ExtractOp::create(b, some, int64_t(0)).getResult();
    };
    Value low = part(element, 0), high = part(element, half);
    Value lowIndex = part(index, 0), highIndex = part(index, half);
    Value isHigh = compare(b, high, low), isLow = compare(b, low, high);
    Value first = arith::MinSIOp::create(b, lowIndex, highIndex);
    index = arith::SelectOp::create(b, isLow, lowIndex, first);
    index = arith::SelectOp::create(b, isHigh, highIndex, index);
    element = arith::SelectOp::create(b, isHigh, high, low);
  }
  return {element, index};
}

} // namespace nabla
