//===- graph.cpp - What is recorded, as Python objects --------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "python/bindings/graph.h"
#include "python/bindings/bindings.h"

#include <structmember.h>

#include <cstddef>
#include <cstring>

using namespace nabla;

PyTypeObject *nabla::valueType = nullptr;
PyTypeObject *nabla::nodeType = nullptr;
PyTypeObject *nabla::handleType = nullptr;

//===----------------------------------------------------------------------===//
// Fields
//===----------------------------------------------------------------------===//

/// `closure` of a getter or setter is the offset of its field.
template <typename T> static T &fieldAt(PyObject *self, void *closure) {
  return *reinterpret_cast<T *>(reinterpret_cast<char *>(self) +
                                reinterpret_cast<intptr_t>(closure));
}

static PyObject *orNone(PyObject *object) {
  return Py_NewRef(object ? object : Py_None);
}

static PyObject *unlessNone(PyObject *object) {
  return object == Py_None ? nullptr : Py_XNewRef(object);
}

static PyObject *getObject(PyObject *self, void *closure) {
  return orNone(fieldAt<PyObject *>(self, closure));
}

static int setObject(PyObject *self, PyObject *object, void *closure) {
  PyObject *&field = fieldAt<PyObject *>(self, closure);
  PyObject *old = field;
  field = unlessNone(object);
  Py_XDECREF(old);
  return 0;
}

static PyObject *getBool(PyObject *self, void *closure) {
  return PyBool_FromLong(fieldAt<bool>(self, closure));
}

static int setBool(PyObject *self, PyObject *object, void *closure) {
  int truth = object ? PyObject_IsTrue(object) : 0;
  if (truth < 0)
    return -1;
  fieldAt<bool>(self, closure) = truth;
  return 0;
}

#define OBJECT(Struct, name)                                                   \
  {#name, getObject, setObject, nullptr,                                       \
   reinterpret_cast<void *>(offsetof(Struct, name))}
#define BOOL(Struct, name)                                                     \
  {#name, getBool, setBool, nullptr,                                           \
   reinterpret_cast<void *>(offsetof(Struct, name))}

//===----------------------------------------------------------------------===//
// Value
//===----------------------------------------------------------------------===//

/// The value no longer stands for a result of its node.
static void leaveNode(Value *self) {
  Node *node = self->node;
  if (!node)
    return;
  self->node = nullptr;
  if (node->results[self->index] == self)
    node->results[self->index] = nullptr;
  Py_DECREF(node);
}

static int clearValue(PyObject *object) {
  auto *self = reinterpret_cast<Value *>(object);
  leaveNode(self);
  Py_CLEAR(self->type);
  Py_CLEAR(self->trace);
  Py_CLEAR(self->data);
  Py_CLEAR(self->owner);
  Py_CLEAR(self->source);
  Py_CLEAR(self->where);
  return 0;
}

static int traverseValue(PyObject *object, visitproc visit, void *arg) {
  auto *self = reinterpret_cast<Value *>(object);
  Py_VISIT(Py_TYPE(object));
  Py_VISIT(self->node);
  Py_VISIT(self->type);
  Py_VISIT(self->trace);
  Py_VISIT(self->data);
  Py_VISIT(self->owner);
  Py_VISIT(self->source);
  return 0;
}

static void destroyValue(PyObject *object) {
  PyObject_GC_UnTrack(object);
  Py_TRASHCAN_BEGIN(object, destroyValue);
  if (reinterpret_cast<Value *>(object)->weakrefs)
    PyObject_ClearWeakRefs(object);
  clearValue(object);
  PyTypeObject *type = Py_TYPE(object);
  PyObject_GC_Del(object);
  Py_DECREF(type);
  Py_TRASHCAN_END;
}

Value *nabla::newValue(PyObject *type, PyObject *trace, Node *node, int index) {
  Value *self = PyObject_GC_New(Value, valueType);
  if (!self)
    return nullptr;
  self->type = Py_NewRef(type);
  self->trace = Py_XNewRef(trace);
  self->node = node;
  Py_XINCREF(node);
  self->data = self->owner = self->source = self->where = nullptr;
  self->handle = self->weakrefs = nullptr;
  self->mark = 0;
  self->number = 0;
  self->index = index;
  self->counted = 0;
  self->weak = self->active = self->pinned = false;
  PyObject_GC_Track(reinterpret_cast<PyObject *>(self));
  return self;
}

Value *nabla::newLeaf(PyObject *type, PyObject *data) {
  Value *self = newValue(type, nullptr, nullptr, 0);
  if (self)
    self->data = Py_NewRef(data);
  return self;
}

static PyObject *constructValue(PyTypeObject *, PyObject *args, PyObject *) {
  PyObject *type, *trace, *node;
  int index;
  if (!PyArg_ParseTuple(args, "OOOi", &type, &trace, &node, &index))
    return nullptr;
  if (node != Py_None && Py_TYPE(node) != nodeType)
    return PyErr_Format(PyExc_TypeError, "node is no Node");
  return reinterpret_cast<PyObject *>(newValue(
      type, trace == Py_None ? nullptr : trace,
      node == Py_None ? nullptr : reinterpret_cast<Node *>(node), index));
}

static PyObject *getNode(PyObject *self, void *) {
  return orNone(
      reinterpret_cast<PyObject *>(reinterpret_cast<Value *>(self)->node));
}

/// None is all that a node is ever exchanged for.
static int setNode(PyObject *self, PyObject *object, void *) {
  if (object != Py_None) {
    PyErr_SetString(PyExc_TypeError, "a value can only lose its node");
    return -1;
  }
  leaveNode(reinterpret_cast<Value *>(self));
  return 0;
}

/// An object whose last reference has gone is about to be destroyed.
static PyObject *ifAlive(PyObject *object) {
  return object && Py_REFCNT(object) > 0 ? object : nullptr;
}

static PyObject *getHandle(PyObject *self, void *) {
  return orNone(ifAlive(reinterpret_cast<Value *>(self)->handle));
}

bool nabla::isHeld(Value *value) {
  if (value->pinned || ifAlive(value->handle))
    return true;
  if (!value->owner)
    return false;
  PyObject *owner = PyWeakref_GetObject(value->owner);
  return owner && isValue(owner) && isHeld(reinterpret_cast<Value *>(owner));
}

static PyObject *getHeld(PyObject *self, void *) {
  return PyBool_FromLong(isHeld(reinterpret_cast<Value *>(self)));
}

void nabla::settle(Value *value, PyObject *data) {
  PyObject *old = value->data;
  value->data = Py_NewRef(data);
  Py_XDECREF(old);
  leaveNode(value);
}

static PyGetSetDef valueFields[] = {
    OBJECT(Value, type),
    OBJECT(Value, trace),
    {"node", getNode, setNode, nullptr, nullptr},
    OBJECT(Value, data),
    OBJECT(Value, owner),
    OBJECT(Value, source),
    OBJECT(Value, where),
    BOOL(Value, weak),
    BOOL(Value, active),
    BOOL(Value, pinned),
    {"handle", getHandle, nullptr, nullptr, nullptr},
    {"held", getHeld, nullptr, nullptr, nullptr},
    {},
};

static PyMemberDef valueMembers[] = {
    {"index", T_INT, offsetof(Value, index), READONLY, nullptr},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(Value, weakrefs), READONLY,
     nullptr},
    {},
};

//===----------------------------------------------------------------------===//
// Node
//===----------------------------------------------------------------------===//

static int clearNode(PyObject *object) {
  auto *self = reinterpret_cast<Node *>(object);
  Py_CLEAR(self->op);
  Py_CLEAR(self->operands);
  Py_CLEAR(self->attributes);
  Py_CLEAR(self->types);
  Py_CLEAR(self->callee);
  Py_CLEAR(self->regions);
  Py_CLEAR(self->shadow);
  Py_CLEAR(self->where.code);
  return 0;
}

static int traverseNode(PyObject *object, visitproc visit, void *arg) {
  auto *self = reinterpret_cast<Node *>(object);
  Py_VISIT(Py_TYPE(object));
  Py_VISIT(self->operands);
  Py_VISIT(self->callee);
  Py_VISIT(self->regions);
  Py_VISIT(self->shadow);
  return 0;
}

static void destroyNode(PyObject *object) {
  PyObject_GC_UnTrack(object);
  Py_TRASHCAN_BEGIN(object, destroyNode);
  auto *self = reinterpret_cast<Node *>(object);
  if (self->weakrefs)
    PyObject_ClearWeakRefs(object);
  unlinkPending(self);
  clearNode(object);
  PyTypeObject *type = Py_TYPE(object);
  PyObject_GC_Del(object);
  Py_DECREF(type);
  Py_TRASHCAN_END;
}

static int64_t serials = 0;

Node *nabla::newNode(PyObject *op, PyObject *operands, PyObject *attributes,
                     PyObject *types, PyObject *callee, PyObject *regions,
                     Where where) {
  Py_ssize_t count = PyTuple_GET_SIZE(types);
  Node *self = PyObject_GC_NewVar(Node, nodeType, count);
  if (!self)
    return nullptr;
  self->op = Py_NewRef(op);
  PyUnicode_InternInPlace(&self->op); // compared by identity
  self->operands = Py_NewRef(operands);
  self->attributes = Py_NewRef(attributes);
  self->types = Py_NewRef(types);
  self->callee = unlessNone(callee);
  self->regions = Py_NewRef(regions);
  self->shadow = nullptr;
  self->where = where;
  Py_XINCREF(where.code);
  self->serial = serials++;
  self->before = self->after = nullptr;
  self->mark = 0;
  self->number = 0;
  self->weakrefs = nullptr;
  for (Py_ssize_t i = 0; i < count; ++i)
    self->results[i] = nullptr;
  PyObject_GC_Track(reinterpret_cast<PyObject *>(self));
  return self;
}

/// A number after those of all nodes there are.
static PyObject *now(PyObject *, PyObject *) {
  return PyLong_FromLongLong(serials++);
}

static PyObject *getWhere(PyObject *self, void *) {
  return whereObject(reinterpret_cast<Node *>(self)->where);
}

/// The values that live; None in the place of others.
static PyObject *getResults(PyObject *object, void *) {
  auto *self = reinterpret_cast<Node *>(object);
  PyObject *results = PyTuple_New(Py_SIZE(object));
  if (!results)
    return nullptr;
  for (Py_ssize_t i = 0; i < Py_SIZE(object); ++i)
    PyTuple_SET_ITEM(
        results, i,
        orNone(ifAlive(reinterpret_cast<PyObject *>(self->results[i]))));
  return results;
}

static PyGetSetDef nodeFields[] = {
    OBJECT(Node, op),
    OBJECT(Node, operands),
    OBJECT(Node, attributes),
    OBJECT(Node, types),
    OBJECT(Node, callee),
    OBJECT(Node, regions),
    OBJECT(Node, shadow),
    {"where", getWhere, nullptr, nullptr, nullptr},
    {"results", getResults, nullptr, nullptr, nullptr},
    {},
};

static PyMemberDef nodeMembers[] = {
    {"serial", T_LONGLONG, offsetof(Node, serial), READONLY, nullptr},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(Node, weakrefs), READONLY,
     nullptr},
    {},
};

uint64_t nabla::newMark() {
  static uint64_t last = 0;
  return ++last;
}

//===----------------------------------------------------------------------===//
// Handle
//===----------------------------------------------------------------------===//

static int clearHandle(PyObject *object) {
  auto *self = reinterpret_cast<Handle *>(object);
  if (self->value && self->value->handle == object)
    self->value->handle = nullptr;
  Py_CLEAR(self->value);
  return 0;
}

static int traverseHandle(PyObject *object, visitproc visit, void *arg) {
  Py_VISIT(Py_TYPE(object));
  Py_VISIT(reinterpret_cast<Handle *>(object)->value);
  return 0;
}

static void destroyHandle(PyObject *object) {
  PyObject_GC_UnTrack(object);
  if (reinterpret_cast<Handle *>(object)->weakrefs)
    PyObject_ClearWeakRefs(object);
  clearHandle(object);
  PyTypeObject *type = Py_TYPE(object);
  type->tp_free(object);
  Py_DECREF(type);
}

PyObject *nabla::newHandle(PyTypeObject *cls, Value *value) {
  PyObject *object = cls->tp_alloc(cls, 0);
  if (!object)
    return nullptr;
  auto *self = reinterpret_cast<Handle *>(object);
  Py_INCREF(value);
  self->value = value;
  value->handle = object;
  return object;
}

static PyObject *constructHandle(PyTypeObject *cls, PyObject *args,
                                 PyObject *) {
  PyObject *value;
  if (!PyArg_ParseTuple(args, "O!", valueType, &value))
    return nullptr;
  return newHandle(cls, reinterpret_cast<Value *>(value));
}

PyObject *nabla::wrap(Value *value) {
  if (PyObject *found = ifAlive(value->handle))
    return Py_NewRef(found);
  bool linear =
      reinterpret_cast<PyObject *>(Py_TYPE(value->type)) == hooks.linearType;
  PyObject *cls = linear ? hooks.linearMap : hooks.tensor;
  if (!cls)
    return PyErr_Format(PyExc_RuntimeError, "Python is about to end");
  return newHandle(reinterpret_cast<PyTypeObject *>(cls), value);
}

static PyObject *wrapObject(PyObject *, PyObject *object) {
  if (!isValue(object))
    return PyErr_Format(PyExc_TypeError, "%R is no value", object);
  return wrap(reinterpret_cast<Value *>(object));
}

static PyMemberDef handleMembers[] = {
    {"_value", T_OBJECT_EX, offsetof(Handle, value), READONLY, nullptr},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(Handle, weakrefs), READONLY,
     nullptr},
    {},
};

//===----------------------------------------------------------------------===//
// The module
//===----------------------------------------------------------------------===//

template <typename Function> static void *slot(Function *function) {
  return reinterpret_cast<void *>(function);
}

static PyTypeObject *makeType(PyObject *module, const char *name, size_t size,
                              size_t itemSize, unsigned flags,
                              PyType_Slot *slots) {
  PyType_Spec spec = {
      name, static_cast<int>(size), static_cast<int>(itemSize),
      static_cast<unsigned>(Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | flags),
      slots};
  PyObject *type = PyType_FromSpec(&spec);
  if (!type || PyModule_AddObjectRef(module, strrchr(name, '.') + 1, type) < 0)
    throw nanobind::python_error();
  return reinterpret_cast<PyTypeObject *>(type);
}

static PyMethodDef functions[] = {
    {"now", now, METH_NOARGS, nullptr},
    {"wrap", wrapObject, METH_O, nullptr},
    {},
};

void nabla::bindGraph(nanobind::module_ &m) {
  PyType_Slot valueSlots[] = {{Py_tp_new, slot(constructValue)},
                              {Py_tp_dealloc, slot(destroyValue)},
                              {Py_tp_traverse, slot(traverseValue)},
                              {Py_tp_clear, slot(clearValue)},
                              {Py_tp_getset, valueFields},
                              {Py_tp_members, valueMembers},
                              {0, nullptr}};
  valueType =
      makeType(m.ptr(), "nabla._nabla.Value", sizeof(Value), 0, 0, valueSlots);
  PyType_Slot nodeSlots[] = {
      {Py_tp_dealloc, slot(destroyNode)}, {Py_tp_traverse, slot(traverseNode)},
      {Py_tp_clear, slot(clearNode)},     {Py_tp_getset, nodeFields},
      {Py_tp_members, nodeMembers},       {0, nullptr}};
  nodeType =
      makeType(m.ptr(), "nabla._nabla.Node", offsetof(Node, results),
               sizeof(Value *), Py_TPFLAGS_DISALLOW_INSTANTIATION, nodeSlots);
  PyType_Slot handleSlots[] = {{Py_tp_new, slot(constructHandle)},
                               {Py_tp_dealloc, slot(destroyHandle)},
                               {Py_tp_traverse, slot(traverseHandle)},
                               {Py_tp_clear, slot(clearHandle)},
                               {Py_tp_members, handleMembers},
                               {0, nullptr}};
  handleType = makeType(m.ptr(), "nabla._nabla.Handle", sizeof(Handle), 0,
                        Py_TPFLAGS_BASETYPE, handleSlots);
  if (PyModule_AddFunctions(m.ptr(), functions) < 0)
    throw nanobind::python_error();
}
