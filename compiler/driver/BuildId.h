//===- BuildId.h - Which build of the compiler this is ----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_DRIVER_BUILDID_H
#define NABLA_COMPILER_DRIVER_BUILDID_H

#include <string>

namespace nabla {

/// Differs between builds of this library, of LLVM and of MLIR, and between
/// their versions. Empty where the system does not tell.
const std::string &getBuildId();

} // namespace nabla

#endif // NABLA_COMPILER_DRIVER_BUILDID_H
