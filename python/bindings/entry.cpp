//===- entry.cpp - What a signature runs ----------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "python/bindings/entry.h"
#include "compiler/runtime/Buffer.h"
#include "python/bindings/bindings.h"
#include "python/bindings/lent.h"

namespace nb = nanobind;
using namespace nabla;

//===----------------------------------------------------------------------===//
// Learning
//===----------------------------------------------------------------------===//

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
