//===- keys.cpp - Keys of random numbers ----------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The generator of the process, as nabla/_core/keys.py tells of it. Python's
// lock guards it.
//
//===----------------------------------------------------------------------===//

#include "compiler/runtime/Buffer.h"
#include "python/bindings/bindings.h"
#include "python/bindings/graph.h"

using namespace nabla;

namespace {
struct Generator {
  uint64_t base = 0;
  uint64_t count = 0; // of the keys drawn: no two are the same
};
} // namespace

static Generator generator;

Value *nabla::drawKey() {
  static const int64_t words = 2;
  static const ArrayType *type = ArrayType::get(Element::UI32, &words, 1);
  std::optional<Buffer> buffer = Buffer::allocate(type);
  if (!buffer) {
    PyErr_NoMemory();
    return nullptr;
  }
  uint64_t bits = generator.base ^ ++generator.count;
  auto *key = static_cast<uint32_t *>(buffer->data());
  key[0] = static_cast<uint32_t>(bits >> 32);
  key[1] = static_cast<uint32_t>(bits);
  PyObject *data = newBuffer(std::move(*buffer));
  Value *leaf = data ? newLeaf(hooks.keyType, data) : nullptr;
  Py_XDECREF(data);
  return leaf;
}

static PyObject *draw(PyObject *, PyObject *) {
  return reinterpret_cast<PyObject *>(drawKey());
}

/// begin_keys(base): begins the generator anew.
static PyObject *begin(PyObject *, PyObject *base) {
  uint64_t bits = PyLong_AsUnsignedLongLong(base);
  if (PyErr_Occurred())
    return nullptr;
  generator = {bits, 0};
  Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"draw_key", draw, METH_NOARGS, nullptr},
    {"begin_keys", begin, METH_O, nullptr},
    {},
};

void nabla::bindKeys(nanobind::module_ &m) {
  if (PyModule_AddFunctions(m.ptr(), functions) < 0)
    throw nanobind::python_error();
}
