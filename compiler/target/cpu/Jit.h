//===- Jit.h - Machine code in the process ----------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_TARGET_CPU_JIT_H
#define NABLA_COMPILER_TARGET_CPU_JIT_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <string>

namespace nabla {

/// Object files, linked to each other and to what this process offers.
class Jit {
public:
  using Entry = void (*)(void **pointers);

  ~Jit();

  static llvm::Expected<std::unique_ptr<Jit>>
  load(llvm::ArrayRef<std::string> objects, llvm::StringRef entry);
  /// Takes the addresses of the inputs, then of the results.
  Entry entry() const { return function; }

private:
  struct Linked;
  explicit Jit(std::unique_ptr<Linked> linked);

  std::unique_ptr<Linked> linked;
  Entry function = nullptr;
};

} // namespace nabla

#endif // NABLA_COMPILER_TARGET_CPU_JIT_H
