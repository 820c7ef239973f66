//===- SmallFloats.cpp - Conversions that code calls for ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/runtime/SmallFloats.h"
#include "compiler/runtime/Numbers.h"

using namespace nabla;

static SmallFloat inRegister(uint16_t bits) {
  uint32_t wide = bits;
  SmallFloat value;
  std::memcpy(&value, &wide, sizeof(value));
  return value;
}

SmallFloat nabla::narrowToF16(float value) {
  return inRegister(narrow<F16Format>(value));
}

SmallFloat nabla::narrowToF16(double value) {
  return inRegister(narrow<F16Format>(value));
}

SmallFloat nabla::narrowToBF16(float value) {
  return inRegister(narrow<BF16Format>(value));
}

SmallFloat nabla::narrowToBF16(double value) {
  return inRegister(narrow<BF16Format>(value));
}

float nabla::widenF16(SmallFloat value) {
  uint32_t wide;
  std::memcpy(&wide, &value, sizeof(wide));
  return static_cast<float>(widen<F16Format>(static_cast<uint16_t>(wide)));
}
