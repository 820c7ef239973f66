//===- host.h - What is known of this machine -------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_HOST_H
#define NABLA_COMPILER_CODEGEN_CPU_HOST_H

#include <cstdint>

namespace nabla {

/// The machine that code runs on, asked once.
struct Host {
  unsigned vectorBits; // of the widest vector registers
  unsigned numVectorRegisters;
  int64_t l1Bytes, l2Bytes; // of data, one core's
  int64_t lastCacheBytes;   // of the cache before memory; 0 if not known
  int64_t bf16Products;     // that one operation adds to an f32; 0 if none does

  static const Host &get();
};

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_HOST_H
