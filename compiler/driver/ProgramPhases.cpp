//===- ProgramPhases.cpp - Running phases and passes ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/ProgramImpl.h"
#include "compiler/driver/Session.h"
#include "compiler/pipelines/Phases.h"
#include "compiler/target/cpu/Jit.h"
#include "compiler/transforms/expand.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"

#include <chrono>

using namespace mlir;
using namespace nabla;

/// Transforms run as a function rather than as a pass: what became of the
/// linear maps among the results is wanted.
static LogicalResult expand(Program::Impl &program) {
  std::vector<LinearResult> linearResults;
  if (failed(expandTransforms(*program.module, ExpandOptions(), linearResults)))
    return failure();
  for (const LinearResult &result : linearResults)
    program.linearResults.push_back(
        {result.position, result.residuals, result.symbol});
  return success();
}

static LogicalResult runPhase(Program::Impl &program, const Phase &phase) {
  if (phase.name == "transforms")
    return expand(program);
  if (phase.name == "object") {
    FailureOr<std::string> assembly = emitAssembly(*program.module);
    if (succeeded(assembly))
      program.assembly = std::move(*assembly);
    return assembly;
  }
  PassManager passes(program.module->getContext());
  phase.addPasses(passes);
  return passes.run(*program.module);
}

Failure Program::runTo(std::string_view name, Timings *timings) {
  const Phase *target = findPhase(name);
  if (!target)
    return "there is no phase '" + std::string(name) + "'";
  Session &session = Session::get();
  size_t wanted = target - getPhases().begin();
  while (pimpl->phase < wanted) {
    const Phase &phase = getPhases()[pimpl->phase + 1];
    auto start = std::chrono::steady_clock::now();
    std::shared_lock lock(session.passesRunning());
    if (Failure failure =
            session.attempt([&] { return runPhase(*pimpl, phase); }))
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

Failure Program::runPasses(std::string_view pipeline) {
  Session &session = Session::get();
  session.loadAllDialects();
  Failure failure = session.attempt([&]() -> LogicalResult {
    PassManager passes(session.context());
    if (failed(parsePassPipeline(pipeline, passes)))
      return mlir::failure();
    return passes.run(*pimpl->module);
  });
  if (!failure)
    pimpl->update();
  return failure;
}
