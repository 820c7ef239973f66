//===- Codegen.cpp - From the LLVM dialect to machine code ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Codegen.h"
#include "compiler/codegen/cpu/host.h"
#include "compiler/codegen/cpu/target_cpu.h"

#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/PassInstrumentation.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Pass.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/SubtargetFeature.h"

using namespace mlir;

namespace nabla {
/// The features in which the CPU differs from what LLVM takes for granted of
/// one of its name. It looks at each that is stated for long.
static std::string differingFeatures(const llvm::Target &target,
                                     const llvm::Triple &triple,
                                     const TargetCpu &cpu) {
  std::unique_ptr<llvm::MCSubtargetInfo> usual(
      target.createMCSubtargetInfo(triple, cpu.name, ""));
  llvm::SubtargetFeatures differing;
  for (const llvm::SubtargetFeatureKV &known :
       usual->getAllProcessorFeatures()) {
    auto it = cpu.features.find(known.Key);
    if (it != cpu.features.end() &&
        it->second != usual->getFeatureBits().test(known.Value))
      differing.AddFeature(known.Key, it->second);
  }
  return differing.getString();
}

static llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createTargetMachine(llvm::CodeGenOptLevel level) {
  static const bool initialized = [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    return true;
  }();
  (void)initialized;
  const TargetCpu &cpu = TargetCpu::get();
  llvm::Triple triple(llvm::sys::getProcessTriple());
  std::string error;
  const llvm::Target *target =
      llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return llvm::createStringError(error);
  std::string features;
  if (cpu.isHost) // else they are those of the CPU
    features = differingFeatures(*target, triple, cpu);
  // The linker puts code and data where it finds room.
  std::unique_ptr<llvm::TargetMachine> machine(target->createTargetMachine(
      triple, cpu.name, features, llvm::TargetOptions(), llvm::Reloc::PIC_,
      llvm::CodeModel::Small, level, /*JIT=*/true));
  if (!machine)
    return llvm::createStringError("this CPU is not known to LLVM");
  return machine;
}

namespace {

/// The passes for one module.
class Optimizer {
public:
  Optimizer(llvm::TargetMachine &machine,
            const std::function<void()> &checkpoint)
      : builder(&machine, tuning(), std::nullopt, &callbacks) {
    callbacks.registerBeforeNonSkippedPassCallback(
        [&](StringRef, llvm::Any) { checkpoint(); });
    builder.registerModuleAnalyses(modules);
    builder.registerCGSCCAnalyses(graphs);
    builder.registerFunctionAnalyses(functions);
    builder.registerLoopAnalyses(loops);
    builder.crossRegisterProxies(loops, functions, graphs, modules);
  }

  void run(llvm::Module &module, bool isPart) {
    bool isLarge = isPart || module.getInstructionCount() > largeProgram;
    unsigned small = isLarge ? 0 : smallFunction;
    for (llvm::Function &function : module)
      if (!function.isDeclaration())
        passesFor(function, small).run(function, functions);
  }

private:
  static llvm::PipelineTuningOptions tuning() {
    llvm::PipelineTuningOptions options;
    options.LoopVectorization = true;
    options.SLPVectorization = false;
    return options;
  }

  llvm::FunctionPassManager &passesFor(llvm::Function &function,
                                       unsigned small) {
    if (function.size() == 1)
      return get(forStraight, [&](auto &passes) {
        add(passes, "sroa,early-cse,instcombine<no-verify-fixpoint>,early-cse");
      });
    // Loops of vectors come fused and unrolled: what is left to do is to fold
    // addresses and to move them out of loops. All of O2 takes five times as
    // long, and makes no faster code of them.
    if (function.getInstructionCount() > small && hasVectors(function))
      return get(forVectors, [&](auto &passes) {
        add(passes, "sroa,early-cse<memssa>,instcombine<no-verify-fixpoint>,"
                    "simplifycfg,loop-mssa(licm),early-cse<memssa>");
      });
    return get(forScalars, [&](auto &passes) {
      passes = builder.buildFunctionSimplificationPipeline(
          llvm::OptimizationLevel::O2, llvm::ThinOrFullLTOPhase::None);
      add(passes, "loop-mssa(loop-rotate),loop-vectorize,loop-load-elim,"
                  "instcombine<no-verify-fixpoint>,simplifycfg,"
                  "vector-combine,loop-unroll,sroa,"
                  "instcombine<no-verify-fixpoint>,loop-mssa(licm),"
                  "loop-sink,div-rem-pairs,simplifycfg");
    });
  }

  /// Passes, filled in when they are first needed.
  using Passes = std::optional<llvm::FunctionPassManager>;
  template <typename Fill>
  llvm::FunctionPassManager &get(Passes &passes, Fill fill) {
    if (!passes)
      fill(passes.emplace());
    return *passes;
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

  llvm::PassInstrumentationCallbacks callbacks;
  llvm::PassBuilder builder;
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager graphs;
  llvm::ModuleAnalysisManager modules;
  Passes forStraight, forVectors, forScalars;
};

} // namespace

namespace {
/// Ahead of all other passes on each function.
struct Checkpoint : llvm::FunctionPass {
  static char id;
  std::function<void()> check;

  explicit Checkpoint(std::function<void()> check)
      : FunctionPass(id), check(std::move(check)) {}
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

struct Codegen::Impl {
  std::function<void()> checkpoint;
  std::string problem;
  // Each refers to those before.
  llvm::LLVMContext context;
  std::unique_ptr<llvm::TargetMachine> machine;
  std::unique_ptr<llvm::Module> module;
  ObjectCode code;
  llvm::raw_svector_ostream os{code};
  std::optional<Optimizer> optimizer;
  llvm::legacy::PassManager passes;

  /// Says why where this does not succeed.
  std::string prepare(Kind kind, Effort effort);
};

/// The tables of instructions, registers and costs are made with the first
/// function.
static void prepareTables(llvm::TargetMachine &machine,
                          llvm::LLVMContext &context) {
  llvm::Module module("", context);
  auto *type = llvm::FunctionType::get(llvm::Type::getVoidTy(context), false);
  (void)machine.getSubtargetImpl(*llvm::Function::Create(
      type, llvm::GlobalValue::ExternalLinkage, "", module));
}

std::string Codegen::Impl::prepare(Kind kind, Effort effort) {
  if (const TargetCpu &cpu = TargetCpu::get(); !cpu.problem.empty())
    return "NABLA_TARGET_CPU: " + cpu.name + " " + cpu.problem;
  auto made =
      createTargetMachine(effort == Usual ? llvm::CodeGenOptLevel::Default
                                          : llvm::CodeGenOptLevel::None);
  if (!made)
    return "code generation: " + llvm::toString(made.takeError());
  machine = std::move(*made);
  prepareTables(*machine, context);
  optimizer.emplace(*machine, checkpoint);
  passes.add(new Checkpoint(checkpoint));
  auto type = kind == Object ? llvm::CodeGenFileType::ObjectFile
                             : llvm::CodeGenFileType::AssemblyFile;
  if (machine->addPassesToEmitFile(passes, os, nullptr, type,
                                   /*DisableVerify=*/true))
    return "code generation: LLVM cannot write this CPU's code";
  return "";
}

Codegen::Codegen(Kind kind, std::function<void()> checkpoint, Effort effort)
    : pimpl(std::make_unique<Impl>()) {
  pimpl->checkpoint = std::move(checkpoint);
  pimpl->problem = pimpl->prepare(kind, effort);
}

Codegen::~Codegen() = default;

FailureOr<ObjectCode> Codegen::run(ModuleOp module, bool isPart) {
  Impl &impl = *pimpl;
  if (!impl.problem.empty())
    return module.emitError(impl.problem);
  impl.module = translateModuleToLLVMIR(module, impl.context);
  if (!impl.module)
    return failure();
  impl.module->setDataLayout(impl.machine->createDataLayout());
  impl.module->setTargetTriple(impl.machine->getTargetTriple());
  impl.optimizer->run(*impl.module, isPart);
  impl.passes.run(*impl.module);
  return std::move(impl.code);
}

const std::string &describeTarget() {
  static const std::string text = [] {
    std::string text;
    llvm::raw_string_ostream os(text);
    const TargetCpu &cpu = TargetCpu::get();
    os << llvm::sys::getProcessTriple() << '\n' << cpu.name << '\n';
    for (const auto &feature : cpu.features)
      if (feature.second)
        os << feature.first() << ',';
    os << '\n';
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
