//===- module.cpp - The extension module nabla._nabla ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "python/bindings/bindings.h"

namespace nb = nanobind;

static PyObject *mlirError = nullptr;

void nabla::raise(const Failure &failure) {
  if (!failure)
    return;
  PyErr_SetString(mlirError, failure->c_str());
  throw nb::python_error();
}

NB_MODULE(_nabla, m) {
  m.doc() = "What Nabla's Python driver needs of its compiler.";
  mlirError =
      nb::exception<std::runtime_error>(m, "MLIRError", PyExc_ValueError).ptr();
  m.def("version", [] { return "0.1.0"; });
  nabla::bindProgram(m);
  nabla::bindBuffer(m);
  nabla::bindExecutable(m);
}
