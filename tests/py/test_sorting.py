# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Sorting: values against NumPy, ties, NaN, derivatives of every order, batches."""

from __future__ import annotations

from typing import Any

import nabla as nb
import numpy as np
import pytest

X = np.array([[3.0, -1.0, 2.0, 2.5], [0.0, 7.0, -4.0, 1.0], [5.0, 5.5, 6.0, -6.0]])


@pytest.mark.parametrize("axis", [0, 1, -1, None])
def test_values(axis: int | None) -> None:
    np.testing.assert_array_equal(nb.sort(X, axis).numpy(), np.sort(X, axis))
    np.testing.assert_array_equal(nb.argsort(X, axis).numpy(), np.argsort(X, axis))
    down = np.sort(X, axis)
    down = np.flip(down, 0 if axis is None else axis)
    np.testing.assert_array_equal(nb.sort(X, axis, descending=True).numpy(), down)
    assert nb.sort(X, axis).dtype == "float64" and nb.argsort(X, axis).dtype == "int64"


def test_equal_elements_keep_their_order() -> None:
    rng = np.random.default_rng(0)
    x = rng.integers(0, 5, (3, 200))
    np.testing.assert_array_equal(nb.argsort(x).numpy(), np.argsort(x, kind="stable"))
    np.testing.assert_array_equal(
        nb.argsort(x, descending=True).numpy(), np.argsort(-x, kind="stable")
    )


def test_nan_count_as_largest() -> None:
    x = np.array([np.nan, -np.inf, 0.0, np.inf, np.nan, -0.0])
    np.testing.assert_array_equal(nb.sort(x).numpy(), np.sort(x))
    assert nb.argsort(x).tolist() == [1, 2, 5, 3, 0, 4]
    assert nb.argsort(x, descending=True).tolist() == [0, 4, 3, 2, 5, 1]


FLOATS = ["float16", "float32", "float64"]
INTEGERS = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]
#: Lengths of rows on both sides of where another way to sort begins.
EXTENTS = [1, 2, 16, 37, 128, 129, 300]


def _samples(dtype: str, extent: int) -> np.ndarray[Any, Any]:
    """Rows of random bits, of few values, and of one."""
    rng = np.random.default_rng(extent)
    kind = np.dtype(dtype)
    bits = rng.integers(0, 256, (2, extent, kind.itemsize), dtype=np.uint8).view(kind)[..., 0]
    special = [0.0, -0.0, np.inf, -np.inf, np.nan, -np.nan, 5e-8] if kind.kind == "f" else [3, 0, 1]
    few = rng.choice(np.array(special, kind), (2, extent))
    return np.concatenate([bits, few, np.ones((1, extent), kind)])


@pytest.mark.parametrize("dtype", [*FLOATS, *INTEGERS, "bool"])
def test_every_type_and_length(dtype: str) -> None:
    for extent in EXTENTS:
        if dtype == "bool":
            x = np.random.default_rng(extent).random((5, extent)) < 0.5
        else:
            x = _samples(dtype, extent)
        # The opposite of what NumPy sorts upwards, equal elements and NaN from the right.
        mirrored = extent - 1 - np.argsort(x[:, ::-1], kind="stable")[:, ::-1]
        np.testing.assert_array_equal(nb.argsort(x).numpy(), np.argsort(x, kind="stable"))
        np.testing.assert_array_equal(nb.argsort(x, descending=True).numpy(), mirrored)
        few = min(extent, 3)
        np.testing.assert_array_equal(nb.top_k(x, few)[1].numpy(), mirrored[:, :few])


def test_bfloat16() -> None:
    bits = np.arange(0, 65536, 7, dtype=np.uint16)
    np.random.default_rng(0).shuffle(bits)
    x = (bits.astype(np.uint32) << 16).view(np.float32)
    expected = np.argsort(x, kind="stable")
    np.testing.assert_array_equal(nb.argsort(nb.tensor(x, dtype="bfloat16")).numpy(), expected)


@pytest.mark.parametrize("shape", [(3, 70_000), (1031, 129), (2000, 150), (3001, 5)])
def test_rows_of_several_threads(shape: tuple[int, int]) -> None:
    x = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    np.testing.assert_array_equal(nb.argsort(x).numpy(), np.argsort(x, kind="stable"))
    np.testing.assert_array_equal(nb.sort(x, 0).numpy(), np.sort(x, 0))


def test_top_k() -> None:
    values, places = nb.top_k(X, 2)
    np.testing.assert_array_equal(values.numpy(), np.sort(X)[:, ::-1][:, :2])
    np.testing.assert_array_equal(np.take_along_axis(X, places.numpy(), 1), values.numpy())
    values, places = nb.top_k(nb.tensor([1, 3, 3, 2]), 3, axis=0)
    assert (values.tolist(), places.tolist()) == ([3, 3, 2], [1, 2, 3])
    assert nb.top_k(X, 0)[0].shape == (3, 0)


def test_derivatives() -> None:
    weights = np.array([1.0, 10.0, 100.0, 1000.0])

    def f(x: Any) -> Any:
        return nb.sum(nb.sort(x) ** 3 * weights)

    places = np.argsort(np.argsort(X, 1), 1)
    expected = 3 * X**2 * weights[places]
    np.testing.assert_allclose(nb.grad(f)(X).numpy(), expected, rtol=1e-15)
    _, tangent = nb.jvp(f, (X,), (np.ones_like(X),))
    np.testing.assert_allclose(tangent.numpy(), expected.sum(), rtol=1e-14)
    hessian = nb.hessian(f)(X[0]).numpy()
    np.testing.assert_allclose(hessian, np.diag(6 * X[0] * weights[places[0]]), rtol=1e-15)
    rows = nb.vmap(nb.grad(f))(X).numpy()
    np.testing.assert_allclose(rows, expected, rtol=1e-15)


def test_batches() -> None:
    x = np.arange(24.0).reshape(2, 3, 4)[:, ::-1, ::-1]
    for axis in (0, 1):
        got = nb.vmap(lambda row, axis=axis: nb.sort(row, axis), in_axes=2, out_axes=2)(x)
        np.testing.assert_array_equal(got.numpy(), np.sort(x, axis))


def test_errors() -> None:
    with pytest.raises(IndexError, match="sort: axis 2"):
        nb.sort(X, 2)
    with pytest.raises(IndexError, match="argsort: axis -1"):
        nb.argsort(3.0)
    with pytest.raises(ValueError, match=r"top_k: k is 5, but dimension 1 of f64\[3,4\] has 4"):
        nb.top_k(X, 5)
    with pytest.raises(TypeError, match=r"top_k: k must be an integer, got 1\.5"):
        nb.top_k(X, 1.5)  # type: ignore[arg-type]
