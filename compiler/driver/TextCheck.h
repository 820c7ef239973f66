//===- TextCheck.h - Texts that a parser would not survive ------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_DRIVER_TEXTCHECK_H
#define NABLA_COMPILER_DRIVER_TEXTCHECK_H

#include "compiler/driver/Failure.h"

#include "mlir/Support/LLVM.h"

namespace nabla {

/// Regions and brackets may nest this deep: MLIR's parser and passes recurse.
inline constexpr unsigned maxNesting = 200;

/// Finds what MLIR does not check: nesting that overflows the stack, and shapes
/// whose number of elements overflows.
Failure checkText(llvm::StringRef text);

} // namespace nabla

#endif // NABLA_COMPILER_DRIVER_TEXTCHECK_H
