//===- Parts.cpp - Machine code of a program, part by part ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Parts.h"
#include "compiler/codegen/cpu/Passes.h"
#include "compiler/driver/ProgramImpl.h"
#include "compiler/driver/Worker.h"
#include "compiler/pipelines/Phases.h"
#include "compiler/runtime/ThreadPool.h"
#include "compiler/target/cpu/Codegen.h"

#include "mlir/Pass/PassManager.h"

#include <chrono>

using namespace mlir;
using namespace nabla;

namespace {

using Seconds = std::chrono::duration<double>;

/// A module, and what becomes of it.
struct Part {
  explicit Part(ModuleOp module) : module(module) {}

  ModuleOp module;
  std::unique_ptr<Codegen> codegen;
  LogicalResult result = failure();
  ObjectCode object;
  Seconds lowering{0}, making{0};
};

/// The time since it was last asked.
class Lap {
public:
  Seconds operator()() {
    auto before = std::exchange(start, std::chrono::steady_clock::now());
    return start - before;
  }

private:
  std::chrono::steady_clock::time_point start =
      std::chrono::steady_clock::now();
};

} // namespace

static LogicalResult split(ModuleOp module, std::vector<Part> &parts) {
  PassManager passes(module.getContext());
  passes.addPass(createSplitPartsPass());
  passes.enableVerifier(false);
  if (failed(passes.run(module)))
    return failure();
  for (auto inner : module.getOps<ModuleOp>())
    parts.emplace_back(inner);
  if (parts.empty())
    parts.emplace_back(module);
  return success();
}

static void compile(Part &part, bool isLowered, bool isAlone) {
  Lap lap;
  if (!isLowered && failed(runPhase(part.module, *findPhase("llvm"))))
    return;
  part.lowering = lap();
  if (!part.codegen)
    part.codegen = std::make_unique<Codegen>(Codegen::Object, endIfUnwanted);
  FailureOr<ObjectCode> object = part.codegen->run(part.module, !isAlone);
  part.codegen.reset();
  part.making = lap();
  part.result = object;
  if (succeeded(object))
    part.object = std::move(*object);
}

/// Each phase's share of the time that passed.
static void record(ArrayRef<Part> parts, bool isLowered, Seconds passed,
                   Timings &stages) {
  Seconds lowering{0}, making{0};
  for (const Part &part : parts) {
    lowering += part.lowering;
    making += part.making;
  }
  double share = passed / (lowering + making);
  if (!isLowered)
    stages.emplace_back("llvm", lowering.count() * share);
  stages.emplace_back("object", making.count() * share);
}

LogicalResult nabla::compileParts(ModuleOp module, bool isLowered,
                                  std::unique_ptr<Codegen> codegen,
                                  std::vector<std::string> &objects,
                                  Timings &stages) {
  Lap lap;
  std::vector<Part> parts;
  if (isLowered)
    parts.emplace_back(module);
  else if (failed(split(module, parts)))
    return failure();
  bool isAlone = parts.size() == 1;
  parts.front().codegen = std::move(codegen);
  runOnCrew(parts.size(), ThreadPool::get().numThreads(),
            [&](size_t i) { compile(parts[i], isLowered, isAlone); });
  for (Part &part : parts) {
    if (failed(part.result))
      return failure();
    objects.emplace_back(part.object.begin(), part.object.end());
  }
  record(parts, isLowered, lap(), stages);
  return success();
}
