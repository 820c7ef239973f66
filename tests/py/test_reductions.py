# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Reductions, statistics, softmax and running sums: values, derivatives, mistakes."""

from __future__ import annotations

import math
from typing import Any

import nabla as nb
import numpy as np
import pytest
from differences import check_gradient

SHAPES = [(), (4,), (2, 3, 4)]
X = np.random.default_rng(0).normal(size=(2, 3, 4))


def axes_of(rank: int) -> list[Any]:
    if rank == 0:
        return [None, ()]
    return [None, 0, -1, (0, -1) if rank > 1 else (0,), [rank - 1], ()]


def logsumexp(x: np.ndarray, axis: Any, keepdims: bool) -> np.ndarray:
    return np.log(np.sum(np.exp(x), axis=axis, keepdims=keepdims))


REDUCTIONS: dict[str, Any] = {
    "sum": np.sum,
    "mean": np.mean,
    "max": np.max,
    "min": np.min,
    "prod": np.prod,
    "var": np.var,
    "std": np.std,
    "logsumexp": logsumexp,
    "any": np.any,
    "all": np.all,
}


@pytest.mark.parametrize("name", REDUCTIONS)
def test_reduction(name: str) -> None:
    for shape in SHAPES:
        x = np.random.default_rng(1).normal(size=shape)
        if name in ("any", "all"):
            x = x > (0.8 if name == "any" else -0.8)
        for axis in axes_of(len(shape)):
            numpy_axis = tuple(axis) if isinstance(axis, list) else axis
            for keepdims in (False, True):
                found = getattr(nb, name)(x, axis=axis, keepdims=keepdims)
                expected = REDUCTIONS[name](x, axis=numpy_axis, keepdims=keepdims)
                np.testing.assert_allclose(found.numpy(), expected, 1e-12, 1e-12)
                assert found.shape == np.shape(expected), (shape, axis, keepdims)


@pytest.mark.parametrize(
    "name", ["float16", "bfloat16", "float32", "int8", "int32", "uint8", "bool"]
)
def test_dtypes_of_reductions(name: str) -> None:
    x = nb.tensor([[1, 0, 1], [1, 1, 1]], name)
    is_float = x.dtype.is_float
    total = {"uint8": "uint32"}.get(name, name if is_float else "int32")
    assert nb.sum(x).dtype == nb.prod(x).dtype == nb.cumsum(x).dtype == total
    assert nb.sum(x).item() == 5 and nb.prod(x, axis=0).tolist() == [1, 0, 1]
    assert nb.cumsum(x).tolist() == [[1, 1, 2], [1, 2, 3]]
    assert nb.max(x).dtype == nb.min(x).dtype == name
    assert nb.mean(x).dtype == nb.var(x).dtype == (name if is_float else "float32")
    assert abs(nb.mean(x).item() - 5 / 6) < 1e-2
    assert nb.all(x).dtype == nb.any(x).dtype == "bool" and not nb.all(x).item()
    assert nb.argmax(x, axis=1).dtype == "int64" and nb.argmin(x).item() == 1


def test_small_dtypes_are_summed_in_large_ones() -> None:
    assert nb.sum(nb.full((1000,), 100, dtype=nb.int8)).item() == 100_000
    x = nb.full((100_000,), 3.0, dtype=nb.float16)
    assert nb.mean(x).item() == 3.0 and nb.var(x).item() == 0.0


def test_variance_does_not_cancel() -> None:
    x = np.array([1e8, 1e8 + 1, 1e8 + 2])
    assert nb.var(x).item() == np.var(x)
    np.testing.assert_allclose(nb.var(x, ddof=1).item(), 1.0)
    assert math.isnan(nb.std(np.ones(1), ddof=1).item())


def test_nothing() -> None:
    empty = np.zeros((0, 3))
    assert nb.sum(empty, axis=0).tolist() == [0.0] * 3 and nb.prod(empty).item() == 1.0
    assert nb.all(empty).item() and not nb.any(empty).item()
    assert math.isnan(nb.mean(empty).item())
    assert nb.cumsum(empty, axis=0, exclusive=True).shape == (0, 3)
    assert nb.logsumexp(empty).item() == -math.inf
    assert nb.softmax(empty, 0).shape == nb.logsoftmax(empty).shape == (0, 3)
    for f in (nb.max, nb.min, nb.argmax):
        with pytest.raises(ValueError, match=r"nothing to choose from in shape \[0, 3\]"):
            f(empty)


def test_positions() -> None:
    x = np.array([[3.0, 1.0, 3.0], [0.0, 5.0, 0.0]])
    for ours, theirs in ((nb.argmax, np.argmax), (nb.argmin, np.argmin)):
        for axis in (None, 0, 1, -1):
            for keepdims in (False, True):
                found = ours(x, axis, keepdims)
                np.testing.assert_array_equal(found.numpy(), theirs(x, axis, keepdims=keepdims))
        assert ours(np.array([1.0, np.nan, 2.0, np.nan])).item() == 1
    assert nb.argmax(nb.tensor(3.0)).item() == 0
    pair = nb.minmax(x)
    assert (pair["min"].item(), pair["max"].item()) == (0.0, 5.0)


def running(x: np.ndarray, axis: int, exclusive: bool, reverse: bool) -> np.ndarray:
    y = np.flip(x, axis) if reverse else x
    total = np.cumsum(y, axis) - (y if exclusive else 0)
    return np.flip(total, axis) if reverse else total


def test_running_sums() -> None:
    for axis in (0, 1, -1):
        for exclusive in (False, True):
            for reverse in (False, True):

                def f(x: Any, axis=axis, exclusive=exclusive, reverse=reverse) -> Any:
                    return nb.cumsum(x, axis, exclusive, reverse)

                expected = running(X, axis, exclusive, reverse)
                np.testing.assert_allclose(f(X).numpy(), expected, 1e-12, 1e-12)
    check_gradient(lambda x: nb.cumsum(x, 1, exclusive=True) ** 2, X)
    check_gradient(lambda x: nb.cumsum(x, 0, exclusive=True, reverse=True) ** 2, X)
    np.testing.assert_allclose(nb.cumsum(X, None).numpy(), np.cumsum(X))
    infinite = nb.cumsum(np.array([1.0, np.inf, 2.0]), exclusive=True)
    assert infinite.tolist() == [0.0, 1.0, np.inf], "nothing is subtracted"


@pytest.mark.parametrize("axis", [0, 1])
def test_running_sums_of_running_sums(axis) -> None:
    """One loop keeps the totals of both."""
    x = (np.arange(9 * 600) % 7 - 3).astype(np.float32).reshape(9, 600)

    def f(x: Any, m: Any = nb) -> Any:
        first = m.cumsum(x, axis)
        return m.cumsum(first, axis), m.cumsum(2 * x, axis) + first

    for found, expected in zip(nb.compile(f)(x), f(x, np), strict=True):
        np.testing.assert_array_equal(found.numpy(), expected)


def test_running_sums_of_many_columns_are_shared() -> None:
    x = (np.arange(700 * 1031) % 7 - 3).astype(np.float32).reshape(700, 1031)
    fn = nb.compile(lambda x: nb.cumsum(x, 0))
    assert "scf.forall" in nb.inspect(fn, "bufferize")(x)
    np.testing.assert_array_equal(fn(x).numpy(), np.cumsum(x, 0))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16, np.int32, np.int8])
@pytest.mark.parametrize("length", [1, 7, 8, 15, 16, 17, 33, 63, 64, 70])
def test_running_sums_of_any_length(dtype, length) -> None:
    """Of small integers, so that the order of additions does not matter."""
    x = np.arange(3 * length).reshape(3, length).astype(dtype) % 5 - 2
    for reverse in (False, True):
        order = x[:, ::-1] if reverse else x
        total = np.cumsum(order, 1)
        found = nb.compile(lambda x, reverse=reverse: nb.cumsum(x, 1, reverse=reverse))(x)
        np.testing.assert_array_equal(found.numpy(), total[:, ::-1] if reverse else total)


def test_softmax() -> None:
    for axis in (0, 1, -1, (0, 2), None):
        weights = np.exp(X) / np.exp(X).sum(axis=axis, keepdims=True)
        np.testing.assert_allclose(nb.softmax(X, axis).numpy(), weights, 1e-13)
        np.testing.assert_allclose(nb.logsoftmax(X, axis).numpy(), np.log(weights), 1e-12)
    large = np.array([1000.0, 1001.0, -np.inf])
    assert nb.softmax(large)[2].item() == 0.0 and nb.logsoftmax(large)[2].item() == -np.inf
    np.testing.assert_allclose(nb.softmax(large).numpy()[:2], [0.26894142137, 0.73105857863])
    assert nb.softmax(nb.tensor([1, 2])).dtype == "float32"
    assert np.isnan(nb.softmax(np.full(2, -np.inf)).numpy()).all(), "as in JAX"


def test_logsumexp_of_the_infinite() -> None:
    rows = np.array([[-np.inf, -np.inf], [np.inf, 0.0], [1e4, 1e4], [np.nan, 0.0]])
    found = nb.logsumexp(rows, axis=1)
    np.testing.assert_array_equal(found.numpy(), [-np.inf, np.inf, 1e4 + np.log(2), np.nan])
    masked = np.array([0.5, -np.inf, 1.0])
    gradient = nb.grad(nb.logsumexp)(masked).numpy()
    np.testing.assert_allclose(gradient, nb.softmax(masked).numpy())
    assert nb.grad(lambda x: nb.logsoftmax(x)[0])(masked)[1].item() == 0.0


GRADIENTS: dict[str, Any] = {
    "softmax": lambda x: nb.softmax(x, 1),
    "logsoftmax": lambda x: nb.logsoftmax(x, (0, 2)),
    "logsumexp": lambda x: nb.logsumexp(x, -1),
    "mean": lambda x: nb.mean(x, 1) ** 2,
    "var": lambda x: nb.var(x, (0, 1), ddof=1),
    "std": lambda x: nb.std(x),
    "prod": lambda x: nb.prod(x, 0),
    "max": lambda x: nb.max(x, 2),
    "min": lambda x: nb.min(x, (0, 1)),
}


@pytest.mark.parametrize("name", GRADIENTS)
def test_gradient(name: str) -> None:
    check_gradient(GRADIENTS[name], X)


def test_gradient_of_products_with_zeros() -> None:
    for x in ([2.0, 0.0, 3.0], [0.0, 0.0, 3.0], [2.0, 1.5, 3.0]):
        check_gradient(nb.prod, np.array(x))


def test_ties_share_the_derivative() -> None:
    x = np.array([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])
    found = nb.grad(lambda y: nb.sum(nb.max(y, axis=1)))(x)
    np.testing.assert_allclose(found.numpy(), [[0, 0.5, 0.5], [1 / 3] * 3])
    assert nb.grad(lambda y: nb.maximum(y, 2.0))(2.0).item() == 0.5


def test_second_derivatives_of_softmax() -> None:
    x = X[0, 0]
    p = np.exp(x) / np.exp(x).sum()
    expected = np.diag(p) - np.outer(p, p)
    np.testing.assert_allclose(nb.hessian(nb.logsumexp)(x).numpy(), expected, 1e-12, 1e-14)
    np.testing.assert_allclose(nb.jacfwd(nb.softmax)(x).numpy(), expected, 1e-12, 1e-14)
    np.testing.assert_allclose(nb.jacrev(nb.softmax)(x).numpy(), expected, 1e-12, 1e-14)


def test_under_vmap() -> None:
    for f in (nb.softmax, nb.var, nb.argmax, lambda x: nb.cumsum(x, 0, True), nb.prod):
        expected = np.stack([f(x).numpy() for x in X])
        np.testing.assert_allclose(nb.vmap(f)(X).numpy(), expected, 1e-12)


MISTAKES: dict[str, tuple[Any, type[Exception], str]] = {
    "prod": (lambda: nb.prod(X, axis=3), IndexError, "prod: axis 3 .* 3 dimensions"),
    "var": (lambda: nb.var(X, axis=(0, -3)), ValueError, "var: axis .* twice"),
    "argmax": (lambda: nb.argmax(X, axis=5), IndexError, "argmax: axis 5"),
    "cumsum": (lambda: nb.cumsum(1.0), IndexError, "cumsum: axis -1 .* 0 dimensions"),
    "softmax": (lambda: nb.softmax(X, axis=4), IndexError, "softmax: axis 4"),
    "axis": (lambda: nb.sum(X, axis=0.5), TypeError, "reduce_sum: axis 0.5 is not an integer"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes(name: str) -> None:
    make, kind, pattern = MISTAKES[name]
    with pytest.raises(kind, match=pattern) as caught:
        make()
    assert "test_reductions.py" in str(caught.value)
