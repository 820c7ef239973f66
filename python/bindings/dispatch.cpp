//===- dispatch.cpp - Calls of compiled functions -------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The base class of `nabla.transforms.compile.CompiledFunction`. A call whose
// signature is known runs here from end to end; Python traces the others.
//
//===----------------------------------------------------------------------===//

#include "python/bindings/bindings.h"
#include "python/bindings/entry.h"
#include "python/bindings/lent.h"

#include <structmember.h>

#include <cstddef>
#include <memory>
#include <unordered_map>

namespace nb = nanobind;
using namespace nabla;

ScalarTypes nabla::scalarTypes = {};

//===----------------------------------------------------------------------===//
// The cache of a function
//===----------------------------------------------------------------------===//

namespace {

using Entries = std::unordered_multimap<uint64_t, std::shared_ptr<Entry>>;

struct Dispatch {
  PyObject_HEAD vectorcallfunc vectorcall;
  Entries *entries;
  Statics *statics;
  int64_t maxEntries, hits, misses, uses;
  PyObject *weakrefs;
};

} // namespace

static PyTypeObject *dispatchType = nullptr;

/// The entry of a signature; null with or without an error.
static std::shared_ptr<Entry> find(Dispatch *self, const Arguments &arguments) {
  auto [first, last] = self->entries->equal_range(arguments.hash());
  // Comparing may run Python, which may change the table.
  std::shared_ptr<Entry> candidates[4];
  size_t count = 0;
  for (auto it = first; it != last && count < 4; ++it)
    candidates[count++] = it->second;
  for (size_t i = 0; i < count; ++i) {
    int same = equal(candidates[i]->tokens(), arguments.tokens());
    if (same < 0)
      return nullptr;
    if (same)
      return candidates[i];
  }
  return nullptr;
}

static void insert(Dispatch *self, std::shared_ptr<Entry> entry) {
  std::shared_ptr<Entry> dropped; // may run Python when it goes
  if (static_cast<int64_t>(self->entries->size()) >= self->maxEntries) {
    auto oldest = self->entries->begin();
    for (auto it = oldest; it != self->entries->end(); ++it)
      if (it->second->lastUse < oldest->second->lastUse)
        oldest = it;
    dropped = std::move(oldest->second);
    self->entries->erase(oldest);
  }
  uint64_t hash = entry->hash();
  self->entries->emplace(hash, std::move(entry));
}

/// Calls a method of the function in Python with the arguments of a call, and
/// with one more in front unless it is null.
static PyObject *callPython(Dispatch *self, const char *method, PyObject *first,
                            PyObject *const *args, size_t count,
                            PyObject *names) {
  PyObject *bound =
      PyObject_GetAttrString(reinterpret_cast<PyObject *>(self), method);
  PyObject *positional = PyTuple_New(count), *keywords = PyDict_New();
  PyObject *result = nullptr;
  if (bound && positional && keywords) {
    for (size_t i = 0; i < count; ++i)
      PyTuple_SET_ITEM(positional, i, Py_NewRef(args[i]));
    size_t named = names ? PyTuple_GET_SIZE(names) : 0;
    bool failed = false;
    for (size_t i = 0; i < named; ++i)
      failed |= PyDict_SetItem(keywords, PyTuple_GET_ITEM(names, i),
                               args[count + i]) < 0;
    if (!failed)
      result = PyObject_CallFunctionObjArgs(bound, positional, keywords, first,
                                            nullptr);
  }
  Py_XDECREF(bound);
  Py_XDECREF(positional);
  Py_XDECREF(keywords);
  return result;
}

static std::shared_ptr<Entry> miss(Dispatch *self, Arguments &arguments,
                                   PyObject *const *args, size_t count,
                                   PyObject *names) {
  PyObject *numbered = arguments.numbered(args, count, names, *self->statics);
  if (!numbered)
    return nullptr;
  ++self->misses;
  PyObject *made = callPython(self, "_miss", numbered, args, count, names);
  Py_DECREF(numbered);
  if (!made)
    return nullptr;
  auto entry = std::make_shared<Entry>();
  bool learned = entry->learn(arguments, made);
  Py_DECREF(made);
  if (!learned)
    return nullptr;
  insert(self, entry);
  return entry;
}

static PyObject *dispatch(Dispatch *self, PyObject *const *args, size_t count,
                          PyObject *names) {
  if (currentTrace())
    return callPython(self, "_record", nullptr, args, count, names);
  Lent<Arguments> arguments;
  if (!arguments->read(args, count, names, *self->statics))
    return nullptr;
  std::shared_ptr<Entry> entry = find(self, *arguments);
  if (entry)
    ++self->hits;
  else if (PyErr_Occurred() ||
           !(entry = miss(self, *arguments, args, count, names)))
    return nullptr;
  entry->lastUse = ++self->uses;
  return entry->run(*arguments);
}

static PyObject *call(PyObject *object, PyObject *const *args, size_t flags,
                      PyObject *names) {
  try {
    return dispatch(reinterpret_cast<Dispatch *>(object), args,
                    PyVectorcall_NARGS(flags), names);
  } catch (const std::bad_alloc &) {
    return PyErr_NoMemory();
  } catch (nb::python_error &error) {
    error.restore();
    return nullptr;
  }
}

//===----------------------------------------------------------------------===//
// The class
//===----------------------------------------------------------------------===//

static PyObject *construct(PyTypeObject *cls, PyObject *, PyObject *) {
  PyObject *object = cls->tp_alloc(cls, 0);
  if (!object)
    return nullptr;
  // Python before 3.12 does not inherit it.
  cls->tp_flags |= Py_TPFLAGS_HAVE_VECTORCALL;
  auto *self = reinterpret_cast<Dispatch *>(object);
  self->vectorcall = call;
  self->entries = new Entries();
  self->statics = new Statics();
  self->maxEntries = 1;
  return object;
}

static int clearDispatch(PyObject *object) {
  auto *self = reinterpret_cast<Dispatch *>(object);
  Entries old;
  if (self->entries)
    old.swap(*self->entries);
  return 0;
}

static int traverseDispatch(PyObject *object, visitproc visit, void *arg) {
  Py_VISIT(Py_TYPE(object));
  auto *self = reinterpret_cast<Dispatch *>(object);
  if (self->entries)
    for (auto &[hash, entry] : *self->entries)
      if (entry.use_count() == 1) // else a call holds it
        if (int result = entry->traverse(visit, arg))
          return result;
  return 0;
}

static void destroyDispatch(PyObject *object) {
  PyObject_GC_UnTrack(object);
  auto *self = reinterpret_cast<Dispatch *>(object);
  if (self->weakrefs)
    PyObject_ClearWeakRefs(object);
  clearDispatch(object);
  for (PyObject *name : self->statics->names)
    Py_DECREF(name);
  delete self->entries;
  delete self->statics;
  PyTypeObject *type = Py_TYPE(object);
  type->tp_free(object);
  Py_DECREF(type);
}

/// A function in a class is a method.
static PyObject *bind(PyObject *self, PyObject *instance, PyObject *) {
  if (!instance || instance == Py_None)
    return Py_NewRef(self);
  return PyMethod_New(self, instance);
}

/// _configure(positions, names, max_cache_size)
static PyObject *configure(PyObject *object, PyObject *args) {
  PyObject *positions, *names;
  long long most;
  if (!PyArg_ParseTuple(args, "O!O!L", &PyTuple_Type, &positions, &PyTuple_Type,
                        &names, &most))
    return nullptr;
  auto *self = reinterpret_cast<Dispatch *>(object);
  self->maxEntries = most;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(positions); ++i)
    self->statics->positions.push_back(
        PyLong_AsLongLong(PyTuple_GET_ITEM(positions, i)));
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names); ++i) {
    PyObject *name = PyTuple_GET_ITEM(names, i);
    if (!PyUnicode_Check(name))
      return PyErr_Format(PyExc_TypeError, "%R is no name", name);
    self->statics->names.push_back(Py_NewRef(name));
  }
  if (PyErr_Occurred())
    return nullptr;
  Py_RETURN_NONE;
}

static PyObject *clearCache(PyObject *self, PyObject *) {
  clearDispatch(self);
  Py_RETURN_NONE;
}

static PyObject *cacheSize(PyObject *self, void *) {
  return PyLong_FromSize_t(reinterpret_cast<Dispatch *>(self)->entries->size());
}

/// _scalar_types(boolean, int32, int64, float32)
static PyObject *setScalarTypes(PyObject *, PyObject *args) {
  ScalarTypes types;
  if (!PyArg_ParseTuple(args, "OOOO", &types.boolean, &types.int32,
                        &types.int64, &types.float32))
    return nullptr;
  for (PyObject *type :
       {types.boolean, types.int32, types.int64, types.float32})
    Py_INCREF(type);
  scalarTypes = types;
  Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"_configure", configure, METH_VARARGS, nullptr},
    {"clear_cache", clearCache, METH_NOARGS, "Forget all signatures."},
    {},
};

static PyGetSetDef fields[] = {
    {"_cache_size", cacheSize, nullptr, nullptr, nullptr},
    {},
};

static PyMemberDef members[] = {
    {"_hits", T_LONGLONG, offsetof(Dispatch, hits), 0, nullptr},
    {"_misses", T_LONGLONG, offsetof(Dispatch, misses), 0, nullptr},
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Dispatch, vectorcall),
     READONLY, nullptr},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(Dispatch, weakrefs), READONLY,
     nullptr},
    {},
};

static PyMethodDef functions[] = {
    {"set_scalar_types", setScalarTypes, METH_VARARGS, nullptr},
    {},
};

void nabla::bindDispatch(nb::module_ &m) {
  PyType_Slot slots[] = {
      {Py_tp_new, reinterpret_cast<void *>(construct)},
      {Py_tp_dealloc, reinterpret_cast<void *>(destroyDispatch)},
      {Py_tp_traverse, reinterpret_cast<void *>(traverseDispatch)},
      {Py_tp_clear, reinterpret_cast<void *>(clearDispatch)},
      {Py_tp_call, reinterpret_cast<void *>(PyVectorcall_Call)},
      {Py_tp_descr_get, reinterpret_cast<void *>(bind)},
      {Py_tp_methods, methods},
      {Py_tp_getset, fields},
      {Py_tp_members, members},
      {0, nullptr}};
  PyType_Spec spec = {"nabla._nabla.Dispatch", sizeof(Dispatch), 0,
                      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC |
                          Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_VECTORCALL,
                      slots};
  dispatchType = reinterpret_cast<PyTypeObject *>(PyType_FromSpec(&spec));
  if (!dispatchType ||
      PyModule_AddObjectRef(m.ptr(), "Dispatch",
                            reinterpret_cast<PyObject *>(dispatchType)) < 0 ||
      PyModule_AddFunctions(m.ptr(), functions) < 0)
    throw nb::python_error();
}
