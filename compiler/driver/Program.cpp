//===- Program.cpp - A module on its way through the phases ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/Passes.h"
#include "compiler/driver/ProgramImpl.h"
#include "compiler/driver/Session.h"
#include "compiler/driver/TextCheck.h"
#include "dialects/nabla/NablaDialect.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"

using namespace mlir;
using namespace nabla;

Program::Program() : pimpl(std::make_unique<Impl>()) {}
Program::Program(Program &&other) = default;
Program &Program::operator=(Program &&other) = default;
Program::~Program() = default;

func::FuncOp nabla::findEntry(ModuleOp module) {
  func::FuncOp entry;
  for (auto function : module.getOps<func::FuncOp>()) {
    if (!function.isPublic() || function.isExternal())
      continue;
    if (entry)
      return nullptr;
    entry = function;
  }
  return entry;
}

static bool isArrayOrLinear(Type type) {
  return isa<RankedTensorType, LinearType>(type);
}

void Program::Impl::update() {
  func::FuncOp function = findEntry(*module);
  if (!function)
    return;
  FunctionType type = function.getFunctionType();
  if (!llvm::all_of(type.getInputs(), isArrayOrLinear) ||
      !llvm::all_of(type.getResults(), isArrayOrLinear))
    return;
  // A function without types is one of tensors, unless it was seen with some.
  if (type.getInputs().empty() && type.getResults().empty() && entryType)
    return;
  entry = function.getName().str();
  entryType = type;
}

Failure Program::Impl::check() const {
  if (module)
    return std::nullopt;
  return "there is no module: it is in use, or was lost when its compilation "
         "crashed or was interrupted";
}

static std::string toText(ModuleOp module, bool locations) {
  std::string text;
  llvm::raw_string_ostream os(text);
  OpPrintingFlags flags;
  flags.assumeVerified();
  if (locations)
    flags.enableDebugInfo(/*enable=*/true, /*prettyForm=*/false);
  module.print(os, flags);
  os << '\n';
  return text;
}

static std::string toText(Type type) {
  std::string text;
  llvm::raw_string_ostream os(text);
  type.print(os);
  return text;
}

Failure Program::Impl::renew() {
  Session &current = Session::get();
  if (!module || session == &current)
    return check();
  std::string text = toText(*module, /*locations=*/true);
  std::string typeText = entryType ? toText(entryType) : "";
  current.loadAllDialects();
  return current.attempt([&] {
    ParserConfig config(current.context());
    module = parseSourceString<ModuleOp>(text, config);
    if (entryType)
      entryType =
          dyn_cast<FunctionType>(parseType(typeText, current.context()));
    session = &current;
    return success(bool(module));
  });
}

Failure Program::Impl::attempt(llvm::function_ref<LogicalResult()> work) {
  bool crashed = false;
  Failure failure = session->attempt(work, &crashed);
  // It may be in any state: not even fit for its destructor.
  if (crashed)
    (void)module.release();
  return failure;
}

/// Parsers of types take shapes that overflow where they multiply them.
Failure Program::parse(std::string_view text, Program &program) {
  if (Failure failure = checkText(text))
    return failure;
  Session &session = Session::get();
  session.loadAllDialects();
  return session.attempt([&]() -> LogicalResult {
    ParserConfig config(session.context(), /*verifyAfterParse=*/true);
    program.pimpl->session = &session;
    program.pimpl->module =
        parseSourceString<ModuleOp>(text, config, /*sourceName=*/"<mlir>");
    if (!program.pimpl->module)
      return failure();
    program.pimpl->update();
    return success();
  });
}

Failure Program::clone(Program &copy) const {
  if (Failure failure = pimpl->check())
    return failure;
  copy.pimpl->session = pimpl->session;
  copy.pimpl->module = pimpl->module->clone();
  copy.pimpl->phase = pimpl->phase;
  copy.pimpl->entry = pimpl->entry;
  copy.pimpl->entryType = pimpl->entryType;
  copy.pimpl->linearResults = pimpl->linearResults;
  copy.pimpl->assembly = pimpl->assembly;
  return std::nullopt;
}

Failure Program::print(bool locations, std::string &text) const {
  if (Failure failure = pimpl->check())
    return failure;
  text = pimpl->assembly.empty() ? toText(*pimpl->module, locations)
                                 : pimpl->assembly;
  return std::nullopt;
}

Failure Program::donate(int64_t argument, int64_t result) {
  if (Failure failure = pimpl->check())
    return failure;
  func::FuncOp entry = findEntry(*pimpl->module);
  if (!entry || argument < 0 || argument >= entry.getNumArguments() ||
      result < 0 || result >= entry.getNumResults() ||
      entry.getArgumentTypes()[argument] != entry.getResultTypes()[result])
    return "an argument is donated to a result that it does not fit";
  auto number = IntegerAttr::get(IntegerType::get(entry.getContext(), 64),
                                 entry.getNumArguments() + result);
  entry.setArgAttr(argument, donatedAttributeName, number);
  return std::nullopt;
}

static Signature toSignature(FunctionType type) {
  Signature signature;
  for (Type input : type.getInputs())
    signature.inputs.push_back(toText(input));
  for (Type result : type.getResults())
    signature.results.push_back(toText(result));
  return signature;
}

Failure Program::signature(Signature &signature) const {
  if (!pimpl->entryType)
    return "the module needs one public function, the entry, on tensors";
  signature = toSignature(pimpl->entryType);
  return std::nullopt;
}

Failure Program::symbols(Symbols &symbols) const {
  if (Failure failure = pimpl->check())
    return failure;
  for (auto function : pimpl->module->getOps<func::FuncOp>())
    symbols.emplace_back(function.getName().str(),
                         toSignature(function.getFunctionType()));
  return std::nullopt;
}

std::vector<ExpandedLinear> Program::linearResults() const {
  return pimpl->linearResults;
}
