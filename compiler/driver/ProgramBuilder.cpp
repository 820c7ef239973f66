//===- ProgramBuilder.cpp - Programs from lists of operations -------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/ProgramBuilder.h"
#include "compiler/driver/Importer.h"
#include "compiler/driver/ProgramImpl.h"
#include "compiler/driver/Session.h"
#include "compiler/driver/TextCheck.h"
#include "dialects/nabla/NablaOps.h"

#include "mlir/IR/Verifier.h"

using namespace mlir;
using namespace nabla;

namespace {

/// A function or a region that is being built.
struct Scope {
  std::unique_ptr<Region> region = std::make_unique<Region>();
  SmallVector<Value> values;
  /// Finished regions that wait for their operation.
  std::vector<std::unique_ptr<Region>> regions;
  /// Of functions.
  std::string name;
  bool isPublic = false;
  Location location;

  explicit Scope(Location location) : location(location) {
    region->emplaceBlock();
  }
  Block *block() { return &region->front(); }
};

} // namespace

struct ProgramBuilder::Impl {
  Session &session = Session::get();
  OwningOpRef<ModuleOp> module;
  std::unique_ptr<Importer> importer;
  std::vector<Scope> scopes;
  using LocationKey = std::tuple<const void *, int64_t, const void *>;
  llvm::DenseMap<LocationKey, Location> locations;

  Location getLocation(const SourceLocation *location);
  bool parseTypes(const TextList &texts, SmallVectorImpl<Type> &types);
  bool getValues(const std::vector<int64_t> &numbers,
                 SmallVectorImpl<Value> &values);
  bool pushScope(const TextList &arguments, Location location);
  bool parseAttributes(OperationState &state, RegisteredOperationName op,
                       const TextPairs &attributes);
  bool takeRegions(OperationState &state, size_t count);
};

ProgramBuilder::ProgramBuilder() : pimpl(std::make_unique<Impl>()) {}
ProgramBuilder::~ProgramBuilder() = default;

bool ProgramBuilder::fail(const std::string &message) {
  pimpl->session.error() << message;
  return false;
}

Failure ProgramBuilder::run(const std::function<bool()> &build,
                            Program &program) {
  Session &session = pimpl->session;
  MLIRContext *context = session.context();
  return session.attempt([&]() -> LogicalResult {
    pimpl->module = ModuleOp::create(UnknownLoc::get(context));
    pimpl->importer = std::make_unique<Importer>(*pimpl->module);
    if (!build() || failed(pimpl->importer->finish()) ||
        failed(mlir::verify(*pimpl->module)))
      return failure();
    program.impl().session = &session;
    program.impl().module = std::move(pimpl->module);
    program.impl().update();
    return success();
  });
}

bool ProgramBuilder::import(Program &source, std::string_view symbol,
                            std::string_view name) {
  if (Failure failure = source.impl().renew())
    return fail(*failure);
  return succeeded(pimpl->importer->add(*source.impl().module, symbol, name));
}

Location ProgramBuilder::Impl::getLocation(const SourceLocation *location) {
  MLIRContext *context = session.context();
  if (!location)
    return UnknownLoc::get(context);
  // The strings live as long as the builder, so that their addresses will do.
  LocationKey key(location->file.data(), location->line,
                  location->function.data());
  auto it = locations.find(key);
  if (it != locations.end())
    return it->second;
  unsigned line = std::clamp<int64_t>(location->line, 0, UINT32_MAX);
  Location place = FileLineColLoc::get(context, location->file, line, 0);
  if (!location->function.empty())
    place = NameLoc::get(StringAttr::get(context, location->function), place);
  locations.try_emplace(key, place);
  return place;
}

bool ProgramBuilder::Impl::parseTypes(const TextList &texts,
                                      SmallVectorImpl<Type> &types) {
  for (std::string_view text : texts) {
    types.push_back(session.parseType(text));
    if (!types.back())
      return false;
  }
  return true;
}

bool ProgramBuilder::Impl::getValues(const std::vector<int64_t> &numbers,
                                     SmallVectorImpl<Value> &values) {
  const SmallVector<Value> &known = scopes.back().values;
  for (int64_t number : numbers) {
    if (number < 0 || number >= int64_t(known.size())) {
      session.error() << "value number " << number << " is none of the "
                      << known.size() << " values so far";
      return false;
    }
    values.push_back(known[number]);
  }
  return true;
}

bool ProgramBuilder::Impl::pushScope(const TextList &arguments,
                                     Location location) {
  if (scopes.size() >= maxNesting) {
    session.error() << "regions nest more than " << maxNesting
                    << " levels deep";
    return false;
  }
  SmallVector<Type> types;
  if (!parseTypes(arguments, types))
    return false;
  Scope &scope = scopes.emplace_back(location);
  for (Type type : types)
    scope.values.push_back(scope.block()->addArgument(type, location));
  return true;
}

bool ProgramBuilder::beginFunction(std::string_view name, bool isPublic,
                                   const TextList &arguments,
                                   const SourceLocation *location) {
  if (!pimpl->pushScope(arguments, pimpl->getLocation(location)))
    return false;
  pimpl->scopes.back().name = name;
  pimpl->scopes.back().isPublic = isPublic;
  return true;
}

bool ProgramBuilder::endFunction(const std::vector<int64_t> &results) {
  Scope &scope = pimpl->scopes.back();
  SmallVector<Value> values;
  if (!pimpl->getValues(results, values))
    return false;
  if (scope.name.empty())
    return fail("a function has no name");
  if (pimpl->importer->isTaken(scope.name))
    return fail("two functions are named '" + scope.name + "'");
  OpBuilder builder(pimpl->session.context());
  builder.setInsertionPointToEnd(scope.block());
  func::ReturnOp::create(builder, scope.location, values);
  builder.setInsertionPointToEnd(pimpl->module->getBody());
  auto type = builder.getFunctionType(scope.block()->getArgumentTypes(),
                                      TypeRange(ValueRange(values)));
  auto function =
      func::FuncOp::create(builder, scope.location, scope.name, type);
  function.setVisibility(scope.isPublic ? SymbolTable::Visibility::Public
                                        : SymbolTable::Visibility::Private);
  function.getBody().takeBody(*scope.region);
  pimpl->importer->take(scope.name);
  pimpl->scopes.pop_back();
  return true;
}

bool ProgramBuilder::beginRegion(const TextList &arguments) {
  return pimpl->pushScope(arguments, pimpl->scopes.back().location);
}

bool ProgramBuilder::endRegion(const std::vector<int64_t> &results) {
  SmallVector<Value> values;
  if (!pimpl->getValues(results, values))
    return false;
  Scope scope = std::move(pimpl->scopes.back());
  OpBuilder builder(pimpl->session.context());
  builder.setInsertionPointToEnd(scope.block());
  YieldOp::create(builder, scope.location, values);
  pimpl->scopes.pop_back();
  pimpl->scopes.back().regions.push_back(std::move(scope.region));
  return true;
}

bool ProgramBuilder::Impl::parseAttributes(OperationState &state,
                                           RegisteredOperationName op,
                                           const TextPairs &attributes) {
  for (auto [name, text] : attributes) {
    Attribute attribute = session.parseAttribute(text);
    if (!attribute)
      return false;
    state.addAttribute(name, attribute);
  }
  return attributes.empty() ||
         succeeded(session.checkAttributes(op, state.attributes.getAttrs()));
}

bool ProgramBuilder::Impl::takeRegions(OperationState &state, size_t count) {
  std::vector<std::unique_ptr<Region>> &regions = scopes.back().regions;
  if (regions.size() != count) {
    session.error() << "regions without an operation";
    return false;
  }
  for (std::unique_ptr<Region> &region : regions)
    state.addRegion(std::move(region));
  regions.clear();
  return true;
}

bool ProgramBuilder::add(std::string_view name,
                         const std::vector<int64_t> &operands,
                         const TextPairs &attributes, const TextList &results,
                         size_t numRegions, const SourceLocation *location) {
  std::optional<RegisteredOperationName> op = pimpl->session.getOp(name);
  if (!op)
    return false;
  OperationState state(pimpl->getLocation(location), *op);
  if (!pimpl->getValues(operands, state.operands) ||
      !pimpl->parseTypes(results, state.types) ||
      !pimpl->parseAttributes(state, *op, attributes) ||
      !pimpl->takeRegions(state, numRegions))
    return false;
  Operation *built = Operation::create(state);
  Scope &scope = pimpl->scopes.back();
  scope.block()->push_back(built);
  llvm::append_range(scope.values, built->getResults());
  return true;
}
