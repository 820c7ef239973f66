//===- host.cpp - What is known of this machine ---------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/host.h"
#include "compiler/codegen/cpu/target_cpu.h"

#include <fstream>
#include <unistd.h>

namespace nabla {

/// The size of a cache; a common one where the system does not tell.
static int64_t cacheBytes(int name, int64_t common) {
  long bytes = sysconf(name);
  return bytes > 0 ? bytes : common;
}

/// Of the third cache, as much of it as one core can use: sysconf adds up those
/// of all cores of a package. 0 if there is none or the system does not tell.
static int64_t thirdCacheBytes() {
  std::ifstream file("/sys/devices/system/cpu/cpu0/cache/index3/size");
  int64_t number = 0;
  char unit = 0;
  if (!(file >> number >> unit))
    return 0;
  return number * (unit == 'M' ? 1 << 20 : 1 << 10);
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
                thirdCacheBytes(),
                hasAvx512 && features.lookup("avx512bf16") ? 2 : 0};
  }();
  return host;
}

} // namespace nabla
