//===- nest.h - Kernels that share loops ------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_CODEGEN_CPU_NEST_H
#define NABLA_COMPILER_CODEGEN_CPU_NEST_H

#include "compiler/codegen/cpu/kernel.h"

#include <memory>

namespace nabla {

/// A loop around children that run one after the other, or, as a leaf, one
/// iteration of a kernel.
struct Nest {
  Kernel *kernel = nullptr;
  int64_t extent = 1;
  std::vector<std::unique_ptr<Nest>> children;
  /// For the outermost loop: 0, or the step of a parallel loop whose children
  /// do one part. Each part needs its own copy of the local buffers, and has a
  /// row of each buffer of slots.
  int64_t partSize = 0;
  llvm::SmallVector<mlir::Value> locals, slots;
  /// Whether this is the loop over one part, shorter in the last one.
  bool isCut = false;
  /// What comes behind the parts, and the kernels that were made for it.
  std::vector<std::unique_ptr<Nest>> combiners;
  std::vector<std::unique_ptr<Kernel>> ownKernels;
  /// Of kernels of another nest, for other iterations.
  std::vector<std::unique_ptr<Kernel>> copies;

  bool isLeaf() const { return kernel != nullptr; }
  bool isInnermost() const {
    return llvm::all_of(children, [](auto &c) { return c->isLeaf(); });
  }
  void forEachKernel(llvm::function_ref<void(Kernel &)> visit);
  /// Whether it is an innermost loop that runs on vectors.
  bool canVectorize();
  /// The loop of vectors that is all that it holds, or null.
  Nest *onlyVectorLoop();
  /// Of all kernels together, and the widest of any.
  unsigned bodyCost();
  unsigned widestBits();
};

/// Whether an element of memory is read before it is written in the same
/// iteration, so that doing the iteration twice would change the result.
bool updatesInPlace(llvm::ArrayRef<Kernel *> kernels);

/// Orders the kernels, which stand one behind the other, into nests, such that
/// those that share buffers share as many loops as their dependences allow.
std::vector<std::unique_ptr<Nest>> fuseLoops(llvm::ArrayRef<Kernel *> kernels);

/// Merges loops of `nest`, which has `depth` loops around it, that walk through
/// all buffers without a gap.
void collapseLoops(Nest &nest, unsigned depth);

} // namespace nabla

#endif // NABLA_COMPILER_CODEGEN_CPU_NEST_H
