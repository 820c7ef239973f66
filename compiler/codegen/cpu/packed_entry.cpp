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

/// Emits the packed entry of `entry` behind it.
static void emitPacked(LLVM::LLVMFuncOp entry) {
  ImplicitLocOpBuilder b(entry.getLoc(), entry->getContext());
  b.setInsertionPointAfter(entry);
  auto pointer = LLVM::LLVMPointerType::get(b.getContext());
  auto type = LLVM::LLVMFunctionType::get(
      LLVM::LLVMVoidType::get(b.getContext()), {pointer});
  auto packed =
      LLVM::LLVMFuncOp::create(b, (entry.getName() + "_packed").str(), type);
  Block *block = packed.addEntryBlock(b);
  b.setInsertionPointToStart(block);
  SmallVector<Value> arguments;
  for (unsigned i = 0, e = entry.getNumArguments(); i < e; ++i) {
    Value slot = LLVM::GEPOp::create(b, pointer, pointer, block->getArgument(0),
                                     LLVM::GEPArg(i));
    arguments.push_back(LLVM::LoadOp::create(b, pointer, slot));
  }
  LLVM::CallOp::create(b, entry, arguments);
  LLVM::ReturnOp::create(b, ValueRange{});
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
    for (LLVM::LLVMFuncOp entry : entries)
      emitPacked(entry);
  }
};

} // namespace
} // namespace nabla
