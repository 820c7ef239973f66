//===- Codegen.cpp - From the LLVM dialect to machine code ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Codegen.h"
#include "compiler/codegen/cpu/host.h"
#include "compiler/codegen/cpu/target_cpu.h"

#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/PassInstrumentation.h"
#include "llvm/Pass.h"
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
};

} // namespace

/// How code for the target is made, asked once; nothing where LLVM does not
/// know this CPU.
static const std::optional<llvm::orc::JITTargetMachineBuilder> &getTarget() {
  static const auto target =
      []() -> std::optional<llvm::orc::JITTargetMachineBuilder> {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    auto found = llvm::orc::JITTargetMachineBuilder::detectHost();
    if (!found) {
      llvm::consumeError(found.takeError());
      return std::nullopt;
    }
    if (const TargetCpu &cpu = TargetCpu::get(); !cpu.isHost) {
      found->setCPU(cpu.name);
      found->setFeatures(""); // those of the CPU
    }
    // The linker puts code and data where it finds room.
    found->setRelocationModel(llvm::Reloc::PIC_);
    found->setCodeModel(llvm::CodeModel::Small);
    return std::move(*found);
  }();
  return target;
}

namespace {

/// The passes for one module.
class Optimizer {
public:
  Optimizer(llvm::TargetMachine &machine, const CodegenOptions &options)
      : isPart(options.isPart),
        builder(&machine, tuning(), std::nullopt, &callbacks) {
    callbacks.registerBeforeNonSkippedPassCallback(
        [&](StringRef, llvm::Any) { options.checkpoint(); });
    builder.registerModuleAnalyses(modules);
    builder.registerCGSCCAnalyses(graphs);
    builder.registerFunctionAnalyses(functions);
    builder.registerLoopAnalyses(loops);
    builder.crossRegisterProxies(loops, functions, graphs, modules);
    // Loops of vectors come fused and unrolled: what is left to do is to fold
    // addresses and to move them out of loops. All of O2 takes five times as
    // long, and makes no faster code of them.
    add(forVectors, "sroa,early-cse<memssa>,instcombine<no-verify-fixpoint>,"
                    "simplifycfg,loop-mssa(licm),early-cse<memssa>");
    forScalars = builder.buildFunctionSimplificationPipeline(
        llvm::OptimizationLevel::O2, llvm::ThinOrFullLTOPhase::None);
    add(forScalars, "loop-mssa(loop-rotate),loop-vectorize,loop-load-elim,"
                    "instcombine<no-verify-fixpoint>,simplifycfg,"
                    "vector-combine,loop-unroll,sroa,"
                    "instcombine<no-verify-fixpoint>,loop-mssa(licm),"
                    "loop-sink,div-rem-pairs,simplifycfg");
  }

  void run(llvm::Module &module) {
    bool isLarge = isPart || module.getInstructionCount() > largeProgram;
    unsigned small = isLarge ? 0 : smallFunction;
    for (llvm::Function &function : module)
      if (!function.isDeclaration())
        (isPlain(function, small) ? forVectors : forScalars)
            .run(function, functions);
  }

private:
  static llvm::PipelineTuningOptions tuning() {
    llvm::PipelineTuningOptions options;
    options.LoopVectorization = true;
    options.SLPVectorization = false;
    return options;
  }

  /// Whether there is nothing for O2 to do: no loop, or loops of vectors only.
  static bool isPlain(llvm::Function &function, unsigned small) {
    return function.size() == 1 ||
           (function.getInstructionCount() > small && hasVectors(function));
  }

  static bool hasVectors(llvm::Function &function) {
    return llvm::any_of(llvm::instructions(function), [](auto &instruction) {
      return instruction.getType()->isVectorTy();
    });
  }

  void add(llvm::FunctionPassManager &passes, StringRef text) {
    llvm::cantFail(builder.parsePassPipeline(passes, text));
  }

  /// All of O2 unrolls small loops further, for some a tenth faster: that pays
  /// unless there are many of them. Both in instructions.
  static constexpr unsigned smallFunction = 128, largeProgram = 1024;

  bool isPart;
  llvm::PassInstrumentationCallbacks callbacks;
  llvm::PassBuilder builder;
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager graphs;
  llvm::ModuleAnalysisManager modules;
  llvm::FunctionPassManager forVectors, forScalars;
};

} // namespace

namespace {
/// Ahead of all other passes on each function.
struct Checkpoint : llvm::FunctionPass {
  static char id;
  const std::function<void()> &check;

  explicit Checkpoint(const std::function<void()> &check)
      : FunctionPass(id), check(check) {}
  void getAnalysisUsage(llvm::AnalysisUsage &usage) const override {
    usage.setPreservesAll();
  }
  bool runOnFunction(llvm::Function &) override {
    check();
    return false;
  }
};
char Checkpoint::id = 0;
} // namespace

static LogicalResult translate(ModuleOp module, Optimized &result,
                               const CodegenOptions &options) {
  if (const TargetCpu &cpu = TargetCpu::get(); !cpu.problem.empty())
    return module.emitError("NABLA_TARGET_CPU: ")
           << cpu.name << " " << cpu.problem;
  if (!getTarget())
    return module.emitError("code generation: this CPU is not known to LLVM");
  auto builder = *getTarget();
  auto machine = builder.createTargetMachine();
  if (!machine)
    return module.emitError("code generation: ")
           << llvm::toString(machine.takeError());
  result.machine = std::move(*machine);
  result.context = std::make_unique<llvm::LLVMContext>();
  result.module = translateModuleToLLVMIR(module, *result.context);
  if (!result.module)
    return failure();
  result.module->setDataLayout(result.machine->createDataLayout());
  result.module->setTargetTriple(result.machine->getTargetTriple());
  Optimizer(*result.machine, options).run(*result.module);
  return success();
}

static LogicalResult emit(ModuleOp module, llvm::CodeGenFileType kind,
                          llvm::SmallVectorImpl<char> &bytes,
                          const CodegenOptions &options) {
  Optimized optimized;
  if (failed(translate(module, optimized, options)))
    return failure();
  llvm::raw_svector_ostream os(bytes);
  llvm::legacy::PassManager passes;
  passes.add(new Checkpoint(options.checkpoint));
  if (optimized.machine->addPassesToEmitFile(passes, os, nullptr, kind,
                                             /*DisableVerify=*/true))
    return module.emitError("code generation: LLVM cannot write this CPU's "
                            "code");
  passes.run(*optimized.module);
  return success();
}

FailureOr<ObjectCode> emitObject(ModuleOp module,
                                 const CodegenOptions &options) {
  ObjectCode code;
  if (failed(emit(module, llvm::CodeGenFileType::ObjectFile, code, options)))
    return failure();
  return code;
}

FailureOr<std::string> emitAssembly(ModuleOp module,
                                    const CodegenOptions &options) {
  llvm::SmallVector<char> text;
  if (failed(emit(module, llvm::CodeGenFileType::AssemblyFile, text, options)))
    return failure();
  return std::string(text.begin(), text.end());
}

const std::string &describeTarget() {
  static const std::string text = [] {
    std::string text;
    llvm::raw_string_ostream os(text);
    if (getTarget()) {
      auto builder = *getTarget();
      os << builder.getTargetTriple().str() << '\n'
         << builder.getCPU() << '\n'
         << builder.getFeatures().getString() << '\n';
    }
    // Byte by byte, so that no field can be forgotten.
    static_assert(std::has_unique_object_representations_v<Host>,
                  "order the fields so that there is nothing between them");
    const Host &host = Host::get();
    os << llvm::toHex(
        StringRef(reinterpret_cast<const char *>(&host), sizeof(host)));
    return text;
  }();
  return text;
}

} // namespace nabla
