//===- Importer.h - Functions from other modules ----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_DRIVER_IMPORTER_H
#define NABLA_COMPILER_DRIVER_IMPORTER_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringSet.h"

namespace nabla {

/// Clones functions into a module, with all that they call. What is called
/// comes under a new name where its own is taken; one copy serves all its
/// callers.
class Importer {
public:
  explicit Importer(mlir::ModuleOp target) : target(target) {}

  /// Clones `symbol` of `source` as `name`, once `finish` is called.
  mlir::LogicalResult add(mlir::ModuleOp source, llvm::StringRef symbol,
                          llvm::StringRef name);
  /// The names of the target, for those who add functions of their own.
  bool isTaken(llvm::StringRef name) const { return names.contains(name); }
  void take(llvm::StringRef name) { names.insert(name); }

  /// Clones, now that all the names that must not change are known.
  mlir::LogicalResult finish();

private:
  mlir::LogicalResult clone(mlir::ModuleOp source, mlir::func::FuncOp function,
                            llvm::StringRef name);
  /// The name in the target of a function that another one calls.
  llvm::StringRef nameCallee(mlir::ModuleOp source,
                             mlir::func::FuncOp function);

  struct Root {
    mlir::ModuleOp source;
    mlir::func::FuncOp function;
    std::string name;
  };

  mlir::ModuleOp target;
  mlir::SymbolTableCollection symbols;
  llvm::StringSet<> names;
  std::vector<Root> roots;
  llvm::DenseMap<mlir::Operation *, std::string> callees;
  /// Callees that have a name, but no body yet.
  std::vector<Root> pending;
};

} // namespace nabla

#endif // NABLA_COMPILER_DRIVER_IMPORTER_H
