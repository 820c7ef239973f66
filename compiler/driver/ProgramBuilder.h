//===- ProgramBuilder.h - Programs from lists of operations -----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_DRIVER_PROGRAMBUILDER_H
#define NABLA_COMPILER_DRIVER_PROGRAMBUILDER_H

#include "compiler/driver/Infer.h"
#include "compiler/driver/Program.h"

#include <functional>

namespace nabla {

struct SourceLocation {
  std::string_view file;
  int64_t line = 0;
  std::string_view function;
};

/// Builds a module function by function, operation by operation. Values are
/// numbered within a function or region: arguments first, then the results of
/// each operation. A region comes before the operation that holds it. Calls are
/// made inside `run`, and once one has returned false, no more.
class ProgramBuilder {
public:
  ProgramBuilder();
  ~ProgramBuilder();

  /// Runs `build`, which makes the calls below; verifies what it has built.
  Failure run(const std::function<bool()> &build, Program &program);

  /// Clones the function `symbol` of `source` as `name`, and all that it calls.
  bool import(Program &source, std::string_view symbol, std::string_view name);

  bool beginFunction(std::string_view name, bool isPublic,
                     const TextList &arguments, const SourceLocation *location);
  bool endFunction(const std::vector<int64_t> &results);
  bool beginRegion(const TextList &arguments);
  bool endRegion(const std::vector<int64_t> &results);
  bool add(std::string_view op, const std::vector<int64_t> &operands,
           const TextPairs &attributes, const TextList &results,
           size_t numRegions, const SourceLocation *location);

  /// Why the calls have to stop.
  bool fail(const std::string &message);

private:
  struct Impl;
  std::unique_ptr<Impl> pimpl;
};

} // namespace nabla

#endif // NABLA_COMPILER_DRIVER_PROGRAMBUILDER_H
