//===- Jit.cpp - Machine code in the process ------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Jit.h"
#include "compiler/runtime/Temporaries.h"
#include "compiler/runtime/ThreadPool.h"

#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/PassInstrumentation.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"

using namespace mlir;

namespace nabla {
namespace {

/// A module of LLVM IR, optimized for this CPU, and what it was optimized with.
struct Optimized {
  std::unique_ptr<llvm::LLVMContext> context;
  std::unique_ptr<llvm::Module> module;
  std::unique_ptr<llvm::TargetMachine> machine;
  std::optional<llvm::orc::JITTargetMachineBuilder> builder;
};

} // namespace

static void initializeTarget() {
  static bool initialized = [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    return true;
  }();
  (void)initialized;
}

static LogicalResult report(ModuleOp module, llvm::Error error) {
  return module.emitError("code generation: ")
         << llvm::toString(std::move(error));
}

static void optimize(llvm::Module &module, llvm::TargetMachine &machine,
                     llvm::function_ref<void()> beforePass) {
  // Loops come as vectors already: O3 and the search for more in straight-line
  // code take a third longer and leave the same code.
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = true;
  tuning.SLPVectorization = false;
  llvm::PassInstrumentationCallbacks callbacks;
  callbacks.registerBeforeNonSkippedPassCallback(
      [&](StringRef, llvm::Any) { beforePass(); });
  llvm::PassBuilder builder(&machine, tuning, std::nullopt, &callbacks);
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager graphs;
  llvm::ModuleAnalysisManager modules;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(graphs);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, graphs, modules);
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O2)
      .run(module, modules);
}

static LogicalResult translate(ModuleOp module, Optimized &result,
                               llvm::function_ref<void()> beforePass) {
  initializeTarget();
  auto builder = llvm::orc::JITTargetMachineBuilder::detectHost();
  if (!builder)
    return report(module, builder.takeError());
  auto machine = builder->createTargetMachine();
  if (!machine)
    return report(module, machine.takeError());
  result.builder = std::move(*builder);
  result.machine = std::move(*machine);
  result.context = std::make_unique<llvm::LLVMContext>();
  result.module = translateModuleToLLVMIR(module, *result.context);
  if (!result.module)
    return failure();
  result.module->setDataLayout(result.machine->createDataLayout());
  result.module->setTargetTriple(result.machine->getTargetTriple());
  optimize(*result.module, *result.machine, beforePass);
  return success();
}

Jit::Jit(std::unique_ptr<llvm::orc::LLJIT> jit, Entry function)
    : jit(std::move(jit)), function(function) {}
Jit::Jit(Jit &&other) = default;
Jit::~Jit() = default;

static llvm::Expected<std::unique_ptr<llvm::orc::LLJIT>>
link(Optimized &optimized) {
  auto jit = llvm::orc::LLJITBuilder()
                 .setJITTargetMachineBuilder(std::move(*optimized.builder))
                 .create();
  if (!jit)
    return jit.takeError();
  // Functions of libm and memory come from the process.
  auto process = llvm::orc::DynamicLibrarySearchGenerator::GetForCurrentProcess(
      (*jit)->getDataLayout().getGlobalPrefix());
  if (!process)
    return process.takeError();
  llvm::orc::JITDylib &main = (*jit)->getMainJITDylib();
  main.addGenerator(std::move(*process));
  // This library may be loaded where the process does not see its symbols.
  llvm::orc::SymbolMap runtime;
  auto define = [&](StringRef name, auto *function) {
    runtime[(*jit)->mangleAndIntern(name)] = {
        llvm::orc::ExecutorAddr::fromPtr(function),
        llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable};
  };
  define("malloc", &allocateTemporary);
  define("nabla_parallel_for", &nabla_parallel_for);
  if (llvm::Error error = main.define(llvm::orc::absoluteSymbols(runtime)))
    return error;
  llvm::orc::ThreadSafeModule module(std::move(optimized.module),
                                     std::move(optimized.context));
  if (llvm::Error error = (*jit)->addIRModule(std::move(module)))
    return error;
  return std::move(*jit);
}

std::unique_ptr<Jit> Jit::compile(ModuleOp module, StringRef entry,
                                  llvm::function_ref<void()> beforePass) {
  Optimized optimized;
  if (failed(translate(module, optimized, beforePass)))
    return nullptr;
  auto jit = link(optimized);
  if (!jit) {
    (void)report(module, jit.takeError());
    return nullptr;
  }
  auto address = (*jit)->lookup(entry);
  if (!address) {
    (void)report(module, address.takeError());
    return nullptr;
  }
  return std::unique_ptr<Jit>(
      new Jit(std::move(*jit), address->toPtr<Entry>()));
}

FailureOr<std::string> emitAssembly(ModuleOp module,
                                    llvm::function_ref<void()> beforePass) {
  Optimized optimized;
  if (failed(translate(module, optimized, beforePass)))
    return failure();
  llvm::SmallVector<char> text;
  llvm::raw_svector_ostream os(text);
  llvm::legacy::PassManager passes;
  if (optimized.machine->addPassesToEmitFile(
          passes, os, nullptr, llvm::CodeGenFileType::AssemblyFile))
    return module.emitError("this CPU has no assembly printer");
  passes.run(*optimized.module);
  return std::string(text.begin(), text.end());
}

} // namespace nabla
