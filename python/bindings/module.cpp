//===- module.cpp - The extension module nabla._nabla ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Worker.h"
#include "python/bindings/bindings.h"
#include "python/bindings/gil.h"

namespace nb = nanobind;

static PyObject *mlirError = nullptr;

void nabla::raise(const Failure &failure) {
  if (!failure)
    return;
  PyErr_SetString(mlirError, failure->c_str());
  throw nb::python_error();
}

/// Gives Python's errors to `runOnWorker`, which knows no Python.
static bool isWanted(nb::handle poll) {
  nabla::Locked lock;
  if (PyErr_CheckSignals() < 0)
    return false;
  if (poll.is_none())
    return true;
  PyObject *result =
      nabla::orSleepAtExit([&] { return PyObject_CallNoArgs(poll.ptr()); });
  Py_XDECREF(result);
  return result != nullptr;
}

void nabla::runInterruptibly(std::function<void()> work, nb::object poll) {
  bool finished;
  {
    nabla::Unlocked unlocked;
    finished = runOnWorker(std::move(work), [&] { return isWanted(poll); });
  }
  if (!finished)
    throw nb::python_error();
}

/// What the interfaces that take any sequence make of wrong members.
static void translateCast(const std::exception_ptr &pointer, void *) {
  try {
    std::rethrow_exception(pointer);
  } catch (const nb::cast_error &) {
    PyErr_SetString(PyExc_TypeError, "an item is of the wrong type");
  }
}

NB_MODULE(_nabla, m) {
  // At exit, other modules (torch is one) may still hold what holds objects of
  // ours; the process ends, and users need not hear of it.
  nb::set_leak_warnings(false);
  m.doc() = "What Nabla's Python driver needs of its compiler.";
  mlirError =
      nb::exception<std::runtime_error>(m, "MLIRError", PyExc_ValueError).ptr();
  nb::register_exception_translator(&translateCast);
  m.def("version", [] { return "0.1.0"; });
  nb::module_::import_("atexit").attr("register")(nb::cpp_function([] {
    nabla::Unlocked unlocked;
    nabla::waitForUnwanted();
  }));
  nabla::bindProgram(m);
  nabla::bindBuffer(m);
  nabla::bindExecutable(m);
  nabla::bindCache(m);
  nabla::bindGraph(m);
  nabla::bindKeys(m);
  nabla::bindLocation(m);
  nabla::bindRecord(m);
  nabla::bindDispatch(m);
  nabla::bindSegments(m);
  nabla::bindOperators(m);
  nabla::bindTurns(m);
}
