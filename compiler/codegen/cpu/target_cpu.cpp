//===- target_cpu.cpp - The CPU that code is made for ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/target_cpu.h"

#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/X86TargetParser.h"

#include <cstdlib>

namespace nabla {

static TargetCpu named(llvm::StringRef name, const TargetCpu &host) {
  TargetCpu cpu{name.str(), {}, /*isHost=*/false, ""};
  if (llvm::X86::parseArchX86(name, /*Only64Bit=*/true) == llvm::X86::CK_None) {
    cpu.problem = "is no x86-64 CPU that LLVM knows";
    return cpu;
  }
  llvm::SmallVector<llvm::StringRef> features;
  llvm::X86::getFeaturesForCPU(name, features);
  for (llvm::StringRef feature : features) {
    cpu.features[feature] = true;
    // A few that every CPU has are not asked of this one.
    auto here = host.features.find(feature);
    if (here != host.features.end() && !here->second)
      cpu.problem = "has " + feature.str() + ", which this CPU lacks";
  }
  return cpu;
}

const TargetCpu &TargetCpu::get() {
  static const TargetCpu cpu = [] {
    TargetCpu host{llvm::sys::getHostCPUName().str(),
                   llvm::sys::getHostCPUFeatures(),
                   /*isHost=*/true, ""};
    const char *name = std::getenv("NABLA_TARGET_CPU");
    return name && *name ? named(name, host) : host;
  }();
  return cpu;
}

} // namespace nabla
