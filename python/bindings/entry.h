//===- entry.h - What a signature runs --------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_PYTHON_BINDINGS_ENTRY_H
#define NABLA_PYTHON_BINDINGS_ENTRY_H

#include "compiler/driver/Executable.h"
#include "python/bindings/signature.h"
#include "python/bindings/template.h"

namespace nabla {

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

} // namespace nabla

#endif // NABLA_PYTHON_BINDINGS_ENTRY_H
