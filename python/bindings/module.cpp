//===- module.cpp - The extension module nabla._nabla ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include <nanobind/nanobind.h>

NB_MODULE(_nabla, m) {
  m.def("version", [] { return "0.1.0"; });
}
