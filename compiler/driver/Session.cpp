//===- Session.cpp - The process's context of MLIR ------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Session.h"
#include "compiler/driver/Diagnostics.h"
#include "compiler/driver/TextCheck.h"
#include "compiler/pipelines/RegisterAll.h"
#include "compiler/runtime/ArrayType.h"
#include "dialects/nabla/NablaDialect.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "llvm/Support/CrashRecoveryContext.h"

#include <csignal>
#include <cstdlib>

using namespace mlir;
using namespace nabla;

/// Texts longer than this are constants, which do not come again.
static constexpr size_t maxRemembered = 256;

static DialectRegistry makeRegistry() {
  DialectRegistry registry;
  nabla::registerPhaseDialects(registry);
  return registry;
}

Session &Session::get() {
  static std::mutex mutex;
  static std::atomic<Session *> current = nullptr;
  Session *session = current;
  if (session && !session->abandoned)
    return *session;
  std::lock_guard lock(mutex);
  session = current;
  if (!session || session->abandoned)
    current = session = new Session();
  return *session;
}

/// Lets the handlers of crashes run on the stack that workers provide for them.
static void useSignalStacks() {
  for (int signal : {SIGSEGV, SIGBUS}) {
    struct sigaction action;
    if (sigaction(signal, nullptr, &action) == 0) {
      action.sa_flags |= SA_ONSTACK;
      sigaction(signal, &action, nullptr);
    }
  }
}

Session::Session()
    : mlirContext(makeRegistry(), MLIRContext::Threading::DISABLED) {
  mlirContext.setThreadPool(pool);
  // Ops are printed where a user asks for them, not in each message.
  mlirContext.printOpOnDiagnostic(false);
  // Not all upstream passes say which dialects they make ops of, and none can
  // be loaded while passes run.
  mlirContext.loadAllAvailableDialects();
  DiagnosticText::install(mlirContext);
  // With NABLA_CRASH set, a debugger or a core file sees the crash.
  if (std::getenv("NABLA_CRASH"))
    return;
  llvm::CrashRecoveryContext::Enable();
  useSignalStacks();
}

Failure Session::attempt(llvm::function_ref<LogicalResult()> work,
                         bool *crashed) {
  DiagnosticText diagnostics;
  LogicalResult result = failure();
  llvm::CrashRecoveryContext guard;
  if (!guard.RunSafely([&] { result = work(); })) {
    abandon();
    if (crashed)
      *crashed = true;
    return "internal error of the compiler (signal " +
           std::to_string(guard.RetCode - 128) + ")" +
           (diagnostics.text().empty() ? "" : "\n" + diagnostics.text());
  }
  if (succeeded(result))
    return std::nullopt;
  return diagnostics.text().empty() ? "failed without a diagnostic"
                                    : diagnostics.text();
}

InFlightDiagnostic Session::error() {
  return emitError(UnknownLoc::get(&mlirContext));
}

Value Session::getScratch(Type type, unsigned n) {
  SmallVector<Value, 4> &values = scratch[type];
  while (values.size() <= n)
    values.push_back(
        scratchBlock.addArgument(type, UnknownLoc::get(&mlirContext)));
  return values[n];
}

void Session::loadAllDialects() {
  if (allDialectsLoaded)
    return;
  std::unique_lock lock(running);
  if (allDialectsLoaded)
    return;
  DialectRegistry registry;
  nabla::registerAllDialects(registry);
  mlirContext.appendDialectRegistry(registry);
  mlirContext.loadAllAvailableDialects();
  allDialectsLoaded = true;
}

/// Remembers what `parse` makes of `text`, unless it is nothing or too long.
template <typename T, typename Parse>
static T parseOnce(llvm::StringMap<T> &known, StringRef text, Parse parse) {
  if (auto it = known.find(text); it != known.end())
    return it->second;
  if (Failure failure = checkText(text)) {
    parse.session.error() << *failure;
    return {};
  }
  size_t read = 0;
  T result = parse(&read);
  if (result && read != text.size()) {
    parse.session.error() << "trailing characters in '" << text << "'";
    return {};
  }
  if (result && text.size() <= maxRemembered)
    known[text] = result;
  return result;
}

namespace {
struct ParseType {
  Session &session;
  StringRef text;
  Type operator()(size_t *read) {
    return mlir::parseType(text, session.context(), read);
  }
};
struct ParseAttribute {
  Session &session;
  StringRef text;
  Attribute operator()(size_t *read) {
    return mlir::parseAttribute(text, session.context(), Type(), read);
  }
};
} // namespace

Type Session::parseType(StringRef text) {
  return parseOnce(types, text, ParseType{*this, text});
}

Attribute Session::parseAttribute(StringRef text) {
  return parseOnce(attributes, text, ParseAttribute{*this, text});
}

std::optional<RegisteredOperationName> Session::getOp(StringRef name) {
  if (auto it = ops.find(name); it != ops.end())
    return it->second;
  std::optional<RegisteredOperationName> op =
      RegisteredOperationName::lookup(name, &mlirContext);
  if (!op) {
    StringRef dialect = name.split('.').first;
    if (!mlirContext.getLoadedDialect(dialect) && !allDialectsLoaded) {
      loadAllDialects();
      return getOp(name);
    }
    error() << "unknown operation '" << name << "'";
    return std::nullopt;
  }
  ops.try_emplace(name, *op);
  return op;
}

LogicalResult
Session::checkAttributes(RegisteredOperationName op,
                         llvm::ArrayRef<NamedAttribute> attributes) {
  llvm::SmallDenseSet<StringAttr, 8> names;
  for (NamedAttribute attribute : attributes) {
    if (!llvm::is_contained(op.getAttributeNames(), attribute.getName()))
      return error() << "'" << op.getStringRef() << "' op has no attribute '"
                     << attribute.getName().getValue() << "'";
    if (!names.insert(attribute.getName()).second)
      return error() << "'" << op.getStringRef() << "' op has two attributes '"
                     << attribute.getName().getValue() << "'";
  }
  NamedAttrList list(attributes);
  return op.verifyInherentAttrs(
      list, [&] { return error() << "'" << op.getStringRef() << "' op "; });
}

StringRef Session::getText(Type type) {
  StringRef &text = typeTexts[type];
  if (text.empty()) {
    std::string printed;
    llvm::raw_string_ostream os(printed);
    type.print(os);
    text = StringRef(printed).copy(texts);
  }
  return text;
}
