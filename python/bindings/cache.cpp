//===- cache.cpp - Compiled programs on disk ------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Executable.h"
#include "compiler/driver/ObjectCache.h"
#include "compiler/target/cpu/Codegen.h"
#include "python/bindings/bindings.h"

#include <nanobind/stl/string.h>

namespace nb = nanobind;
using namespace nabla;

static nb::dict statistics() {
  ObjectCache::Statistics counts = ObjectCache::get().statistics();
  nb::dict dict;
  dict["hits"] = counts.hits;
  dict["misses"] = counts.misses;
  dict["stores"] = counts.stores;
  dict["removals"] = counts.removals;
  dict["damaged"] = counts.damaged;
  return dict;
}

void nabla::bindCache(nb::module_ &m) {
  m.def(
      "configure_cache",
      [](std::string folder, uint64_t maxBytes) {
        ObjectCache::get().configure(std::move(folder), maxBytes);
      },
      nb::arg("folder"), nb::arg("max_bytes"));
  m.def("cache_statistics", &statistics);
  m.def("take_cache_trouble", [] { return ObjectCache::get().takeTrouble(); });
  m.def(
      "cache_key",
      [](const Program &module, const std::string &target) {
        return Executable::cacheKey(module, target);
      },
      nb::arg("module"), nb::arg("target"));
  m.def("target", [] { return describeTarget(); });
}
