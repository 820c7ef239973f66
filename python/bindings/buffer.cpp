//===- buffer.cpp - Arrays, exchanged by DLPack ---------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/runtime/Buffer.h"
#include "python/bindings/bindings.h"

#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>

namespace nb = nanobind;
using namespace nabla;

using Foreign = nb::ndarray<nb::ro, nb::device::cpu>;

//===----------------------------------------------------------------------===//
// Element types
//===----------------------------------------------------------------------===//

static nb::dlpack::dtype toDlpack(Element element) {
  const ElementInfo &info = getInfo(element);
  auto code = [&] {
    switch (info.kind) {
    case ElementKind::Bool:
      return nb::dlpack::dtype_code::Bool;
    case ElementKind::Signed:
      return nb::dlpack::dtype_code::Int;
    case ElementKind::Unsigned:
      return nb::dlpack::dtype_code::UInt;
    case ElementKind::Float:
      return nb::dlpack::dtype_code::Float;
    case ElementKind::BFloat:
      return nb::dlpack::dtype_code::Bfloat;
    }
    return nb::dlpack::dtype_code::Float;
  }();
  return {static_cast<uint8_t>(code), static_cast<uint8_t>(info.bytes * 8), 1};
}

static Element fromDlpack(nb::dlpack::dtype dtype) {
  for (int i = 0; i <= static_cast<int>(Element::F64); ++i)
    if (auto element = static_cast<Element>(i); toDlpack(element) == dtype)
      return element;
  throw nb::type_error(("arrays with elements of DLPack code " +
                        std::to_string(dtype.code) + " and " +
                        std::to_string(dtype.bits) + " bits are not supported")
                           .c_str());
}

//===----------------------------------------------------------------------===//
// Import
//===----------------------------------------------------------------------===//

static const ArrayType *typeOf(Element element,
                               const std::vector<int64_t> &shape) {
  const ArrayType *type = ArrayType::get(element, shape.data(), shape.size());
  if (!type)
    throw nb::value_error("the shape of the array is negative or too large");
  return type;
}

static Buffer allocate(const ArrayType *type) {
  std::optional<Buffer> buffer = Buffer::allocate(type);
  if (!buffer)
    throw std::bad_alloc();
  return std::move(*buffer);
}

/// The owners of borrowed memory are Python objects.
static void releaseObject(void *owner) {
  nb::gil_scoped_acquire lock;
  Py_DECREF(static_cast<PyObject *>(owner));
}

static void releaseForeign(void *owner) {
  nb::gil_scoped_acquire lock;
  delete static_cast<Foreign *>(owner);
}

static Buffer fromForeign(Foreign array, bool copy) {
  std::vector<int64_t> shape, strides;
  Element element = fromDlpack(array.dtype());
  int64_t bytes = getInfo(element).bytes;
  for (size_t i = 0; i < array.ndim(); ++i) {
    shape.push_back(array.shape(i));
    strides.push_back(array.stride(i) * bytes);
  }
  const ArrayType *type = typeOf(element, shape);
  void *data = const_cast<void *>(static_cast<const void *>(array.data()));
  bool aligned = reinterpret_cast<uintptr_t>(data) % bytes == 0;
  if (!copy && aligned && isContiguous(type, strides.data()))
    return Buffer::borrow(type, data, new Foreign(array), releaseForeign,
                          /*readOnly=*/true);
  Buffer buffer = allocate(type);
  if (type->size() > 0)
    copyStrided(type, data, strides.data(), buffer.data());
  return buffer;
}

static Buffer fromPointer(uintptr_t pointer, const std::string &dtype,
                          nb::sequence shape, nb::object owner) {
  std::optional<Element> element = parseElement(dtype);
  if (!element)
    throw nb::type_error(("there is no element type '" + dtype + "'").c_str());
  std::vector<int64_t> dims;
  for (nb::handle dim : shape)
    dims.push_back(nb::cast<int64_t>(dim));
  return Buffer::borrow(typeOf(*element, dims),
                        reinterpret_cast<void *>(pointer),
                        owner.release().ptr(), releaseObject,
                        /*readOnly=*/true);
}

//===----------------------------------------------------------------------===//
// Export
//===----------------------------------------------------------------------===//

static nb::object toDlpack(nb::handle_t<Buffer> self, nb::kwargs) {
  Buffer &buffer = nb::cast<Buffer &>(self);
  buffer.setExported();
  const ArrayType *type = buffer.type();
  std::vector<size_t> shape(type->shape().begin(), type->shape().end());
  nb::ndarray<> view(buffer.data(), shape.size(), shape.data(), self,
                     type->strides().data(), toDlpack(type->element()));
  return nb::cast(view);
}

static nb::tuple shapeOf(const Buffer &buffer) {
  nb::list dims;
  for (int64_t dim : buffer.type()->shape())
    dims.append(dim);
  return nb::tuple(dims);
}

void nabla::bindBuffer(nb::module_ &m) {
  nb::class_<Buffer>(m, "Buffer")
      .def_static("from_dlpack", &fromForeign, nb::arg("array"),
                  nb::arg("copy") = false)
      .def_static("from_pointer", &fromPointer, nb::arg("pointer"),
                  nb::arg("dtype"), nb::arg("shape"), nb::arg("owner"))
      .def_prop_ro("dtype",
                   [](const Buffer &buffer) {
                     return getInfo(buffer.type()->element()).name;
                   })
      .def_prop_ro("shape", &shapeOf)
      .def_prop_ro("type",
                   [](const Buffer &buffer) { return buffer.type()->text(); })
      .def_prop_ro("nbytes",
                   [](const Buffer &buffer) { return buffer.type()->bytes(); })
      .def_prop_ro("pointer",
                   [](const Buffer &buffer) {
                     return reinterpret_cast<uintptr_t>(buffer.data());
                   })
      .def_prop_ro("exported", &Buffer::isExported)
      .def("__dlpack__",
           static_cast<nb::object (*)(nb::handle_t<Buffer>, nb::kwargs)>(
               &toDlpack))
      .def("__dlpack_device__",
           [](const Buffer &) { return nb::make_tuple(1, 0); });
}
