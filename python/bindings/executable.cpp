//===- executable.cpp - Compiled programs ---------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Executable.h"
#include "compiler/runtime/Buffer.h"
#include "compiler/runtime/Memory.h"
#include "python/bindings/bindings.h"
#include "python/bindings/gil.h"

#include <nanobind/stl/string.h>

namespace nb = nanobind;
using namespace nabla;

static void compile(Executable *self, const Program &module, nb::object poll,
                    bool useCache) {
  struct Job {
    Program program;
    Executable executable;
    Failure failure;
  };
  auto job = std::make_shared<Job>();
  raise(module.clone(job->program));
  runInterruptibly(
      [job, useCache] {
        job->failure =
            Executable::compile(job->program, job->executable, useCache);
      },
      poll);
  raise(job->failure);
  new (self) Executable(std::move(job->executable));
  noteGarbage();
}

static void checkInput(const Executable &executable, size_t position,
                       const Buffer &buffer) {
  const ArrayType *wanted = executable.inputs()[position];
  if (buffer.type() != wanted)
    throw nb::type_error(("input " + std::to_string(position) + " is " +
                          buffer.type()->text() + ", not " + wanted->text())
                             .c_str());
}

static bool memoryError(const std::string &what) {
  PyErr_SetString(PyExc_MemoryError,
                  ("there is no memory for " + what).c_str());
  return false;
}

bool nabla::runExecutable(const Executable &executable,
                          std::vector<void *> &pointers,
                          std::vector<PyObject *> &results) {
  results.resize(executable.results().size());
  for (size_t i = 0; i < results.size(); ++i) {
    const ArrayType *type = executable.results()[i];
    if (!results[i]) {
      std::optional<Buffer> buffer = Buffer::allocate(type);
      if (!buffer)
        return memoryError("a result of " + type->text());
      results[i] = newBuffer(std::move(*buffer));
    }
    pointers.push_back(bufferOf(results[i])->data());
  }
  bool ran;
  if (executable.isQuick()) {
    ran = executable.run(pointers.data());
  } else {
    nabla::Unlocked unlocked;
    ran = executable.runTimed(pointers.data());
  }
  return ran || memoryError("the temporaries of a program");
}

static nb::list run(const Executable &executable, nb::sequence inputs) {
  size_t count = nb::len(inputs);
  if (count != executable.inputs().size())
    throw nb::value_error(("the executable takes " +
                           std::to_string(executable.inputs().size()) +
                           " inputs, not " + std::to_string(count))
                              .c_str());
  std::vector<void *> pointers;
  std::vector<PyObject *> buffers;
  pointers.reserve(count + executable.results().size());
  for (size_t i = 0; i < count; ++i) {
    const Buffer &buffer = nb::cast<const Buffer &>(inputs[i]);
    checkInput(executable, i, buffer);
    pointers.push_back(buffer.data());
  }
  bool ran = runExecutable(executable, pointers, buffers);
  nb::list results;
  for (PyObject *buffer : buffers)
    if (buffer)
      results.append(nb::steal(buffer));
  if (!ran)
    throw nb::python_error();
  return results;
}

static nb::tuple texts(const std::vector<const ArrayType *> &types) {
  nb::list list;
  for (const ArrayType *type : types)
    list.append(type->text());
  return nb::tuple(list);
}

void nabla::bindExecutable(nb::module_ &m) {
  nb::class_<Executable>(m, "Executable")
      .def("__init__", &compile, nb::arg("module"),
           nb::arg("poll") = nb::none(), nb::arg("use_cache") = true)
      .def("__call__", &run, nb::arg("inputs"))
      .def_prop_ro("input_types",
                   [](const Executable &self) { return texts(self.inputs()); })
      .def_prop_ro("output_types",
                   [](const Executable &self) { return texts(self.results()); })
      .def_prop_ro("cached", &Executable::wasCached)
      .def_prop_ro("compile_seconds", [](const Executable &self) {
        nb::dict seconds;
        for (const auto &[stage, time] : self.timings())
          seconds[stage.c_str()] = time;
        return seconds;
      });
}
