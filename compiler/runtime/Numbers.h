//===- Numbers.h - The 16-bit floats ----------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_RUNTIME_NUMBERS_H
#define NABLA_COMPILER_RUNTIME_NUMBERS_H

#include <cstdint>
#include <cstring>

namespace nabla {

/// IEEE binary16: 10 bits of mantissa, 5 of exponent.
struct F16Format {
  static constexpr int mantissa = 10, exponent = 5;
};
/// The upper half of a binary32: 7 bits of mantissa, 8 of exponent.
struct BF16Format {
  static constexpr int mantissa = 7, exponent = 8;
};

/// `value` in a 16-bit format, to nearest, ties to even. Directly from double:
/// by way of float it would be rounded twice.
template <typename Format> uint16_t narrow(double value) {
  constexpr int mantissa = Format::mantissa;
  constexpr int bias = (1 << (Format::exponent - 1)) - 1;
  constexpr uint64_t infinity = uint64_t((1 << Format::exponent) - 1)
                                << mantissa;
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  uint16_t sign = (bits >> 63) << 15;
  int exponent = int((bits >> 52) & 0x7ff) - 1023;
  uint64_t fraction = bits & ((uint64_t(1) << 52) - 1);
  if (exponent == 1024) {
    // The first bits of a NaN's payload stay, and it stays quiet.
    uint64_t nan =
        (uint64_t(1) << (mantissa - 1)) | fraction >> (52 - mantissa);
    return sign | uint16_t(infinity | (fraction ? nan : 0));
  }
  if (exponent > bias)
    return sign | uint16_t(infinity);
  if (exponent < -bias - mantissa)
    return sign;
  uint64_t significand = fraction | uint64_t(1) << 52;
  // Subnormals lose one more bit for each power of two below the normal range.
  int drop = 52 - mantissa;
  uint64_t base = 0;
  if (exponent < 1 - bias)
    drop += 1 - bias - exponent;
  else
    base = uint64_t(exponent + bias - 1) << mantissa;
  uint64_t kept = significand >> drop;
  uint64_t rest = significand & ((uint64_t(1) << drop) - 1);
  uint64_t half = uint64_t(1) << (drop - 1);
  // A carry out of the mantissa moves the exponent up, to infinity at the end.
  kept += rest > half || (rest == half && (kept & 1));
  return sign | uint16_t(base + kept);
}

/// The value of a 16-bit float, which is exact.
template <typename Format> double widen(uint16_t bits) {
  constexpr int mantissa = Format::mantissa;
  constexpr int bias = (1 << (Format::exponent - 1)) - 1;
  constexpr int maxExponent = (1 << Format::exponent) - 1;
  int exponent = (bits >> mantissa) & maxExponent;
  uint64_t fraction = bits & ((1u << mantissa) - 1);
  double value;
  if (exponent == 0) {
    value = double(fraction);
    uint64_t scale = uint64_t(1023 + 1 - bias - mantissa) << 52;
    double factor;
    std::memcpy(&factor, &scale, sizeof(factor));
    value *= factor;
  } else {
    uint64_t wide = exponent == maxExponent ? 0x7ff : exponent - bias + 1023;
    uint64_t result = wide << 52 | fraction << (52 - mantissa);
    std::memcpy(&value, &result, sizeof(value));
  }
  return bits >> 15 ? -value : value;
}

} // namespace nabla

#endif // NABLA_COMPILER_RUNTIME_NUMBERS_H
