//===- Mutants.cpp - Switches of the mutation test ------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/Mutants.h"

#include <cstdlib>

using namespace mlir;

namespace nabla {

bool mutant(unsigned number) {
  static const unsigned active = [] {
    const char *text = std::getenv("NABLA_MUTANT");
    return text ? static_cast<unsigned>(std::atoi(text)) : 0;
  }();
  return number == active;
}

SmallVector<Value> withoutOperand(bool isOn, size_t index,
                                  ArrayRef<Value> values) {
  SmallVector<Value> others(values);
  if (isOn)
    others[index] = nullptr;
  return others;
}

LogicalResult reverseBatch(bool isOn, BatchContext &ctx, Location loc,
                           LogicalResult rule, BatchResult &outs) {
  if (isOn && succeeded(rule) && !outs.batched.empty() && outs.batched.back())
    outs.values.back() = ReverseOp::create(ctx.builder, loc, outs.values.back(),
                                           ArrayRef<int64_t>{0});
  return rule;
}

} // namespace nabla
