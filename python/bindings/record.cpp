//===- record.cpp - Recording operations ----------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/runtime/Buffer.h"
#include "python/bindings/bindings.h"
#include "python/bindings/gil.h"
#include "python/bindings/graph.h"

#include <cstdarg>
#include <cstring>
#include <utility>
#include <vector>

using namespace nabla;

//===----------------------------------------------------------------------===//
// Traces
//===----------------------------------------------------------------------===//

static thread_local PyObject *innermost = nullptr;

PyObject *nabla::currentTrace() { return innermost; }

static PyObject *current(PyObject *, PyObject *) {
  return Py_NewRef(innermost ? innermost : Py_None);
}

static PyObject *setCurrent(PyObject *, PyObject *trace) {
  PyObject *old = innermost;
  innermost = trace == Py_None ? nullptr : Py_NewRef(trace);
  Py_XDECREF(old);
  Py_RETURN_NONE;
}

void nabla::raiseDonated(Value *value) {
  Py_XDECREF(callHook(hooks.donated, value, nullptr));
}

/// The value of this trace that stands for a value of this or an outer one; a
/// new reference.
static PyObject *adopt(PyObject *trace, PyObject *value) {
  if (isDonated(reinterpret_cast<Value *>(value))) {
    raiseDonated(reinterpret_cast<Value *>(value));
    return nullptr;
  }
  if (reinterpret_cast<Value *>(value)->trace == trace)
    return Py_NewRef(value);
  static PyObject *name = PyUnicode_InternFromString("adopt");
  return PyObject_CallMethodOneArg(trace, name, value);
}

//===----------------------------------------------------------------------===//
// Pending work
//===----------------------------------------------------------------------===//

Pending nabla::pending = {};

void nabla::unlinkPending(Node *node) {
  if (!node->before)
    return;
  node->before->after = node->after;
  node->after->before = node->before;
  node->before = node->after = nullptr;
  --pending.count;
}

/// Notes a leaf that pending work keeps alive, once.
static void countLeaf(Value *value) {
  if (value->counted == pending.generation)
    return;
  value->counted = pending.generation;
  if (const Buffer *buffer = bufferOf(value->data))
    pending.leafBytes += buffer->type()->bytes();
}

/// Notes that this node is pending; may run older work.
static bool addPending(Node *node) {
  if (pending.count >= pending.limit || pending.leafBytes >= pending.maxBytes) {
    PyObject *done = callHook(hooks.shrink, node, nullptr);
    if (!done)
      return false;
    Py_DECREF(done);
  }
  Node *last = pending.ring.before;
  node->before = last;
  node->after = &pending.ring;
  last->after = pending.ring.before = node;
  ++pending.count;
  for (Py_ssize_t i = 0; i < operandCount(node); ++i)
    if (Value *operand = operandOf(node, i); !operand->node)
      countLeaf(operand);
  return true;
}

/// The pending nodes, in order.
static PyObject *alive(PyObject *, PyObject *) {
  std::vector<PyObject *> nodes;
  for (Node *node = pending.ring.after; node != &pending.ring;
       node = node->after)
    if (Py_REFCNT(node) > 0)
      nodes.push_back(reinterpret_cast<PyObject *>(node));
  for (PyObject *node : nodes)
    Py_INCREF(node);
  PyObject *list = PyList_New(nodes.size());
  for (size_t i = 0; i < nodes.size(); ++i)
    if (list)
      PyList_SET_ITEM(list, i, nodes[i]);
    else
      Py_DECREF(nodes[i]);
  return list;
}

/// Counts the bytes of leaves anew, without those that somebody holds anyway.
static PyObject *recount(PyObject *, PyObject *) {
  ++pending.generation;
  pending.leafBytes = 0;
  for (Node *node = pending.ring.after; node != &pending.ring;
       node = node->after) {
    if (Py_REFCNT(node) == 0)
      continue;
    for (Py_ssize_t i = 0; i < operandCount(node); ++i)
      if (Value *operand = operandOf(node, i);
          !operand->node && !isHeld(operand))
        countLeaf(operand);
  }
  Py_RETURN_NONE;
}

static PyObject *getNumber(PyObject *, void *field) {
  return PyLong_FromLongLong(*static_cast<int64_t *>(field));
}

static int setNumber(PyObject *, PyObject *number, void *field) {
  long long given = number ? PyLong_AsLongLong(number) : 0;
  if (given == -1 && PyErr_Occurred())
    return -1;
  *static_cast<int64_t *>(field) = given;
  return 0;
}

static PyGetSetDef pendingFields[] = {
    {"count", getNumber, nullptr, nullptr, &pending.count},
    {"leaf_bytes", getNumber, nullptr, nullptr, &pending.leafBytes},
    {"limit", getNumber, setNumber, nullptr, &pending.limit},
    {"max_bytes", getNumber, setNumber, nullptr, &pending.maxBytes},
    {},
};

static PyMethodDef pendingMethods[] = {
    {"alive", alive, METH_NOARGS, nullptr},
    {"recount", recount, METH_NOARGS, nullptr},
    {},
};

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

static bool makeResults(Node *node, PyObject *trace, Value **results) {
  for (Py_ssize_t i = 0; i < Py_SIZE(node); ++i) {
    results[i] = newValue(PyTuple_GET_ITEM(node->types, i), trace, node, i);
    if (!results[i]) {
      while (i-- > 0)
        Py_DECREF(results[i]);
      return false;
    }
    node->results[i] = results[i];
  }
  return true;
}

/// Whether a derivative flows through the results.
static bool flows(const Node *node) {
  if (PyUnicode_CompareWithASCIIString(node->op, "stop_gradient") == 0)
    return false;
  for (Py_ssize_t i = 0; i < operandCount(node); ++i)
    if (operandOf(node, i)->active)
      return true;
  return false;
}

static PyObject *operandTuple(PyObject *trace, PyObject *const *operands,
                              size_t count) {
  PyObject *tuple = PyTuple_New(count);
  for (size_t i = 0; tuple && i < count; ++i) {
    auto *value = reinterpret_cast<Value *>(operands[i]);
    PyObject *operand = trace ? adopt(trace, operands[i]) : Py_NewRef(value);
    if (operand && !trace && isDonated(value)) {
      raiseDonated(value);
      Py_CLEAR(operand);
    } else if (operand && !trace && value->trace) {
      // Its trace has ended, or belongs to another thread.
      PyObject *checked =
          callHook(hooks.checkAlive, operands[i], Py_None, nullptr);
      Py_XDECREF(checked);
      if (!checked)
        Py_CLEAR(operand);
    }
    if (!operand)
      Py_CLEAR(tuple);
    else
      PyTuple_SET_ITEM(tuple, i, operand);
  }
  return tuple;
}

bool nabla::record(PyObject *trace, PyObject *op, PyObject *const *operands,
                   size_t count, PyObject *attributes, PyObject *types,
                   PyObject *callee, PyObject *regions, Where where,
                   Value **results) {
  PyObject *tuple = operandTuple(trace, operands, count);
  if (!tuple)
    return false;
  Node *node = newNode(op, tuple, attributes, types, callee, regions, where);
  Py_DECREF(tuple);
  if (!node)
    return false;
  bool made = makeResults(node, trace, results);
  if (made && trace && flows(node))
    for (Py_ssize_t i = 0; i < Py_SIZE(node); ++i)
      results[i]->active = true;
  if (made && !trace && !addPending(node)) {
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(types); ++i)
      Py_DECREF(results[i]);
    made = false;
  }
  Py_DECREF(node);
  return made;
}

/// The types of the results: (op, types of operands, attributes, types stated)
/// is looked up in a table that the compiler's answers fill.
PyObject *nabla::inferTypes(PyObject *op, PyObject *const *operands,
                            size_t count, PyObject *attributes,
                            PyObject *stated) {
  static PyObject *table = PyDict_New();
  PyObject *types = PyTuple_New(count);
  if (!types)
    return nullptr;
  for (size_t i = 0; i < count; ++i)
    PyTuple_SET_ITEM(types, i,
                     Py_NewRef(reinterpret_cast<Value *>(operands[i])->type));
  PyObject *key = PyTuple_Pack(4, op, types, attributes, stated);
  Py_DECREF(types);
  if (!key)
    return nullptr;
  PyObject *found = Py_XNewRef(PyDict_GetItemWithError(table, key));
  if (!found && !PyErr_Occurred()) {
    found = callHook(hooks.infer, op, PyTuple_GET_ITEM(key, 1), attributes,
                     stated, nullptr);
    if (PyDict_GET_SIZE(table) > 100'000)
      PyDict_Clear(table);
    if (found && PyDict_SetItem(table, key, found) < 0)
      Py_CLEAR(found);
  }
  Py_DECREF(key);
  return found;
}

namespace {

/// Arguments of `record` and its kind that are sequences of values.
class Operands {
public:
  explicit Operands(PyObject *sequence)
      : fast(PySequence_Fast(sequence, "operands are no sequence")) {
    for (size_t i = 0; fast && i < size(); ++i)
      if (!isValue(data()[i])) {
        PyErr_Format(PyExc_TypeError, "operand %zu is %s, no value", i,
                     Py_TYPE(data()[i])->tp_name);
        Py_CLEAR(fast);
      }
  }
  ~Operands() { Py_XDECREF(fast); }

  explicit operator bool() const { return fast; }
  PyObject *const *data() const { return PySequence_Fast_ITEMS(fast); }
  size_t size() const { return PySequence_Fast_GET_SIZE(fast); }

private:
  PyObject *fast;
};

} // namespace

static PyObject *recordTuple(PyObject *trace, PyObject *op,
                             const Operands &operands, PyObject *attributes,
                             PyObject *types, PyObject *callee,
                             PyObject *regions, Where where) {
  if (!PyTuple_CheckExact(types) || !PyTuple_CheckExact(attributes) ||
      !PyTuple_CheckExact(regions))
    return PyErr_Format(PyExc_TypeError,
                        "types, attributes and regions must be tuples");
  Py_ssize_t count = PyTuple_GET_SIZE(types);
  PyObject *results = PyTuple_New(count);
  if (!results)
    return nullptr;
  auto **values = reinterpret_cast<Value **>(
      reinterpret_cast<PyTupleObject *>(results)->ob_item);
  if (!record(trace, op, operands.data(), operands.size(), attributes, types,
              callee, regions, where, values)) {
    std::memset(values, 0, count * sizeof(Value *));
    Py_CLEAR(results);
  }
  return results;
}

static PyObject *recordObject(PyObject *, PyObject *args) {
  PyObject *trace, *op, *sequence, *attributes, *types, *callee, *regions, *at;
  if (!PyArg_ParseTuple(args, "OUOOOOOO", &trace, &op, &sequence, &attributes,
                        &types, &callee, &regions, &at))
    return nullptr;
  Where where;
  Operands operands(sequence);
  if (!operands || !parseWhere(at, where))
    return nullptr;
  return recordTuple(trace == Py_None ? nullptr : trace, op, operands,
                     attributes, types, callee, regions, where);
}

/// apply(op, operands, attributes, types, callee, regions), as `apply.apply`.
static PyObject *applyObject(PyObject *, PyObject *args, PyObject *kwargs) {
  static const char *names[] = {"op",     "operands", "attributes", "types",
                                "callee", "regions",  nullptr};
  static PyObject *empty = PyTuple_New(0);
  PyObject *op, *sequence, *attributes = empty, *types = Py_None,
                           *callee = Py_None, *regions = empty;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "UO|OOOO",
                                   const_cast<char **>(names), &op, &sequence,
                                   &attributes, &types, &callee, &regions))
    return nullptr;
  Operands operands(sequence);
  if (!operands)
    return nullptr;
  bool known = callee != Py_None || PyObject_IsTrue(regions);
  PyObject *found = known ? Py_NewRef(types)
                          : inferTypes(op, operands.data(), operands.size(),
                                       attributes, types);
  Where where;
  PyObject *results = nullptr;
  if (found && findWhere(where))
    results = recordTuple(innermost, op, operands, attributes, found, callee,
                          regions, where);
  Py_XDECREF(found);
  return results;
}

/// apply1(op, operands, attributes, type): for an op with one result.
static PyObject *applyOne(PyObject *, PyObject *const *args, Py_ssize_t count) {
  static PyObject *empty = PyTuple_New(0);
  if (count < 2 || count > 4) {
    PyErr_SetString(PyExc_TypeError, "apply1 takes 2 to 4 arguments");
    return nullptr;
  }
  PyObject *attributes = count > 2 ? args[2] : empty;
  Operands operands(args[1]);
  if (!operands)
    return nullptr;
  PyObject *stated = count > 3 && args[3] != Py_None ? PyTuple_Pack(1, args[3])
                                                     : Py_NewRef(Py_None);
  if (!stated)
    return nullptr;
  PyObject *types =
      inferTypes(args[0], operands.data(), operands.size(), attributes, stated);
  Py_DECREF(stated);
  Where where;
  Value *result = nullptr;
  if (types && findWhere(where) &&
      !record(innermost, args[0], operands.data(), operands.size(), attributes,
              types, nullptr, empty, where, &result))
    result = nullptr;
  Py_XDECREF(types);
  return reinterpret_cast<PyObject *>(result);
}

//===----------------------------------------------------------------------===//
// What Python does for us
//===----------------------------------------------------------------------===//

Hooks nabla::hooks = {};

static const std::pair<const char *, PyObject **> hookFields[] = {
    {"belongs_to_user", &hooks.isUsers},
    {"tensor", &hooks.tensor},
    {"linear_map", &hooks.linearMap},
    {"linear_type", &hooks.linearType},
    {"infer", &hooks.infer},
    {"check_alive", &hooks.checkAlive},
    {"shrink", &hooks.shrink},
    {"materialize", &hooks.materialize},
    {"as_argument", &hooks.asArgument},
    {"no_hash", &hooks.noHash},
    {"key_type", &hooks.keyType},
    {"compile_part", &hooks.compilePart},
    {"describe_type", &hooks.describeType},
    {"arithmetic", &hooks.arithmetic},
    {"spread_attributes", &hooks.spreadAttributes},
    {"donated", &hooks.donated},
    {"refuse_donation", &hooks.refuseDonation},
    {"ndarray", &hooks.ndarray},
};

PyObject *nabla::callHook(PyObject *hook, ...) {
  if (!hook)
    return PyErr_Format(PyExc_RuntimeError, "Python is about to end");
  PyObject *args[6] = {};
  size_t count = 0;
  va_list list;
  va_start(list, hook);
  while (PyObject *arg = va_arg(list, PyObject *))
    args[count++] = arg;
  va_end(list);
  return orSleepAtExit(
      [&] { return PyObject_Vectorcall(hook, args, count, nullptr); });
}

/// connect(**hooks)
static PyObject *connect(PyObject *, PyObject *, PyObject *kwargs) {
  for (auto [name, field] : hookFields)
    if (PyObject *given = PyDict_GetItemString(kwargs, name)) {
      PyObject *old = *field;
      *field = Py_NewRef(given);
      Py_XDECREF(old);
    }
  Py_RETURN_NONE;
}

// The collector sees the hooks through the object `pending` of this module, so
// that they go with the module, and what they refer to with them.

static int traverseHooks(PyObject *self, visitproc visit, void *arg) {
  Py_VISIT(Py_TYPE(self));
  for (auto [name, field] : hookFields)
    Py_VISIT(*field);
  return traverseParts(visit, arg);
}

static int clearHooks(PyObject *) {
  for (auto [name, field] : hookFields)
    Py_CLEAR(*field);
  clearParts();
  return 0;
}

static void destroyPending(PyObject *self) {
  PyObject_GC_UnTrack(self);
  clearHooks(self);
  PyTypeObject *type = Py_TYPE(self);
  PyObject_GC_Del(self);
  Py_DECREF(type);
}

//===----------------------------------------------------------------------===//
// The module
//===----------------------------------------------------------------------===//

static PyMethodDef functions[] = {
    {"current", current, METH_NOARGS, nullptr},
    {"set_current", setCurrent, METH_O, nullptr},
    {"record", recordObject, METH_VARARGS, nullptr},
    {"apply", reinterpret_cast<PyCFunction>(applyObject),
     METH_VARARGS | METH_KEYWORDS, nullptr},
    {"apply1", reinterpret_cast<PyCFunction>(applyOne), METH_FASTCALL, nullptr},
    {"connect", reinterpret_cast<PyCFunction>(connect),
     METH_VARARGS | METH_KEYWORDS, nullptr},
    {},
};

void nabla::bindRecord(nanobind::module_ &m) {
  pending.ring.before = pending.ring.after = &pending.ring;
  pending.limit = pending.maxBytes = INT64_MAX;
  pending.generation = 1;
  PyType_Slot slots[] = {
      {Py_tp_getset, pendingFields},
      {Py_tp_methods, pendingMethods},
      {Py_tp_dealloc, reinterpret_cast<void *>(destroyPending)},
      {Py_tp_traverse, reinterpret_cast<void *>(traverseHooks)},
      {Py_tp_clear, reinterpret_cast<void *>(clearHooks)},
      {0, nullptr}};
  PyType_Spec spec = {"nabla._nabla.Pending", sizeof(PyObject), 0,
                      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC |
                          Py_TPFLAGS_DISALLOW_INSTANTIATION,
                      slots};
  PyObject *type = PyType_FromSpec(&spec);
  if (!type)
    throw nanobind::python_error();
  PyObject *object =
      PyObject_GC_New(PyObject, reinterpret_cast<PyTypeObject *>(type));
  Py_DECREF(type);
  if (!object)
    throw nanobind::python_error();
  PyObject_GC_Track(object);
  int added = PyModule_AddObjectRef(m.ptr(), "pending", object);
  Py_DECREF(object);
  if (added < 0 || PyModule_AddFunctions(m.ptr(), functions) < 0)
    throw nanobind::python_error();
}
