//===- Importer.cpp - Functions from other modules ------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Importer.h"

#include "mlir/IR/AttrTypeSubElements.h"

using namespace mlir;
using namespace nabla;

LogicalResult Importer::add(ModuleOp source, StringRef symbol, StringRef name) {
  auto function = source.lookupSymbol<func::FuncOp>(symbol);
  if (!function)
    return emitError(source.getLoc())
           << "there is no function '" << symbol << "' to import";
  if (!names.insert(name).second)
    return emitError(source.getLoc())
           << "two functions are named '" << name << "'";
  roots.push_back({source, function, name.str()});
  return success();
}

LogicalResult Importer::finish() {
  for (const Root &root : roots)
    if (failed(clone(root.source, root.function, root.name)))
      return failure();
  while (!pending.empty()) {
    Root next = std::move(pending.back());
    pending.pop_back();
    if (failed(clone(next.source, next.function, next.name)))
      return failure();
  }
  return success();
}

StringRef Importer::nameCallee(ModuleOp source, func::FuncOp function) {
  std::string &name = callees[function];
  if (!name.empty())
    return name;
  name = function.getName().str();
  for (unsigned n = 0; !names.insert(name).second; ++n)
    name = (function.getName() + "_" + Twine(n)).str();
  pending.push_back({source, function, name});
  return name;
}

LogicalResult Importer::clone(ModuleOp source, func::FuncOp function,
                              StringRef name) {
  func::FuncOp copy = function.clone();
  copy.setName(name);
  copy.setVisibility(SymbolTable::Visibility::Private);
  target.push_back(copy);

  bool complete = true;
  AttrTypeReplacer replacer;
  replacer.addReplacement([&](FlatSymbolRefAttr symbol) -> Attribute {
    auto callee = symbols.lookupSymbolIn<func::FuncOp>(source, symbol);
    complete &= bool(callee);
    return callee ? FlatSymbolRefAttr::get(symbol.getContext(),
                                           nameCallee(source, callee))
                  : symbol;
  });
  replacer.recursivelyReplaceElementsIn(copy);
  if (!complete)
    return copy.emitError("calls a function that its module does not have");
  return success();
}
