# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Rounding to decimals and to tens, and shifts of integers, against NumPy."""

from __future__ import annotations

import nabla as nb
import numpy as np
import pytest

X = np.array([0.5, 1.5, -2.5, 1.25, 3.14159, 1234.5678, -0.0, np.inf, -np.inf, np.nan, 1e300])


@pytest.mark.parametrize("decimals", [0, 1, 3, -1, -3, 400, -400])
def test_floats(decimals: int) -> None:
    expected = np.round(X, decimals) if abs(decimals) < 300 else None
    if decimals == 400:
        expected = X
    if decimals == -400:
        expected = np.where(np.isfinite(X), 0, X)
    np.testing.assert_array_equal(nb.round(X, decimals).numpy(), expected)
    narrow = X[:-1].astype(np.float32)
    if abs(decimals) < 300:
        np.testing.assert_array_equal(
            nb.round(narrow, decimals).numpy(), np.round(narrow, decimals)
        )


def test_large_numbers_are_not_lost() -> None:
    x = np.array([3e38, 1e30], np.float32)
    np.testing.assert_array_equal(nb.round(x, 5).numpy(), x)
    assert nb.round(nb.tensor([2.345], nb.float16), 2).dtype == "float16"
    np.testing.assert_array_equal(round(nb.tensor([2.36]), 1).numpy(), np.float32([2.4]))
    assert nb.tensor([2.36]).round(1).dtype == "float32"


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "int64"])
def test_integers(dtype: str) -> None:
    x = np.array([0, 5, 15, 25, 26, 94, 96, 120], dtype)
    x = x if dtype.startswith("u") else np.concatenate([x, -x])
    for decimals in (0, 2, -1):
        np.testing.assert_array_equal(
            nb.round(x, decimals).numpy(), np.round(x.astype(np.float64), decimals).astype(dtype)
        )
    assert nb.round(x, -1).dtype == dtype
    assert (nb.round(x, -30).numpy() == 0).all()


def test_mistakes_in_rounding() -> None:
    assert nb.round(nb.tensor([True]), 1).tolist() == [True]
    with pytest.raises(TypeError, match=r"round is not defined on bool\n.*test_rounding"):
        nb.round(nb.tensor([True]), -1)
    with pytest.raises(TypeError, match=r"round: decimals 1\.5 is not an integer"):
        nb.round(1.0, 1.5)  # type: ignore[arg-type]


def test_rounding_has_no_slope_and_batches() -> None:
    assert nb.grad(lambda x: nb.round(x, 1).sum())(np.array([1.23, 4.56])).tolist() == [0, 0]
    x = np.array([[1.26, 2.34], [5.55, 0.01]])
    batched = nb.vmap(lambda row: nb.round(row, 1))(x).numpy()
    np.testing.assert_array_equal(batched, np.round(x, 1))


def test_shift_operators() -> None:
    x = nb.tensor([1, 5, -8])
    assert (x << 2).tolist() == [4, 20, -32] and (x >> 1).tolist() == [0, 2, -4]
    assert (1 << nb.tensor([0, 3])).tolist() == [1, 8]
    assert (-16 >> nb.tensor([1, 2])).tolist() == [-8, -4]
    assert (nb.tensor([200], nb.uint8) >> 3).tolist() == [25]
    assert (x << np.array([1, 1, 1], np.int64)).dtype == "int64"
    y = nb.tensor([1])
    y <<= 4
    assert y.tolist() == [16]
    assert nb.vmap(lambda row: row << 1)(nb.tensor([[1, 2], [3, 4]])).tolist() == [[2, 4], [6, 8]]


def test_shifts_are_of_integers() -> None:
    for x in (nb.tensor([1.0]), nb.tensor([True])):
        with pytest.raises(TypeError, match=r"left_shift is not defined on .*\n.*test_rounding"):
            x << x
    assert (nb.tensor([True]) << 1).dtype == "int32"
    with pytest.raises(ValueError, match=r"right_shift: Cannot broadcast shapes \[2\] and \[3\]"):
        nb.right_shift(np.arange(2), np.arange(3))


def test_powers_of_two_and_ten_are_exact() -> None:
    for dtype, low, high in ((np.float32, -149, 128), (np.float64, -1074, 1024)):
        exponents = np.arange(low, high).astype(dtype)
        powers = np.ldexp(dtype(1), np.arange(low, high))
        np.testing.assert_array_equal(nb.exp2(exponents).numpy(), powers)
        np.testing.assert_array_equal(nb.log2(powers).numpy(), exponents)
    tens = np.arange(-300, 300).astype(np.float64)
    np.testing.assert_array_equal(nb.log10(10.0**tens).numpy(), tens)
    cubes = np.arange(-1000.0, 1000.0)
    np.testing.assert_array_equal(nb.cbrt(cubes**3).numpy(), cubes)


def bools(*shape: int) -> np.ndarray:  # type: ignore[type-arg]
    return np.random.default_rng(sum(shape)).random(shape) < 0.4


@pytest.mark.parametrize(
    ("left", "right"), [((3, 4), (4, 5)), ((4,), (4,)), ((2, 3, 4), (2, 4, 1)), ((3, 0), (0, 2))]
)
def test_products_of_bools(left: tuple[int, ...], right: tuple[int, ...]) -> None:
    x, y = bools(*left), bools(*right)
    found = nb.tensor(x) @ nb.tensor(y)
    assert found.dtype == "bool"
    np.testing.assert_array_equal(found.numpy(), x @ y)


def test_other_products_of_bools() -> None:
    x, y = bools(3, 4), bools(4, 3)
    assert nb.outer(x, y).dtype == "bool"
    np.testing.assert_array_equal(nb.outer(x, y).numpy(), np.outer(x, y))
    np.testing.assert_array_equal(nb.tensordot(x, y, 1).numpy(), np.tensordot(x, y, 1))
    for formula in ("ij,ji->i", "ij,jk->ki", "ij,ji->"):
        np.testing.assert_array_equal(nb.einsum(formula, x, y).numpy(), np.einsum(formula, x, y))
    np.testing.assert_array_equal(nb.einsum("ij->j", x).numpy(), x.any(0))
    np.testing.assert_array_equal(nb.vmap(nb.matmul, (0, None))(bools(2, 3, 4), y).numpy(),
                                  bools(2, 3, 4) @ y)  # fmt: skip
    assert (nb.tensor(x) @ np.ones((4,), np.int32)).dtype == "int32"
