//===- divisor.h - Divisors of extents --------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CONVERSION_DIVISOR_H
#define NABLA_COMPILER_CONVERSION_DIVISOR_H

#include <algorithm>
#include <cstdint>

namespace nabla {

/// The largest divisor of `number` that is at most `limit`.
inline int64_t divisorUpTo(int64_t number, int64_t limit) {
  int64_t divisor = std::max<int64_t>(1, std::min(number, limit));
  while (number % divisor != 0)
    --divisor;
  return divisor;
}

} // namespace nabla

#endif // NABLA_COMPILER_CONVERSION_DIVISOR_H
