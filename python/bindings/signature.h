//===- signature.h - Arguments of a call, taken apart -----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_PYTHON_BINDINGS_SIGNATURE_H
#define NABLA_PYTHON_BINDINGS_SIGNATURE_H

#include "python/bindings/graph.h"

#include <string>
#include <vector>

namespace nabla {

/// A part of what calls of one signature have in common.
struct Token {
  enum Kind : uint8_t {
    Tuple,   // of `count` items, which follow
    List,    // likewise
    Dict,    // likewise, a key before each
    Key,     // of a dict, or the name of a keyword
    Node,    // of a registered class; `count` leaves follow
    Nothing, // None
    Array,   // `object` is its type
    Linear,  // `object` is its function, without the residuals
    Other,   // `object` is a leaf that is no array
    Static,  // `object` is a static argument
  };
  Kind kind;
  bool weak = false;
  Py_ssize_t count = 0;
  PyObject *object = nullptr;
};

/// An array among the arguments.
struct Leaf {
  Value *value;     // borrowed; null for a Python number and for NumPy's arrays
  void *data;       // its elements, if it is no number and no linear map
  char number[8];   // of a Python number
  PyObject *object; // borrowed
  uint32_t token;   // which one is its
};

/// Which arguments are static.
struct Statics {
  std::vector<int64_t> positions;
  std::vector<PyObject *> names; // owned
};

/// The arguments of one call.
class Arguments {
public:
  /// Takes a call apart, as vectorcall passes it. False with an error.
  bool read(PyObject *const *args, size_t count, PyObject *names,
            const Statics &statics);
  /// The same trees with the numbers of arrays in the place of arrays, and None
  /// for other leaves; a new reference.
  PyObject *numbered(PyObject *const *args, size_t count, PyObject *names,
                     const Statics &statics);
  void clear();

  const std::vector<Token> &tokens() const { return parts; }
  std::vector<Leaf> &leaves() { return arrays; }
  uint64_t hash() const { return digest; }
  /// Objects that live until `clear`.
  void keep(PyObject *object) { kept.push_back(object); }

private:
  bool readTree(PyObject *tree);
  bool readDict(PyObject *dict);
  bool readNode(PyObject *object, bool &isLeaf);
  bool readNumber(PyObject *number);
  bool readValue(PyObject *object, Value *value);
  bool readArray(PyObject *object);
  /// Of NumPy; false without an error where Python has to look at it.
  bool readNumPy(PyObject *array);
  void addScalar(PyObject *object, PyObject *type, const void *data,
                 size_t bytes, bool weak);
  bool needData();
  bool computeHash();
  PyObject *numberTree(PyObject *tree);
  PyObject *numberItems(PyObject *sequence, PyObject *made,
                        void (*set)(PyObject *, Py_ssize_t, PyObject *));
  PyObject *numberDict(PyObject *dict);

  std::vector<Token> parts;
  std::vector<Leaf> arrays;
  std::vector<PyObject *> kept;
  std::vector<Py_buffer> views;
  uint64_t digest = 0;
  bool pending = false;
  // While numbering:
  size_t nextToken = 0;
  size_t nextLeaf = 0;
};

/// Whether calls of these tokens are alike: -1 with an error.
int equal(const std::vector<Token> &a, const std::vector<Token> &b);

/// The type of 0-d tensors of an element, as Python has it.
struct ScalarTypes {
  PyObject *boolean, *int32, *int64, *float32;
};
extern ScalarTypes scalarTypes;

} // namespace nabla

#endif // NABLA_PYTHON_BINDINGS_SIGNATURE_H
