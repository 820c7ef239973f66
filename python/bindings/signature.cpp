//===- signature.cpp - Arguments of a call, taken apart -------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "python/bindings/signature.h"
#include "compiler/runtime/Buffer.h"
#include "python/bindings/bindings.h"

#include <cstring>
#include <unordered_map>

using namespace nabla;

void Arguments::clear() {
  parts.clear();
  arrays.clear();
  for (PyObject *object : kept)
    Py_DECREF(object);
  kept.clear();
  for (Py_buffer &view : views)
    PyBuffer_Release(&view);
  views.clear();
  pending = false;
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

namespace {
/// The depth of trees is bounded as that of Python's calls.
class Deeper {
public:
  Deeper() : entered(Py_EnterRecursiveCall(" in a tree of arguments") == 0) {}
  ~Deeper() {
    if (entered)
      Py_LeaveRecursiveCall();
  }
  explicit operator bool() const { return entered; }

private:
  bool entered;
};
} // namespace

static bool isStaticPosition(const Statics &statics, int64_t i, int64_t count) {
  for (int64_t position : statics.positions)
    if (position == i || position + count == i)
      return true;
  return false;
}

/// -1 with an error.
static int isStaticName(const Statics &statics, PyObject *name) {
  for (PyObject *other : statics.names) {
    int same = other == name ? 1 : PyUnicode_Compare(other, name) == 0;
    if (same)
      return 1;
  }
  return 0;
}

bool Arguments::read(PyObject *const *args, size_t count, PyObject *names,
                     const Statics &statics) {
  parts.push_back({Token::Tuple, false, static_cast<Py_ssize_t>(count)});
  for (size_t i = 0; i < count; ++i)
    if (isStaticPosition(statics, i, count))
      parts.push_back({Token::Static, false, 0, args[i]});
    else if (!readTree(args[i]))
      return false;
  size_t named = names ? PyTuple_GET_SIZE(names) : 0;
  for (size_t i = 0; i < named; ++i) {
    PyObject *name = PyTuple_GET_ITEM(names, i);
    parts.push_back({Token::Key, false, 0, name});
    if (isStaticName(statics, name))
      parts.push_back({Token::Static, false, 0, args[count + i]});
    else if (!readTree(args[count + i]))
      return false;
  }
  return (!pending || needData()) && computeHash();
}

bool Arguments::readTree(PyObject *tree) {
  if (isHandle(tree))
    return readValue(tree, reinterpret_cast<Handle *>(tree)->value);
  if (tree == Py_None) {
    parts.push_back({Token::Nothing});
    return true;
  }
  if (PyUnicode_CheckExact(tree)) {
    parts.push_back({Token::Other, false, 0, tree});
    return true;
  }
  if (PyFloat_CheckExact(tree) || PyLong_CheckExact(tree) || PyBool_Check(tree))
    return readNumber(tree);
  Deeper deeper;
  if (!deeper)
    return false;
  bool isTuple = PyTuple_CheckExact(tree);
  if (isTuple || PyList_CheckExact(tree)) {
    Py_ssize_t count = Py_SIZE(tree);
    parts.push_back({isTuple ? Token::Tuple : Token::List, false, count});
    // What reading calls may change a list.
    for (Py_ssize_t i = 0; i < count; ++i) {
      PyObject *item =
          isTuple ? PyTuple_GET_ITEM(tree, i) : PyList_GetItem(tree, i);
      if (!item || !readTree(item))
        return false;
    }
    return true;
  }
  if (PyDict_CheckExact(tree))
    return readDict(tree);
  return readArray(tree);
}

bool Arguments::readDict(PyObject *dict) {
  parts.push_back({Token::Dict, false, PyDict_GET_SIZE(dict)});
  PyObject *key, *item;
  Py_ssize_t position = 0;
  while (PyDict_Next(dict, &position, &key, &item)) {
    parts.push_back({Token::Key, false, 0, key});
    if (!readTree(item))
      return false;
  }
  return true;
}

bool Arguments::readNumber(PyObject *number) {
  if (PyBool_Check(number)) {
    char truth = number == Py_True;
    addScalar(number, scalarTypes.boolean, &truth, 1, false);
  } else if (PyFloat_CheckExact(number)) {
    auto narrow = static_cast<float>(PyFloat_AS_DOUBLE(number));
    addScalar(number, scalarTypes.float32, &narrow, sizeof(narrow), true);
  } else {
    int overflow;
    int64_t wide = PyLong_AsLongLongAndOverflow(number, &overflow);
    if (overflow)
      return readArray(number); // which says what is wrong with it
    auto narrow = static_cast<int32_t>(wide);
    if (narrow == wide)
      addScalar(number, scalarTypes.int32, &narrow, sizeof(narrow), true);
    else
      addScalar(number, scalarTypes.int64, &wide, sizeof(wide), true);
  }
  return true;
}

void Arguments::addScalar(PyObject *object, PyObject *type, const void *data,
                          size_t bytes, bool weak) {
  arrays.push_back({});
  Leaf &leaf = arrays.back();
  leaf.object = object;
  leaf.token = parts.size();
  std::memcpy(leaf.number, data, bytes);
  parts.push_back({Token::Array, weak, 0, type});
}

bool Arguments::readValue(PyObject *object, Value *value) {
  if (value->trace) {
    // No trace runs on this thread, so this one has ended or is another's.
    PyObject *checked = callHook(hooks.checkAlive, value, Py_None, nullptr);
    Py_XDECREF(checked);
    return false;
  }
  if (isDonated(value)) {
    raiseDonated(value);
    return false;
  }
  pending |= value->node != nullptr;
  Leaf leaf = {};
  leaf.value = value;
  leaf.object = object;
  leaf.token = parts.size();
  Py_INCREF(value);
  keep(reinterpret_cast<PyObject *>(value));
  if (reinterpret_cast<PyObject *>(Py_TYPE(value->type)) == hooks.linearType) {
    // `needData` completes it where it is pending.
    PyObject *data = value->data;
    parts.push_back(
        {Token::Linear, false, 0, data ? PyTuple_GET_ITEM(data, 0) : nullptr});
  } else {
    const Buffer *buffer = bufferOf(value->data);
    leaf.data = buffer ? buffer->data() : nullptr;
    parts.push_back({Token::Array, value->weak, 0, value->type});
  }
  arrays.push_back(leaf);
  return true;
}

/// The types of arrays as Python has them; those that NumPy's arrays had
/// before.
static std::unordered_map<const ArrayType *, PyObject *> &knownTypes() {
  static auto *types = new std::unordered_map<const ArrayType *, PyObject *>();
  return *types;
}

/// The element type that a code of the buffer protocol stands for.
static std::optional<Element> elementOf(const Py_buffer &view) {
  if (!view.format || !view.format[0] || view.format[1])
    return std::nullopt;
  auto is = [&](const char *codes) { return std::strchr(codes, *view.format); };
  if (is("?"))
    return findElement(ElementKind::Bool, view.itemsize);
  if (is("bhilq"))
    return findElement(ElementKind::Signed, view.itemsize);
  if (is("BHILQ"))
    return findElement(ElementKind::Unsigned, view.itemsize);
  return is("efd") ? findElement(ElementKind::Float, view.itemsize)
                   : std::nullopt;
}

bool Arguments::readNumPy(PyObject *array) {
  static_assert(sizeof(Py_ssize_t) == sizeof(int64_t));
  Py_buffer view;
  if (PyObject_GetBuffer(array, &view, PyBUF_FORMAT | PyBUF_STRIDES) < 0) {
    // It has elements without a code. Python knows more of them.
    PyErr_Clear();
    return false;
  }
  std::optional<Element> element = elementOf(view);
  const auto *type =
      element ? ArrayType::get(*element, view.shape, view.ndim) : nullptr;
  auto known = type ? knownTypes().find(type) : knownTypes().end();
  bool lies = known != knownTypes().end() &&
              reinterpret_cast<uintptr_t>(view.buf) % view.itemsize == 0 &&
              isContiguous(type, view.strides);
  if (!lies) {
    PyBuffer_Release(&view);
    return false;
  }
  views.push_back(view);
  Leaf leaf = {};
  leaf.data = view.buf;
  leaf.object = array;
  leaf.token = parts.size();
  arrays.push_back(leaf);
  parts.push_back({Token::Array, false, 0, known->second});
  return true;
}

/// Remembers the type for `readNumPy`.
static void rememberType(Value *value) {
  const Buffer *buffer = bufferOf(value->data);
  if (buffer && !value->weak &&
      knownTypes().emplace(buffer->type(), value->type).second)
    Py_INCREF(value->type);
}

/// A NumPy array, a number of a class derived from Python's, a registered node
/// or any other leaf.
bool Arguments::readArray(PyObject *object) {
  bool isNumPy = reinterpret_cast<PyObject *>(Py_TYPE(object)) == hooks.ndarray;
  if (isNumPy && readNumPy(object))
    return true;
  PyObject *value = callHook(hooks.asArgument, object, nullptr);
  if (!value)
    return false;
  if (isValue(value)) {
    if (isNumPy)
      rememberType(reinterpret_cast<Value *>(value));
    bool read = readValue(object, reinterpret_cast<Value *>(value));
    Py_DECREF(value);
    return read;
  }
  if (value == Py_None) {
    Py_DECREF(value);
    parts.push_back({Token::Other, false, 0, object});
    return true;
  }
  // The leaves and the structure of a node.
  keep(value);
  PyObject *leaves, *structure;
  if (!PyArg_ParseTuple(value, "O!O", &PyList_Type, &leaves, &structure))
    return false;
  parts.push_back({Token::Node, false, PyList_GET_SIZE(leaves), structure});
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(leaves); ++i) {
    PyObject *leaf = PyList_GET_ITEM(leaves, i);
    bool builtin = PyTuple_CheckExact(leaf) || PyList_CheckExact(leaf) ||
                   PyDict_CheckExact(leaf) || leaf == Py_None;
    if (builtin) // a class may say that it is a leaf
      parts.push_back({Token::Other, false, 0, leaf});
    else if (!readTree(leaf))
      return false;
  }
  return true;
}

/// Computes what is pending.
bool Arguments::needData() {
  PyObject *values = PyList_New(0);
  for (const Leaf &leaf : arrays)
    if (values && leaf.value && leaf.value->node &&
        PyList_Append(values, reinterpret_cast<PyObject *>(leaf.value)) < 0)
      Py_CLEAR(values);
  PyObject *done =
      values ? callHook(hooks.materialize, values, nullptr) : nullptr;
  Py_XDECREF(values);
  Py_XDECREF(done);
  if (!done)
    return false;
  for (Leaf &leaf : arrays) {
    Token &token = parts[leaf.token];
    if (!leaf.value || !leaf.value->data)
      continue;
    if (token.kind == Token::Linear)
      token.object = PyTuple_GET_ITEM(leaf.value->data, 0);
    else if (const Buffer *buffer = bufferOf(leaf.value->data))
      leaf.data = buffer->data();
  }
  return true;
}

//===----------------------------------------------------------------------===//
// Comparing
//===----------------------------------------------------------------------===//

/// Whether objects of tokens of this kind are compared by value.
static bool isByValue(Token::Kind kind) {
  return kind == Token::Key || kind == Token::Node || kind == Token::Other ||
         kind == Token::Static;
}

/// Says with the user's place what Python said without.
static void explainNoHash() {
  if (!PyErr_ExceptionMatches(PyExc_TypeError))
    return;
  PyObject *type, *error, *traceback;
  PyErr_Fetch(&type, &error, &traceback);
  PyErr_NormalizeException(&type, &error, &traceback);
  Py_XDECREF(callHook(hooks.noHash, error, nullptr));
  Py_XDECREF(type);
  Py_XDECREF(error);
  Py_XDECREF(traceback);
}

bool Arguments::computeHash() {
  uint64_t hash = 0;
  for (const Token &token : parts) {
    auto word = reinterpret_cast<uint64_t>(token.object);
    if (isByValue(token.kind)) {
      Py_hash_t value = PyObject_Hash(token.object);
      if (value == -1) {
        explainNoHash();
        return false;
      }
      word = value;
    }
    word ^= static_cast<uint64_t>(token.count) << 8 | token.kind << 1 |
            static_cast<uint64_t>(token.weak);
    hash = (hash ^ word) * 0x9E3779B97F4A7C15;
    hash ^= hash >> 32;
  }
  digest = hash;
  return true;
}

/// Whether two values make the same program: True is not 1 here, nor 1.0 in a
/// tuple, nor 0.0 what -0.0 is. -1 with an error.
static int isSame(PyObject *a, PyObject *b) {
  if (a == b)
    return 1;
  if (Py_TYPE(a) != Py_TYPE(b))
    return 0;
  if (PyFloat_CheckExact(a)) {
    double x = PyFloat_AS_DOUBLE(a), y = PyFloat_AS_DOUBLE(b);
    return std::memcmp(&x, &y, sizeof(x)) == 0;
  }
  if (!PyTuple_CheckExact(a))
    return PyObject_RichCompareBool(a, b, Py_EQ);
  Deeper deeper;
  if (!deeper)
    return -1;
  Py_ssize_t count = PyTuple_GET_SIZE(a);
  int same = count == PyTuple_GET_SIZE(b);
  for (Py_ssize_t i = 0; same == 1 && i < count; ++i)
    same = isSame(PyTuple_GET_ITEM(a, i), PyTuple_GET_ITEM(b, i));
  return same;
}

int nabla::equal(const std::vector<Token> &a, const std::vector<Token> &b) {
  if (a.size() != b.size())
    return 0;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i].kind != b[i].kind || a[i].weak != b[i].weak ||
        a[i].count != b[i].count)
      return 0;
    if (a[i].object == b[i].object)
      continue;
    if (!isByValue(a[i].kind))
      return 0;
    int same = isSame(a[i].object, b[i].object);
    if (same != 1)
      return same;
  }
  return 1;
}

//===----------------------------------------------------------------------===//
// Numbering
//===----------------------------------------------------------------------===//

static PyObject *none() { return Py_NewRef(Py_None); }

/// Follows the tokens, which tell what `readTree` made of each part.
PyObject *Arguments::numberTree(PyObject *tree) {
  const Token &token = parts[nextToken++];
  switch (token.kind) {
  case Token::Array:
  case Token::Linear:
    return PyLong_FromSize_t(nextLeaf++);
  case Token::Tuple:
    return numberItems(tree, PyTuple_New(token.count),
                       [](PyObject *made, Py_ssize_t i, PyObject *item) {
                         PyTuple_SET_ITEM(made, i, item);
                       });
  case Token::List:
    return numberItems(tree, PyList_New(token.count),
                       [](PyObject *made, Py_ssize_t i, PyObject *item) {
                         PyList_SET_ITEM(made, i, item);
                       });
  case Token::Dict:
    return numberDict(tree);
  case Token::Node: {
    Py_ssize_t count = token.count;
    PyObject *list = PyList_New(count);
    for (Py_ssize_t i = 0; list && i < count; ++i) {
      bool array = parts[nextToken].kind == Token::Array ||
                   parts[nextToken].kind == Token::Linear;
      ++nextToken;
      PyList_SET_ITEM(list, i, array ? PyLong_FromSize_t(nextLeaf++) : none());
    }
    return list;
  }
  default:
    return none();
  }
}

PyObject *Arguments::numberItems(PyObject *sequence, PyObject *made,
                                 void (*set)(PyObject *, Py_ssize_t,
                                             PyObject *)) {
  Py_ssize_t count = made ? Py_SIZE(made) : 0;
  for (Py_ssize_t i = 0; made && i < count; ++i) {
    PyObject *part = PySequence_GetItem(sequence, i);
    PyObject *item = part ? numberTree(part) : nullptr;
    Py_XDECREF(part);
    if (item)
      set(made, i, item);
    else
      Py_CLEAR(made);
  }
  return made;
}

PyObject *Arguments::numberDict(PyObject *dict) {
  PyObject *made = PyDict_New(), *key, *item;
  Py_ssize_t position = 0;
  while (made && PyDict_Next(dict, &position, &key, &item)) {
    ++nextToken; // the key
    PyObject *part = numberTree(item);
    if (!part || PyDict_SetItem(made, key, part) < 0)
      Py_CLEAR(made);
    Py_XDECREF(part);
  }
  return made;
}

PyObject *Arguments::numbered(PyObject *const *args, size_t count,
                              PyObject *names, const Statics &statics) {
  nextToken = 1; // the tuple of positional arguments
  nextLeaf = 0;
  PyObject *list = PyList_New(0), *dict = PyDict_New();
  bool failed = !list || !dict;
  for (size_t i = 0; !failed && i < count; ++i) {
    if (isStaticPosition(statics, i, count)) {
      ++nextToken;
      continue;
    }
    PyObject *part = numberTree(args[i]);
    failed = !part || PyList_Append(list, part) < 0;
    Py_XDECREF(part);
  }
  size_t named = names ? PyTuple_GET_SIZE(names) : 0;
  for (size_t i = 0; !failed && i < named; ++i) {
    PyObject *name = PyTuple_GET_ITEM(names, i);
    ++nextToken;
    if (isStaticName(statics, name)) {
      ++nextToken;
      continue;
    }
    PyObject *part = numberTree(args[count + i]);
    failed = !part || PyDict_SetItem(dict, name, part) < 0;
    Py_XDECREF(part);
  }
  PyObject *both = failed ? nullptr : PyTuple_Pack(2, list, dict);
  Py_XDECREF(list);
  Py_XDECREF(dict);
  return both;
}
