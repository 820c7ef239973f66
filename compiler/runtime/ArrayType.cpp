//===- ArrayType.cpp - Element types and shapes of arrays -----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/runtime/ArrayType.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <mutex>
#include <utility>

using namespace nabla;

static constexpr ElementInfo infos[] = {
    {"i1", 1, ElementKind::Bool, "?", "|b1"},
    {"i8", 1, ElementKind::Signed, "b", "|i1"},
    {"i16", 2, ElementKind::Signed, "h", "<i2"},
    {"i32", 4, ElementKind::Signed, "i", "<i4"},
    {"i64", 8, ElementKind::Signed, "q", "<i8"},
    {"ui8", 1, ElementKind::Unsigned, "B", "|u1"},
    {"ui16", 2, ElementKind::Unsigned, "H", "<u2"},
    {"ui32", 4, ElementKind::Unsigned, "I", "<u4"},
    {"ui64", 8, ElementKind::Unsigned, "Q", "<u8"},
    {"f16", 2, ElementKind::Float, "e", "<f2"},
    // NumPy has no code for it: opaque pairs of bytes, to be viewed as
    // bfloat16.
    {"bf16", 2, ElementKind::BFloat, nullptr, "<V2"},
    {"f32", 4, ElementKind::Float, "f", "<f4"},
    {"f64", 8, ElementKind::Float, "d", "<f8"},
};

const ElementInfo &nabla::getInfo(Element element) {
  return infos[static_cast<size_t>(element)];
}

template <typename Predicate>
static std::optional<Element> findInfo(Predicate predicate) {
  const ElementInfo *it =
      std::find_if(std::begin(infos), std::end(infos), predicate);
  if (it == std::end(infos))
    return std::nullopt;
  return static_cast<Element>(it - infos);
}

std::optional<Element> nabla::parseElement(std::string_view name) {
  return findInfo([&](const ElementInfo &info) { return name == info.name; });
}

std::optional<Element> nabla::findElement(ElementKind kind, unsigned bytes) {
  return findInfo([&](const ElementInfo &info) {
    return info.kind == kind && info.bytes == bytes;
  });
}

/// The number of elements, if there can be an array of that shape.
static std::optional<int64_t> countElements(const int64_t *dims, size_t rank) {
  int64_t count = 1;
  // The limit holds for the product of the extents that are not 0, as a
  // compiler multiplies them in any order.
  bool empty = false;
  for (size_t i = 0; i < rank; ++i) {
    if (dims[i] < 0)
      return std::nullopt;
    if (dims[i] == 0)
      empty = true;
    else if (__builtin_mul_overflow(count, dims[i], &count) ||
             count > ArrayType::maxElements)
      return std::nullopt;
  }
  return empty ? 0 : count;
}

ArrayType::ArrayType(Element element, std::vector<int64_t> shape, int64_t count)
    : elementType(element), dims(std::move(shape)), steps(dims.size()),
      count(count) {
  int64_t step = 1;
  for (size_t i = dims.size(); i-- > 0;) {
    steps[i] = step;
    step *= std::max<int64_t>(dims[i], 1);
  }
  spelling = "tensor<";
  for (int64_t dim : dims)
    spelling += std::to_string(dim) + "x";
  spelling += getInfo(element).name;
  spelling += ">";
}

const ArrayType *ArrayType::get(Element element, const int64_t *dims,
                                size_t rank) {
  using Key = std::pair<Element, std::vector<int64_t>>;
  static std::mutex mutex;
  static auto *types = new std::map<Key, const ArrayType *>();

  std::optional<int64_t> count = countElements(dims, rank);
  if (!count)
    return nullptr;
  Key key(element, std::vector<int64_t>(dims, dims + rank));
  std::lock_guard<std::mutex> lock(mutex);
  const ArrayType *&type = (*types)[key];
  if (!type)
    type = new ArrayType(element, std::move(key.second), *count);
  return type;
}

const ArrayType *ArrayType::parse(std::string_view text) {
  constexpr std::string_view prefix = "tensor<";
  if (text.substr(0, prefix.size()) != prefix || text.back() != '>')
    return nullptr;
  const char *at = text.data() + prefix.size();
  const char *end = text.data() + text.size() - 1;
  std::vector<int64_t> dims;
  int64_t dim;
  while (true) {
    auto [next, error] = std::from_chars(at, end, dim);
    if (error != std::errc() || next == end || *next != 'x')
      break;
    dims.push_back(dim);
    at = next + 1;
  }
  std::optional<Element> element = parseElement(std::string_view(at, end - at));
  return element ? get(*element, dims.data(), dims.size()) : nullptr;
}
