//===- host.cpp - What is known of this machine ---------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/host.h"
#include "compiler/codegen/cpu/target_cpu.h"

#include <unistd.h>

namespace nabla {

/// The size of a cache; a common one where the system does not tell.
static int64_t cacheBytes(int name, int64_t common) {
  long bytes = sysconf(name);
  return bytes > 0 ? bytes : common;
}

const Host &Host::get() {
  static const Host host = [] {
    const llvm::StringMap<bool> &features = TargetCpu::get().features;
    bool hasAvx512 = features.lookup("avx512f") &&
                     features.lookup("avx512bw") &&
                     features.lookup("avx512vl") && features.lookup("avx512dq");
    return Host{hasAvx512                 ? 512u
                : features.lookup("avx2") ? 256u
                                          : 128u,
                hasAvx512 ? 32u : 16u,
                cacheBytes(_SC_LEVEL1_DCACHE_SIZE, 32 << 10),
                cacheBytes(_SC_LEVEL2_CACHE_SIZE, 512 << 10),
                hasAvx512 && features.lookup("avx512bf16") ? 2 : 0};
  }();
  return host;
}

} // namespace nabla
