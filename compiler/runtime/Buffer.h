//===- Buffer.h - Arrays in memory ------------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_RUNTIME_BUFFER_H
#define NABLA_COMPILER_RUNTIME_BUFFER_H

#include "compiler/runtime/ArrayType.h"

#include <optional>
#include <utility>

namespace nabla {

/// A contiguous row-major array in host memory, its own or borrowed.
class Buffer {
public:
  /// Whoever lends memory is told when it is no longer needed.
  using Release = void (*)(void *owner);
  /// What vector loads and stores of compiled code like best.
  static constexpr size_t alignment = 64;

  /// An array of its own, not initialized; nothing where memory is short.
  static std::optional<Buffer> allocate(const ArrayType *type);
  /// An array that is lent: `release(owner)` gives it back, unless null.
  static Buffer borrow(const ArrayType *type, void *data, void *owner,
                       Release release, bool readOnly) {
    return Buffer(type, data, owner, release, false, readOnly);
  }

  Buffer(Buffer &&other) { swap(other); }
  Buffer &operator=(Buffer &&other) {
    swap(other);
    return *this;
  }
  ~Buffer();

  const ArrayType *type() const { return arrayType; }
  void *data() const { return pointer; }
  bool isOwned() const { return owned; }
  /// Whether the lender forbids writing.
  bool isReadOnly() const { return readOnly; }
  /// Whether others may look at the memory.
  bool isExported() const { return exported; }
  void setExported() { exported = true; }

private:
  Buffer(const ArrayType *type, void *data, void *owner, Release release,
         bool owned, bool readOnly)
      : arrayType(type), pointer(data), owner(owner), release(release),
        owned(owned), readOnly(readOnly) {}

  void swap(Buffer &other) {
    std::swap(arrayType, other.arrayType);
    std::swap(pointer, other.pointer);
    std::swap(owner, other.owner);
    std::swap(release, other.release);
    std::swap(owned, other.owned);
    std::swap(readOnly, other.readOnly);
    std::swap(exported, other.exported);
  }

  const ArrayType *arrayType = nullptr;
  void *pointer = nullptr;
  void *owner = nullptr;
  Release release = nullptr;
  bool owned = false;
  bool readOnly = false;
  bool exported = false;
};

/// Copies an array whose elements lie `strides` bytes apart, which may be
/// negative or 0, to contiguous memory.
void copyStrided(const ArrayType *type, const void *source,
                 const int64_t *strides, void *target);

/// Whether such an array already is contiguous.
bool isContiguous(const ArrayType *type, const int64_t *strides);

} // namespace nabla

#endif // NABLA_COMPILER_RUNTIME_BUFFER_H
