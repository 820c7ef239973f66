//===- Executable.cpp - Compiled programs ---------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Executable.h"

#include "compiler/driver/ProgramImpl.h"
#include "compiler/driver/Worker.h"
#include "compiler/runtime/Temporaries.h"
#include "compiler/target/cpu/Jit.h"

#include <chrono>

using namespace mlir;
using namespace nabla;

Executable::Executable() = default;
Executable::Executable(Executable &&other) = default;
Executable::~Executable() = default;

bool Executable::run(void **pointers) const {
  return runCompiled(jit->entry(), pointers);
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

Failure Executable::compile(Program &program, Executable &executable) {
  // The types are final once linear maps are residuals.
  if (Failure failure = program.runTo("transforms", &executable.stages))
    return failure;
  Signature signature;
  if (Failure failure = program.signature(signature))
    return failure;
  if (Failure failure = parseTypes(signature.inputs, executable.inputTypes))
    return failure;
  if (Failure failure = parseTypes(signature.results, executable.resultTypes))
    return failure;
  if (Failure failure = program.runTo("llvm", &executable.stages))
    return failure;
  auto start = std::chrono::steady_clock::now();
  std::string entry = program.impl().entry + "_packed";
  Failure failure = program.impl().attempt([&]() -> LogicalResult {
    executable.jit = Jit::compile(*program.impl().module, entry, endIfUnwanted);
    return success(static_cast<bool>(executable.jit));
  });
  std::chrono::duration<double> spent =
      std::chrono::steady_clock::now() - start;
  executable.stages.emplace_back("object", spent.count());
  return failure;
}
