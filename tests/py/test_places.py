# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Errors name the line of the user's program, wherever the call comes from."""

from __future__ import annotations

import contextlib
import functools
import gc
import inspect
import subprocess
import sys
import weakref
from collections.abc import Callable
from typing import Any

import nabla as nb
import numpy as np
import pytest
from nabla import _nabla
from nabla._core import execute

A, B = np.ones((2, 3), np.float32), np.ones((4,), np.float32)
X = nb.tensor(A)


def wrong(x: Any) -> Any:
    return x + B


WRONG = inspect.getsourcelines(wrong)[1] + 1

CALLERS: dict[str, Callable[[], Any]] = {
    "plain": lambda: wrong(X),
    "grad": lambda: nb.grad(lambda x: nb.sum(wrong(x)))(A),
    "jvp": lambda: nb.jvp(wrong, (A,), (A,)),
    "vjp": lambda: nb.vjp(wrong, A),
    "vmap": lambda: nb.vmap(lambda x: wrong(x))(A),
    "jacfwd of jacrev": lambda: nb.jacfwd(nb.jacrev(wrong))(A),
    "compile": lambda: nb.compile(wrong)(A),
    "cond": lambda: nb.compile(lambda p: nb.cond(p, wrong, lambda x: x, X))(True),
    "scan": lambda: nb.scan(lambda c, x: (wrong(c), x), A, A),
    "comprehension": lambda: [wrong(x) for x in [X]],
    "library": lambda: functools.reduce(lambda x, _: wrong(x), [X, X]),
    "partial": lambda: functools.partial(wrong, X)(),
    "key of a library function": lambda: sorted([X, X], key=wrong),
}


@pytest.mark.parametrize("caller", CALLERS)
def test_the_line_of_the_operation(caller: str) -> None:
    with pytest.raises(ValueError, match=r"add: .*shapes") as caught:
        CALLERS[caller]()
    assert f'test_places.py", line {WRONG}, in wrong' in str(caught.value)


def test_operations_called_by_libraries() -> None:
    """Where a library calls the operation itself, the line is the one that called it."""
    line = inspect.currentframe().f_lineno  # type: ignore[union-attr]
    calls: list[Callable[[], Any]] = [
        lambda: functools.reduce(nb.add, [X, B]),
        lambda: list(map(nb.add, [X], [B])),
        lambda: contextlib.ExitStack().enter_context(contextlib.closing(X)) + B,
        lambda: np.frompyfunc(lambda x: nb.reshape(x, (2,)), 1, 1)(1.0),
        lambda: functools.singledispatch(nb.sin)(None),
    ]
    for offset, call in enumerate(calls):
        with pytest.raises((ValueError, TypeError)) as caught:
            call()
        assert f'test_places.py", line {line + 2 + offset}, in ' in str(caught.value)


def test_programs_without_a_file() -> None:
    with pytest.raises(ValueError, match=r'at file "<string>", line 2, in f') as caught:
        exec("def f(x, y):\n  return x + y\nf(X, B)", {"X": X, "B": B})
    assert "[2, 3] and [4]" in str(caught.value)
    code = compile("\n\nX + B", "In a test", "exec")
    with pytest.raises(ValueError, match=r'at file "In a test", line 3$'):
        exec(code, {"X": X, "B": B})


def test_standard_input() -> None:
    program = "import nabla as nb\n\nnb.ones((2,)) + nb.ones((3,))\n"
    run = subprocess.run([sys.executable, "-"], input=program, capture_output=True, text=True)
    assert 'at file "<stdin>", line 3' in run.stderr


def test_notebooks() -> None:
    """A cell goes by its number, as IPython shows it."""
    pytest.importorskip("IPython")
    program = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("import nabla as nb", store_history=True)
result = shell.run_cell("x = nb.ones((2,))\\nx + nb.ones((3,))", store_history=True)
print(result.error_in_exec)
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "at In[2], line 2" in run.stdout, run.stdout + run.stderr


def test_inspection_shows_the_places_of_its_function() -> None:
    """Also where a function of the same structure was compiled before."""

    def first(x: Any) -> Any:
        return nb.sin(x) * x

    def second(x: Any) -> Any:
        return nb.sin(x) * x

    compiled = nb.compile(nb.grad(first))
    compiled(1.0)
    text = nb.inspect(nb.grad(second), "simplify", locations=True)(1.0)
    assert f'test_places.py":{second.__code__.co_firstlineno + 1}:' in text
    assert 'loc("second"' in text and 'loc("first"' not in text
    assert nb.compile(nb.grad(second))(1.0) == compiled(1.0)


def test_compilations_that_fail_at_force(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message has the line of the operation and the line that asked for the number."""

    def fail(*_: Any) -> Any:
        raise _nabla.MLIRError("no such luck")

    line = inspect.currentframe().f_lineno  # type: ignore[union-attr]
    y = nb.sin(X) * 7
    with monkeypatch.context() as patch:
        patch.setattr(execute, "Executable", fail)
        with pytest.raises(RuntimeError) as caught:
            y.numpy()
    text = str(caught.value)
    assert "compilation failed: no such luck" in text
    assert f'recorded at file "{__file__}", line {line + 1}, in ' in text
    assert f'needed at file "{__file__}", line {line + 5}, in ' in text
    # The graph is as it was.
    np.testing.assert_allclose(y.numpy(), np.sin(A) * 7, rtol=1e-6)


def test_diagnostics_of_the_compiler_are_exceptions(capfd: pytest.CaptureFixture[str]) -> None:
    texts = {
        "expected": "func.func @f(",
        "names the function @g, which does not exist": """
            func.func @f(%x: tensor<f32>) -> tensor<f32> {
              %y = nabla.call @g(%x) : (tensor<f32>) -> tensor<f32>
              return %y : tensor<f32>
            }""",
        "cannot reshape x (2x3) to 4: 6 elements do not fill 4": """
            func.func @f(%x: tensor<2x3xf32>) -> tensor<4xf32> {
              %y = nabla.reshape %x : tensor<2x3xf32> -> tensor<4xf32>
              return %y : tensor<4xf32>
            }""",
    }
    for message, text in texts.items():
        with pytest.raises(ValueError, match=r'test_places\.py", line \d+, in ') as caught:
            nb.run_mlir(text)
        assert message in str(caught.value)
        assert "at <mlir>:" in str(caught.value)
    assert capfd.readouterr().err == ""


MISTAKES: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "None": (lambda: nb.sin(None), TypeError, "sin: NoneType is not a tensor"),
    "complex": (lambda: nb.sin(1j), TypeError, "sin: complex is not a tensor"),
    "complex array": (lambda: nb.sin(A * 1j), TypeError, "no tensors of complex64"),
    "object array": (lambda: nb.sin(np.array([None])), TypeError, "no tensors of object"),
    "string array": (lambda: nb.tensor(np.array(["x"])), TypeError, "no tensors of str"),
    "no dtype": (lambda: nb.cast(A, "float33"), TypeError, "'float33' is not a dtype"),
    "None dtype": (lambda: nb.cast(A, None), TypeError, "None is not a dtype"),
    "NaN shape": (lambda: nb.zeros((float("nan"),)), TypeError, r"zeros: \(nan,\) is not a shape"),
    "float shape": (lambda: nb.zeros(2.5), TypeError, "zeros: 2.5 is not a shape"),
    "negative": (lambda: nb.zeros((2, -1)), ValueError, r"zeros: .*\[2, -1\] has a negative"),
    "product": (lambda: nb.zeros((1 << 40, 1 << 40)), ValueError, "has too many elements"),
    "extent": (lambda: nb.zeros((1 << 70,)), ValueError, "has too many elements"),
    "with zero": (lambda: nb.zeros((0, 1 << 60)), ValueError, "has too many elements"),
    "reshape": (lambda: nb.reshape(A, (1 << 62, 4)), ValueError, "does not fill"),
    "axis text": (lambda: nb.sum(A, axis="x"), TypeError, "axis 'x' is not an integer"),
    "axis float": (lambda: nb.sum(A, axis=1.0), TypeError, "axis 1.0 is not an integer"),
    "axis None": (lambda: nb.sum(A, axis=(None,)), TypeError, "axis None is not an integer"),
    "large axis": (lambda: nb.sum(A, axis=1 << 70), IndexError, "out of bounds"),
    "float index": (lambda: X[1.5], TypeError, "float"),
    "text index": (lambda: X["a"], TypeError, "str"),
    "large index": (lambda: X[1 << 70], IndexError, "out of bounds"),
    "zero step": (lambda: X[::0], ValueError, "step cannot be zero"),
    "ragged": (lambda: nb.tensor([[1.0], [1.0, 2.0]]), ValueError, "inhomogeneous"),
    "large number": (lambda: nb.tensor(1 << 80), OverflowError, "out of the range"),
    "negative batch": (
        lambda: nb.vmap(nb.sin, in_axes=None, axis_size=-1)(A),
        ValueError,
        "negative",
    ),
    "large batch": (
        lambda: nb.vmap(nb.sin, in_axes=None, axis_size=1 << 60)(A),
        ValueError,
        "too many elements",
    ),
    "negative length": (
        lambda: nb.scan(lambda c, _: (c, c), 1.0, None, length=-3),
        ValueError,
        "negative",
    ),
    "cotangent": (lambda: nb.vjp(nb.sin, A)[1]({"a": A}), ValueError, "structure"),
    "tangent": (lambda: nb.jvp(nb.sin, (A,), (None,)), ValueError, "structure"),
    "predicate": (lambda: nb.cond(A, nb.sin, nb.cos, A), TypeError, "must be one bool"),
    "program": (lambda: nb.run_mlir(None), TypeError, "a program is text, not NoneType"),
    "arrays": (
        lambda: nb.run_mlir("func.func @f(%x: tensor<f32>) {return}", A),
        ValueError,
        "takes tensor<f32>, not tensor<2x3xf32>",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_hostile_arguments(name: str) -> None:
    make, kind, pattern = MISTAKES[name]
    with pytest.raises(kind, match=pattern) as caught:
        make()
    assert 'test_places.py", line ' in str(caught.value)


def test_code_that_is_gone_is_not_kept() -> None:
    """Neither where ops are recorded nor where numbers of a derivative are."""
    source = "def f(x): return x * 3.0 + x\ny = nb.grad(f)(1.0) + X\ny.numpy()\nprobe = f.__code__"
    codes = []
    for turn in range(50):
        names: dict[str, Any] = {"nb": nb, "X": X}
        whole = compile(source, f"<cell {turn}>", "exec")
        exec(whole, names)
        codes += [weakref.ref(whole), weakref.ref(names["probe"])]
    del whole, names
    gc.collect()
    # A program keeps the places of the call that made it.
    assert sum(code() is not None for code in codes) <= 4


def test_inspection_shows_the_function_at_hand() -> None:
    def first(x: Any) -> Any:
        return nb.sin(x) * 41.0

    def second(x: Any) -> Any:
        return nb.sin(x) * 41.0

    for fn in (first, second):
        text = nb.inspect(nb.grad(fn), locations=True)(1.0)
        line = inspect.getsourcelines(fn)[1] + 1
        assert f"func.func private @{fn.__name__}(" in text
        assert f'test_places.py":{line}:0)' in text
    kept = nb.grad(first)(1.0)  # equal functions are one elsewhere, and stay so
    assert kept.item() == nb.grad(second)(1.0).item()
