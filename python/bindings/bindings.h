//===- bindings.h - The parts of the extension module -----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_PYTHON_BINDINGS_BINDINGS_H
#define NABLA_PYTHON_BINDINGS_BINDINGS_H

#include "compiler/driver/Failure.h"

#include <nanobind/nanobind.h>

namespace nabla {

/// Raises MLIRError, unless all is well.
void raise(const Failure &failure);

void bindProgram(nanobind::module_ &m);
void bindBuffer(nanobind::module_ &m);
void bindExecutable(nanobind::module_ &m);

} // namespace nabla

#endif // NABLA_PYTHON_BINDINGS_BINDINGS_H
