# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Nested transforms over trees, high orders, and Python loops within nests."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, NamedTuple

import nabla as nb
import numpy as np
import pytest


class Layer(NamedTuple):
    w: Any
    b: Any


X = np.array([0.4, -1.1])
PARAMS = {
    "layer": Layer(np.array([[0.3, -0.2], [0.5, 0.8]]), None),
    "rest": (np.array([0.1, 0.7]), [np.array(0.9)]),
}


def loss(p: Any) -> Any:
    hidden = nb.tanh(p["layer"].w @ X + p["rest"][0]) * p["rest"][1][0]
    return {"loss": nb.sum(hidden * hidden), "hidden": hidden}


def flat_loss(flat: Any) -> Any:
    """The same of one vector, in the order of the leaves."""
    p = {
        "layer": Layer(nb.reshape(flat[:4], (2, 2)), None),
        "rest": (flat[4:6], [flat[6]]),
    }
    return loss(p)


FLAT = np.array([0.3, -0.2, 0.5, 0.8, 0.1, 0.7, 0.9])
PARTS = {"w": slice(0, 4), "a": slice(4, 6), "k": slice(6, 7)}


def leaves(p: Any) -> dict[str, Any]:
    return {"w": p["layer"].w, "a": p["rest"][0], "k": p["rest"][1][0]}


JACOBIANS: dict[str, Callable[..., Any]] = {"jacfwd": nb.jacfwd, "jacrev": nb.jacrev}
PAIRS = list(itertools.product(JACOBIANS, repeat=2))


@pytest.mark.parametrize(("outer", "inner"), PAIRS)
def test_second_derivatives_over_trees(outer: str, inner: str) -> None:
    found = JACOBIANS[outer](JACOBIANS[inner](loss))(PARAMS)
    flat = nb.jacfwd(nb.jacrev(flat_loss))(FLAT)
    assert isinstance(found["loss"]["layer"], Layer) and found["loss"]["layer"].b is None
    for output, shape in (("loss", ()), ("hidden", (2,))):
        for one, row in leaves(found[output]).items():
            assert row["layer"].b is None
            for other, block in leaves(row).items():
                expected = flat[output].numpy()[..., PARTS[one], PARTS[other]]
                shapes = leaves(PARAMS)[one].shape + leaves(PARAMS)[other].shape
                assert block.shape == shape + shapes
                np.testing.assert_allclose(
                    block.numpy().reshape(expected.shape), expected, rtol=1e-12, atol=1e-14
                )


def test_jvp_and_vjp_of_jacobians_over_trees() -> None:
    tangents = {
        "layer": Layer(np.ones((2, 2)), None),
        "rest": (np.array([1.0, -1.0]), [np.array(0.5)]),
    }
    direction = np.array([1, 1, 1, 1, 1.0, -1.0, 0.5])
    hessian = nb.hessian(lambda flat: flat_loss(flat)["loss"])(FLAT).numpy()
    gradient = nb.grad(lambda p: loss(p)["loss"])
    _, pushed = nb.jvp(gradient, (PARAMS,), (tangents,))
    _, pullback = nb.vjp(gradient, PARAMS)
    for product in (pushed, pullback(pushed)[0]):
        direction = hessian @ direction
        found = np.concatenate([leaf.numpy().ravel() for leaf in leaves(product).values()])
        np.testing.assert_allclose(found, direction, rtol=1e-12)


def test_vmap_of_grad_over_trees_with_axes() -> None:
    batch = {
        "layer": Layer(np.stack([PARAMS["layer"].w, 2 * PARAMS["layer"].w], axis=1), None),
        "rest": (PARAMS["rest"][0], [np.array([0.9, -0.3])]),
    }
    axes = {"layer": Layer(1, None), "rest": (None, [0])}
    gradient = nb.grad(lambda p: loss(p)["loss"])
    found = nb.vmap(gradient, in_axes=(axes,))(batch)
    for i in range(2):
        one = {
            "layer": Layer(batch["layer"].w[:, i], None),
            "rest": (batch["rest"][0], [batch["rest"][1][0][i]]),
        }
        for name, leaf in leaves(gradient(one)).items():
            np.testing.assert_allclose(leaves(found)[name][i].numpy(), leaf.numpy(), rtol=1e-13)


ORDERS = list(itertools.product(JACOBIANS, repeat=4))


@pytest.mark.parametrize("order", ORDERS[:: len(ORDERS) // 5])
def test_fourth_derivatives_by_jacobians(order: tuple[str, ...]) -> None:
    def f(x: Any) -> Any:
        return nb.sum(nb.sin(x) * x[::-1])

    # d/dx_i of sin(x_i) x_j + sin(x_j) x_i, four times
    for name in order:
        f = JACOBIANS[name](f)
    found = f(X).numpy()
    expected = np.zeros((2,) * 4)
    for i, j in ((0, 1), (1, 0)):
        expected[i, i, i, i] = np.sin(X[i]) * X[j]
        for index in set(itertools.permutations((i, i, i, j))):
            expected[index] = -np.cos(X[i])
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)


def descend(x: Any) -> Any:
    """As many steps as it takes; the derivative of each step is taken, too."""
    steps = 0
    while nb.sum(x * x) > 0.5:
        x = x - 0.2 * nb.grad(lambda y: nb.sum(y * y * y) / 3 + nb.sum(y * y))(x)
        steps += 1
    assert steps > 0
    return x if x[0] < 0.2 else nb.sin(x)


def unrolled(x: Any, turns: int, sine: bool) -> Any:
    for _ in range(turns):
        x = x - 0.2 * (x * x + 2 * x)
    return nb.sin(x) if sine else x


def turns_of(x: np.ndarray[Any, Any]) -> tuple[int, bool]:
    turns = 0
    while np.sum(x * x) > 0.5:
        x = x - 0.2 * (x * x + 2 * x)
        turns += 1
    return turns, bool(x[0] >= 0.2)


NESTS: dict[str, Callable[[Any], Any]] = {
    "jacfwd": nb.jacfwd,
    "jacrev": nb.jacrev,
    "jacfwd of jacrev": lambda f: nb.jacfwd(nb.jacrev(f)),
    "jacrev of jacfwd": lambda f: nb.jacrev(nb.jacfwd(f)),
    "jvp": lambda f: lambda x: nb.jvp(f, (x,), (x * 0 + 1.0,))[1],
    "vjp": lambda f: lambda x: nb.vjp(f, x)[1](x * 0 + 1.0)[0],
    "linearize": lambda f: lambda x: nb.linearize(f, x)[1](x * 0 + 1.0),
    "grad of jvp": lambda f: nb.grad(lambda x: nb.sum(nb.jvp(f, (x,), (x * 0 + 1.0,))[1])),
    "jvp of grad": lambda f: (
        lambda x: nb.jvp(nb.grad(lambda y: nb.sum(f(y))), (x,), (x * 0 + 1.0,))[1]
    ),
}


@pytest.mark.parametrize("name", NESTS)
def test_python_loops_in_nests(name: str) -> None:
    for x in (np.array([1.0, 0.5]), np.array([0.3, 0.9]), np.array([2.0, 1.5])):
        turns, sine = turns_of(x)
        found = NESTS[name](descend)(nb.tensor(x))
        expected = NESTS[name](lambda y, turns=turns, sine=sine: unrolled(y, turns, sine))
        np.testing.assert_allclose(
            found.numpy(), expected(nb.tensor(x)).numpy(), rtol=1e-12, atol=1e-14
        )
