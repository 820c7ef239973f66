//===- ProgramPhases.cpp - Running phases and passes ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/ProgramImpl.h"
#include "compiler/driver/Session.h"
#include "compiler/driver/Worker.h"
#include "compiler/pipelines/Phases.h"
#include "compiler/pipelines/RegisterAll.h"
#include "compiler/target/cpu/Codegen.h"
#include "compiler/transforms/expand.h"

#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassInstrumentation.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"

#include <chrono>

using namespace mlir;
using namespace nabla;

namespace {
/// Lets compilations end between passes.
struct Interruption : PassInstrumentation {
  void runBeforePass(Pass *, Operation *) override { endIfUnwanted(); }
};
} // namespace

/// Transforms run as a function rather than as a pass: what became of the
/// linear maps among the results is wanted.
static LogicalResult expand(Program::Impl &program) {
  FailureOr<Expansion> expansion = expandTransforms(*program.module);
  if (failed(expansion))
    return failure();
  for (const LinearResult &result : expansion->linearResults)
    program.linearResults.push_back(
        {result.position, result.residuals, result.symbol});
  return success();
}

LogicalResult nabla::runPhase(ModuleOp module, const Phase &phase) {
  PassManager passes(module.getContext());
  passes.addInstrumentation(std::make_unique<Interruption>());
  phase.addPasses(passes);
  // Once a phase: after each pass, as nabla-opt does it for the tests, it would
  // take a third of the time.
  passes.enableVerifier(false);
  if (failed(passes.run(module)))
    return failure();
  return verify(module);
}

static LogicalResult assemble(Program::Impl &program) {
  FailureOr<ObjectCode> assembly =
      Codegen(Codegen::Assembly, endIfUnwanted).run(*program.module);
  if (succeeded(assembly))
    program.assembly.assign(assembly->begin(), assembly->end());
  return assembly;
}

static LogicalResult advance(Program::Impl &program, const Phase &phase) {
  if (phase.name == "transforms")
    return expand(program);
  if (phase.name == "object")
    return assemble(program);
  return runPhase(*program.module, phase);
}

std::vector<std::pair<std::string_view, std::string_view>> Program::phases() {
  std::vector<std::pair<std::string_view, std::string_view>> phases;
  for (const Phase &phase : getPhases())
    phases.emplace_back(phase.name, phase.sentence);
  return phases;
}

Failure Program::runTo(std::string_view name, Timings *timings) {
  const Phase *target = findPhase(name);
  if (!target)
    return "there is no phase '" + std::string(name) + "'";
  if (Failure failure = pimpl->renew())
    return failure;
  size_t wanted = target - getPhases().begin();
  while (pimpl->phase < wanted) {
    const Phase &phase = getPhases()[pimpl->phase + 1];
    auto start = std::chrono::steady_clock::now();
    std::shared_lock lock(pimpl->session->passesRunning());
    if (Failure failure =
            pimpl->attempt([&] { return advance(*pimpl, phase); }))
      return failure;
    std::chrono::duration<double> spent =
        std::chrono::steady_clock::now() - start;
    if (timings)
      timings->emplace_back(phase.name.str(), spent.count());
    ++pimpl->phase;
    pimpl->update();
  }
  return std::nullopt;
}

static void registerPassesOnce() {
  static bool registered = [] {
    registerAllPasses();
    return true;
  }();
  (void)registered;
}

Failure Program::runPasses(std::string_view pipeline) {
  registerPassesOnce();
  if (Failure failure = pimpl->renew())
    return failure;
  Session &session = *pimpl->session;
  session.loadAllDialects();
  std::shared_lock lock(session.passesRunning());
  Failure failure = pimpl->attempt([&]() -> LogicalResult {
    PassManager passes(session.context());
    passes.addInstrumentation(std::make_unique<Interruption>());
    std::string errors;
    llvm::raw_string_ostream os(errors);
    // As `nabla-opt --pass-pipeline` takes it, or without the module around.
    StringRef passList = pipeline;
    if (passList.consume_front("builtin.module("))
      passList.consume_back(")");
    if (failed(parsePassPipeline(passList, passes, os)))
      return session.error() << StringRef(errors).trim();
    return passes.run(*pimpl->module);
  });
  if (!failure)
    pimpl->update();
  return failure;
}
