//===- Buffer.cpp - Arrays in memory --------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/runtime/Buffer.h"
#include "compiler/runtime/Memory.h"

#include <cstring>

using namespace nabla;

std::optional<Buffer> Buffer::allocate(const ArrayType *type) {
  void *data = allocateMemory(type->bytes());
  if (!data)
    return std::nullopt;
  return Buffer(type, data, nullptr, nullptr, true, false);
}

Buffer::~Buffer() {
  if (owned)
    releaseMemory(pointer, arrayType->bytes());
  else if (release)
    release(owner);
}

bool nabla::isContiguous(const ArrayType *type, const int64_t *strides) {
  if (type->size() == 0)
    return true;
  int64_t bytes = getInfo(type->element()).bytes;
  for (size_t i = 0; i < type->shape().size(); ++i)
    if (type->shape()[i] != 1 && strides[i] != type->strides()[i] * bytes)
      return false;
  return true;
}

template <typename T>
static void copyRow(const char *source, int64_t stride, int64_t count,
                    char *target) {
  for (int64_t i = 0; i < count; ++i)
    std::memcpy(target + i * sizeof(T), source + i * stride, sizeof(T));
}

static void copyRow(const char *source, int64_t stride, int64_t count,
                    unsigned bytes, char *target) {
  if (stride == bytes)
    std::memcpy(target, source, count * bytes);
  else if (bytes == 1)
    copyRow<uint8_t>(source, stride, count, target);
  else if (bytes == 2)
    copyRow<uint16_t>(source, stride, count, target);
  else if (bytes == 4)
    copyRow<uint32_t>(source, stride, count, target);
  else
    copyRow<uint64_t>(source, stride, count, target);
}

void nabla::copyStrided(const ArrayType *type, const void *source,
                        const int64_t *strides, void *target) {
  if (type->size() == 0)
    return;
  if (isContiguous(type, strides)) {
    std::memcpy(target, source, type->bytes());
    return;
  }
  const std::vector<int64_t> &dims = type->shape();
  size_t inner = dims.size() - 1;
  unsigned bytes = getInfo(type->element()).bytes;
  std::vector<int64_t> index(dims.size(), 0);
  const char *row = static_cast<const char *>(source);
  char *out = static_cast<char *>(target);
  while (true) {
    copyRow(row, strides[inner], dims[inner], bytes, out);
    out += dims[inner] * bytes;
    // Counts the outer dimensions up, the last one fastest.
    size_t dim = inner;
    while (dim-- > 0) {
      row += strides[dim];
      if (++index[dim] < dims[dim])
        break;
      row -= strides[dim] * dims[dim];
      index[dim] = 0;
    }
    if (dim == size_t(-1))
      return;
  }
}
