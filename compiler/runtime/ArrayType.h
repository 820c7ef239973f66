//===- ArrayType.h - Element types and shapes of arrays ---------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_COMPILER_RUNTIME_ARRAYTYPE_H
#define NABLA_COMPILER_RUNTIME_ARRAYTYPE_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nabla {

/// The element types of arrays. A bool is one byte in memory.
enum class Element : uint8_t {
  I1,
  I8,
  I16,
  I32,
  I64,
  UI8,
  UI16,
  UI32,
  UI64,
  F16,
  BF16,
  F32,
  F64
};

enum class ElementKind : uint8_t { Bool, Signed, Unsigned, Float, BFloat };

struct ElementInfo {
  /// As in MLIR: "f32", "ui8", "i1".
  const char *name;
  uint8_t bytes;
  ElementKind kind;
  /// The codes of the buffer protocol and of `__array_interface__`.
  const char *format;
  const char *typestr;
};

const ElementInfo &getInfo(Element element);
std::optional<Element> parseElement(std::string_view name);
std::optional<Element> findElement(ElementKind kind, unsigned bytes);

/// The type of a contiguous row-major array. Equal types are one object that is
/// never freed, so that types compare by address and outlive foreign views.
class ArrayType {
public:
  /// No array has more elements, so that sizes in bytes and in bits fit 64
  /// bits.
  static constexpr int64_t maxElements = int64_t(1) << 48;

  /// Null where a dimension is negative or the array has too many elements.
  static const ArrayType *get(Element element, const int64_t *dims,
                              size_t rank);
  /// Parses "tensor<2x3xf32>"; null where it is something else.
  static const ArrayType *parse(std::string_view text);

  Element element() const { return elementType; }
  const std::vector<int64_t> &shape() const { return dims; }
  /// In elements.
  const std::vector<int64_t> &strides() const { return steps; }
  int64_t size() const { return count; }
  size_t bytes() const { return size_t(count) * getInfo(elementType).bytes; }
  /// As in MLIR: "tensor<2x3xf32>".
  const std::string &text() const { return spelling; }

private:
  ArrayType(Element element, std::vector<int64_t> dims, int64_t count);

  Element elementType;
  std::vector<int64_t> dims;
  std::vector<int64_t> steps;
  int64_t count;
  std::string spelling;
};

} // namespace nabla

#endif // NABLA_COMPILER_RUNTIME_ARRAYTYPE_H
