//===- emit_assembly.cpp - The last phase, as text ------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/pipelines/emit_assembly.h"
#include "compiler/target/cpu/Codegen.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

using namespace mlir;

namespace {

struct EmitAssemblyPass
    : PassWrapper<EmitAssemblyPass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(EmitAssemblyPass)

  StringRef getArgument() const final { return "nabla-emit-assembly"; }
  StringRef getDescription() const final {
    return "Replace functions of the LLVM dialect by assembly of this CPU";
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    FailureOr<nabla::ObjectCode> text =
        nabla::Codegen(nabla::Codegen::Assembly, [] {}).run(module);
    if (failed(text))
      return signalPassFailure();
    SmallVector<StringRef> lines;
    StringRef(text->data(), text->size()).split(lines, '\n');
    module.getBody()->clear();
    module->setAttr(LLVM::LLVMDialect::getModuleLevelAsmAttrName(),
                    Builder(module.getContext()).getStrArrayAttr(lines));
  }
};

} // namespace

std::unique_ptr<Pass> nabla::createEmitAssemblyPass() {
  return std::make_unique<EmitAssemblyPass>();
}

std::optional<std::string> nabla::assemblyOf(ModuleOp module) {
  auto lines = module->getAttrOfType<ArrayAttr>(
      LLVM::LLVMDialect::getModuleLevelAsmAttrName());
  if (!lines || !module.getBody()->empty())
    return std::nullopt;
  return llvm::join(lines.getAsValueRange<StringAttr>(), "\n");
}
