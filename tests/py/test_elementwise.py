# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Elementwise functions against NumPy, over dtypes, and their conventions."""

from __future__ import annotations

import math
from typing import Any

import nabla as nb
import numpy as np
import pytest
from differences import check_gradient

FLOATS = ["float16", "bfloat16", "float32", "float64"]
INTS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
TOLERANCE = {"float16": 2e-3, "bfloat16": 2e-2, "float32": 1e-6, "float64": 1e-13}
TYPICAL = [-2.5, -1.0, -0.3, 0.0, 0.4, 0.5, 1.0, 1.5, 2.5]
UNIT = [-0.9, -0.25, 0.0, 0.5, 0.75]
POSITIVE = [0.1, 0.5, 1.0, 3.0]

erf = np.vectorize(math.erf, otypes=[float])

UNARY: dict[str, tuple[Any, list[float]]] = {
    "neg": (np.negative, TYPICAL),
    "abs": (np.abs, TYPICAL),
    "sign": (np.sign, TYPICAL),
    "exp": (np.exp, TYPICAL),
    "exp2": (np.exp2, TYPICAL),
    "expm1": (np.expm1, TYPICAL),
    "log": (np.log, POSITIVE),
    "log1p": (np.log1p, POSITIVE),
    "log2": (np.log2, POSITIVE),
    "log10": (np.log10, POSITIVE),
    "sin": (np.sin, TYPICAL),
    "cos": (np.cos, TYPICAL),
    "tan": (np.tan, UNIT),
    "asin": (np.arcsin, UNIT),
    "acos": (np.arccos, UNIT),
    "atan": (np.arctan, TYPICAL),
    "sinh": (np.sinh, TYPICAL),
    "cosh": (np.cosh, TYPICAL),
    "tanh": (np.tanh, TYPICAL),
    "asinh": (np.arcsinh, TYPICAL),
    "acosh": (np.arccosh, [1.5, 2.0, 4.0]),
    "atanh": (np.arctanh, UNIT),
    "sigmoid": (lambda x: 1 / (1 + np.exp(-x)), TYPICAL),
    "sqrt": (np.sqrt, POSITIVE),
    "cbrt": (np.cbrt, TYPICAL),
    "rsqrt": (lambda x: 1 / np.sqrt(x), POSITIVE),
    "erf": (erf, TYPICAL),
    "floor": (np.floor, TYPICAL),
    "ceil": (np.ceil, TYPICAL),
    "round": (np.round, TYPICAL),
    "trunc": (np.trunc, TYPICAL),
    "relu": (lambda x: np.maximum(x, 0), TYPICAL),
    "silu": (lambda x: x / (1 + np.exp(-x)), TYPICAL),
    "gelu": (lambda x: x * (1 + erf(x / np.sqrt(2))) / 2, TYPICAL),
    "logical_not": (np.logical_not, TYPICAL),
    "is_nan": (np.isnan, [*TYPICAL, math.nan, math.inf]),
    "is_inf": (np.isinf, [*TYPICAL, math.nan, -math.inf]),
    "is_finite": (np.isfinite, [*TYPICAL, math.nan, math.inf]),
}


@pytest.mark.parametrize("name", UNARY)
def test_unary(name: str) -> None:
    reference, points = UNARY[name]
    for dtype in FLOATS:
        x = nb.tensor(points, dtype)
        found = getattr(nb, name)(x)
        expected = reference(x.numpy().astype(np.float64))
        assert found.dtype == ("bool" if expected.dtype == bool else dtype), dtype
        tolerance = TOLERANCE[dtype]
        np.testing.assert_allclose(
            found.numpy().astype(np.float64), expected, tolerance, tolerance, err_msg=dtype
        )


@pytest.mark.parametrize("name", [n for n in UNARY if n not in ("neg", "abs", "sign", "relu")])
def test_unary_of_integers(name: str) -> None:
    reference, _ = UNARY[name]
    for x in (np.array([2, 3], np.int32), np.array([True])):
        found = getattr(nb, name)(x)
        if name in ("floor", "ceil", "round", "trunc"):
            assert found.dtype == x.dtype and found.tolist() == x.tolist()
        elif found.dtype != "bool":
            assert found.dtype == "float32", x.dtype
            with np.errstate(all="ignore"):
                np.testing.assert_allclose(found.numpy(), reference(x.astype(float)), 1e-5)


@pytest.mark.parametrize("dtype", INTS)
def test_integer_arithmetic(dtype: str) -> None:
    a, b = np.array([7, 100, 3, 0], dtype), np.array([2, 3, 5, 7], dtype)
    pairs = [
        (nb.add, np.add),
        (nb.sub, np.subtract),
        (nb.mul, np.multiply),
        (nb.mod, np.mod),
        (nb.fmod, np.fmod),
        (nb.floor_divide, np.floor_divide),
        (nb.maximum, np.maximum),
        (nb.minimum, np.minimum),
        (nb.bitwise_and, np.bitwise_and),
        (nb.bitwise_or, np.bitwise_or),
        (nb.bitwise_xor, np.bitwise_xor),
    ]
    for ours, theirs in pairs:
        found, expected = ours(a, b), theirs(a, b)
        assert found.dtype == dtype, ours
        np.testing.assert_array_equal(found.numpy(), expected, err_msg=str(ours))
    np.testing.assert_array_equal(nb.bitwise_not(a).numpy(), np.invert(a))
    np.testing.assert_allclose(nb.div(a, b).numpy(), a / b, 1e-6)


def test_division_rounds_down() -> None:
    a = np.array([7, 7, -7, -7, 6, -6], np.int32)
    b = np.array([3, -3, 3, -3, 3, -3], np.int32)
    for x, y in ((a, b), (a.astype(float), b.astype(float))):
        np.testing.assert_array_equal(nb.floor_divide(x, y).numpy(), x // y)
        np.testing.assert_array_equal(nb.mod(x, y).numpy(), x % y)
        np.testing.assert_array_equal(nb.fmod(x, y).numpy(), np.fmod(x, y))
    x = np.array([1.0, 0.3, -1.0, 1.0, -1.0, 5.0, -5.0])
    y = np.array([0.1, 0.1, 0.1, 0.0, 0.0, np.inf, np.inf])
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(nb.floor_divide(x, y).numpy(), x // y)
        np.testing.assert_array_equal(nb.mod(x, y).numpy(), x % y)
    assert nb.grad(lambda z: z // 0.3)(2.0).item() == 0.0
    assert nb.grad(lambda z: 2.0 % z)(0.75).item() == -2.0


def test_integer_powers() -> None:
    for dtype in ("int8", "uint8", "int32"):
        base = np.array([0, 1, 2, 3, 5, 7, 2, 3], dtype)
        exponent = np.array([0, 100, 5, 4, 2, 0, 70, 77], dtype)
        found = nb.pow(base, exponent)
        expected = [pow(int(b), int(e), 2**64) for b, e in zip(base, exponent, strict=True)]
        expected = np.array(expected, np.uint64).astype(dtype)
        assert found.dtype == dtype
        np.testing.assert_array_equal(found.numpy(), expected, err_msg=dtype)
    base = nb.tensor([3, 1, -1, -1, 0])
    assert nb.pow(base, nb.tensor([-1, -2, -3, -2, -1])).tolist() == [0, 1, -1, 1, 0]
    assert nb.pow(base, 100)[1:].tolist() == [1, 1, 1, 0]
    assert (nb.tensor([2]) ** 0.5).dtype == "float32"


def test_powers_of_floats() -> None:
    x = np.array([0.5, 1.5, 2.0, 3.0])
    for exponent in (-2, -1, 0, 1, 3, 0.5, -1.5, np.float64(2.5), x):
        np.testing.assert_allclose(nb.pow(x, exponent).numpy(), x**exponent, 1e-13)
        check_gradient(lambda y, e=exponent: nb.pow(y, e), x)
    np.testing.assert_allclose(nb.pow(x, 65).numpy(), x**65, 1e-13)
    check_gradient(lambda y: 1.5**y, x)


def test_relu_at_its_kink() -> None:
    assert nb.grad(lambda x: nb.sum(nb.relu(x)))(np.array([-1.0, 0.0, 2.0])).tolist() == [0, 0, 1]
    assert math.isnan(nb.relu(math.nan).item())
    assert nb.relu(nb.tensor([-3, 4])).tolist() == [0, 4]


def test_logic() -> None:
    a = np.array([True, True, False, False])
    b = np.array([2.0, 0.0, np.nan, 0.0])
    for ours, theirs in (
        (nb.logical_and, np.logical_and),
        (nb.logical_or, np.logical_or),
        (nb.logical_xor, np.logical_xor),
    ):
        np.testing.assert_array_equal(ours(a, b).numpy(), theirs(a, b))
    np.testing.assert_array_equal(nb.logical_and(a[:, None], b).shape, (4, 4))
    assert nb.add(a, a).dtype == "bool" and nb.mul(a, ~a).tolist() == [False] * 4


def test_clip() -> None:
    x = np.array([-2.0, 0.25, 3.0])
    np.testing.assert_array_equal(nb.clip(x, -1, 1).numpy(), np.clip(x, -1, 1))
    np.testing.assert_array_equal(nb.clip(x, max=0.5).numpy(), np.clip(x, None, 0.5))
    np.testing.assert_array_equal(nb.clip(x, np.zeros(3)).numpy(), np.clip(x, 0, None))
    check_gradient(lambda y: nb.clip(y, -1, 1), x)


def test_close() -> None:
    a = np.array([1.0, 1.0, np.inf, np.inf, np.nan, 0.0, -np.inf])
    b = np.array([1.0 + 1e-6, 1.1, np.inf, 1.0, np.nan, 1e-9, np.inf])
    for dtype in ("float64", "float32"):
        x, y = a.astype(dtype), b.astype(dtype)
        for options in ({}, {"rtol": 0.2, "atol": 0.0}, {"equal_nan": True}):
            expected = np.isclose(x, y, **options)
            np.testing.assert_array_equal(nb.isclose(x, y, **options).numpy(), expected)
    assert bool(nb.allclose(np.uint8([1, 2]), np.uint8([2, 1]), atol=1.0))
    assert not bool(nb.allclose(np.array([1.0, 2.0]), 1.0))
    assert bool(nb.allclose(nb.ones((2,), dtype="float16"), 1.0)) and nb.square(3).item() == 9


def test_gelu_of_narrow_floats_does_not_cancel() -> None:
    x = np.linspace(-3, 3, 61)
    for dtype in ("float16", "bfloat16"):
        narrow = nb.cast(x, dtype)
        exact = nb.gelu(nb.cast(narrow, "float64")).numpy()
        step = 2.0**-11 if dtype == "float16" else 2.0**-8  # half a unit in the last place
        found = nb.gelu(narrow)
        assert found.dtype == dtype
        np.testing.assert_allclose(found.numpy().astype(np.float64), exact, rtol=1.01 * step)


def test_gradients() -> None:
    for name in ("gelu", "silu", "sigmoid", "erf"):
        check_gradient(getattr(nb, name), np.array(TYPICAL))
    check_gradient(lambda x: nb.atan2(x, x * x + 0.5), np.array(TYPICAL))
    check_gradient(lambda x: nb.mod(x, 0.7), np.array([-2.5, 0.3, 1.5]))
    check_gradient(lambda x: nb.fmod(x, 0.7), np.array([-2.5, 0.3, 1.5]))


def test_numbers_and_arrays_are_taken() -> None:
    assert nb.sin(0.5).dtype == "float32" and nb.sin(np.float64(0.5)).dtype == "float64"
    assert nb.maximum(2, 3).item() == 3 and nb.maximum(2, 3.5).dtype == "float32"
    assert (nb.relu(2.0) + nb.tensor([1.0], nb.float16)).dtype == "float16", "still weak"
    assert (nb.round(2) + nb.tensor([1], nb.int8)).dtype == "int8", "still weak"


MISTAKES = {
    "maximum": (lambda a, b: nb.maximum(a, b), ValueError, r"maximum: .*\[2, 3\] and \[4\]"),
    "atan2": (lambda a, b: nb.atan2(a, b), ValueError, r"atan2: .*\[2, 3\] and \[4\]"),
    "mod": (lambda a, b: nb.mod(a, b), ValueError, r"mod: .*\[2, 3\] and \[4\]"),
    "logical_or": (lambda a, b: nb.logical_or(a, b), ValueError, r"logical_or: .*\[2, 3\] and"),
    "bitwise_xor": (lambda a, b: nb.bitwise_xor(a, 1), TypeError, "bitwise_xor .* float32"),
    "neg": (lambda a, b: nb.neg(True), TypeError, "neg is not defined on bool"),
    "sigmoid": (lambda a, b: nb.sigmoid("x"), TypeError, "sigmoid: str is not a tensor"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_name_the_function(name: str) -> None:
    make, kind, pattern = MISTAKES[name]
    with pytest.raises(kind, match=pattern) as caught:
        make(np.ones((2, 3), np.float32), np.ones((4,), np.float32))
    assert "test_elementwise.py" in str(caught.value)
