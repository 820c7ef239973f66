//===- deriver.h - Functions derived from functions -------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Forward mode, the split into known and linear part, transposition and
// batching of whole functions. No function is ever changed: each derivation
// makes a new private one, once for each function and set of active arguments.
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_TRANSFORMS_DERIVER_H
#define NABLA_COMPILER_TRANSFORMS_DERIVER_H

#include "compiler/transforms/cleanup.h"
#include "dialects/nabla/RuleContexts.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/SymbolTable.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace nabla {

/// What tells one derivation of a function from another.
struct DerivationKey {
  std::string function;
  std::string transform;
  std::vector<bool> first;
  std::vector<bool> second;
  int64_t size = 0;

  bool operator<(const DerivationKey &other) const;
};

class Deriver {
public:
  explicit Deriver(mlir::ModuleOp module);

  /// With `everyTangent`, results that depend on no active argument get a
  /// tangent of zeros, so that every result of floats has one.
  llvm::FailureOr<JvpCallee> jvp(mlir::FlatSymbolRefAttr callee,
                                 llvm::ArrayRef<bool> active,
                                 bool everyTangent = false);
  /// The results from `forcedFrom` on belong to the linear part in any case.
  llvm::FailureOr<SplitCallee>
  split(mlir::FlatSymbolRefAttr callee, llvm::ArrayRef<bool> linear,
        std::optional<int64_t> forcedFrom = std::nullopt);
  /// With `everyCotangent`, every linear argument gets a cotangent.
  llvm::FailureOr<TransposeCallee> transpose(mlir::FlatSymbolRefAttr callee,
                                             llvm::ArrayRef<bool> linear,
                                             llvm::ArrayRef<bool> activeResults,
                                             bool everyCotangent = false);
  llvm::FailureOr<BatchCallee> batch(mlir::FlatSymbolRefAttr callee,
                                     llvm::ArrayRef<bool> batched,
                                     int64_t size);

  mlir::func::FuncOp lookup(mlir::FlatSymbolRefAttr symbol);
  /// A new private function named after `origin`, with an empty entry block of
  /// `arguments`.
  mlir::func::FuncOp makeFunction(mlir::func::FuncOp origin,
                                  llvm::StringRef suffix,
                                  mlir::TypeRange arguments);
  /// Adds `clone`, a function that has no parent yet.
  mlir::FlatSymbolRefAttr insert(mlir::func::FuncOp clone);
  /// Ends `function` with `results`, which become its result types.
  void finish(mlir::func::FuncOp function, mlir::ValueRange results);
  void cleanUp(mlir::func::FuncOp function) { cleaner.run(function); }
  /// Erases private functions that nothing calls, and forgets them; `erased` is
  /// told before.
  void eraseUnused(llvm::function_ref<void(mlir::func::FuncOp)> erased);

  /// The most ops that the module has had so far, by `countOps`.
  int64_t getPeakOps() const { return peakOps; }

private:
  mlir::ModuleOp module;
  mlir::SymbolTable symbols;
  Cleaner cleaner;
  int64_t peakOps = 0;
  std::map<DerivationKey, JvpCallee> jvps;
  std::map<DerivationKey, SplitCallee> splits;
  std::map<DerivationKey, TransposeCallee> transposes;
  std::map<DerivationKey, BatchCallee> batches;
};

} // namespace nabla

#endif // NABLA_COMPILER_TRANSFORMS_DERIVER_H
