# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Counting, finding, and tensors of a known form, against NumPy."""

from __future__ import annotations

from typing import Any

import nabla as nb
import numpy as np
import pytest

RNG = np.random.default_rng(2)
NAN = np.nan


def equal(found: Any, expected: Any, tolerance: float = 0) -> None:
    assert found.shape == expected.shape
    np.testing.assert_allclose(found.numpy(), expected, tolerance, tolerance)


# ---------------------------------------------------------------- where something is


@pytest.mark.parametrize("shape", [(7,), (3, 4), (2, 3, 2), (0,), (2, 0)])
def test_nonzero(shape: tuple[int, ...]) -> None:
    x = RNG.integers(0, 2, shape)
    for found, expected in zip(nb.nonzero(x), np.nonzero(x), strict=True):
        equal(found, expected)
        assert found.dtype == "int64"
    equal(nb.argwhere(x), np.argwhere(x))
    equal(nb.flatnonzero(x != 0), np.flatnonzero(x))
    assert len(nb.tensor(x).nonzero()) == len(shape)


def test_nonzero_of_a_known_size() -> None:
    x = np.array([[0, 3], [4, 5]])
    rows, columns = nb.compile(lambda x: nb.nonzero(x, size=5, fill_value=9))(x)
    assert rows.tolist() == [0, 1, 1, 9, 9] and columns.tolist() == [1, 0, 1, 9, 9]
    assert nb.flatnonzero(x, size=2).tolist() == [1, 2]
    assert nb.flatnonzero(x, size=4, fill_value=-1).tolist() == [1, 2, 3, -1]
    each = nb.vmap(lambda row: nb.flatnonzero(row, size=2, fill_value=7))(x)
    assert each.tolist() == [[1, 7], [0, 1]]


def test_unravel_index() -> None:
    x = np.array([[0, 5], [23, -1]], np.int32)
    found = nb.unravel_index(x, (2, 3, 4))
    for ours, theirs in zip(found, np.unravel_index(x % 24, (2, 3, 4)), strict=True):
        equal(ours, theirs)
        assert ours.dtype == "int32"
    largest = RNG.normal(size=(3, 5))
    place = nb.unravel_index(nb.argmax(largest), (3, 5))
    assert nb.tensor(largest)[place].item() == largest.max()
    assert [i.item() for i in nb.unravel_index(99, (2, 3))] == [1, 2]
    with pytest.raises(TypeError, match=r"unravel_index: f32\[\] is not of integers"):
        nb.unravel_index(0.5, (2,))


def test_sizes_that_are_not_known() -> None:
    for f, name in ((nb.nonzero, "nonzero"), (nb.unique, "unique"), (nb.argwhere, "nonzero")):
        with pytest.raises(nb.TracedValueError, match=rf"{name}: how many.*size=(.|\n)*counting"):
            nb.compile(f)(np.array([1, 0]))
    with pytest.raises(nb.TracedValueError, match=r"bincount: the largest.*length="):
        nb.vmap(nb.bincount)(np.array([[1, 0]]))
    with pytest.raises(ValueError, match="nonzero: a 0-d tensor has no positions"):
        nb.nonzero(1.0)


@pytest.mark.parametrize(
    "x",
    [RNG.integers(0, 5, (4, 5)), np.array([2.0, NAN, -1.0, NAN, 2.0]), np.array([], np.float32),
     np.array([True, False, True]), np.array([3])],
)  # fmt: skip
def test_unique(x: Any) -> None:
    found = nb.unique(x, return_index=True, return_inverse=True, return_counts=True)
    expected = np.unique(x, return_index=True, return_inverse=True, return_counts=True)
    for ours, theirs in zip(found, expected, strict=True):
        equal(ours, theirs)
    equal(nb.unique(x), np.unique(x))
    assert nb.unique(x).dtype == x.dtype


def test_unique_of_a_known_size() -> None:
    f = nb.compile(lambda x: nb.unique(x, return_counts=True, size=4))
    values, counts = f(np.array([3, 1, 3, 2]))
    assert values.tolist() == [1, 2, 3, 1] and counts.tolist() == [1, 1, 2, 0]
    assert nb.unique(np.array([3, 1, 3, 2]), size=2).tolist() == [1, 2]
    assert nb.unique(np.array([3, 1]), size=3, fill_value=-7).tolist() == [1, 3, -7]
    slope = nb.grad(lambda x: (nb.unique(x, size=3) * np.arange(3.0)).sum())
    assert slope(np.array([5.0, 2.0, 9.0])).tolist() == [1, 0, 2]


# ---------------------------------------------------------------- counts


def test_bincount() -> None:
    x = RNG.integers(0, 9, 50)
    weights = RNG.normal(size=50)
    equal(nb.bincount(x), np.bincount(x))
    equal(nb.bincount(x, minlength=20), np.bincount(x, minlength=20))
    equal(nb.bincount(x, weights), np.bincount(x, weights), 1e-14)
    equal(nb.bincount(np.array([], np.int32), minlength=2), np.array([0, 0]))
    equal(nb.compile(lambda x: nb.bincount(x, length=4))(x), np.bincount(x[x < 4], minlength=4))
    assert nb.bincount(np.array([-1, 0, 5]), length=2).tolist() == [1, 0], "those outside are not"
    assert nb.bincount(np.array([1, 1], np.uint8)).tolist() == [0, 2]
    ct = nb.grad(lambda w: (nb.bincount(x, w) ** 2).sum())(weights).numpy()
    np.testing.assert_allclose(ct, 2 * np.bincount(x, weights)[x], 1e-13)
    rows = np.stack([x, 8 - x])
    batched = nb.vmap(lambda row: nb.bincount(row, length=9))(rows).numpy()
    np.testing.assert_array_equal(batched, [np.bincount(row, minlength=9) for row in rows])


def test_mistakes_in_bincount() -> None:
    mistakes: list[tuple[Any, type[Exception], str]] = [
        (lambda: nb.bincount(np.array([1.0])), TypeError, r"f64\[1\] is not of integers"),
        (lambda: nb.bincount(np.array([[1]])), ValueError, "is no vector"),
        (lambda: nb.bincount(np.array([-2, 1])), ValueError, "-2 is negative"),
        (lambda: nb.bincount(np.array([1]), np.ones(3)), ValueError, r"weights of shape .*3"),
    ]
    for mistake, kind, text in mistakes:
        with pytest.raises(kind, match=rf"bincount: .*{text}(.|\n)*test_counting"):
            mistake()


@pytest.mark.parametrize(
    "options",
    [{}, {"bins": 3}, {"bins": 4, "range": (-1.0, 1.5)}, {"bins": np.array([-2.0, 0.0, 0.5, 9.0])},
     {"bins": 5, "density": True}],
)  # fmt: skip
def test_histogram(options: dict[str, Any]) -> None:
    x = RNG.normal(size=(6, 20))
    weights = RNG.uniform(size=(6, 20))
    for w in (None, weights):
        counts, edges = nb.histogram(x, weights=w, **options)
        expected, expected_edges = np.histogram(x, weights=w, **options)
        equal(edges, expected_edges, 1e-14)
        equal(counts, expected, 1e-13)
        assert counts.dtype == expected.dtype
    equal(
        nb.compile(lambda x: nb.histogram(x, **options)[0])(x), np.histogram(x, **options)[0], 1e-13
    )


def test_histogram_of_little() -> None:
    equal(nb.histogram(np.full(4, 2.0), 2)[1], np.array([1.5, 2.0, 2.5]))
    counts, edges = nb.histogram(np.array([], np.float64), 2)
    assert counts.tolist() == [0, 0] and edges.tolist() == [0, 0.5, 1]
    assert nb.histogram(np.array([1, 2, 2, 9]), 4)[0].tolist() == [3, 0, 0, 1]
    equal(nb.histogram_bin_edges(np.arange(5.0), 2), np.array([0.0, 2.0, 4.0]))
    for bins, text in ((0, "0 is no number of bins"), (np.ones((2, 2)), "are no edges")):
        with pytest.raises(ValueError, match=text):
            nb.histogram(np.ones(3), bins)


# ---------------------------------------------------------------- of a known form


def test_grids() -> None:
    vectors = (np.arange(3.0), np.arange(2), np.arange(4.0))
    for indexing in ("xy", "ij"):
        for count in (0, 1, 2, 3):
            for sparse in (False, True):
                found = nb.meshgrid(*vectors[:count], indexing=indexing, sparse=sparse)
                expected = np.meshgrid(*vectors[:count], indexing=indexing, sparse=sparse)
                for a, b in zip(found, expected, strict=True):
                    equal(a, b)
                    assert a.dtype == b.dtype
    equal(nb.indices((2, 3)), np.indices((2, 3)))
    equal(nb.identity(3), np.identity(3))
    pair = np.ones((3, 1)), 2.0
    for a, b in zip(nb.broadcast_arrays(*pair), np.broadcast_arrays(*pair), strict=True):
        equal(a, b)
    with pytest.raises(ValueError, match='indexing is "xy" or "ij"'):
        nb.meshgrid(indexing="ji")


def test_spacings() -> None:
    equal(nb.logspace(np.float64(-1), 2.0, 7), np.logspace(-1, 2, 7), 1e-13)
    equal(
        nb.logspace(0.0, 3.0, 4, endpoint=False, base=2.0), np.logspace(0, 3, 4, False, 2.0), 1e-6
    )
    equal(nb.geomspace(np.float64(1), 1000.0, 4), np.geomspace(1, 1000, 4), 1e-13)
    equal(nb.geomspace(np.float64(-2), -0.5, 5), np.geomspace(-2, -0.5, 5), 1e-13)
    equal(nb.geomspace(np.float64(1), 8.0, 3, endpoint=False), np.geomspace(1, 8, 3, False), 1e-13)
    assert nb.geomspace(1.0, 3.0, 2).tolist() == [1.0, 3.0]


@pytest.mark.parametrize("name", ["hanning", "hamming", "blackman", "bartlett"])
def test_windows(name: str) -> None:
    for m in (0, 1, 2, 7):
        equal(getattr(nb, name)(m, dtype="float64"), getattr(np, name)(m), 1e-15)
    with pytest.raises(TypeError, match=f"{name}: a window is of floats"):
        getattr(nb, name)(4, dtype="int32")


def test_triangles() -> None:
    for n, m, k in ((3, None, 0), (3, 5, 1), (4, 2, -1), (0, 2, 0)):
        equal(nb.tri(n, m, k), np.tri(n, m, k))
        for name in ("tril_indices", "triu_indices"):
            found, expected = getattr(nb, name)(n, k, m), getattr(np, name)(n, k, m)
            for a, b in zip(found, expected, strict=True):
                equal(a, b)
    for a, b in zip(nb.diag_indices(3, 3), np.diag_indices(3, 3), strict=True):
        equal(a, b)
    with pytest.raises(ValueError, match="tri: n -1 is negative"):
        nb.tri(-1)


# ---------------------------------------------------------------- joining and cutting


def test_stacking() -> None:
    a, b = RNG.normal(size=3), RNG.normal(size=3)
    m = RNG.normal(size=(2, 3))
    for name in ("vstack", "hstack", "dstack", "column_stack"):
        equal(getattr(nb, name)([a, b]), getattr(np, name)([a, b]))
        equal(getattr(nb, name)([m, m + 1]), getattr(np, name)([m, m + 1]))
        with pytest.raises(ValueError, match=f"{name} expects at least one"):
            getattr(nb, name)([])
    equal(nb.hstack([1.0, 2.0]), np.hstack([1.0, 2.0]))
    equal(nb.vstack([a, m]), np.vstack([a, m]))


def test_cutting() -> None:
    x = np.arange(24.0).reshape(2, 3, 4)
    for name, parts in (("vsplit", 2), ("hsplit", 3), ("hsplit", [1]), ("dsplit", [1, 3])):
        for a, b in zip(getattr(nb, name)(x, parts), getattr(np, name)(x, parts), strict=True):
            equal(a, b)
    for parts in (1, 2, 3, 7, [2, 5]):
        for a, b in zip(
            nb.array_split(np.arange(5), parts), np.array_split(np.arange(5), parts), strict=True
        ):
            equal(a, b)
    mistakes: list[tuple[Any, type[Exception], str]] = [
        (lambda: nb.dsplit(np.ones((2, 2)), 1), ValueError, "dsplit: shape .* fewer than 3"),
        (lambda: nb.array_split(np.ones(2), 0), ValueError, "array_split: 0 is no number"),
        (lambda: nb.delete(np.ones(2), 2), IndexError, "delete: index 2 is out of bounds"),
        (lambda: nb.insert(np.ones(2), 3, 1.0), IndexError, "insert: index 3 is out of bounds"),
        (lambda: nb.rot90(np.ones((2, 2)), 1, (0, 0)), ValueError, "rot90: axis"),
    ]
    for mistake, kind, text in mistakes:
        with pytest.raises(kind, match=rf"{text}(.|\n)*test_counting"):
            mistake()
    assert [x.shape for x in nb.atleast_2d(1.0, np.ones(2))] == [(1, 1), (1, 2)]


def test_mistakes_by_name() -> None:
    x = nb.ones((3,))
    mistakes: list[tuple[Any, type[Exception], str]] = [
        (lambda: nb.quantile(x, 1.5), ValueError, r"quantile: q 1\.5 is not from 0 to 1"),
        (lambda: nb.percentile(x, -1), ValueError, "percentile: q -1 is not from 0 to 100"),
        (lambda: nb.quantile(x, 0.5, method="best"), ValueError, "quantile: method 'best'"),
        (lambda: nb.median(x, 1), IndexError, "median: axis 1"),
        (lambda: nb.nanmax(nb.ones((0,))), ValueError, "nanmax: nothing to choose"),
        (lambda: nb.cumprod(x, 2), IndexError, "cumprod: axis 2"),
        (lambda: nb.diff(1.0), ValueError, "diff: a 0-d"),
        (lambda: nb.diff(x, -1), ValueError, "diff: n -1 is negative"),
        (lambda: nb.gradient(nb.ones((1,))), ValueError, "gradient: dimension 0"),
        (lambda: nb.gradient(x, nb.ones((2,))), ValueError, "gradient: coordinates"),
        (lambda: nb.gradient(x, 1.0, 2.0), TypeError, "gradient: 2 spacings for 1"),
        (lambda: nb.diagonal(x), ValueError, "diagonal: shape .* has no diagonals"),
        (lambda: nb.trace(nb.ones((2, 2)), 0, 1, 1), ValueError, "trace: axis"),
        (lambda: nb.diag(nb.ones((1, 1, 1))), ValueError, "diag: shape"),
        (lambda: nb.dot(x, nb.ones((2,))), ValueError, "dot: shapes"),
        (lambda: nb.inner(x, nb.ones((2,))), ValueError, "inner: shapes"),
        (lambda: nb.vdot(x, nb.ones((2,))), ValueError, "vdot: shapes"),
        (lambda: nb.cross(nb.ones((4,)), x), ValueError, "cross: vectors of 4 and 3"),
        (lambda: nb.convolve(x, nb.ones((0,))), ValueError, "convolve: shape"),
        (lambda: nb.correlate(x, x, "most"), ValueError, "correlate: mode 'most'"),
        (lambda: nb.polyval(nb.ones((2, 2)), x), ValueError, "polyval: coefficients"),
        (lambda: nb.polyder(x, -1), ValueError, "polyder: m -1"),
        (lambda: nb.searchsorted(nb.ones((2, 2)), x), ValueError, "searchsorted: a of shape"),
        (lambda: nb.searchsorted(x, x, "middle"), ValueError, "searchsorted: side is"),
        (lambda: nb.interp(x, x, nb.ones((2,))), ValueError, "interp: xp of shape"),
        (lambda: nb.interp(x, x, x, period=0.0), ValueError, "interp: the period is 0"),
        (lambda: nb.select([], []), ValueError, "select: 0 conditions for 0"),
        (lambda: nb.average(x, weights=nb.ones((2,))), ValueError, "average: weights"),
        (lambda: nb.cov(nb.ones((1, 1, 1))), ValueError, "cov: shape"),
        (lambda: nb.pad(nb.ones((0,)), 1, "edge"), ValueError, "pad: dimension 0"),
        (lambda: nb.pad(x, 1, "middle"), ValueError, "pad: mode 'middle' is not one"),
        (lambda: nb.lexsort(()), ValueError, "lexsort expects"),
        (lambda: nb.lexsort((x, nb.ones((2,)))), ValueError, "lexsort: shapes"),
        (lambda: nb.vander(nb.ones((2, 2))), ValueError, "vander: shape"),
        (lambda: nb.put_along_axis(x, [[0]], 1.0, 0), ValueError, "put_along_axis: shapes"),
        (lambda: nb.put_along_axis(x, [0.5], 1.0, 0), TypeError, "put_along_axis: indices"),
    ]
    for mistake, kind, text in mistakes:
        with pytest.raises(kind, match=rf"{text}(.|\n)*test_counting"):
            mistake()


def test_traced_fractions() -> None:
    x = np.array([1.0, 2.0, 4.0, 8.0])
    f = nb.compile(nb.quantile)
    assert f(x, np.float64(0.5)).item() == 3.0
    assert f(x, nb.tensor([2.0, -1.0])).tolist() == [8.0, 1.0]
    slope = nb.grad(lambda q: nb.quantile(x, q))(np.float64(0.4))
    np.testing.assert_allclose(slope.item(), 3 * 2.0)
