//===- buffer.cpp - Arrays, exchanged by DLPack ---------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/runtime/Buffer.h"
#include "python/bindings/bindings.h"
#include "python/bindings/gil.h"

#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>

#include <cstring>

namespace nb = nanobind;
using namespace nabla;

/// Arrays of others; those that forbid writing are only known as read-only.
using Writable = nb::ndarray<nb::device::cpu>;
using ReadOnly = nb::ndarray<nb::ro, nb::device::cpu>;

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
  nabla::Locked lock;
  Py_DECREF(static_cast<PyObject *>(owner));
}

template <typename Foreign> static void releaseForeign(void *owner) {
  nabla::Locked lock;
  delete static_cast<Foreign *>(owner);
}

template <typename Foreign>
static Buffer fromForeign(const Foreign &array, bool copy, bool readOnly) {
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
    return Buffer::borrow(type, data, new Foreign(array),
                          releaseForeign<Foreign>, readOnly);
  Buffer buffer = allocate(type);
  if (type->size() > 0)
    copyStrided(type, data, strides.data(), buffer.data());
  return buffer;
}

/// Raises TypeError for arrays in memory that the CPU cannot read.
static void checkDevice(nb::handle array) {
  // DLPack's codes of memory that belongs to the CPU: its own, and what CUDA
  // and ROCm pin.
  constexpr int cpu[] = {1, 3, 11};
  auto device = nb::cast<nb::tuple>(array.attr("__dlpack_device__")());
  int kind = nb::cast<int>(nb::int_(device[0]));
  for (int code : cpu)
    if (kind == code)
      return;
  throw nb::type_error(("the array is not in the memory of the CPU but on "
                        "DLPack device " +
                        std::to_string(kind) + "; move it first")
                           .c_str());
}

static Buffer fromObject(nb::object array, bool copy) {
  checkDevice(array);
  Writable writable;
  if (nb::try_cast(array, writable, false))
    return fromForeign(writable, copy, /*readOnly=*/false);
  ReadOnly readOnly;
  if (nb::try_cast(array, readOnly, false))
    return fromForeign(readOnly, copy, /*readOnly=*/true);
  throw nb::type_error("the array does not give its memory by DLPack");
}

static Buffer fromPointer(uintptr_t pointer, const std::string &dtype,
                          nb::sequence shape, nb::object owner, bool readOnly,
                          bool copy) {
  std::optional<Element> element = parseElement(dtype);
  if (!element)
    throw nb::type_error(("there is no element type '" + dtype + "'").c_str());
  std::vector<int64_t> dims;
  for (nb::handle dim : shape)
    dims.push_back(nb::cast<int64_t>(dim));
  const ArrayType *type = typeOf(*element, dims);
  if (copy) {
    Buffer buffer = allocate(type);
    std::memcpy(buffer.data(), reinterpret_cast<void *>(pointer),
                type->bytes());
    return buffer;
  }
  return Buffer::borrow(type, reinterpret_cast<void *>(pointer),
                        owner.release().ptr(), releaseObject, readOnly);
}

//===----------------------------------------------------------------------===//
// Export
//===----------------------------------------------------------------------===//

/// DLPack 1.0 and later can say that memory is not to be written.
static bool canSayReadOnly(nb::object maxVersion) {
  if (maxVersion.is_none())
    return false;
  return nb::cast<int>(nb::cast<nb::tuple>(maxVersion)[0]) >= 1;
}

template <typename... Config>
static nb::object viewOf(nb::handle self, const Buffer &buffer) {
  const ArrayType *type = buffer.type();
  std::vector<size_t> shape(type->shape().begin(), type->shape().end());
  return nb::cast(nb::ndarray<Config...>(
      buffer.data(), shape.size(), shape.data(), self, type->strides().data(),
      toDlpack(type->element())));
}

static nb::object copyOf(const Buffer &buffer) {
  Buffer copy = allocate(buffer.type());
  std::memcpy(copy.data(), buffer.data(), buffer.type()->bytes());
  return nb::cast(std::move(copy));
}

[[noreturn]] static void refuse(const char *why) {
  PyErr_SetString(PyExc_BufferError, why);
  throw nb::python_error();
}

/// `__dlpack__` of the array API of 2023. A view is marked as read-only where
/// the consumer understands that; to others, memory that its lender forbids to
/// write goes as a copy.
static nb::object exportDlpack(nb::handle_t<Buffer> self, nb::object stream,
                               nb::object maxVersion, nb::object device,
                               nb::object copy) {
  if (!stream.is_none())
    refuse("memory of the CPU has no streams: stream must be None");
  if (!device.is_none() && !device.equal(nb::make_tuple(1, 0)))
    refuse("the array is in the memory of the CPU, device (1, 0)");
  Buffer &buffer = nb::cast<Buffer &>(self);
  bool mustCopy = !copy.is_none() && nb::cast<bool>(copy);
  bool versioned = canSayReadOnly(maxVersion);
  if (!mustCopy && !versioned && buffer.isReadOnly()) {
    if (!copy.is_none())
      refuse("memory that must not be written goes without a copy only to "
             "consumers of DLPack 1.0: pass max_version=(1, 0)");
    mustCopy = true;
  }
  nb::object owner = nb::borrow(self);
  if (mustCopy)
    owner = copyOf(buffer);
  else
    buffer.setExported();
  const Buffer &shared = nb::cast<const Buffer &>(owner);
  if (!versioned)
    return viewOf<>(owner, shared);
  nb::object view = mustCopy ? viewOf<nb::array_api>(owner, shared)
                             : viewOf<nb::ro, nb::array_api>(owner, shared);
  return view.attr("__dlpack__")(nb::arg("max_version") = maxVersion);
}

static nb::tuple shapeOf(const Buffer &buffer) {
  nb::list dims;
  for (int64_t dim : buffer.type()->shape())
    dims.append(dim);
  return nb::tuple(dims);
}

static PyTypeObject *bufferType = nullptr;

Buffer *nabla::bufferOf(PyObject *object) {
  if (!object || Py_TYPE(object) != bufferType)
    return nullptr;
  return nb::inst_ptr<Buffer>(object);
}

PyObject *nabla::newBuffer(Buffer &&buffer) {
  return nb::cast(std::move(buffer)).release().ptr();
}

void nabla::bindBuffer(nb::module_ &m) {
  nb::class_<Buffer> cls(m, "Buffer");
  bufferType = reinterpret_cast<PyTypeObject *>(cls.ptr());
  cls.def_static("from_dlpack", &fromObject, nb::arg("array"),
                 nb::arg("copy") = false)
      .def_static("from_pointer", &fromPointer, nb::arg("pointer"),
                  nb::arg("dtype"), nb::arg("shape"), nb::arg("owner"),
                  nb::arg("read_only") = true, nb::arg("copy") = false)
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
      .def_prop_ro("owned", &Buffer::isOwned)
      .def_prop_ro("exported", &Buffer::isExported)
      .def_prop_ro("read_only", &Buffer::isReadOnly)
      .def("__dlpack__", &exportDlpack, nb::kw_only(),
           nb::arg("stream") = nb::none(), nb::arg("max_version") = nb::none(),
           nb::arg("dl_device") = nb::none(), nb::arg("copy") = nb::none())
      .def("__dlpack_device__",
           [](const Buffer &) { return nb::make_tuple(1, 0); });
}
