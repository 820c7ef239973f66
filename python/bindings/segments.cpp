//===- segments.cpp - Running pending work --------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What `nabla._core.execute` does for each node. A mark that a traversal gives
// to nodes and values is its set of them. Nothing here calls Python between two
// looks at the graph, so it does not change meanwhile.
//
//===----------------------------------------------------------------------===//

#include "compiler/driver/Executable.h"
#include "compiler/runtime/Buffer.h"
#include "python/bindings/bindings.h"
#include "python/bindings/graph.h"

#include <algorithm>
#include <memory>
#include <unordered_map>

namespace nb = nanobind;
using namespace nabla;

using Nodes = std::vector<Node *>;

static PyObject *toObject(Node *node) {
  return reinterpret_cast<PyObject *>(node);
}

static PyObject *toList(const Nodes &nodes) {
  PyObject *list = PyList_New(nodes.size());
  for (size_t i = 0; list && i < nodes.size(); ++i)
    PyList_SET_ITEM(list, i, Py_NewRef(toObject(nodes[i])));
  return list;
}

bool nabla::nodesFrom(PyObject *list, Nodes &nodes) {
  if (!PyList_Check(list)) {
    PyErr_SetString(PyExc_TypeError, "nodes are no list");
    return false;
  }
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); ++i) {
    PyObject *item = PyList_GET_ITEM(list, i);
    if (Py_TYPE(item) != nodeType) {
      PyErr_Format(PyExc_TypeError, "%R is no node", item);
      return false;
    }
    nodes.push_back(reinterpret_cast<Node *>(item));
  }
  return true;
}

//===----------------------------------------------------------------------===//
// What to run
//===----------------------------------------------------------------------===//

/// Adds the nodes that the values of `stack` are computed by to `found`, and
/// marks them.
static void addAncestors(Nodes stack, uint64_t mark, Nodes &found) {
  while (!stack.empty()) {
    Node *node = stack.back();
    stack.pop_back();
    if (node->mark == mark)
      continue;
    node->mark = mark;
    found.push_back(node);
    for (Py_ssize_t i = 0; i < operandCount(node); ++i)
      if (Node *operand = operandOf(node, i)->node)
        stack.push_back(operand);
  }
}

static void sortBySerial(Nodes &nodes) {
  std::sort(nodes.begin(), nodes.end(),
            [](const Node *a, const Node *b) { return a->serial < b->serial; });
}

/// The nodes of an iterable of values.
static bool nodesOf(PyObject *values, Nodes &nodes) {
  PyObject *fast = PySequence_Fast(values, "values are no sequence");
  for (Py_ssize_t i = 0; fast && i < PySequence_Fast_GET_SIZE(fast); ++i) {
    PyObject *item = PySequence_Fast_GET_ITEM(fast, i);
    if (!isValue(item)) {
      PyErr_Format(PyExc_TypeError, "%R is no value", item);
      Py_CLEAR(fast);
    } else if (Node *node = reinterpret_cast<Value *>(item)->node) {
      nodes.push_back(node);
    }
  }
  Py_XDECREF(fast);
  return fast;
}

/// ancestors(values)
static PyObject *ancestors(PyObject *, PyObject *values) {
  Nodes stack, found;
  if (!nodesOf(values, stack))
    return nullptr;
  addAncestors(std::move(stack), newMark(), found);
  sortBySerial(found);
  return toList(found);
}

static bool isLinear(const Value *value) {
  return reinterpret_cast<PyObject *>(Py_TYPE(value->type)) == hooks.linearType;
}

static bool usesLinearOf(const Node *node, uint64_t mark) {
  for (Py_ssize_t i = 0; i < operandCount(node); ++i) {
    const Value *operand = operandOf(node, i);
    if (operand->node && operand->node->mark == mark && isLinear(operand))
      return true;
  }
  return false;
}

/// segment(wanted): the nodes to run, and those that stay pending.
static PyObject *segment(PyObject *, PyObject *wanted) {
  Nodes stack, nodes, others;
  if (!nodesOf(wanted, stack))
    return nullptr;
  uint64_t mark = newMark();
  addAncestors(std::move(stack), mark, nodes);
  // A linear map is applied where it is made.
  for (bool more = true; more;) {
    more = false;
    others.clear();
    for (Node *node = pending.ring.after; node != &pending.ring;
         node = node->after) {
      if (node->mark == mark || Py_REFCNT(node) == 0)
        continue;
      if (usesLinearOf(node, mark)) {
        addAncestors({node}, mark, nodes);
        more = true;
      } else {
        others.push_back(node);
      }
    }
  }
  sortBySerial(nodes);
  PyObject *first = toList(nodes), *second = first ? toList(others) : nullptr;
  PyObject *both = second ? PyTuple_Pack(2, first, second) : nullptr;
  Py_XDECREF(first);
  Py_XDECREF(second);
  return both;
}

//===----------------------------------------------------------------------===//
// What it has to give
//===----------------------------------------------------------------------===//

static void markOperands(const Node *node, uint64_t mark) {
  for (Py_ssize_t i = 0; i < operandCount(node); ++i)
    operandOf(node, i)->mark = mark;
}

namespace {
/// Goes through the parts from the last one to the first.
class Outputs {
public:
  /// Values that bear this mark are used outside of the part.
  explicit Outputs(uint64_t used) : used(used) {}

  /// Finds what the nodes have to give, in order, and removes the nodes that
  /// nothing needs.
  void of(Nodes &nodes, std::vector<Value *> &values) {
    auto inside = static_cast<int64_t>(newMark());
    Nodes needed;
    for (size_t i = nodes.size(); i-- > 0;) {
      Node *node = nodes[i];
      bool isNeeded = false;
      for (Py_ssize_t r = Py_SIZE(node); r-- > 0;) {
        Value *value = node->results[r];
        if (!value || Py_REFCNT(value) == 0)
          continue;
        bool kept = value->mark == used || isHeld(value);
        if (kept)
          values.push_back(value);
        isNeeded |= kept || value->number == inside;
      }
      if (!isNeeded)
        continue;
      needed.push_back(node);
      for (Py_ssize_t o = 0; o < operandCount(node); ++o)
        operandOf(node, o)->number = inside;
    }
    for (Node *node : needed)
      markOperands(node, used);
    std::reverse(values.begin(), values.end());
    nodes.assign(needed.rbegin(), needed.rend());
  }

private:
  uint64_t used;
};
} // namespace

static PyObject *toList(const std::vector<Value *> &values) {
  PyObject *list = PyList_New(values.size());
  for (size_t i = 0; list && i < values.size(); ++i)
    PyList_SET_ITEM(list, i,
                    Py_NewRef(reinterpret_cast<PyObject *>(values[i])));
  return list;
}

static bool markWanted(PyObject *wanted, uint64_t mark) {
  PyObject *fast = PySequence_Fast(wanted, "values are no sequence");
  for (Py_ssize_t i = 0; fast && i < PySequence_Fast_GET_SIZE(fast); ++i)
    reinterpret_cast<Value *>(PySequence_Fast_GET_ITEM(fast, i))->mark = mark;
  Py_XDECREF(fast);
  return fast;
}

/// outputs(parts, others, wanted): what each part has to give, that is what the
/// user, a later part or other work holds. Nodes that nothing needs are taken
/// out of the parts.
static PyObject *outputs(PyObject *, PyObject *args) {
  PyObject *parts, *others, *wanted;
  if (!PyArg_ParseTuple(args, "O!OO", &PyList_Type, &parts, &others, &wanted))
    return nullptr;
  uint64_t used = newMark();
  Nodes nodes;
  if (!nodesFrom(others, nodes) || !markWanted(wanted, used))
    return nullptr;
  for (Node *node : nodes)
    markOperands(node, used);
  Outputs finder(used);
  Py_ssize_t count = PyList_GET_SIZE(parts);
  PyObject *found = PyList_New(count);
  for (Py_ssize_t i = count; found && i-- > 0;) {
    nodes.clear();
    std::vector<Value *> values;
    bool read = nodesFrom(PyList_GET_ITEM(parts, i), nodes);
    if (read)
      finder.of(nodes, values);
    PyObject *part = read ? toList(nodes) : nullptr;
    PyObject *list = part ? toList(values) : nullptr;
    if (list) {
      PyList_SET_ITEM(found, i, list);
      PyList_SetItem(parts, i, part);
    } else {
      Py_XDECREF(part);
      Py_CLEAR(found);
    }
  }
  return found;
}

//===----------------------------------------------------------------------===//
// Programs, by structure
//===----------------------------------------------------------------------===//

namespace {

/// The structure of a part relative to its leaves: numbers, and objects that
/// are compared by identity but for the attributes.
struct Structure {
  std::vector<uint64_t> words;
  std::vector<PyObject *> attributes; // borrowed; owned in a table
  std::vector<PyObject *> objects;    // what the words refer to
  uint64_t hash = 0;

  void add(uint64_t word) {
    words.push_back(word);
    hash = (hash ^ word) * 0x9E3779B97F4A7C15;
    hash ^= hash >> 32;
  }
  void addObject(PyObject *object) {
    add(reinterpret_cast<uint64_t>(object));
    if (object)
      objects.push_back(object);
  }
  bool addAttributes(PyObject *tuple) {
    Py_hash_t value = PyObject_Hash(tuple);
    add(value);
    attributes.push_back(tuple);
    return value != -1;
  }
};

struct Known {
  Structure structure; // with references of its own
  PyObject *executable;
  Executable *compiled; // null if linear maps come or go

  ~Known() {
    for (PyObject *object : structure.objects)
      Py_DECREF(object);
    for (PyObject *tuple : structure.attributes)
      Py_DECREF(tuple);
    Py_XDECREF(executable);
  }
};

using Table = std::unordered_multimap<uint64_t, std::shared_ptr<Known>>;

/// One part of the pending work, numbered.
class Part {
public:
  bool read(PyObject *nodeList, PyObject *outputList);
  /// The program of this structure; null with or without an error.
  std::shared_ptr<Known> find() const;
  std::shared_ptr<Known> learn(PyObject *nodeList, PyObject *outputList);
  bool run(const Known &known) const;

private:
  void numberLeaf(Value *value);
  bool addNode(Node *node);
  bool numberOf(const Value *value, uint64_t &number) const;
  PyObject *leafData() const;
  bool runPlain(const Known &known) const;
  bool runGeneral(const Known &known) const;

  uint64_t mark = newMark();
  int64_t count = 0;
  Nodes nodes;
  std::vector<Value *> leaves, outputs;
  Structure structure;
};

} // namespace

/// As many as `execute` keeps; it finds again what is dropped here.
static constexpr size_t maxKnown = 4096;

static Table &table() {
  static auto *known = new Table();
  return *known;
}

void Part::numberLeaf(Value *value) {
  if (value->node || value->mark == mark)
    return;
  value->mark = mark;
  value->number = count++;
  leaves.push_back(value);
  // A linear map is its function and, as operands, its residuals.
  structure.addObject(isLinear(value) ? PyTuple_GET_ITEM(value->data, 0)
                                      : value->type);
}

bool Part::numberOf(const Value *value, uint64_t &number) const {
  if (value->mark == mark && !value->node) {
    number = value->number;
  } else if (value->node && value->node->mark == mark) {
    number = value->node->number + value->index;
  } else {
    PyErr_SetString(PyExc_RuntimeError, "an operand is not computed");
    return false;
  }
  return true;
}

bool Part::addNode(Node *node) {
  structure.addObject(node->op);
  structure.add(operandCount(node));
  for (Py_ssize_t i = 0; i < operandCount(node); ++i) {
    uint64_t number;
    if (!numberOf(operandOf(node, i), number))
      return false;
    structure.add(number);
  }
  for (Py_ssize_t i = 0; i < Py_SIZE(node); ++i)
    structure.addObject(PyTuple_GET_ITEM(node->types, i));
  structure.addObject(node->callee);
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(node->regions); ++i)
    structure.addObject(PyTuple_GET_ITEM(node->regions, i));
  node->mark = mark;
  node->number = count;
  count += Py_SIZE(node);
  return structure.addAttributes(node->attributes);
}

bool Part::read(PyObject *nodeList, PyObject *outputList) {
  if (!nodesFrom(nodeList, nodes))
    return false;
  for (Node *node : nodes)
    for (Py_ssize_t i = 0; i < operandCount(node); ++i)
      numberLeaf(operandOf(node, i));
  structure.add(leaves.size());
  for (Node *node : nodes)
    if (!addNode(node))
      return false;
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(outputList); ++i) {
    auto *value = reinterpret_cast<Value *>(PyList_GET_ITEM(outputList, i));
    uint64_t number;
    if (!numberOf(value, number))
      return false;
    structure.add(number);
    outputs.push_back(value);
  }
  return true;
}

static bool isSame(const Structure &a, const Structure &b) {
  if (a.words != b.words || a.attributes.size() != b.attributes.size())
    return false;
  for (size_t i = 0; i < a.attributes.size(); ++i)
    // Tuples of strings, which compare without Python code.
    if (a.attributes[i] != b.attributes[i] &&
        PyObject_RichCompareBool(a.attributes[i], b.attributes[i], Py_EQ) != 1)
      return false;
  return true;
}

std::shared_ptr<Known> Part::find() const {
  auto [first, last] = table().equal_range(structure.hash);
  for (auto it = first; it != last; ++it)
    if (isSame(it->second->structure, structure))
      return it->second;
  return nullptr;
}

std::shared_ptr<Known> Part::learn(PyObject *nodeList, PyObject *outputList) {
  auto known = std::make_shared<Known>();
  known->structure = structure;
  for (PyObject *object : structure.objects)
    Py_INCREF(object);
  for (PyObject *tuple : structure.attributes)
    Py_INCREF(tuple);
  known->executable = nullptr;
  PyObject *list = toList(leaves);
  known->executable =
      list ? callHook(hooks.compilePart, nodeList, list, outputList, nullptr)
           : nullptr;
  Py_XDECREF(list);
  if (!known->executable)
    return nullptr;
  PyObject *plain = PyObject_GetAttrString(known->executable, "plain");
  if (!plain)
    return nullptr;
  known->compiled =
      plain == Py_None ? nullptr : nb::cast<Executable *>(nb::handle(plain));
  Py_DECREF(plain); // the executable holds it
  if (table().size() >= maxKnown) {
    Table old; // what goes may run Python
    old.swap(table());
  }
  table().emplace(structure.hash, known);
  return known;
}

bool Part::run(const Known &known) const {
  return known.compiled ? runPlain(known) : runGeneral(known);
}

bool Part::runPlain(const Known &known) const {
  std::vector<void *> pointers;
  std::vector<PyObject *> kept, results;
  for (Value *leaf : leaves) {
    pointers.push_back(bufferOf(leaf->data)->data());
    kept.push_back(Py_NewRef(leaf->data));
  }
  bool ran = runExecutable(*known.compiled, pointers, results);
  for (size_t i = 0; ran && i < outputs.size(); ++i)
    settle(outputs[i], results[i]);
  for (PyObject *result : results)
    Py_XDECREF(result);
  for (PyObject *data : kept)
    Py_DECREF(data);
  return ran;
}

bool Part::runGeneral(const Known &known) const {
  PyObject *data = PyList_New(leaves.size());
  for (size_t i = 0; data && i < leaves.size(); ++i)
    PyList_SET_ITEM(data, i, Py_NewRef(leaves[i]->data));
  PyObject *results =
      data ? PyObject_CallOneArg(known.executable, data) : nullptr;
  Py_XDECREF(data);
  if (!results)
    return false;
  for (size_t i = 0; i < outputs.size(); ++i)
    settle(outputs[i], PyList_GET_ITEM(results, i));
  Py_DECREF(results);
  return true;
}

/// run_part(nodes, outputs)
static PyObject *runPart(PyObject *, PyObject *args) {
  PyObject *nodeList, *outputList;
  if (!PyArg_ParseTuple(args, "O!O!", &PyList_Type, &nodeList, &PyList_Type,
                        &outputList))
    return nullptr;
  try {
    Part part;
    if (!part.read(nodeList, outputList))
      return nullptr;
    std::shared_ptr<Known> known = part.find();
    if (!known)
      known = part.learn(nodeList, outputList);
    if (!known || !part.run(*known))
      return nullptr;
  } catch (const std::bad_alloc &) {
    return PyErr_NoMemory();
  }
  Py_RETURN_NONE;
}

//===----------------------------------------------------------------------===//
// The module
//===----------------------------------------------------------------------===//

static PyObject *forgetParts(PyObject *, PyObject *) {
  Table old;
  old.swap(table());
  Py_RETURN_NONE;
}

int nabla::traverseParts(visitproc visit, void *arg) {
  for (auto &[hash, known] : table()) {
    if (known.use_count() > 1)
      continue; // a call holds it
    Py_VISIT(known->executable);
    for (PyObject *object : known->structure.objects)
      Py_VISIT(object);
    for (PyObject *tuple : known->structure.attributes)
      Py_VISIT(tuple);
  }
  return 0;
}

void nabla::clearParts() { Py_DECREF(forgetParts(nullptr, nullptr)); }

static PyMethodDef functions[] = {
    {"ancestors", ancestors, METH_O, nullptr},
    {"segment", segment, METH_O, nullptr},
    {"outputs", outputs, METH_VARARGS, nullptr},
    {"run_part", runPart, METH_VARARGS, nullptr},
    {"forget_parts", forgetParts, METH_NOARGS, nullptr},
    {},
};

void nabla::bindSegments(nb::module_ &m) {
  if (PyModule_AddFunctions(m.ptr(), functions) < 0)
    throw nb::python_error();
}
