//===- NablaRules.cpp - The generated rules of elementwise ops ------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/nabla/RuleSupport.h"

namespace nabla {

#include "dialects/nabla/NablaRules.cpp.inc"

} // namespace nabla
