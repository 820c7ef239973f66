//===- target_cpu.h - The CPU that code is made for -------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_TARGET_CPU_H
#define NABLA_COMPILER_CODEGEN_CPU_TARGET_CPU_H

#include "llvm/ADT/StringMap.h"

#include <string>

namespace nabla {

/// This CPU, or the one that the environment variable NABLA_TARGET_CPU names.
struct TargetCpu {
  std::string name; // LLVM's, as in -mcpu
  llvm::StringMap<bool> features;
  bool isHost = true;
  /// Why code for it cannot run here; empty if it can.
  std::string problem;

  /// Asked once.
  static const TargetCpu &get();
};

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_TARGET_CPU_H
