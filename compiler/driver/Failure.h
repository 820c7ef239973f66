//===- Failure.h - What went wrong, in words --------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_DRIVER_FAILURE_H
#define NABLA_COMPILER_DRIVER_FAILURE_H

#include <optional>
#include <string>

namespace nabla {

/// The text for the user of what went wrong; nothing where all is well. The
/// driver's interface has neither exceptions nor headers of MLIR.
using Failure = std::optional<std::string>;

} // namespace nabla

#endif // NABLA_COMPILER_DRIVER_FAILURE_H
