# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Mistakes are told at the call, with the op, the shapes, and the user's line."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import Any

import nabla as nb
import numpy as np
import pytest

A, B = np.ones((2, 3), np.float32), np.ones((4,), np.float32)

MISTAKES: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "add": (lambda: nb.tensor(A) + B, ValueError, r"add: .*\[2, 3\] and \[4\]"),
    "matmul": (lambda: nb.tensor(A) @ B, ValueError, r"matmul: .*\[2, 3\] and \[4\]"),
    "matmul 0-d": (lambda: nb.tensor(A) @ 2.0, TypeError, "0-d"),
    "reshape": (lambda: nb.reshape(A, (4,)), ValueError, r"reshape: .*\[2, 3\].*\[4\]"),
    "reshape -1": (lambda: nb.reshape(A, (-1, -1)), ValueError, "Only one dimension can be -1"),
    "concatenate": (lambda: nb.concatenate([A, A[0]]), ValueError, r"\[2, 3\] and \[3\]"),
    "no tensors": (lambda: nb.concatenate([]), ValueError, "at least one tensor"),
    "axis": (lambda: nb.sum(A, axis=2), IndexError, "sum: axis 2 .* 2 dimensions"),
    "twice": (lambda: nb.sum(A, axis=(0, -2)), ValueError, "twice"),
    "index": (lambda: nb.tensor(A)[2], IndexError, r"index 2 .* dimension 0 of shape \[2, 3\]"),
    "indices": (lambda: nb.tensor(A)[0, 0, 0], IndexError, "3 indices .* 2 dimensions"),
    "bitwise": (lambda: nb.tensor(A) & 1, TypeError, "and is not defined on float32"),
    "where": (lambda: nb.where(A, 1.0, 2.0), TypeError, "condition is of float32"),
    "list": (lambda: nb.sin([1.0]), TypeError, "list is not a tensor"),
    "none": (lambda: nb.tensor([1.0, None]), TypeError, "tensor: NoneType is not a number"),
    "nan": (lambda: nb.full((2,), float("nan"), dtype="int32"), ValueError, "nan .* int32"),
    "endless": (lambda: nb.arange(0, float("inf")), ValueError, "arange: from 0 to inf by 1"),
    "constructor": (lambda: nb.Tensor([1.0]), TypeError, "nb.tensor makes a tensor of a list or"),
    "no formula": (lambda: nb.einsum(A, A), TypeError, "einsum: the formula comes first"),
    "string": (lambda: nb.tensor("x"), TypeError, "no tensors of str"),
    "too large": (lambda: nb.tensor([1], "uint8") + 300, OverflowError, "300 .* uint8"),
    "power": (lambda: nb.tensor([1]) ** -1, ValueError, "int32 to the power of -1"),
    "broadcast": (lambda: nb.broadcast_to(A, (3, 2)), ValueError, r"\[2, 3\].*\[3, 2\]"),
    "truth": (lambda: bool(nb.tensor(A)), ValueError, "nb.any"),
    "item": (lambda: nb.tensor(A).item(), TypeError, "Only single-element tensors"),
    "len": (lambda: len(nb.tensor(1.0)), TypeError, "0-d"),
    "assign": (lambda: nb.tensor(A).__setitem__(0, 1), TypeError, "immutable"),
    "grad": (lambda: nb.grad(lambda x: x * 2)(A), TypeError, r"f32\[2,3\].*nb\.sum"),
    "grad of int": (lambda: nb.grad(lambda x: x)(3), TypeError, "only\\s+floats"),
    "grad of two": (lambda: nb.grad(lambda x: (x, x))(1.0), TypeError, "one tensor"),
    "grad int output": (lambda: nb.grad(lambda x: 3)(1.0), TypeError, "not of floats"),
    "jvp tuple": (lambda: nb.jvp(nb.sin, 1.0, 1.0), TypeError, "must be a tuple"),
    "jvp length": (lambda: nb.jvp(nb.sin, (1.0,), ()), ValueError, "1 and 0"),
    "jvp shape": (lambda: nb.jvp(nb.sin, (A,), (B,)), ValueError, r"\[2, ?3\]"),
    "jvp dtype": (
        lambda: nb.jvp(nb.sin, (A,), (A.astype(np.float64),)),
        TypeError,
        r"f64\[2,3\], expected f32\[2,3\]",
    ),
    "cotangent": (lambda: nb.vjp(nb.sin, A)[1](B), ValueError, "cotangent"),
    "cotangents": (lambda: nb.vjp(nb.sin, A)[1]((A, A)), ValueError, "structure"),
    "vmap scalar": (lambda: nb.vmap(nb.sin)(1.0), ValueError, "rank=0"),
    "vmap sizes": (lambda: nb.vmap(lambda x, y: x)(A, B), ValueError, r"\[2, 4\]"),
    "vmap axes": (lambda: nb.vmap(nb.sin, in_axes=(0, 0))(A), ValueError, "length"),
    "vmap none": (lambda: nb.vmap(nb.sin, in_axes=None)(A), ValueError, "axis_size"),
    "vmap bounds": (lambda: nb.vmap(nb.sin, in_axes=2)(A), ValueError, "out of bounds"),
    "phase": (lambda: nb.inspect(nb.sin, "later"), ValueError, "no phase"),
    "mlir": (lambda: nb.run_mlir("func.func @f("), ValueError, "expected"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes(name: str) -> None:
    make, kind, pattern = MISTAKES[name]
    with pytest.raises(kind, match=pattern) as caught:
        make()
    text = str(caught.value)
    assert re.search(r'at file ".*test_errors\.py", line \d+', text), text


def test_the_line_is_that_of_the_call() -> None:
    import inspect

    x = nb.tensor(A)
    with pytest.raises(ValueError) as caught:
        x + B
    line = inspect.currentframe().f_lineno - 1  # type: ignore[union-attr]
    assert f"line {line}, in test_the_line_is_that_of_the_call" in str(caught.value)


def test_a_tracer_that_outlives_its_trace() -> None:
    kept: list[Any] = []

    def keep(x: nb.Tensor) -> nb.Tensor:
        kept.append(x * 2)
        return nb.sum(x)

    nb.grad(keep)(A)
    with pytest.raises(nb.TracerLeakError, match=r"`keep` by grad has ended") as caught:
        kept[0] + 1
    assert "in keep" in str(caught.value), "where it was made"
    assert "used at" in str(caught.value)
    with pytest.raises(nb.TracerLeakError), warnings.catch_warnings():
        warnings.simplefilter("error")  # that a derivative is cut does not matter any more
        kept[0].numpy()
    with pytest.raises(nb.TracerLeakError):
        nb.grad(lambda x: nb.sum(x * kept[0]))(A)
    assert repr(kept[0]) == "Traced(f32[2,3])"


def test_an_error_in_a_traced_function_leaves_no_trace() -> None:
    def broken(x: nb.Tensor) -> nb.Tensor:
        raise RuntimeError("mine")

    for transform in (nb.grad, nb.compile, nb.vmap, nb.jacfwd):
        with pytest.raises(RuntimeError, match="mine"):
            transform(broken)(A)
    assert not nb.tensor(1.0).is_traced
    assert (nb.tensor(1.0) + 1).item() == 2.0


def test_verifier_messages_name_the_op() -> None:
    with pytest.raises(ValueError, match=r"'nabla\.add' op requires the same type"):
        nb.run_mlir(
            """func.func public @main(%x: tensor<2xf32>, %y: tensor<3xf32>) -> tensor<2xf32> {
                 %z = "nabla.add"(%x, %y) : (tensor<2xf32>, tensor<3xf32>) -> tensor<2xf32>
                 return %z : tensor<2xf32>
               }""",
            np.ones(2, np.float32),
            np.ones(3, np.float32),
        )
