//===- graph.h - What is recorded, as Python objects ------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The graph of `nabla._core.graph`: nodes, the values between them and the
// handles that users hold. They are Python objects whose fields C++ reads
// without asking Python, for each operation of the user makes some.
//
// Pointers say who owns: a value owns its node and a node its operands; results
// and handles are known to what they came from only while they live.
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_PYTHON_BINDINGS_GRAPH_H
#define NABLA_PYTHON_BINDINGS_GRAPH_H

#include <Python.h>

#include <cstdint>
#include <vector>

namespace nabla {

/// A place in the user's program: a code object, and an offset into it; null if
/// unknown. Borrowed: from a frame that runs, or from what has it in a field.
struct Where {
  PyObject *code = nullptr;
  int offset = -1;

  bool operator==(const Where &other) const {
    return code == other.code && offset == other.offset;
  }
};

struct Value;

/// One operation. Serial numbers order nodes: operands come before users.
struct Node {
  PyObject_VAR_HEAD // ob_size results
      PyObject *op,
      *operands, *attributes, *types, *callee, *regions, *shadow;
  Where where; // owns its code
  int64_t serial;
  /// The neighbours in the ring of pending nodes; null if it is in none.
  Node *before, *after;
  /// Equals the number of the traversal that was here last.
  uint64_t mark;
  int64_t number; // of its first result, in that traversal
  PyObject *weakrefs;
  Value *results[1];
};

/// One result of a node, one input of a trace, or one leaf of the eager graph.
/// Fields that are objects are null for None.
struct Value {
  PyObject_HEAD PyObject *type, *trace;
  Node *node;
  PyObject *data, *owner, *source, *where;
  PyObject *handle; // borrowed
  PyObject *weakrefs;
  uint64_t mark;  // as in Node
  int64_t number; // of the traversal that set the mark
  int index;
  /// The count of `Pending` that it was last a leaf of.
  uint32_t counted;
  bool weak, active, pinned;
};

struct Handle {
  PyObject_HEAD Value *value;
  PyObject *weakrefs;
};

extern PyTypeObject *valueType, *nodeType, *handleType;

inline bool isValue(PyObject *object) { return Py_TYPE(object) == valueType; }
inline bool isHandle(PyObject *object) {
  return PyObject_TypeCheck(object, handleType);
}
inline Value *operandOf(const Node *node, Py_ssize_t i) {
  return reinterpret_cast<Value *>(PyTuple_GET_ITEM(node->operands, i));
}
inline Py_ssize_t operandCount(const Node *node) {
  return PyTuple_GET_SIZE(node->operands);
}

/// Each returns a new reference, or null with Python's error set.
Value *newValue(PyObject *type, PyObject *trace, Node *node, int index);
Value *newLeaf(PyObject *type, PyObject *data);
Node *newNode(PyObject *op, PyObject *operands, PyObject *attributes,
              PyObject *types, PyObject *callee, PyObject *regions,
              Where where);
/// The handle of a value: the one the user holds already, or a new one.
PyObject *wrap(Value *value);
/// The same for a value that has none.
PyObject *newHandle(PyTypeObject *cls, Value *value);

/// Whether somebody may still ask for this value.
bool isHeld(Value *value);
/// Whether its memory was donated: it is no leaf, no result and no input.
inline bool isDonated(const Value *value) {
  return !value->data && !value->node && !value->trace;
}
/// Raises an error that says so.
void raiseDonated(Value *value);
/// Makes a pending value a leaf.
void settle(Value *value, PyObject *data);

/// A number that no mark has yet.
uint64_t newMark();

/// Where the user is: the innermost frame outside of this package and of
/// Python's library. False with an error of Python's.
bool findWhere(Where &where);
/// As Python knows it: (code, offset) or None; a new reference.
PyObject *whereObject(Where where);
bool parseWhere(PyObject *object, Where &where);

/// A key of random numbers that no other draw gets, outside of traces; a new
/// reference.
Value *drawKey();

/// The innermost trace of this thread, borrowed; null when work is eager.
PyObject *currentTrace();

/// Records an op in a trace (null: the eager graph). Takes the operands from
/// an array, gives the node; its values are in `results`, each a new reference.
bool record(PyObject *trace, PyObject *op, PyObject *const *operands,
            size_t count, PyObject *attributes, PyObject *types,
            PyObject *callee, PyObject *regions, Where where, Value **results);

/// The types of the results of an op: what it states, or what the compiler
/// infers. A new reference.
PyObject *inferTypes(PyObject *op, PyObject *const *operands, size_t count,
                     PyObject *attributes, PyObject *stated);

/// The nodes of a list, borrowed; false with an error.
bool nodesFrom(PyObject *list, std::vector<Node *> &nodes);

/// For the collector: the programs that were run, by structure.
int traverseParts(visitproc visit, void *arg);
void clearParts();

/// The work that is pending.
struct Pending {
  Node ring; // a sentinel: before is the newest, after the oldest
  int64_t count;
  int64_t limit;
  uint32_t generation; // of the leaves that are counted
  int64_t leafBytes, maxBytes;
};
extern Pending pending;
void unlinkPending(Node *node);

/// What Python does for us: functions and classes of the package.
struct Hooks {
  PyObject *isUsers, *tensor, *linearMap, *linearType, *infer, *checkAlive,
      *shrink, *materialize, *asArgument, *noHash, *keyType, *compilePart,
      *describeType, *arithmetic, *spreadAttributes, *donated, *refuseDonation,
      *ndarray;
};
extern Hooks hooks;
/// Calls one of them, with further arguments up to a null.
PyObject *callHook(PyObject *hook, ...);

} // namespace nabla

#endif // NABLA_PYTHON_BINDINGS_GRAPH_H
