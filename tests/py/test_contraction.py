# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Products: einsum, outer and matmul against NumPy, derivatives, mistakes."""

from __future__ import annotations

from typing import Any

import nabla as nb
import numpy as np
import pytest
from differences import check_gradient

FORMULAS = {
    "i->": [(3,)],
    "ij->ji": [(2, 3)],
    "ii": [(3, 3)],
    "ii->i": [(3, 3)],
    "ijij->ji": [(2, 3, 2, 3)],
    "iii->i": [(2, 2, 2)],
    "ij->j": [(2, 3)],
    "ba": [(2, 3)],
    "i,i": [(3,), (3,)],
    "i,j->ij": [(2,), (3,)],
    "ij,jk": [(2, 3), (3, 4)],
    "ij,kj->ik": [(2, 3), (4, 3)],
    "bij,bjk->bik": [(5, 2, 3), (5, 3, 4)],
    "ij,jk->": [(2, 3), (3, 4)],
    "ii,ij->j": [(3, 3), (3, 2)],
    "ij,ij->ij": [(2, 3), (2, 3)],
    "ab,bc,cd->ad": [(2, 3), (3, 4), (4, 5)],
    "ab,bc,ca->": [(2, 3), (3, 4), (4, 2)],
    "bhqd,bhkd->bhqk": [(2, 2, 3, 4), (2, 2, 5, 4)],
    "...ij,...jk->...ik": [(2, 5, 2, 3), (5, 3, 4)],
    "...i,i->...": [(2, 4, 3), (3,)],
    "i...->...i": [(2, 3, 4)],
    "...": [(2, 3)],
    "...,...": [(2, 3), (3,)],
    "ij,jk->ik": [(2, 1), (3, 4)],
    "i,ij": [(1,), (4, 2)],
    "ij , jk -> ki": [(2, 3), (3, 4)],
}


@pytest.mark.parametrize("formula", FORMULAS)
def test_einsum(formula: str) -> None:
    rng = np.random.default_rng(0)
    operands = [rng.normal(size=shape) for shape in FORMULAS[formula]]
    expected = np.einsum(formula, *operands)
    np.testing.assert_allclose(nb.einsum(formula, *operands).numpy(), expected, 1e-12, 1e-14)
    if formula not in ("...", "ij->ji", "ba"):
        for i, x in enumerate(operands):

            def f(y: Any, i: int = i) -> Any:
                given = [*operands[:i], y, *operands[i + 1 :]]
                return nb.einsum(formula, *given) ** 2

            check_gradient(f, x)


def test_einsum_of_other_dtypes() -> None:
    a, b = np.arange(6, dtype=np.int32).reshape(2, 3), np.arange(3, dtype=np.int8)
    found = nb.einsum("ij,j", a, b)
    assert found.dtype == "int32" and found.tolist() == (a @ b).tolist()
    assert nb.einsum("ij,j", a, b.astype(np.float32)).dtype == "float32"
    found = nb.vmap(lambda row: nb.einsum("i,i", row, b))(a)
    assert found.tolist() == (a @ b).tolist()
    assert nb.einsum("ii->i", np.zeros((0, 0))).shape == (0,)


def test_einsum_takes_a_good_order() -> None:
    """A chain of matrices with a vector at its end never makes a matrix."""
    n = 40
    m = np.eye(n)
    text = nb.inspect(lambda v: nb.einsum("ab,bc,cd,d->a", m, m, m, v), "trace")(np.ones(n))
    products = [line for line in text.splitlines() if "nabla.dot_general" in line]
    assert len(products) == 3 and all(line.endswith(f"-> tensor<{n}xf64>") for line in products)


def test_tensordot() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 3, 4)), rng.normal(size=(3, 4, 2))
    for axes in (2, ([1, 2], [0, 1]), ([0, -1], [2, 1]), (0, 2), ([2, 0, 1], [1, 2, 0])):
        found = nb.tensordot(a, b, axes)
        np.testing.assert_allclose(found.numpy(), np.tensordot(a, b, axes), rtol=1e-12)
    assert nb.tensordot(a, b, 0).shape == (2, 3, 4, 3, 4, 2)
    check_gradient(lambda x: nb.tensordot(x, x, ([0, 1], [0, 1])), a)
    with pytest.raises(ValueError, match=r"tensordot: dimensions \[2\] of shape \[2, 3, 4\]"):
        nb.tensordot(a, b, 1)
    with pytest.raises(ValueError, match="have no 4 dimensions"):
        nb.tensordot(a, b, 4)


def test_outer() -> None:
    a, b = np.arange(3.0), np.arange(4.0).reshape(2, 2)
    np.testing.assert_array_equal(nb.outer(a, b).numpy(), np.outer(a, b))
    assert nb.outer(nb.tensor([1]), np.ones(2)).dtype == "float64"
    check_gradient(lambda x: nb.outer(x, x * x), a)


def test_matmul_shapes() -> None:
    rng = np.random.default_rng(0)
    shapes = [
        ((2, 3), (3, 4)),
        ((3,), (3,)),
        ((3,), (3, 4)),
        ((2, 3), (3,)),
        ((5, 2, 3), (3, 4)),
        ((5, 2, 3), (5, 3, 4)),
        ((2, 3), (5, 3, 4)),
        ((5, 1, 2, 3), (6, 3, 4)),
        ((3,), (5, 3, 4)),
        ((5, 2, 3), (3,)),
    ]
    for left, right in shapes:
        a, b = rng.normal(size=left), rng.normal(size=right)
        np.testing.assert_allclose((nb.tensor(a) @ b).numpy(), a @ b, rtol=1e-13)


def test_matmul_of_integers() -> None:
    a, b = np.arange(6, dtype=np.int8).reshape(2, 3), np.arange(6, dtype=np.int32).reshape(3, 2)
    found = nb.matmul(a, b)
    assert found.dtype == "int32" and found.tolist() == (a.astype(int) @ b).tolist()


A, B = np.ones((2, 3)), np.ones((4, 5))
MISTAKES: dict[str, tuple[Any, str]] = {
    "extents": (
        lambda: nb.einsum("ij,jk", A, B),
        r"'j' of .* is 3 in .*\[2, 3\] and 4 in .*\[4, 5\]",
    ),
    "diagonal": (lambda: nb.einsum("ii", A), r"'i' of 'ii' is 2 in"),
    "operands": (lambda: nb.einsum("ij,jk", A), "has 2 operands, but 1 are given"),
    "rank": (lambda: nb.einsum("i", A), "names 1 of 2 dimensions"),
    "letters": (lambda: nb.einsum("i1", A), "not made of letters"),
    "unknown": (lambda: nb.einsum("ij->k", A), "'k' of the result .* is not in the operands"),
    "twice": (lambda: nb.einsum("ij->ii", A), "has 'i' twice"),
    "ellipsis": (lambda: nb.einsum("...i->i", A), "lacks the ellipsis"),
    "matmul": (lambda: nb.matmul(A, B), r"\[2, 3\] and \[4, 5\]"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes(name: str) -> None:
    make, pattern = MISTAKES[name]
    with pytest.raises(ValueError, match=pattern) as caught:
        make()
    assert "test_contraction.py" in str(caught.value)
