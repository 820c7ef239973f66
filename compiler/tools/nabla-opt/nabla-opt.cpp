//===- nabla-opt.cpp - Runs passes on textual IR --------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/TextCheck.h"
#include "compiler/pipelines/RegisterAll.h"
#include "compiler/pipelines/emit_assembly.h"

#include "mlir/Bytecode/BytecodeReader.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/PrettyStackTrace.h"
#include "llvm/Support/ToolOutputFile.h"
#include "llvm/Support/WithColor.h"

#include <cstdlib>

using namespace mlir;

static LogicalResult report(llvm::StringRef message) {
  llvm::WithColor::error(llvm::errs(), "nabla-opt") << message << '\n';
  return failure();
}

/// The assembly, if the module in `text` is no more than that: the end of the
/// phase `object`.
static std::optional<std::string> assemblyIn(llvm::StringRef text,
                                             DialectRegistry &registry) {
  if (!text.contains(LLVM::LLVMDialect::getModuleLevelAsmAttrName()))
    return std::nullopt;
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  auto module = parseSourceString<ModuleOp>(text, ParserConfig(&context));
  return module ? nabla::assemblyOf(*module) : std::nullopt;
}

/// As upstream's MlirOptMain, except that texts are checked that its parser
/// would not survive.
static LogicalResult process(llvm::StringRef input, llvm::StringRef output,
                             DialectRegistry &registry,
                             const MlirOptMainConfig &config) {
  std::string error;
  std::unique_ptr<llvm::MemoryBuffer> buffer = openInputFile(input, &error);
  if (!buffer)
    return report(error);
  if (!isBytecode(*buffer))
    if (nabla::Failure failure = nabla::checkText(buffer->getBuffer()))
      return report(input.str() + ": " + *failure);
  auto file = openOutputFile(output, &error);
  if (!file)
    return report(error);
  std::string text;
  llvm::raw_string_ostream os(text);
  LogicalResult result = MlirOptMain(os, std::move(buffer), registry, config);
  file->os() << assemblyIn(text, registry).value_or(text);
  if (failed(result))
    return failure();
  file->keep();
  return success();
}

/// Runs `work`. A crash, which may be in upstream's code, prints the stack and
/// fails; with NABLA_CRASH set, a debugger sees it instead.
static LogicalResult guarded(llvm::function_ref<LogicalResult()> work) {
  if (!std::getenv("NABLA_CRASH"))
    llvm::CrashRecoveryContext::Enable();
  llvm::CrashRecoveryContext guard;
  guard.DumpStackAndCleanupOnFailure = true;
  LogicalResult result = failure();
  const void *stack = llvm::SavePrettyStackState();
  if (guard.RunSafely([&] { result = work(); }))
    return result;
  llvm::RestorePrettyStackState(stack);
  return report("internal error of the compiler (signal " +
                std::to_string(guard.RetCode - 128) + ")");
}

int main(int argc, char **argv) {
  DialectRegistry registry;
  nabla::registerAllDialects(registry);
  nabla::registerAllPasses();
  auto [input, output] =
      registerAndParseCLIOptions(argc, argv, "Nabla optimizer\n", registry);
  MlirOptMainConfig config = MlirOptMainConfig::createFromCLOptions();
  // Not about a program: upstream's affair.
  if (config.shouldShowDialects() || config.shouldListPasses())
    return asMainReturnCode(MlirOptMain(argc, argv, input, output, registry));
  llvm::InitLLVM initialized(argc, argv);
  // No structured bindings: lambdas of C++17 do not capture them.
  std::string from = input, to = output;
  return asMainReturnCode(
      guarded([&] { return process(from, to, registry, config); }));
}
