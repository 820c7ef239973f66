//===- packed_entry.cpp - The entry that takes pointers -------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/Passes.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace nabla {
#define GEN_PASS_DEF_PACKEDENTRYPASS
#include "compiler/codegen/cpu/Passes.h.inc"
} // namespace nabla

using namespace mlir;

namespace nabla {
namespace {

/// The arguments of `entry` are loaded from an array of pointers.
static void pack(LLVM::LLVMFuncOp entry) {
  ImplicitLocOpBuilder b(entry.getLoc(), entry->getContext());
  Block &block = entry.getBody().front();
  b.setInsertionPointToStart(&block);
  auto pointer = LLVM::LLVMPointerType::get(b.getContext());
  unsigned count = entry.getNumArguments();
  Value pointers = block.addArgument(pointer, entry.getLoc());
  for (unsigned i = 0; i < count; ++i) {
    if (block.getArgument(i).use_empty())
      continue;
    Value slot =
        LLVM::GEPOp::create(b, pointer, pointer, pointers, LLVM::GEPArg(i));
    auto load = LLVM::LoadOp::create(b, pointer, slot);
    load.setInvariant(true);
    block.getArgument(i).replaceAllUsesWith(load);
  }
  block.eraseArguments(0, count);
  entry.setName((entry.getName() + "_packed").str());
  entry.removeArgAttrsAttr();
  entry.setFunctionType(LLVM::LLVMFunctionType::get(
      LLVM::LLVMVoidType::get(b.getContext()), {pointer}));
}

/// Those who call the entry call a copy, which takes over its name.
static void keepForCalls(LLVM::LLVMFuncOp entry) {
  LLVM::LLVMFuncOp copy = entry.clone();
  copy.setLinkage(LLVM::Linkage::Internal);
  entry->getBlock()->push_back(copy);
}

class PackedEntryPass : public impl::PackedEntryPassBase<PackedEntryPass> {
public:
  void runOnOperation() override {
    SmallVector<LLVM::LLVMFuncOp> entries;
    for (auto function : getOperation().getOps<LLVM::LLVMFuncOp>()) {
      if (function.isExternal())
        continue;
      if (function.isPublic())
        entries.push_back(function);
      else if (function.isPrivate()) // else another part calls it
        function.setLinkage(LLVM::Linkage::Internal);
    }
    for (LLVM::LLVMFuncOp entry : entries) {
      if (!SymbolTable::symbolKnownUseEmpty(entry, getOperation()))
        keepForCalls(entry);
      pack(entry);
    }
  }
};

} // namespace
} // namespace nabla
