//===- Executable.h - Compiled programs -------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_DRIVER_EXECUTABLE_H
#define NABLA_COMPILER_DRIVER_EXECUTABLE_H

#include "compiler/driver/Program.h"
#include "compiler/runtime/ArrayType.h"

namespace nabla {

class Jit;

/// A program as machine code of this process.
class Executable {
public:
  Executable();
  Executable(Executable &&other);
  ~Executable();

  /// Runs the remaining phases of `program`, which is used up, and compiles it.
  static Failure compile(Program &program, Executable &executable);

  const std::vector<const ArrayType *> &inputs() const { return inputTypes; }
  const std::vector<const ArrayType *> &results() const { return resultTypes; }
  const Timings &timings() const { return stages; }

  /// `pointers` holds the addresses of inputs of the input types, then of
  /// results. Returns false where there is no memory for temporaries.
  bool run(void **pointers) const;

private:
  std::unique_ptr<Jit> jit;
  std::vector<const ArrayType *> inputTypes, resultTypes;
  Timings stages;
};

} // namespace nabla

#endif // NABLA_COMPILER_DRIVER_EXECUTABLE_H
