//===- Program.h - A module on its way through the phases -------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_DRIVER_PROGRAM_H
#define NABLA_COMPILER_DRIVER_PROGRAM_H

#include "compiler/driver/Failure.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nabla {

/// How long each stage took, in seconds.
using Timings = std::vector<std::pair<std::string, double>>;

struct Signature {
  std::vector<std::string> inputs;
  std::vector<std::string> results;
};

/// What became of a linear map among the results of the entry: so many
/// residuals stand in its place, and the function takes them, then tangents.
struct ExpandedLinear {
  int64_t position;
  int64_t residuals;
  std::string symbol;
};

/// A verified module. Programs can be used by different threads, each by one.
/// Before `parse`, and after a crash or an interrupt, there is no module, which
/// is a failure of what needs one.
class Program {
public:
  struct Impl;

  Program();
  Program(Program &&other);
  Program &operator=(Program &&other);
  ~Program();

  /// The names of the phases, in order, and what each is.
  static std::vector<std::pair<std::string_view, std::string_view>> phases();

  static Failure parse(std::string_view text, Program &program);
  Failure clone(Program &copy) const;

  /// The module, or the assembly after the last phase.
  Failure print(bool locations, std::string &text) const;

  /// Runs the phases after the current one up to `phase`. A program that fails
  /// is broken; keep a clone.
  Failure runTo(std::string_view phase, Timings *timings = nullptr);
  Failure runPasses(std::string_view pipeline);

  /// The types of the entry, as they were before memory was assigned.
  Failure signature(Signature &signature) const;
  using Symbols = std::vector<std::pair<std::string, Signature>>;
  Failure symbols(Symbols &symbols) const;
  std::vector<ExpandedLinear> linearResults() const;

  /// The memory of an argument of the entry becomes that of a result.
  Failure donate(int64_t argument, int64_t result);

  Impl &impl() const { return *pimpl; }

private:
  std::unique_ptr<Impl> pimpl;
};

} // namespace nabla

#endif // NABLA_COMPILER_DRIVER_PROGRAM_H
