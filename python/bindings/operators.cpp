//===- operators.cpp - Arithmetic and comparison of tensors ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The base class of tensors. It records `x + y`, `x < y` and their kind where
// nothing has to be converted: for two tensors of one type, and for a tensor of
// float32 or float64 and a Python number. All else is the function of that name
// in Python.
//
//===----------------------------------------------------------------------===//

#include "compiler/runtime/Buffer.h"
#include "python/bindings/bindings.h"
#include "python/bindings/graph.h"

#include <array>
#include <cmath>
#include <cstring>
#include <unordered_map>

using namespace nabla;

namespace {

/// The comparisons are in the order of Py_LT and so on.
enum Operator : uint8_t { Add, Sub, Mul, Div, Lt, Le, Eq, Ne, Gt, Ge };
constexpr unsigned numOperators = 10;

/// What arithmetic asks of a type.
struct TypeInfo {
  bool isFloat = false;
  bool isInteger = false;
  /// Of a float of 4 or 8 bytes: the type of its 0-d tensors.
  PyObject *scalar = nullptr;
  const ArrayType *array = nullptr; // of that
  PyObject *alone = nullptr;        // a tuple of the type
  bool hasRank = false;
  /// The types of the results of each operator on two tensors of this type.
  PyObject *results[numOperators] = {};
};

} // namespace

/// What is recorded for an operator.
struct Recorded {
  PyObject *name, *op, *attributes;
};

static const Recorded &recordedFor(Operator which) {
  static const auto table = [] {
    constexpr const char *names[numOperators] = {
        "add", "sub", "mul", "div", "lt", "le", "eq", "ne", "gt", "ge"};
    std::array<Recorded, numOperators> table;
    for (unsigned i = 0; i < numOperators; ++i) {
      PyObject *name = PyUnicode_InternFromString(names[i]);
      if (i < Lt)
        table[i] = {name, name, PyTuple_New(0)};
      else
        // As `build.compare` has it.
        table[i] = {name, PyUnicode_InternFromString("compare"),
                    Py_BuildValue("((sN))", "predicate",
                                  PyUnicode_FromFormat("#nabla<predicate %s>",
                                                       names[i]))};
    }
    return table;
  }();
  return table[which];
}

/// Asks Python once: `describe_type` gives (is float, is integer, type of 0-d
/// tensors, its text, rank) or None. Types live as long as the process.
static bool describe(PyObject *type, TypeInfo &info) {
  PyObject *answer = callHook(hooks.describeType, type, nullptr);
  if (!answer)
    return false;
  bool read = true;
  if (answer != Py_None) {
    PyObject *scalar;
    const char *text;
    int isFloat, isInteger, rank;
    read = PyArg_ParseTuple(answer, "ppOsi", &isFloat, &isInteger, &scalar,
                            &text, &rank);
    if (read) {
      info.isFloat = isFloat;
      info.isInteger = isInteger;
      info.hasRank = rank > 0;
      info.array = ArrayType::parse(text);
      if (isFloat && info.array && info.array->bytes() >= 4)
        info.scalar = Py_NewRef(scalar);
      info.alone = PyTuple_Pack(1, type);
    }
  }
  Py_DECREF(answer);
  return read;
}

/// Null with an error.
static TypeInfo *infoOf(PyObject *type) {
  static auto *known = new std::unordered_map<PyObject *, TypeInfo>();
  auto found = known->find(type);
  if (found != known->end())
    return &found->second;
  TypeInfo info;
  if (!describe(type, info))
    return nullptr;
  Py_INCREF(type);
  return &known->emplace(type, info).first->second;
}

/// A tensor, but not one of a subclass, which may mean something else by it.
static Value *valueOf(PyObject *object) {
  if (reinterpret_cast<PyObject *>(Py_TYPE(object)) != hooks.tensor)
    return nullptr;
  return reinterpret_cast<Handle *>(object)->value;
}

/// The number as a double, if it is one exactly.
static bool asNumber(PyObject *object, double &number) {
  if (PyFloat_CheckExact(object)) {
    number = PyFloat_AS_DOUBLE(object);
    return true;
  }
  if (!PyLong_CheckExact(object))
    return false;
  int overflow;
  long long whole = PyLong_AsLongLongAndOverflow(object, &overflow);
  constexpr long long exact = 1LL << 53;
  number = static_cast<double>(whole);
  return !overflow && whole >= -exact && whole <= exact;
}

/// A leaf that holds one number in the element type of `info`.
static Value *scalarLeaf(double number, const TypeInfo &info) {
  std::optional<Buffer> buffer = Buffer::allocate(info.array);
  if (!buffer) {
    PyErr_NoMemory();
    return nullptr;
  }
  if (info.array->bytes() == 4) {
    auto narrow = static_cast<float>(number);
    std::memcpy(buffer->data(), &narrow, 4);
  } else {
    std::memcpy(buffer->data(), &number, 8);
  }
  PyObject *data = newBuffer(std::move(*buffer));
  Value *leaf = data ? newLeaf(info.scalar, data) : nullptr;
  Py_XDECREF(data);
  return leaf;
}

static Value *recordOne(PyObject *op, Value *const *operands, size_t count,
                        PyObject *attributes, PyObject *types, Where where) {
  static PyObject *none = PyTuple_New(0);
  Value *result;
  if (!record(currentTrace(), op, reinterpret_cast<PyObject *const *>(operands),
              count, attributes ? attributes : none, types, nullptr, none,
              where, &result))
    return nullptr;
  return result;
}

/// The number as a tensor of the type, as `literals.scalar` makes it eagerly:
/// an operand, so that the same work on another number is the same program.
static Value *spread(double number, const TypeInfo &info, Where where) {
  static PyObject *op = PyUnicode_InternFromString("broadcast");
  Value *leaf = scalarLeaf(number, info);
  if (!leaf || !info.hasRank)
    return leaf;
  Value *result =
      recordOne(op, &leaf, 1, hooks.spreadAttributes, info.alone, where);
  Py_DECREF(leaf);
  return result;
}

static PyObject *recordOperator(Operator which, Value *a, Value *b,
                                TypeInfo &info, Where where) {
  Value *operands[] = {a, b};
  const Recorded &recorded = recordedFor(which);
  PyObject *&types = info.results[which];
  if (!types &&
      !(types = inferTypes(recorded.op,
                           reinterpret_cast<PyObject *const *>(operands), 2,
                           recorded.attributes, Py_None)))
    return nullptr;
  Value *result =
      recordOne(recorded.op, operands, 2, recorded.attributes, types, where);
  if (!result)
    return nullptr;
  result->weak = which < Lt && a->weak && b->weak;
  PyObject *handle = wrap(result);
  Py_DECREF(result);
  return handle;
}

/// Of a tensor and a Python number, in the order of `swapped`; null without an
/// error where Python has to do it.
static PyObject *withNumber(Operator which, Value *value, PyObject *object,
                            bool swapped) {
  double number;
  // In a trace a number is a constant.
  if (currentTrace() || value->weak || !asNumber(object, number))
    return nullptr;
  TypeInfo *info = infoOf(value->type);
  if (!info || !info->scalar)
    return nullptr;
  Where where;
  if (!findWhere(where))
    return nullptr;
  Value *other = spread(number, *info, where);
  if (!other)
    return nullptr;
  PyObject *result = swapped
                         ? recordOperator(which, other, value, *info, where)
                         : recordOperator(which, value, other, *info, where);
  Py_DECREF(other);
  return result;
}

static PyObject *quickly(Operator which, PyObject *a, PyObject *b) {
  Value *x = valueOf(a), *y = valueOf(b);
  if (!x)
    return y ? withNumber(which, y, a, true) : nullptr;
  if (!y)
    return withNumber(which, x, b, false);
  if (x->type != y->type || x->weak != y->weak)
    return nullptr;
  TypeInfo *info = infoOf(x->type);
  if (!info || !(info->isFloat || (info->isInteger && which != Div)))
    return nullptr;
  Where where;
  return findWhere(where) ? recordOperator(which, x, y, *info, where) : nullptr;
}

static PyObject *operate(Operator which, PyObject *a, PyObject *b) {
  PyObject *result = quickly(which, a, b);
  if (result || PyErr_Occurred())
    return result;
  return callHook(hooks.arithmetic, recordedFor(which).name, a, b, nullptr);
}

template <Operator which> static PyObject *slot(PyObject *a, PyObject *b) {
  return operate(which, a, b);
}

static PyObject *compare(PyObject *a, PyObject *b, int which) {
  static_assert(Py_LT == 0 && Py_LE == 1 && Py_EQ == 2 && Py_NE == 3 &&
                Py_GT == 4 && Py_GE == 5);
  return operate(static_cast<Operator>(Lt + which), a, b);
}

void nabla::bindOperators(nanobind::module_ &m) {
  PyType_Slot slots[] = {
      {Py_nb_add, reinterpret_cast<void *>(slot<Add>)},
      {Py_nb_subtract, reinterpret_cast<void *>(slot<Sub>)},
      {Py_nb_multiply, reinterpret_cast<void *>(slot<Mul>)},
      {Py_nb_true_divide, reinterpret_cast<void *>(slot<Div>)},
      {Py_tp_richcompare, reinterpret_cast<void *>(compare)},
      {0, nullptr}};
  PyType_Spec spec = {"nabla._nabla.Arithmetic", 0, 0,
                      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};
  PyObject *bases = PyTuple_Pack(1, handleType);
  PyObject *type = bases ? PyType_FromSpecWithBases(&spec, bases) : nullptr;
  Py_XDECREF(bases);
  if (!type || PyModule_AddObjectRef(m.ptr(), "Arithmetic", type) < 0)
    throw nanobind::python_error();
  Py_DECREF(type);
}
