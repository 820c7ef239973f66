//===- template.h - Trees of results ----------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_PYTHON_BINDINGS_TEMPLATE_H
#define NABLA_PYTHON_BINDINGS_TEMPLATE_H

#include <Python.h>

#include <vector>

namespace nabla {

/// Makes trees of one structure out of tuples, lists and dicts, anew each time.
class Template {
public:
  Template() = default;
  Template(const Template &) = delete;
  ~Template() { clear(); }

  /// Learns the structure from a tree with the number of a leaf in the place of
  /// each leaf.
  bool learn(PyObject *example);
  /// A tree with these leaves; a new reference.
  PyObject *build(PyObject *const *leaves) const;
  int traverse(visitproc visit, void *arg) const;
  void clear();

private:
  enum Kind : uint8_t { Leaf, Nothing, Tuple, List, Dict };
  struct Part {
    Kind kind;
    Py_ssize_t count; // of items, or the number of a leaf
    PyObject *key;    // under which it is in a dict; owned
  };
  bool learnTree(PyObject *example, PyObject *key);
  PyObject *buildTree(PyObject *const *leaves, size_t &next) const;

  std::vector<Part> parts;
};

} // namespace nabla

#endif // NABLA_PYTHON_BINDINGS_TEMPLATE_H
