//===- turns.cpp - Where to cut pending work ------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// At the turns of the user's loops; see `nabla._core.turns`. A loop shows in a
// list of nodes as a place in the program, with an operation, that comes again.
//
//===----------------------------------------------------------------------===//

#include "python/bindings/bindings.h"
#include "python/bindings/graph.h"

#include <algorithm>
#include <unordered_map>

using namespace nabla;

/// Work up to this weight is not cut.
static constexpr int64_t whole = 128;
/// Turns lighter than this run several at a time.
static constexpr int64_t full = 32;

static constexpr size_t npos = SIZE_MAX;

namespace {

/// A stretch of the nodes: one turn of a loop, or what lies between loops.
struct Piece {
  size_t start, stop;
  size_t loop; // the number of the loop, or npos
};

struct Key {
  Where where;
  PyObject *op; // interned

  bool operator==(const Key &other) const {
    return where == other.where && op == other.op;
  }
};

struct HashKey {
  size_t operator()(const Key &key) const {
    auto hash = reinterpret_cast<size_t>(key.where.code);
    hash = hash * 31 + key.where.offset;
    return (hash * 31 + reinterpret_cast<size_t>(key.op)) * 0x9E3779B97F4A7C15;
  }
};

class Cutter {
public:
  /// False with an error.
  bool read(const std::vector<Node *> &nodes);
  int64_t total() const { return sums.back(); }
  std::vector<Piece> pieces() const;
  std::vector<Piece> grouped(const std::vector<Piece> &pieces,
                             size_t count) const;
  bool isFull(const Piece &piece) const {
    return sums[piece.stop] - sums[piece.start] >= full;
  }
  size_t size() const { return keys.size(); }

private:
  void findStarts(const std::vector<Node *> &nodes);
  std::vector<size_t> turns(size_t start, size_t stop) const;
  void cut(size_t start, size_t stop, std::vector<Piece> &found,
           std::vector<std::pair<size_t, size_t>> &todo) const;

  int64_t weightAt(size_t i) const { return sums[i + 1] - sums[i]; }

  std::vector<uint32_t> keys;
  std::vector<int64_t> sums{0}; // of the weights of the nodes before
  std::vector<size_t> starts;
};

} // namespace

/// How many operations this is, those of its callee and its regions included;
/// -1 with an error.
static int64_t weightOf(const Node *node) {
  int64_t total = 1;
  auto add = [&](PyObject *function) {
    PyObject *weight = PyObject_GetAttrString(function, "weight");
    long long number = weight ? PyLong_AsLongLong(weight) : -1;
    Py_XDECREF(weight);
    total += number;
    return number >= 0;
  };
  // Of a linear map that was imported nothing is known.
  if (node->callee && PyObject_HasAttrString(node->callee, "weight") &&
      !add(node->callee))
    return -1;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(node->regions); ++i)
    if (!add(PyTuple_GET_ITEM(node->regions, i)))
      return -1;
  return total;
}

bool Cutter::read(const std::vector<Node *> &nodes) {
  std::unordered_map<Key, uint32_t, HashKey> numbers;
  for (const Node *node : nodes) {
    int64_t weight = weightOf(node);
    if (weight < 0)
      return false;
    sums.push_back(sums.back() + weight);
    keys.push_back(numbers.try_emplace({node->where, node->op}, numbers.size())
                       .first->second);
  }
  findStarts(nodes);
  return true;
}

/// For each node that makes a linear map which nobody holds, the position
/// behind its last application; 0 for others. Such a map runs with its
/// applications, so that residuals need not be kept.
static std::vector<size_t> untilApplied(const std::vector<Node *> &nodes) {
  std::unordered_map<const Value *, size_t> made;
  std::vector<size_t> kept(nodes.size(), 0);
  for (size_t i = 0; i < nodes.size(); ++i) {
    const Node *node = nodes[i];
    for (Py_ssize_t o = 0; !made.empty() && o < operandCount(node); ++o)
      if (auto found = made.find(operandOf(node, o)); found != made.end())
        kept[found->second] = i + 1;
    PyObject *type = PyTuple_GET_ITEM(node->types, Py_SIZE(node) - 1);
    if (reinterpret_cast<PyObject *>(Py_TYPE(type)) != hooks.linearType)
      continue;
    Value *value = node->results[Py_SIZE(node) - 1];
    if (value && Py_REFCNT(value) > 0 && !isHeld(value))
      made[value] = i;
  }
  return kept;
}

/// Where work can be cut: before calls of the user, where no linear map is cut
/// off.
void Cutter::findStarts(const std::vector<Node *> &nodes) {
  std::vector<size_t> kept = untilApplied(nodes);
  uint32_t began = 0; // the key of the first node of the call
  size_t reach = 0;
  for (size_t i = 0; i < nodes.size(); ++i) {
    bool fresh = i == 0 || !(nodes[i]->where == nodes[i - 1]->where);
    if (fresh)
      began = keys[i];
    if ((fresh || keys[i] == began) && reach <= i)
      starts.push_back(i);
    reach = std::max(reach, kept[i]);
  }
}

/// Where the turns of a loop start; none if there is no loop. Of several loops,
/// within each other or not, it is the one with the heaviest operation, such as
/// a gradient, where it starts.
std::vector<size_t> Cutter::turns(size_t start, size_t stop) const {
  std::unordered_map<uint32_t, size_t> places;
  std::vector<std::vector<size_t>> found;
  auto it = std::lower_bound(starts.begin(), starts.end(), start);
  for (; it != starts.end() && *it < stop; ++it) {
    auto [place, isNew] = places.try_emplace(keys[*it], found.size());
    if (isNew)
      found.emplace_back();
    found[place->second].push_back(*it);
  }
  std::vector<size_t> *best = nullptr;
  for (std::vector<size_t> &loop : found)
    if (loop.size() > 1 &&
        (!best || weightAt(loop.front()) > weightAt(best->front())))
      best = &loop;
  return best ? std::move(*best) : std::vector<size_t>();
}

void Cutter::cut(size_t start, size_t stop, std::vector<Piece> &found,
                 std::vector<std::pair<size_t, size_t>> &todo) const {
  std::vector<size_t> turn = turns(start, stop);
  if (turn.empty()) {
    found.push_back({start, stop, npos});
    return;
  }
  size_t first = turn.front(), last = turn.back();
  size_t previous = turn[turn.size() - 2], length = last - previous;
  if (first - start > 2 * length) { // more than a part of a turn
    todo.push_back({first, stop});
    todo.push_back({start, first});
    return;
  }
  if (first > start)
    found.push_back({start, first, npos});
  size_t loop = found.size();
  for (size_t i = 0; i + 1 < turn.size(); ++i)
    found.push_back({turn[i], turn[i + 1], loop});
  if (last + length <= stop &&
      std::equal(keys.begin() + last, keys.begin() + last + length,
                 keys.begin() + previous)) {
    found.push_back({last, last + length, loop});
    last += length;
  }
  if (stop - last > 2 * length)
    todo.push_back({last, stop});
  else if (stop > last)
    found.push_back({last, stop, npos});
}

std::vector<Piece> Cutter::pieces() const {
  std::vector<Piece> found;
  std::vector<std::pair<size_t, size_t>> todo = {{0, size()}};
  while (!todo.empty()) { // the first stretch is the last one there
    auto [start, stop] = todo.back();
    todo.pop_back();
    cut(start, stop, found, todo);
  }
  return found;
}

/// Turns of one loop that follow each other are put together until they weigh
/// enough.
std::vector<Piece> Cutter::grouped(const std::vector<Piece> &pieces,
                                   size_t count) const {
  std::vector<Piece> groups;
  for (size_t i = 0; i < count; ++i) {
    const Piece &piece = pieces[i];
    if (groups.empty() || piece.loop == npos ||
        groups.back().loop != piece.loop || isFull(groups.back()))
      groups.push_back(piece);
    else
      groups.back().stop = piece.stop;
  }
  return groups;
}

static PyObject *slices(PyObject *nodes, const std::vector<Piece> &groups) {
  PyObject *list = PyList_New(groups.size());
  for (size_t i = 0; list && i < groups.size(); ++i) {
    PyObject *slice = PyList_GetSlice(nodes, groups[i].start, groups[i].stop);
    if (!slice)
      Py_CLEAR(list);
    else
      PyList_SET_ITEM(list, i, slice);
  }
  return list;
}

/// parts(nodes): in parts to be run one after the other.
static PyObject *parts(PyObject *, PyObject *nodes) {
  std::vector<Node *> items;
  Cutter cutter;
  if (!nodesFrom(nodes, items) || !cutter.read(items))
    return nullptr;
  if (cutter.total() <= whole)
    return slices(nodes, {{0, items.size(), npos}});
  std::vector<Piece> pieces = cutter.pieces();
  return slices(nodes, cutter.grouped(pieces, pieces.size()));
}

/// finished(nodes): the parts, from the first on, that are surely over.
static PyObject *finished(PyObject *, PyObject *nodes) {
  std::vector<Node *> items;
  Cutter cutter;
  if (!nodesFrom(nodes, items) || !cutter.read(items))
    return nullptr;
  std::vector<Piece> pieces = cutter.pieces();
  size_t last = pieces.size(); // the last turn of the last loop
  while (last > 0 && pieces[last - 1].loop == npos)
    --last;
  if (last == 0)
    return PyList_New(0);
  size_t loop = pieces[--last].loop;
  // Variables may still name its values, which those of other turns have lost.
  std::vector<Piece> groups = cutter.grouped(pieces, last);
  // Turns that will make a group with later ones are not over either.
  if (!groups.empty() && groups.back().loop == loop &&
      !cutter.isFull(groups.back()))
    groups.pop_back();
  return slices(nodes, groups);
}

/// weight(node)
static PyObject *weight(PyObject *, PyObject *object) {
  if (Py_TYPE(object) != nodeType)
    return PyErr_Format(PyExc_TypeError, "%R is no node", object);
  int64_t found = weightOf(reinterpret_cast<Node *>(object));
  return found < 0 ? nullptr : PyLong_FromLongLong(found);
}

static PyMethodDef functions[] = {
    {"parts", parts, METH_O, nullptr},
    {"finished", finished, METH_O, nullptr},
    {"weight", weight, METH_O, nullptr},
    {},
};

void nabla::bindTurns(nanobind::module_ &m) {
  if (PyModule_AddFunctions(m.ptr(), functions) < 0 ||
      PyModule_AddIntConstant(m.ptr(), "WHOLE", whole) < 0)
    throw nanobind::python_error();
}
