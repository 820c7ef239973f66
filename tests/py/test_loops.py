# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Loops and choices made of `nb.scan` and `nb.cond`."""

from __future__ import annotations

from typing import Any

import nabla as nb
import numpy as np
import pytest
from differences import check_gradient

RNG = np.random.default_rng(3)


def test_fori_loop() -> None:
    assert nb.fori_loop(2, 6, lambda i, total: total + i, 0) == 14
    assert nb.fori_loop(5, 2, lambda i, x: x + 1.0, 7.0) == 7.0
    power = nb.compile(lambda x: nb.fori_loop(0, 5, lambda i, y: y * x, nb.ones_like(x)))
    np.testing.assert_allclose(power(np.array([2.0, 3.0])).numpy(), [32, 243])
    check_gradient(
        lambda x: nb.fori_loop(0, 4, lambda i, y: nb.sin(y) * (i + 1.0), x), RNG.normal(size=3)
    )
    start = {"a": 1, "b": 2}
    state = nb.fori_loop(nb.tensor(0), 3, lambda i, s: {"a": s["b"], "b": s["a"] + i}, start)
    assert (state["a"], state["b"]) == (3, 3)
    big = nb.fori_loop(2**40, 2**40 + 2, lambda i, x: i, nb.tensor(0, nb.int64))
    assert big == 2**40 + 1


def test_bounds_have_to_be_known() -> None:
    with pytest.raises(nb.TracedValueError, match=r"fori_loop: upper is traced(.|\n)*test_loops"):
        nb.compile(lambda n: nb.fori_loop(0, n, lambda i, x: x + 1, 0))(nb.tensor(3))
    with pytest.raises(TypeError, match=r"fori_loop: lower 0\.5 is not an integer"):
        nb.fori_loop(0.5, 2, lambda i, x: x, 0)  # type: ignore[arg-type]


def test_map() -> None:
    x = RNG.normal(size=(4, 3))
    found = nb.map(lambda row: {"s": row.sum(), "r": row[::-1]}, x)
    np.testing.assert_allclose(found["s"].numpy(), x.sum(1))
    np.testing.assert_allclose(found["r"].numpy(), x[:, ::-1])
    pairs = nb.map(lambda p: p[0] * p[1], (x, x + 1))
    np.testing.assert_allclose(pairs.numpy(), x * (x + 1))
    check_gradient(lambda x: nb.map(nb.exp, x), x)
    with pytest.raises(ValueError, match="leading extents"):
        nb.map(lambda p: p, (np.ones(2), np.ones(3)))


BRANCHES = [lambda x: x + 1.0, lambda x: x * x, lambda x: nb.sin(x), lambda x: -x, nb.exp]


def test_switch() -> None:
    x = RNG.normal(size=3)
    f = nb.compile(lambda i, x: nb.switch(i, BRANCHES, x))
    for i in range(-2, 8):
        chosen = BRANCHES[min(max(i, 0), 4)]
        expected = chosen(nb.tensor(x)).numpy()
        np.testing.assert_allclose(f(nb.tensor(i), x).numpy(), expected)
        np.testing.assert_allclose(nb.switch(i, BRANCHES, x).numpy(), expected)
    indices = np.array([4, 0, 2, 9])
    rows = RNG.normal(size=(4, 3))
    batched = nb.vmap(lambda i, row: nb.switch(i, BRANCHES, row))(indices, rows).numpy()
    for i, row, found in zip(indices, rows, batched, strict=True):
        np.testing.assert_allclose(found, nb.switch(int(i), BRANCHES, row).numpy())
    for i in range(5):
        check_gradient(lambda x, i=i: nb.switch(nb.tensor(i), BRANCHES, x), x)
    assert nb.switch(nb.tensor([200], nb.uint8), BRANCHES[:2], 3.0) == 9.0


def test_mistakes_in_switch() -> None:
    mistakes: list[tuple[Any, type[Exception], str]] = [
        (lambda: nb.switch(0, []), ValueError, "switch: there is no branch"),
        (lambda: nb.switch(nb.tensor(0.5), BRANCHES, 1.0), TypeError, r"integer, got f32\[\]"),
        (lambda: nb.switch(nb.tensor([1, 2]), BRANCHES, 1.0), TypeError, r"integer, got i32\[2\]"),
    ]
    for mistake, kind, text in mistakes:
        with pytest.raises(kind, match=rf"{text}(.|\n)*test_loops"):
            mistake()


@pytest.mark.parametrize("extent", [0, 1, 2, 3, 8, 13])
def test_associative_scan(extent: int) -> None:
    x = RNG.normal(size=(extent, 3))
    for reverse in (False, True):
        turned = x[::-1] if reverse else x
        expected = np.cumsum(turned, 0)
        expected = expected[::-1] if reverse else expected
        found = nb.associative_scan(nb.add, x, reverse=reverse)
        np.testing.assert_allclose(found.numpy(), expected, 1e-12, 1e-12)
    np.testing.assert_allclose(nb.associative_scan(nb.mul, x.T, axis=1).numpy(), np.cumprod(x.T, 1))


def test_associative_scan_of_a_recurrence() -> None:
    """y[i] = a[i] y[i - 1] + b[i]: the order of the arguments counts."""
    a, b = RNG.normal(size=(2, 9))

    def join(first: Any, second: Any) -> Any:
        return first[0] * second[0], first[1] * second[0] + second[1]

    def last(a: Any, b: Any, reverse: bool = False) -> Any:
        return nb.associative_scan(join, (a, b), reverse=reverse)[1]

    y, expected = 0.0, []
    for m, n in zip(a, b, strict=True):
        y = m * y + n
        expected.append(y)
    np.testing.assert_allclose(last(a, b).numpy(), expected)
    np.testing.assert_allclose(last(a[::-1], b[::-1], True).numpy(), expected[::-1])
    check_gradient(lambda a: last(a, b), a)
    batched = nb.vmap(last)(np.stack([a, b]), np.stack([b, a])).numpy()
    np.testing.assert_allclose(batched[0], expected)
    mistakes: list[tuple[Any, type[Exception], str]] = [
        (lambda: nb.associative_scan(nb.add, (a, b[:3])), ValueError, "associative_scan: extents"),
        (lambda: nb.associative_scan(lambda x, y: (x, y), a), TypeError, "f returns"),
        (lambda: nb.associative_scan(nb.add, 1.0), IndexError, "associative_scan: axis 0"),
    ]
    for mistake, kind, text in mistakes:
        with pytest.raises(kind, match=rf"{text}(.|\n)*test_loops"):
            mistake()
