//===- deriver.cpp - Functions derived from functions ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/deriver.h"

#include "llvm/ADT/StringSet.h"

#include <tuple>

using namespace mlir;

namespace nabla {

bool DerivationKey::operator<(const DerivationKey &other) const {
  return std::tie(function, transform, first, second, size) <
         std::tie(other.function, other.transform, other.first, other.second,
                  other.size);
}

Deriver::Deriver(ModuleOp module)
    : module(module), symbols(module), cleaner(module.getContext()) {}

func::FuncOp Deriver::lookup(FlatSymbolRefAttr symbol) {
  return symbols.lookup<func::FuncOp>(symbol.getAttr());
}

func::FuncOp Deriver::makeFunction(func::FuncOp origin, StringRef suffix,
                                   TypeRange arguments) {
  OpBuilder b(module.getContext());
  auto function = func::FuncOp::create(b, origin.getLoc(),
                                       (origin.getName() + "." + suffix).str(),
                                       b.getFunctionType(arguments, {}));
  function.setPrivate();
  function.addEntryBlock();
  insert(function);
  return function;
}

FlatSymbolRefAttr Deriver::insert(func::FuncOp function) {
  return FlatSymbolRefAttr::get(symbols.insert(function));
}

void Deriver::finish(func::FuncOp function, ValueRange results) {
  OpBuilder b = OpBuilder::atBlockEnd(&function.getBody().front());
  func::ReturnOp::create(b, function.getLoc(), results);
  function.setFunctionType(
      b.getFunctionType(function.getArgumentTypes(), TypeRange(results)));
  // The module is largest while nothing of the new function is simplified.
  peakOps = std::max(peakOps, countOps(module));
  cleanUp(function);
}

/// Drops the derivations that start from or lead to an erased function.
template <typename Callee, typename IsGone>
static void forget(std::map<DerivationKey, Callee> &memo, IsGone isGone) {
  for (auto it = memo.begin(); it != memo.end();)
    it = isGone(it->first, it->second) ? memo.erase(it) : std::next(it);
}

void Deriver::eraseUnused(llvm::function_ref<void(func::FuncOp)> onErase) {
  llvm::StringSet<> erased;
  eraseUnusedFunctions(module, [&](func::FuncOp function) {
    onErase(function);
    erased.insert(function.getName());
    symbols.erase(function);
  });
  if (erased.empty())
    return;
  auto isErased = [&](FlatSymbolRefAttr symbol) {
    return erased.contains(symbol.getValue());
  };
  auto bySymbol = [&](const DerivationKey &key, const auto &callee) {
    return erased.contains(key.function) || isErased(callee.symbol);
  };
  forget(jvps, bySymbol);
  forget(transposes, bySymbol);
  forget(batches, bySymbol);
  forget(splits, [&](const DerivationKey &key, const SplitCallee &callee) {
    return erased.contains(key.function) || isErased(callee.known) ||
           isErased(callee.linear);
  });
}

} // namespace nabla
