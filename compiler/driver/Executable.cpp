//===- Executable.cpp - Compiled programs ---------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Executable.h"

#include "compiler/driver/ObjectCache.h"
#include "compiler/driver/Parts.h"
#include "compiler/driver/ProgramImpl.h"
#include "compiler/driver/Worker.h"
#include "compiler/pipelines/Phases.h"
#include "compiler/runtime/Temporaries.h"
#include "compiler/runtime/ThreadPool.h"
#include "compiler/target/cpu/Codegen.h"
#include "compiler/target/cpu/Jit.h"
#include "dialects/nabla/NablaOps.h"

#include <chrono>

using namespace mlir;
using namespace nabla;

namespace {

/// Adds the time that it lives to a stage.
class Watch {
public:
  Watch(Timings &stages, const char *stage) : stages(stages), stage(stage) {}
  ~Watch() {
    std::chrono::duration<double> spent =
        std::chrono::steady_clock::now() - start;
    stages.emplace_back(stage, spent.count());
  }

private:
  Timings &stages;
  const char *stage;
  std::chrono::steady_clock::time_point start =
      std::chrono::steady_clock::now();
};

} // namespace

Executable::Executable() = default;
Executable::Executable(Executable &&other) = default;
Executable::~Executable() = default;

bool Executable::run(void **pointers) const {
  return runCompiled(jit->entry(), pointers);
}

/// Less than waking up a thread that waits for a lock.
static constexpr std::chrono::microseconds quick(20);
/// A run is timed after so many that are not.
static constexpr uint32_t period = 64;

bool Executable::isQuick() const {
  return pace.quickRuns.load(std::memory_order_relaxed) >= 2 &&
         pace.runs.fetch_add(1, std::memory_order_relaxed) % period != 0;
}

bool Executable::runTimed(void **pointers) const {
  auto start = std::chrono::steady_clock::now();
  bool ran = run(pointers);
  if (std::chrono::steady_clock::now() - start < quick)
    pace.quickRuns.fetch_add(1, std::memory_order_relaxed);
  else
    pace.quickRuns.store(0, std::memory_order_relaxed);
  return ran;
}

static Failure parseTypes(const std::vector<std::string> &texts,
                          std::vector<const ArrayType *> &types) {
  for (const std::string &text : texts) {
    types.push_back(ArrayType::parse(text));
    if (!types.back())
      return "an entry cannot be compiled with a value of type " + text;
  }
  return std::nullopt;
}

Failure Executable::load(const CompiledProgram &program) {
  if (Failure failure = parseTypes(program.inputs, inputTypes))
    return failure;
  if (Failure failure = parseTypes(program.results, resultTypes))
    return failure;
  auto loaded = Jit::load(program.objects, program.entry);
  if (!loaded)
    return "the code cannot be linked: " + llvm::toString(loaded.takeError());
  jit = std::move(*loaded);
  return std::nullopt;
}

bool Executable::loadCached(const std::string &key) {
  ObjectCache &cache = ObjectCache::get();
  std::optional<CompiledProgram> program = cache.find(key);
  if (!program)
    return false;
  if (!load(*program))
    return cached = true;
  cache.discard(key);
  inputTypes.clear();
  resultTypes.clear();
  return false;
}

std::string Executable::cacheKey(const Program &program,
                                 std::string_view target) {
  const Program::Impl &impl = program.impl();
  std::string text;
  Signature signature;
  if (program.print(/*locations=*/false, text) || program.signature(signature))
    return "";
  // Types that are no longer those of the text are in the signature.
  std::vector<std::string_view> parts = {getPhases()[impl.phase].name,
                                         impl.entry, text};
  parts.insert(parts.end(), signature.inputs.begin(), signature.inputs.end());
  parts.push_back("->");
  parts.insert(parts.end(), signature.results.begin(), signature.results.end());
  return ObjectCache::makeKey(parts, target);
}

/// Runs the phases that see the whole program.
static Failure lower(Program &program, CompiledProgram &compiled,
                     Timings &stages) {
  // The types are final once linear maps are residuals.
  if (Failure failure = program.runTo("transforms", &stages))
    return failure;
  Signature signature;
  if (Failure failure = program.signature(signature))
    return failure;
  compiled.inputs = std::move(signature.inputs);
  compiled.results = std::move(signature.results);
  std::vector<const ArrayType *> types;
  for (const auto *texts : {&compiled.inputs, &compiled.results})
    if (Failure failure = parseTypes(*texts, types))
      return failure;
  return program.runTo("bufferize", &stages);
}

static double total(const Timings &stages) {
  double sum = 0;
  for (const auto &[stage, seconds] : stages)
    sum += seconds;
  return sum;
}

/// Whether values of the type fit into a few registers, and `shape` is theirs.
static bool isFew(Type type, ArrayRef<int64_t> shape) {
  constexpr int64_t maxElements = 16;
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape() ||
      tensor.getNumElements() > maxElements)
    return false;
  Type element = tensor.getElementType();
  return (tensor.getRank() == 0 || tensor.getShape() == shape) &&
         (element.isF32() || element.isF64() || element.isInteger(32) ||
          element.isInteger(64));
}

/// Whether a program as it was traced is arithmetic on numbers or tiny arrays
/// of one shape, which becomes a few instructions in a row.
static bool isTiny(ModuleOp module) {
  constexpr int64_t maxOps = 8;
  func::FuncOp entry = findEntry(module);
  if (!entry || !llvm::hasSingleElement(*module.getBody()) ||
      !entry.getBody().hasOneBlock() || entry.getNumResults() == 0)
    return false;
  auto first = dyn_cast<RankedTensorType>(entry.getResultTypes()[0]);
  int64_t numOps = 0;
  return first && llvm::all_of(entry.getBody().front(), [&](Operation &op) {
           return ++numOps <= maxOps &&
                  isa<AddOp, SubOp, MulOp, NegOp, ConstantOp, BroadcastOp,
                      func::ReturnOp>(op) &&
                  llvm::all_of(op.getOperandTypes(), [&](Type type) {
                    return isFew(type, first.getShape());
                  });
         });
}

/// Runs the remaining phases and makes object files. On another thread, LLVM
/// gets ready meanwhile.
static Failure compileProgram(Program &program, CompiledProgram &compiled,
                              Timings &stages) {
  Program::Impl &impl = program.impl();
  if (Failure failure = impl.renew())
    return failure;
  auto start = std::chrono::steady_clock::now();
  double before = total(stages);
  Codegen::Effort effort =
      isTiny(*impl.module) ? Codegen::Least : Codegen::Usual;
  std::unique_ptr<Codegen> codegen;
  Failure failure;
  Failure crash = impl.attempt([&] {
    runOnCrew(2, ThreadPool::get().numThreads(), [&](size_t task) {
      if (task == 0)
        failure = lower(program, compiled, stages);
      else
        codegen =
            std::make_unique<Codegen>(Codegen::Object, endIfUnwanted, effort);
    });
    return success();
  });
  if (failure || crash)
    return failure ? failure : crash;
  std::chrono::duration<double> passed =
      std::chrono::steady_clock::now() - start;
  double waited = passed.count() - (total(stages) - before);
  compiled.entry = impl.entry + "_packed";
  std::shared_lock lock(impl.session->passesRunning());
  failure = impl.attempt([&] {
    bool isLowered = &getPhases()[impl.phase] >= findPhase("llvm");
    return compileParts(*impl.module, isLowered, std::move(codegen),
                        compiled.objects, stages);
  });
  if (!failure)
    stages.back().second += waited;
  return failure;
}

Failure Executable::compile(Program &program, Executable &executable,
                            bool useCache) {
  ObjectCache &cache = ObjectCache::get();
  std::string key;
  if (useCache && cache.isOn()) {
    Watch watch(executable.stages, "cache");
    key = cacheKey(program, describeTarget());
    if (!key.empty() && executable.loadCached(key))
      return std::nullopt;
  }
  CompiledProgram compiled;
  if (Failure failure = compileProgram(program, compiled, executable.stages))
    return failure;
  Watch watch(executable.stages, "link");
  if (Failure failure = executable.load(compiled))
    return failure;
  if (!key.empty())
    cache.store(key, compiled);
  return std::nullopt;
}
