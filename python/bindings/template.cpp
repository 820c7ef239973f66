//===- template.cpp - Trees of results ------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "python/bindings/template.h"

using namespace nabla;

bool Template::learn(PyObject *example) { return learnTree(example, nullptr); }

bool Template::learnTree(PyObject *example, PyObject *key) {
  Py_XINCREF(key);
  if (PyLong_Check(example)) {
    parts.push_back({Leaf, PyLong_AsSsize_t(example), key});
  } else if (example == Py_None) {
    parts.push_back({Nothing, 0, key});
  } else if (PyDict_Check(example)) {
    parts.push_back({Dict, PyDict_GET_SIZE(example), key});
    PyObject *inner, *item;
    Py_ssize_t position = 0;
    while (PyDict_Next(example, &position, &inner, &item))
      if (!learnTree(item, inner))
        return false;
  } else if (PyTuple_Check(example) || PyList_Check(example)) {
    Kind kind = PyTuple_Check(example) ? Tuple : List;
    parts.push_back({kind, Py_SIZE(example), key});
    PyObject **items = PySequence_Fast_ITEMS(example);
    for (Py_ssize_t i = 0; i < Py_SIZE(example); ++i)
      if (!learnTree(items[i], nullptr))
        return false;
  } else {
    Py_XDECREF(key);
    PyErr_Format(PyExc_TypeError, "%R is no tree of numbers", example);
    return false;
  }
  return true;
}

PyObject *Template::build(PyObject *const *leaves) const {
  size_t next = 0;
  return buildTree(leaves, next);
}

PyObject *Template::buildTree(PyObject *const *leaves, size_t &next) const {
  const Part &part = parts[next++];
  switch (part.kind) {
  case Leaf:
    return Py_NewRef(leaves[part.count]);
  case Nothing:
    return Py_NewRef(Py_None);
  case Dict: {
    PyObject *dict = PyDict_New();
    for (Py_ssize_t i = 0; dict && i < part.count; ++i) {
      PyObject *key = parts[next].key;
      PyObject *item = buildTree(leaves, next);
      if (!item || PyDict_SetItem(dict, key, item) < 0)
        Py_CLEAR(dict);
      Py_XDECREF(item);
    }
    return dict;
  }
  case Tuple:
  case List: {
    bool isTuple = part.kind == Tuple;
    PyObject *made = isTuple ? PyTuple_New(part.count) : PyList_New(part.count);
    for (Py_ssize_t i = 0; made && i < part.count; ++i) {
      PyObject *item = buildTree(leaves, next);
      if (!item)
        Py_CLEAR(made);
      else if (isTuple)
        PyTuple_SET_ITEM(made, i, item);
      else
        PyList_SET_ITEM(made, i, item);
    }
    return made;
  }
  }
  return nullptr;
}

int Template::traverse(visitproc visit, void *arg) const {
  for (const Part &part : parts)
    Py_VISIT(part.key);
  return 0;
}

void Template::clear() {
  std::vector<Part> old;
  old.swap(parts);
  for (const Part &part : old)
    Py_XDECREF(part.key);
}
