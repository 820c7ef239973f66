//===- gil.h - Giving up Python's lock and taking it again ------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A daemon thread that wants the lock back while Python ends does not get it.
// Before 3.14 Python ends that thread by unwinding its stack, which no noexcept
// destructor lets pass: the process would be aborted, where the user expects a
// silent exit. So the thread sleeps, as Python has it from 3.14 on.
//
//===----------------------------------------------------------------------===//

#ifndef NABLA_PYTHON_BINDINGS_GIL_H
#define NABLA_PYTHON_BINDINGS_GIL_H

#include <Python.h>

#include <cxxabi.h>
#include <unistd.h>

namespace nabla {

/// The result of `call`, which may wait for the lock.
template <typename Call> auto orSleepAtExit(Call call) {
  try {
    return call();
  } catch (abi::__forced_unwind &) {
    while (true)
      pause();
  }
}

/// Gives up the lock in a block.
class Unlocked {
public:
  Unlocked() : state(PyEval_SaveThread()) {}
  ~Unlocked() {
    orSleepAtExit([this] { PyEval_RestoreThread(state); });
  }
  Unlocked(const Unlocked &) = delete;
  Unlocked &operator=(const Unlocked &) = delete;

private:
  PyThreadState *state;
};

/// Has the lock in a block, on any thread.
class Locked {
public:
  Locked() : state(orSleepAtExit([] { return PyGILState_Ensure(); })) {}
  ~Locked() { PyGILState_Release(state); }
  Locked(const Locked &) = delete;
  Locked &operator=(const Locked &) = delete;

private:
  PyGILState_STATE state;
};

} // namespace nabla

#endif // NABLA_PYTHON_BINDINGS_GIL_H
