# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Activation functions and their kin against JAX, and derivatives at special points."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nabla as nb
import numpy as np
import pytest
from differences import check_gradient

RNG = np.random.default_rng(1)
X = np.concatenate([RNG.normal(size=20) * 3, [-100.0, -7.0, 7.0, 100.0]])
UNIT = np.array([1e-300, 1e-9, 0.1, 0.25, 0.499, 0.5, 0.5001, 0.75, 0.999, 1.0])
SHARED = [
    "celu", "elu", "glu", "hard_sigmoid", "hard_silu", "hard_tanh", "leaky_relu", "log_sigmoid",
    "logmeanexp", "mish", "relu6", "selu", "soft_sign", "softplus", "squareplus", "standardize",
    "hard_swish", "swish", "log_softmax",
]  # fmt: skip
SPECIAL = {"entr": (UNIT,), "logit": (UNIT,), "xlogy": (X[:10], UNIT), "xlog1py": (X[:10], UNIT)}


@pytest.fixture
def jax() -> Any:
    found = pytest.importorskip("jax")
    with found.enable_x64(True):
        yield found


@pytest.mark.parametrize("name", SHARED)
def test_activations(name: str, jax: Any) -> None:
    ours, theirs = getattr(nb, name), getattr(jax.nn, name)
    expected = np.asarray(theirs(X))
    np.testing.assert_allclose(ours(X).numpy(), expected, 1e-13, 1e-15)
    slope = nb.grad(lambda x: (ours(x) * ours(x)).sum())(X).numpy()
    expected = np.asarray(jax.grad(lambda x: (theirs(x) * theirs(x)).sum())(X))
    np.testing.assert_allclose(slope, expected, 1e-11, 1e-13)
    narrow = ours(X.astype(np.float32))
    assert narrow.dtype == "float32" and ours(X.astype(np.float16)).dtype == "float16"
    rows = np.stack([X, X[::-1]])
    np.testing.assert_allclose(
        nb.vmap(ours)(rows).numpy(), np.stack([ours(row).numpy() for row in rows]), 1e-13
    )


@pytest.mark.parametrize("name", SPECIAL)
def test_special_functions(name: str, jax: Any) -> None:
    ours, theirs, args = getattr(nb, name), getattr(jax.scipy.special, name), SPECIAL[name]
    np.testing.assert_allclose(ours(*args).numpy(), np.asarray(theirs(*args)), 1e-12, 1e-15)
    if name != "logit":  # infinite at 1
        places = tuple(range(len(args)))
        found = nb.grad(lambda *xs: ours(*xs).sum(), places)(*args)
        expected = jax.grad(lambda *xs: theirs(*xs).sum(), places)(*args)
        for ours_of, theirs_of in zip(found, expected, strict=True):
            np.testing.assert_allclose(ours_of.numpy(), np.asarray(theirs_of), 1e-12)


def test_approximate_gelu(jax: Any) -> None:
    found = nb.gelu(X, approximate=True).numpy()
    np.testing.assert_allclose(found, np.asarray(jax.nn.gelu(X)), 1e-12, 1e-15)
    slope = nb.grad(lambda x: nb.gelu(x, True).sum())(X).numpy()
    expected = np.asarray(jax.grad(lambda x: jax.nn.gelu(x).sum())(X))
    np.testing.assert_allclose(slope, expected, 1e-10, 1e-14)
    assert nb.gelu(nb.tensor([1.0], nb.float16), True).dtype == "float16"


def test_log1mexp() -> None:
    x = np.array([1e-300, 1e-10, 0.1, 0.69, 0.7, 5.0, 50.0, 800.0])
    wide = x.astype(np.longdouble)
    with np.errstate(divide="ignore"):
        expected = np.where(x < 0.5, np.log(-np.expm1(-wide)), np.log1p(-np.exp(-wide)))
    np.testing.assert_allclose(nb.log1mexp(x).numpy(), expected.astype(float), 4e-16)
    check_gradient(nb.log1mexp, x[2:6])


def test_logit_is_precise_near_one_half_and_inverts_sigmoid() -> None:
    x = 0.5 + np.array([1e-17, 1e-15, 1e-12, 1e-8, 1e-3])
    expected = 2 * np.arctanh(2 * (x.astype(np.longdouble) - 0.5))
    np.testing.assert_allclose(nb.logit(x).numpy(), expected.astype(float), 4e-16)
    ends = nb.logit(np.array([0.0, 1.0, -0.1, 1.1])).numpy()
    np.testing.assert_array_equal(ends, [-np.inf, np.inf, np.nan, np.nan])


def test_zero_wins_in_xlogy() -> None:
    x, y = np.zeros(5), np.array([0.0, -1.0, np.inf, np.nan, 2.0])
    np.testing.assert_array_equal(nb.xlogy(x, y).numpy(), [0, 0, 0, np.nan, 0])
    slope = nb.grad(lambda x: nb.xlogy(x, y).sum())(x).numpy()
    np.testing.assert_array_equal(slope[[0, 1, 2, 4]], [0, 0, 0, np.log(2.0)])
    np.testing.assert_array_equal(nb.xlog1py(x, y - 1).numpy(), [0, 0, 0, np.nan, 0])
    np.testing.assert_array_equal(nb.entr(np.array([0.0, -1.0])).numpy(), [0, -np.inf])
    assert nb.grad(lambda x: nb.entr(x).sum())(np.zeros(2)).tolist() == [0, 0]


def hessian(f: Callable[..., Any], x: float, y: float) -> np.ndarray:  # type: ignore[type-arg]
    return nb.hessian(lambda p: f(p[0], p[1]))(np.array([x, y])).numpy()  # type: ignore[no-any-return]


def test_second_derivatives_where_both_are_equal() -> None:
    """At a tie a function made of maximum and abs would have none."""
    r = np.sqrt(2.0)
    np.testing.assert_allclose(hessian(nb.hypot, 1.0, 1.0), np.array([[1, -1], [-1, 1]]) / (2 * r))
    quarter = np.array([[0.25, -0.25], [-0.25, 0.25]])
    np.testing.assert_allclose(hessian(nb.logaddexp, 2.0, 2.0), quarter)
    np.testing.assert_allclose(hessian(nb.logaddexp2, 2.0, 2.0), quarter * np.log(2))


def test_derivatives_at_special_points() -> None:
    origin = np.zeros(2)
    assert nb.grad(lambda p: nb.hypot(p[0], p[1]))(origin).tolist() == [0, 0]
    assert nb.grad(nb.sinc)(0.0) == 0
    second = nb.grad(nb.grad(nb.sinc))(np.float64(0.0)).item()
    fourth = nb.grad(nb.grad(nb.grad(nb.grad(nb.sinc))))(np.float64(0.0)).item()
    np.testing.assert_allclose([second, fourth], [-(np.pi**2) / 3, np.pi**4 / 5], 1e-13)
    assert [nb.grad(nb.softplus)(x).item() for x in (0.0, 1000.0, -1000.0)] == [0.5, 1.0, 0.0]


@pytest.mark.parametrize("causal", [False, True])
def test_attention(causal: bool, jax: Any) -> None:
    shapes = ((2, 5, 4, 8), (2, 7, 2, 8), (2, 7, 2, 8))
    q, k, v = (RNG.normal(size=shape) for shape in shapes)
    bias, mask = RNG.normal(size=(1, 4, 5, 7)), RNG.random((2, 1, 5, 7)) < 0.8
    mask[..., 0] = True

    def ours(*xs: Any) -> Any:
        return nb.dot_product_attention(*xs, mask=mask, is_causal=causal, scale=0.3)

    def theirs(*xs: Any) -> Any:
        return jax.nn.dot_product_attention(*xs, mask=mask, is_causal=causal, scale=0.3)

    np.testing.assert_allclose(ours(q, k, v, bias).numpy(), theirs(q, k, v, bias), 1e-5, 1e-6)
    found = nb.grad(lambda *xs: (ours(*xs) ** 2).sum(), (0, 1, 2, 3))(q, k, v, bias)
    expected = jax.grad(lambda *xs: (theirs(*xs) ** 2).sum(), (0, 1, 2, 3))(q, k, v, bias)
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a.numpy(), b, 1e-4, 1e-5)
    one = nb.dot_product_attention(q[0], k[0], v[0])
    batched = nb.vmap(nb.dot_product_attention)(q, k, v)
    np.testing.assert_allclose(batched.numpy()[0], one.numpy(), 1e-13)


def test_mistakes() -> None:
    q = nb.ones((3, 2, 4))
    mistakes: list[tuple[Any, type[Exception], str]] = [
        (lambda: nb.dot_product_attention(q, q, nb.ones((4, 2, 4))), ValueError, "attention: sh"),
        (lambda: nb.dot_product_attention(q, q, q, mask=nb.ones((2, 3, 3))), TypeError, "mask is"),
        (lambda: nb.glu(nb.ones((3,))), ValueError, "split"),
        (lambda: nb.hypot(nb.ones((3,)), nb.ones((2,))), ValueError, "hypot: Cannot broadcast"),
        (lambda: nb.logaddexp("x", 1.0), TypeError, "logaddexp: str is not a tensor"),
    ]
    for mistake, kind, text in mistakes:
        with pytest.raises(kind, match=rf"{text}(.|\n)*test_special_functions"):
            mistake()


def test_narrow_floats_and_weak_numbers() -> None:
    for name in ("hypot", "logaddexp", "copysign", "fmax", "xlogy"):
        x = nb.tensor([0.5, 2.0], nb.float16)
        assert getattr(nb, name)(x, 1.0).dtype == "float16", name
        assert (getattr(nb, name)(1.0, 2.0) + x).dtype == "float16", "still weak"
        assert getattr(nb, name)(nb.tensor([1, 2]), nb.tensor([3.0], "float64")).dtype == "float64"
    half = nb.hypot(nb.tensor([300.0], nb.float16), nb.tensor([400.0], nb.float16))
    assert half.tolist() == [500.0]
