//===- bindings.h - The parts of the extension module -----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_PYTHON_BINDINGS_BINDINGS_H
#define NABLA_PYTHON_BINDINGS_BINDINGS_H

#include "compiler/driver/Failure.h"

#include <nanobind/nanobind.h>

#include <functional>
#include <vector>

namespace nabla {

class Buffer;
class Executable;

/// Raises MLIRError, unless all is well.
void raise(const Failure &failure);

/// Runs `work` on a worker, without the lock of Python. Meanwhile calls `poll`,
/// unless it is None, several times a second. An interrupt (Ctrl-C) and an
/// error of `poll` are raised at once; `work` must own what it refers to.
void runInterruptibly(std::function<void()> work, nanobind::object poll);

void bindProgram(nanobind::module_ &m);
void bindBuffer(nanobind::module_ &m);
void bindExecutable(nanobind::module_ &m);
void bindCache(nanobind::module_ &m);
void bindGraph(nanobind::module_ &m);
void bindKeys(nanobind::module_ &m);
void bindLocation(nanobind::module_ &m);
void bindRecord(nanobind::module_ &m);
void bindDispatch(nanobind::module_ &m);
void bindSegments(nanobind::module_ &m);
void bindOperators(nanobind::module_ &m);
void bindTurns(nanobind::module_ &m);

/// The buffer that an object is; null for other objects and for null.
Buffer *bufferOf(PyObject *object);
/// A new object.
PyObject *newBuffer(Buffer &&buffer);

/// Runs a program. `pointers` holds the addresses of its inputs, and then also
/// those of its results, whose buffers are put in `results`, each a new
/// reference, where none is given. False with an error.
bool runExecutable(const Executable &executable, std::vector<void *> &pointers,
                   std::vector<PyObject *> &results);

} // namespace nabla

#endif // NABLA_PYTHON_BINDINGS_BINDINGS_H
