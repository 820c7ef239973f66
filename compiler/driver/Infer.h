//===- Infer.h - The result types of one operation --------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_DRIVER_INFER_H
#define NABLA_COMPILER_DRIVER_INFER_H

#include "compiler/driver/Failure.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nabla {

using TextList = std::vector<std::string_view>;
using TextPairs = std::vector<std::pair<std::string_view, std::string_view>>;

/// Builds and verifies the operation on values of these types. Its result
/// types, inferred unless `results` states them, are appended to `inferred`.
Failure inferTypes(std::string_view op, const TextList &operands,
                   const TextPairs &attributes, const TextList *results,
                   TextList &inferred);

} // namespace nabla

#endif // NABLA_COMPILER_DRIVER_INFER_H
