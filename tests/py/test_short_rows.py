# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Reductions of many short rows, several of which are done at once: any number of rows of any
length, other things done to the same rows, other dtypes and layouts."""

from __future__ import annotations

from typing import Any

import nabla as nb
import numpy as np
import pytest

RNG = np.random.default_rng(0)
ROWS = (2, 13, 48, 67)


def softmax(m: Any, x: Any) -> Any:
    e = m.exp(x - m.max(x, axis=-1, keepdims=True))
    return e / m.sum(e, axis=-1, keepdims=True)


def layernorm(m: Any, x: Any) -> Any:
    d = x - m.mean(x, axis=-1, keepdims=True)
    return d / m.sqrt(m.mean(d * d, axis=-1, keepdims=True) + 1e-5)


def of_rows(m: Any, x: Any, v: Any, each: Any) -> tuple[Any, ...]:
    """Of a matrix, a vector as long as its rows, and one as long as its columns."""
    return (
        m.sum(x, axis=1) * each,
        m.max(x * v, axis=1),
        m.tanh(x @ v) + each,
        softmax(m, x),
        layernorm(m, x) * v,
        m.sum(x[::-1] * each[:, None], axis=1),
        m.sum(softmax(m, x), axis=0),
        m.min(x.T * v[:, None], axis=0),
    )


@pytest.mark.parametrize("columns", [2, 3, 4, 7, 8, 10, 16, 17, 33, 100, 257])
def test_rows_of_any_length(columns: int) -> None:
    args = [[RNG.normal(size=size) for size in ((rows, columns), columns, rows)] for rows in ROWS]
    found = nb.compile(lambda args: [of_rows(nb, *each) for each in args])(
        [[x.astype(np.float32) for x in each] for each in args]
    )
    for values, each in zip(found, args, strict=True):
        for value, expected in zip(values, of_rows(np, *each), strict=True):
            np.testing.assert_allclose(value.numpy(), expected, rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize(
    "dtype", ["float64", "float16", "bfloat16", "int8", "int32", "int64", "uint16"]
)
def test_rows_of_other_dtypes(dtype: str) -> None:
    for rows, columns in ((13, 5), (64, 16), (48, 33)):
        x = RNG.integers(0, 5, (rows, columns)).astype(np.float64)
        v = RNG.integers(0, 2, columns).astype(np.float64)

        def fn(m: Any, x: Any, v: Any) -> tuple[Any, ...]:
            return m.sum(x, axis=1), m.max(x * v, axis=1), x @ v, x * m.min(x, 1, keepdims=True)

        found = nb.compile(lambda x, v, fn=fn: fn(nb, x, v))(
            nb.tensor(x, dtype), nb.tensor(v, dtype)
        )
        for value, expected in zip(found, fn(np, x, v), strict=True):
            np.testing.assert_array_equal(value.numpy().astype(np.float64), expected)
        some = nb.compile(lambda x: (nb.any(x > 3, axis=1), nb.all(x > 0, axis=1)))(
            nb.tensor(x, dtype)
        )
        np.testing.assert_array_equal(some[0].numpy(), (x > 3).any(1))
        np.testing.assert_array_equal(some[1].numpy(), (x > 0).all(1))


@pytest.mark.parametrize("n", [2, 3, 7, 8, 16, 33])
def test_a_vector_for_each_matrix(n: int) -> None:
    for batch in (1, 3, 40):
        a, x = RNG.normal(size=(batch, n, n)), RNG.normal(size=(batch, n))

        def fn(m: Any, a: Any, x: Any) -> Any:
            y = m.tanh(m.einsum("bij,bj->bi", a, x))
            return m.einsum("bij,bi->bj", a, y) - 0.5 * x

        found = nb.compile(lambda a, x, fn=fn: fn(nb, a, x))(
            a.astype(np.float32), x.astype(np.float32)
        )
        np.testing.assert_allclose(found.numpy(), fn(np, a, x), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("dtype", "n"),
    [("float32", n) for n in (2, 3, 5, 7, 12)] + [("float64", 3), ("int32", 6), ("bfloat16", 4)],
)
def test_small_matrices(dtype: str, n: int) -> None:
    """One in each lane, or rows of them in vectors, with some that fill no vector."""
    for batch in (3, 100):
        a, c = RNG.integers(-3, 4, (2, batch, n, n)).astype(np.float64)

        def fn(m: Any, a: Any, c: Any) -> tuple[Any, ...]:
            d = a @ c
            return d, m.einsum("bij,bkj->bik", d, c)[:, :, ::-1], c + a[:, :1] * d, d[:, 1:, :2]

        found = nb.compile(lambda a, c, fn=fn: fn(nb, a, c))(
            nb.tensor(a, dtype), nb.tensor(c, dtype)
        )
        for value, expected in zip(found, fn(np, a, c), strict=True):
            error = 0.02 * np.abs(expected).max() if dtype == "bfloat16" else 0
            np.testing.assert_allclose(value.numpy().astype(np.float64), expected, atol=error)


def test_small_functions_of_many_points() -> None:
    """Elements that are not all there, that lie backwards, and that change in place."""
    for count in (5, 16, 77):
        x = RNG.normal(size=(count, 7))

        def fn(m: Any, x: Any) -> tuple[Any, ...]:
            y = m.tanh(x[:, 1:4] * x[:, 4:7] + m.sum(x[:, ::2], axis=1, keepdims=True))
            return y, m.sum(y * y[:, ::-1], axis=1), m.max(y, axis=1), m.sum(y[::-1], axis=1)

        found = nb.compile(lambda x, fn=fn: fn(nb, x))(x.astype(np.float32))
        for value, expected in zip(found, fn(np, x), strict=True):
            np.testing.assert_allclose(value.numpy(), expected, rtol=1e-5, atol=1e-6)

    def step(x: Any) -> Any:
        return x - 0.1 * nb.grad(lambda x: nb.sum(nb.tanh(x) ** 2, axis=1).sum())(x)

    x = RNG.normal(size=(77, 3))
    donated = nb.compile(step, donate_argnums=0)(nb.tensor(x, "float32"))
    expected = x - 0.2 * np.tanh(x) * (1 - np.tanh(x) ** 2)
    np.testing.assert_allclose(donated.numpy(), expected, rtol=1e-5, atol=1e-6)


def test_the_hessian_of_many_small_functions() -> None:
    a, x = RNG.normal(size=(50, 4, 4)), RNG.normal(size=(50, 4))
    found = nb.vmap(nb.hessian(lambda x, a: nb.tanh(a @ x) @ x))(nb.tensor(x), nb.tensor(a))
    t = np.tanh(np.einsum("bij,bj->bi", a, x))
    first = np.einsum("bi,bij->bij", 1 - t**2, a)
    second = np.einsum("bi,bij,bik->bjk", -2 * t * (1 - t**2) * x, a, a)
    np.testing.assert_allclose(found.numpy(), first + first.swapaxes(1, 2) + second, rtol=1e-10)


def test_many_rows_are_divided_among_threads() -> None:
    """Parts of whole blocks, the last one shorter, and what is left of a prime number of rows."""
    for rows, columns in ((30_030, 24), (8192, 100), (20_011, 8), (10_007, 33)):
        x = RNG.normal(size=(rows, columns))

        def fn(m: Any, x: Any) -> Any:
            return layernorm(m, softmax(m, x)), m.sum(softmax(m, x), axis=0)

        text = nb.inspect(lambda x, fn=fn: fn(nb, x), "bufferize")(x.astype(np.float32))
        assert "scf.forall" in text
        found = nb.compile(lambda x, fn=fn: fn(nb, x))(x.astype(np.float32))
        for value, expected in zip(found, fn(np, x), strict=True):
            np.testing.assert_allclose(value.numpy(), expected, rtol=2e-3, atol=2e-3)


def test_rows_in_the_memory_of_the_argument() -> None:
    for shape in ((64, 10), (48, 7), (5, 33)):
        x = RNG.normal(size=shape).astype(np.float32)
        donated = nb.compile(lambda x: softmax(nb, x), donate_argnums=0)(nb.tensor(x))
        np.testing.assert_allclose(donated.numpy(), softmax(np, x), rtol=1e-5)


def test_what_is_made_of_totals_reads_vectors() -> None:
    """The gradient of a small problem in each of many: no number passes through memory alone."""

    def loss(w: Any, x: Any, y: Any) -> Any:
        return nb.mean(nb.log1p(nb.exp(-y * (x @ w))))

    shapes = (50, 8), (50, 16, 8), (50, 16)
    args = [np.zeros(shape, np.float32) for shape in shapes]
    text = nb.inspect(nb.vmap(nb.grad(loss)), "bufferize")(*args)
    assert "vector.store" in text and "memref.store" not in text
