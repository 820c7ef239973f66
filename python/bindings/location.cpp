//===- location.cpp - Where in the user's program we are ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "python/bindings/bindings.h"
#include "python/bindings/graph.h"

#include <frameobject.h>

using namespace nabla;

#if PY_VERSION_HEX >= 0x030C0000
#define REQUEST_EXTRA PyUnstable_Eval_RequestCodeExtraIndex
#define GET_EXTRA PyUnstable_Code_GetExtra
#define SET_EXTRA PyUnstable_Code_SetExtra
#else
#define REQUEST_EXTRA _PyEval_RequestCodeExtraIndex
#define GET_EXTRA _PyCode_GetExtra
#define SET_EXTRA _PyCode_SetExtra
#endif

/// 1 for a frame of the user, 0 for another, -1 with an error. Code objects
/// remember the answer themselves, so that it goes when they go.
static int isUsers(PyObject *code) {
  static const Py_ssize_t slot = REQUEST_EXTRA(nullptr);
  static char yes, no;
  void *known = nullptr;
  if (slot >= 0 && GET_EXTRA(code, slot, &known) < 0)
    return -1;
  if (known)
    return known == &yes;
  PyObject *file = reinterpret_cast<PyCodeObject *>(code)->co_filename;
  PyObject *answer = callHook(hooks.isUsers, file, nullptr);
  if (!answer)
    return -1;
  bool users = answer == Py_True;
  Py_DECREF(answer);
  if (slot >= 0 && SET_EXTRA(code, slot, users ? &yes : &no) < 0)
    return -1;
  return users;
}

/// As `frame.f_lasti`.
static int offsetOf(PyFrameObject *frame) {
#if PY_VERSION_HEX >= 0x030B0000
  return PyFrame_GetLasti(frame);
#else
  return frame->f_lasti < 0 ? -1 : frame->f_lasti * 2;
#endif
}

bool nabla::findWhere(Where &where) {
  where = {};
  PyFrameObject *frame = PyEval_GetFrame();
  Py_XINCREF(frame);
  while (frame) {
    auto *code = reinterpret_cast<PyObject *>(PyFrame_GetCode(frame));
    int users = isUsers(code);
    Py_DECREF(code);
    if (users > 0)
      where = {code, offsetOf(frame)};
    PyFrameObject *back = users == 0 ? PyFrame_GetBack(frame) : nullptr;
    Py_DECREF(frame);
    frame = back;
    if (users < 0)
      return false;
  }
  return true;
}

PyObject *nabla::whereObject(Where where) {
  if (!where.code)
    Py_RETURN_NONE;
  return Py_BuildValue("(Oi)", where.code, where.offset);
}

bool nabla::parseWhere(PyObject *object, Where &where) {
  where = {};
  if (object == Py_None)
    return true;
  if (!PyArg_ParseTuple(object, "O!i", &PyCode_Type, &where.code,
                        &where.offset))
    return false;
  return isUsers(where.code) >= 0;
}

static PyObject *whereOfCaller(PyObject *, PyObject *) {
  Where where;
  return findWhere(where) ? whereObject(where) : nullptr;
}

static PyMethodDef functions[] = {
    {"where", whereOfCaller, METH_NOARGS, nullptr},
    {},
};

void nabla::bindLocation(nanobind::module_ &m) {
  if (PyModule_AddFunctions(m.ptr(), functions) < 0)
    throw nanobind::python_error();
}
