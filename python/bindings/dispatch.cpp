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

#include "compiler/driver/Executable.h"
#include "compiler/runtime/Buffer.h"
#include "python/bindings/bindings.h"
#include "python/bindings/signature.h"
#include "python/bindings/template.h"

#include <structmember.h>

#include <cstddef>
#include <memory>
#include <unordered_map>

namespace nb = nanobind;
using namespace nabla;

ScalarTypes nabla::scalarTypes = {};

//===----------------------------------------------------------------------===//
// What a signature runs
//===----------------------------------------------------------------------===//

namespace {

/// A value that a function closes over.
struct Capture {
  PyObject *data; // owned
  void *pointer;
};

/// An array whose memory a result takes.
struct Donation {
  uint32_t input, result;
};

struct Result {
  PyObject *type; // owned
  bool weak;
};

/// What a signature runs. Made of what `CompiledFunction._miss` returns.
class Entry {
public:
  Entry(const Entry &) = delete;
  Entry() = default;
  ~Entry() { clear(); }

  bool learn(const Arguments &arguments, PyObject *made);
  PyObject *run(Arguments &arguments);
  int traverse(visitproc visit, void *arg) const;
  void clear();

  const std::vector<Token> &tokens() const { return signature; }
  uint64_t hash() const { return digest; }
  uint64_t lastUse = 0;

private:
  bool learnMade(PyObject *made);
  bool learnCaptures(PyObject *data);
  bool learnResults(PyObject *types, PyObject *weak);
  PyObject *runPlain(Arguments &arguments);
  PyObject *runGeneral(Arguments &arguments);
  bool gatherInputs(Arguments &arguments, std::vector<void *> &pointers);
  PyObject *tree(PyObject **results);
  bool donate(Arguments &arguments, std::vector<PyObject *> &buffers);
  bool mayDonate(Arguments &arguments, const Donation &donation);
  bool learnDonations(PyObject *pairs);

  std::vector<Token> signature; // with owned objects
  uint64_t digest = 0;
  PyObject *general = nullptr;    // runs it where linear maps come or go
  PyObject *executable = nullptr; // else
  Executable *compiled = nullptr;
  std::vector<uint32_t> order; // the arrays, as the executable takes them
  std::vector<Donation> donations;
  bool draws = false; // takes a random key behind them
  std::vector<Capture> captures;
  std::vector<Result> results;
  std::vector<PyObject *> leaves; // of the output; null for an array
  std::vector<uint32_t> places;   // of the results among the leaves
  bool plain = false;             // the output is of tuples, lists and dicts
  Template output;
  PyObject *unflatten = nullptr; // makes the output, if it is not plain
};

/// A vector that many calls use, one after the other or within each other.
template <typename T> class Lent {
public:
  Lent() {
    if (pool().empty())
      pool().push_back(std::make_unique<T>());
    item = std::move(pool().back());
    pool().pop_back();
  }
  ~Lent() {
    item->clear();
    pool().push_back(std::move(item));
  }
  T &operator*() { return *item; }
  T *operator->() { return item.get(); }

private:
  static std::vector<std::unique_ptr<T>> &pool() {
    static auto *items = new std::vector<std::unique_ptr<T>>();
    return *items;
  }
  std::unique_ptr<T> item;
};

} // namespace

bool Entry::learn(const Arguments &arguments, PyObject *made) {
  digest = arguments.hash();
  for (const Token &token : arguments.tokens()) {
    Py_XINCREF(token.object);
    signature.push_back(token);
  }
  return learnMade(made);
}

static bool toNumbers(PyObject *sequence, std::vector<uint32_t> &numbers) {
  PyObject *fast = PySequence_Fast(sequence, "numbers are no sequence");
  for (Py_ssize_t i = 0; fast && i < PySequence_Fast_GET_SIZE(fast); ++i)
    numbers.push_back(PyLong_AsLong(PySequence_Fast_GET_ITEM(fast, i)));
  Py_XDECREF(fast);
  return !PyErr_Occurred();
}

/// (executable or None, general, order, draws, captures, types, weak, leaves,
/// places, example or None, unflatten, donations)
bool Entry::learnMade(PyObject *made) {
  PyObject *run, *all, *positions, *data, *types, *weak, *items, *where,
      *example, *make, *donated;
  int key;
  if (!PyArg_ParseTuple(made, "OOOpOOOO!OOOO", &run, &all, &positions, &key,
                        &data, &types, &weak, &PyList_Type, &items, &where,
                        &example, &make, &donated))
    return false;
  draws = key;
  general = Py_NewRef(all);
  if (run != Py_None) {
    executable = Py_NewRef(run);
    compiled = nb::cast<Executable *>(nb::handle(run));
  }
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(items); ++i) {
    PyObject *item = PyList_GET_ITEM(items, i);
    leaves.push_back(Py_NewRef(item));
  }
  unflatten = Py_NewRef(make);
  plain = example != Py_None;
  // The example is in a tuple, for None is a tree.
  if (plain && !output.learn(PyTuple_GET_ITEM(example, 0)))
    return false;
  return toNumbers(positions, order) && toNumbers(where, places) &&
         learnCaptures(data) && learnResults(types, weak) &&
         learnDonations(donated);
}

bool Entry::learnCaptures(PyObject *data) {
  PyObject *fast = PySequence_Fast(data, "captures are no sequence");
  for (Py_ssize_t i = 0; fast && i < PySequence_Fast_GET_SIZE(fast); ++i) {
    PyObject *item = PySequence_Fast_GET_ITEM(fast, i);
    const Buffer *buffer = bufferOf(item);
    captures.push_back({Py_NewRef(item), buffer ? buffer->data() : nullptr});
  }
  Py_XDECREF(fast);
  return fast;
}

bool Entry::learnResults(PyObject *types, PyObject *weak) {
  if (!PyTuple_Check(types) || !PyList_Check(weak)) {
    PyErr_SetString(PyExc_TypeError, "types and weak are a tuple and a list");
    return false;
  }
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(types); ++i)
    results.push_back({Py_NewRef(PyTuple_GET_ITEM(types, i)),
                       PyList_GetItem(weak, i) == Py_True});
  return !PyErr_Occurred();
}

bool Entry::learnDonations(PyObject *pairs) {
  PyObject *fast = PySequence_Fast(pairs, "donations are no sequence");
  for (Py_ssize_t i = 0; fast && i < PySequence_Fast_GET_SIZE(fast); ++i) {
    Donation donation;
    if (!PyArg_ParseTuple(PySequence_Fast_GET_ITEM(fast, i), "II",
                          &donation.input, &donation.result))
      Py_CLEAR(fast);
    else
      donations.push_back(donation);
  }
  Py_XDECREF(fast);
  return fast;
}

int Entry::traverse(visitproc visit, void *arg) const {
  for (const Token &token : signature)
    Py_VISIT(token.object);
  Py_VISIT(general);
  Py_VISIT(executable);
  Py_VISIT(unflatten);
  for (const Capture &capture : captures)
    Py_VISIT(capture.data);
  for (const Result &result : results)
    Py_VISIT(result.type);
  for (PyObject *leaf : leaves)
    Py_VISIT(leaf);
  return output.traverse(visit, arg);
}

void Entry::clear() {
  for (const Token &token : signature)
    Py_XDECREF(token.object);
  for (const Capture &capture : captures)
    Py_DECREF(capture.data);
  for (const Result &result : results)
    Py_DECREF(result.type);
  for (PyObject *leaf : leaves)
    Py_XDECREF(leaf);
  Py_CLEAR(general);
  Py_CLEAR(executable);
  Py_CLEAR(unflatten);
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

PyObject *Entry::run(Arguments &arguments) {
  return compiled ? runPlain(arguments) : runGeneral(arguments);
}

/// `general(objects)`, which gives a list of values.
PyObject *Entry::runGeneral(Arguments &arguments) {
  PyObject *objects = PyList_New(order.size());
  for (size_t i = 0; objects && i < order.size(); ++i)
    PyList_SET_ITEM(objects, i, Py_NewRef(arguments.leaves()[order[i]].object));
  PyObject *values = objects ? PyObject_CallOneArg(general, objects) : nullptr;
  Py_XDECREF(objects);
  if (!values)
    return nullptr;
  Lent<std::vector<PyObject *>> made;
  for (size_t i = 0; i < results.size(); ++i) {
    auto *value = reinterpret_cast<Value *>(PyList_GetItem(values, i));
    if (!value)
      break;
    value->weak = results[i].weak;
    made->push_back(wrap(value));
  }
  Py_DECREF(values);
  return PyErr_Occurred() ? nullptr : tree(made->data());
}

bool Entry::gatherInputs(Arguments &arguments, std::vector<void *> &pointers) {
  for (uint32_t i : order) {
    Leaf &leaf = arguments.leaves()[i];
    if (leaf.value) {
      // Others may drop it meanwhile. What is donated has gone already.
      if (leaf.value->data) {
        Py_INCREF(leaf.value->data);
        arguments.keep(leaf.value->data);
      }
      pointers.push_back(leaf.data);
    } else {
      pointers.push_back(leaf.data ? leaf.data : leaf.number);
    }
  }
  if (draws) {
    Value *key = drawKey();
    if (!key)
      return false;
    arguments.keep(reinterpret_cast<PyObject *>(key));
    pointers.push_back(bufferOf(key->data)->data());
  }
  for (const Capture &capture : captures)
    pointers.push_back(capture.pointer);
  return true;
}

/// Runs the pending work that a value is an operand of.
static bool runUses(Value *value) {
  PyObject *uses = PyList_New(0);
  for (Node *node = pending.ring.after; uses && node != &pending.ring;
       node = node->after) {
    bool isUse = false;
    for (Py_ssize_t i = 0; i < operandCount(node); ++i)
      isUse |= operandOf(node, i) == value;
    for (Py_ssize_t i = 0; isUse && uses && i < Py_SIZE(node); ++i)
      if (auto *result = reinterpret_cast<PyObject *>(node->results[i]);
          result && Py_REFCNT(result) > 0 && PyList_Append(uses, result) < 0)
        Py_CLEAR(uses);
  }
  PyObject *done = !uses ? nullptr
                   : PyList_GET_SIZE(uses)
                       ? callHook(hooks.materialize, uses, nullptr)
                       : Py_NewRef(Py_None);
  Py_XDECREF(uses);
  Py_XDECREF(done);
  return done;
}

/// Raises the error with the reason.
static bool refuse(const Leaf &leaf, const char *reason) {
  Py_XDECREF(
      PyObject_CallFunction(hooks.refuseDonation, "Os", leaf.object, reason));
  return false;
}

bool Entry::mayDonate(Arguments &arguments, const Donation &donation) {
  const Leaf &leaf = arguments.leaves()[order[donation.input]];
  if (!leaf.value || !isHandle(leaf.object))
    return refuse(leaf, "it is no tensor, so Nabla does not own its memory");
  int64_t times = 0;
  for (const Leaf &other : arguments.leaves())
    times += other.value && other.value->data == leaf.value->data;
  if (times > 1)
    return refuse(leaf, "it is passed twice");
  // One reference is the handle's, one that of the arguments.
  if (Py_REFCNT(leaf.value) > 2 && !runUses(leaf.value))
    return false;
  if (Py_REFCNT(leaf.value) > 2)
    return refuse(leaf, "a function or a derivative still needs it");
  const Buffer *buffer = bufferOf(leaf.value->data);
  if (!buffer->isOwned())
    return refuse(leaf, "its memory belongs to the array that it was made of");
  if (Py_REFCNT(leaf.value->data) > 1)
    return refuse(leaf, "an array that shares its memory, a compiled function "
                        "or a derivative still holds it");
  return true;
}

/// Takes the memory of donated arguments, all or none.
bool Entry::donate(Arguments &arguments, std::vector<PyObject *> &buffers) {
  for (const Donation &donation : donations)
    if (!mayDonate(arguments, donation))
      return false;
  Where where;
  if (!findWhere(where))
    return false;
  buffers.resize(results.size());
  for (const Donation &donation : donations) {
    Value *value = arguments.leaves()[order[donation.input]].value;
    buffers[donation.result] = value->data;
    value->data = nullptr;
    Py_XSETREF(value->where, whereObject(where));
  }
  return true;
}

PyObject *Entry::runPlain(Arguments &arguments) {
  Lent<std::vector<void *>> pointers;
  Lent<std::vector<PyObject *>> buffers, made;
  bool done = (donations.empty() || donate(arguments, *buffers)) &&
              gatherInputs(arguments, *pointers) &&
              runExecutable(*compiled, *pointers, *buffers);
  for (size_t i = 0; done && i < results.size(); ++i) {
    Value *value = newLeaf(results[i].type, (*buffers)[i]);
    PyObject *handle = nullptr;
    if (value) {
      value->weak = results[i].weak;
      handle = wrap(value);
      Py_DECREF(value);
    }
    if (handle)
      made->push_back(handle);
    else
      done = false;
  }
  for (PyObject *buffer : *buffers)
    Py_XDECREF(buffer);
  if (done)
    return tree(made->data());
  for (PyObject *handle : *made)
    Py_DECREF(handle);
  return nullptr;
}

/// The output with these results, which are given away.
PyObject *Entry::tree(PyObject **handles) {
  Lent<std::vector<PyObject *>> all;
  all->assign(leaves.begin(), leaves.end());
  for (size_t i = 0; i < places.size(); ++i)
    (*all)[places[i]] = handles[i];
  PyObject *made = nullptr;
  if (plain) {
    made = output.build(all->data());
  } else if (PyObject *list = PyList_New(all->size())) {
    for (size_t i = 0; i < all->size(); ++i)
      PyList_SET_ITEM(list, i, Py_NewRef((*all)[i]));
    made = PyObject_CallOneArg(unflatten, list);
    Py_DECREF(list);
  }
  for (size_t i = 0; i < places.size(); ++i)
    Py_DECREF(handles[i]);
  return made;
}

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
