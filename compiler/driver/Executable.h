//===- Executable.h - Compiled programs -------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_DRIVER_EXECUTABLE_H
#define NABLA_COMPILER_DRIVER_EXECUTABLE_H

#include "compiler/driver/Program.h"
#include "compiler/runtime/ArrayType.h"

#include <atomic>

namespace nabla {

class Jit;
struct CompiledProgram;

/// How long the runs of a program take. There is no loop whose length the
/// program finds out itself, so they take about the same time each.
struct Pace {
  Pace() = default;
  Pace(Pace &&) {}
  std::atomic<uint32_t> runs{0}, quickRuns{0};
};

/// A program as machine code of this process.
class Executable {
public:
  Executable();
  Executable(Executable &&other);
  ~Executable();

  /// Runs the remaining phases of `program`, which is used up, and compiles it.
  /// With `useCache`, neither where the program was compiled before.
  static Failure compile(Program &program, Executable &executable,
                         bool useCache);
  /// The key of a program in the cache; empty where it cannot be kept.
  static std::string cacheKey(const Program &program, std::string_view target);

  const std::vector<const ArrayType *> &inputs() const { return inputTypes; }
  const std::vector<const ArrayType *> &results() const { return resultTypes; }
  /// `cache`, where it was asked, and the phases that ran.
  const Timings &timings() const { return stages; }
  /// Whether the code was compiled before, for the cache on disk.
  bool wasCached() const { return cached; }

  /// `pointers` holds the addresses of inputs of the input types, then of
  /// results. Returns false where there is no memory for temporaries.
  bool run(void **pointers) const;

  /// Whether its runs are so short that a lock held meanwhile does no harm. It
  /// is found out by runs that are timed, of which one is due now and then.
  bool isQuick() const;
  bool runTimed(void **pointers) const;

private:
  /// Links the code into this process.
  Failure load(const CompiledProgram &program);
  bool loadCached(const std::string &key);

  std::unique_ptr<Jit> jit;
  std::vector<const ArrayType *> inputTypes, resultTypes;
  Timings stages;
  bool cached = false;
  mutable Pace pace;
};

} // namespace nabla

#endif // NABLA_COMPILER_DRIVER_EXECUTABLE_H
