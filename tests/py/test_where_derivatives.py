# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A `where` that hides an inf or a NaN hides it from derivatives, too.

Each function f below is infinite or undefined, or has such a derivative, at the point
HIDDEN. `where(x is there, x**3, f(x))` must have the derivatives of x**3 there and those of
f elsewhere, in every nest of forward and reverse mode.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import nabla as nb
import numpy as np
import pytest
from float_ops import op

Function = Callable[[Any], Any]

VISIBLE = np.array([0.4, 0.7])


def norm(x: Any) -> Any:
    """Of a vector of two equal numbers: the square root of a sum."""
    return nb.sqrt(nb.sum(nb.stack([x, x]) ** 2.0, axis=0))


def direction(x: Any) -> Any:
    return nb.sum(nb.stack([x, x * 2.0]) / norm(x), axis=0)


# Of the hidden point and the function.
CASES: dict[str, tuple[float, Function]] = {
    "log": (0.0, nb.log),
    "log of negative": (-1.0, nb.log),
    "x log x": (0.0, lambda x: x * nb.log(x)),
    "log log": (1.0, lambda x: nb.log(-nb.log(x))),
    "log1p": (-1.0, op("log1p")),
    "sqrt": (0.0, nb.sqrt),
    "sqrt of negative": (-1.0, nb.sqrt),
    "square of sqrt": (0.0, lambda x: nb.sqrt(x) * nb.sqrt(x)),
    "rsqrt": (0.0, op("rsqrt")),
    "1 / x": (0.0, lambda x: 1.0 / x),
    "0 / 0": (0.0, lambda x: x / x),
    "sin x / x": (0.0, lambda x: nb.sin(x) / x),
    "x / x**2": (0.0, lambda x: x / (x * x)),
    "integer power": (0.0, lambda x: x**-2),
    "power": (0.0, lambda x: x**0.5),
    "power of negative": (-1.0, lambda x: x**1.5),
    "exponential of 1 / x": (0.0, lambda x: 2.0 ** (1.0 / x)),
    "norm": (0.0, norm),
    "direction": (0.0, direction),
    "atan2": (0.0, lambda x: op("atan2")(x, x * x)),
    "acos": (1.0, op("acos")),
    "asin": (-1.0, op("asin")),
    "acosh": (1.0, lambda x: op("acosh")(2.0 - x)),
    "atanh": (1.0, op("atanh")),
    "exp": (1000.0, lambda x: nb.exp(x * x)),
    "cosh": (1000.0, op("cosh")),
    "division of exps": (1000.0, lambda x: nb.exp(x) / (1.0 + nb.exp(x))),
    "remainder": (0.0, lambda x: op("rem")(x, x * 0.3)),
}


def forward(function: Function) -> Function:
    return lambda x: nb.jvp(function, (x,), (nb.ones_like(x),))[1]


def forward_along(function: Function) -> Function:
    """With a tangent that is not known to be 1."""
    return lambda x: nb.jvp(function, (x,), (np.ones(3),))[1]


def reverse(function: Function) -> Function:
    return nb.grad(lambda x: nb.sum(function(x)))


def pullback(function: Function) -> Function:
    """With a cotangent that is not known to be 1."""
    return lambda x: nb.vjp(function, x)[1](np.ones(3))[0]


MODES = {"f": forward, "r": reverse}
NESTS = ["".join(nest) for n in (1, 2, 3) for nest in itertools.product("fr", repeat=n)]


def hides(hidden: float, function: Function) -> Function:
    """`function` but x**3 at the hidden point."""
    return lambda x: nb.where(x == hidden, x * x * x, function(x))


def hides_input(hidden: float, function: Function) -> Function:
    """The same with the point kept out of the function."""

    def safe(x: Any) -> Any:
        return nb.where(x == hidden, x * x * x, function(nb.where(x == hidden, 0.4, x)))

    return safe


def drops(hidden: float, function: Function) -> Function:
    """0 at the hidden point, and multiplied with x."""
    return lambda x: nb.where(x == hidden, 0.0, function(x)) * x


def apply(nest: list[Callable[[Function], Function]], function: Function) -> Function:
    for transform in nest:
        function = transform(function)
    return function


def evaluate(
    nest: list[Callable[[Function], Function]], make: Callable[[float, Function], Function]
) -> dict[str, np.ndarray]:
    """The derivatives of all cases at their hidden and at the visible points."""
    functions = [apply(nest, make(*case)) for case in CASES.values()]

    def all_cases(points: list[Any]) -> list[Any]:
        return [function(x) for function, x in zip(functions, points, strict=True)]

    points = [np.append(hidden, VISIBLE) for hidden, _ in CASES.values()]
    found = nb.compile(all_cases)(points)
    return {name: value.numpy() for name, value in zip(CASES, found, strict=True)}


def evaluate_visible(order: int) -> dict[str, np.ndarray]:
    nest = [reverse] * order
    functions = [apply(nest, function) for _, function in CASES.values()]
    found = nb.compile(lambda x: [function(x) for function in functions])(VISIBLE)
    return {name: value.numpy() for name, value in zip(CASES, found, strict=True)}


@pytest.fixture(scope="module")
def visible() -> dict[int, dict[str, np.ndarray]]:
    return {order: evaluate_visible(order) for order in (0, 1, 2, 3)}


def cube(x: float, order: int) -> float:
    return (3 * x**2, 6 * x, 6.0)[order - 1]


def check(found: dict[str, np.ndarray], expected: dict[str, np.ndarray], order: int) -> None:
    for name, (hidden, _) in CASES.items():
        wanted = np.append(cube(hidden, order), expected[name])
        np.testing.assert_allclose(found[name], wanted, rtol=1e-9, atol=1e-9, err_msg=name)


@pytest.mark.parametrize("make", [hides, hides_input])
@pytest.mark.parametrize("nest", NESTS)
def test_hidden_points(
    nest: str, make: Callable[[float, Function], Function], visible: dict[int, Any]
) -> None:
    found = evaluate([MODES[mode] for mode in nest], make)
    check(found, visible[len(nest)], len(nest))


@pytest.mark.parametrize("transform", [forward_along, pullback])
def test_hidden_points_along_a_direction(
    transform: Callable[[Function], Function], visible: dict[int, Any]
) -> None:
    for order in (1, 2, 3):
        check(evaluate([transform] * order, hides), visible[order], order)


@pytest.mark.parametrize("nest", NESTS)
def test_dropped_points(nest: str, visible: dict[int, Any]) -> None:
    """(f x)' is f + x f', and so on; 0 where the point is dropped."""
    order = len(nest)
    found = evaluate([MODES[mode] for mode in nest], drops)
    for name in CASES:
        product = order * visible[order - 1][name] + VISIBLE * visible[order][name]
        wanted = np.append(0.0, product)
        np.testing.assert_allclose(found[name], wanted, rtol=1e-9, atol=1e-9, err_msg=name)


@pytest.mark.parametrize("name", CASES)
def test_points_are_worth_hiding(name: str) -> None:
    """Without the `where`, some derivative up to order 3 is not finite at the point."""
    hidden, function = CASES[name]
    x = np.append(hidden, VISIBLE)
    found = nb.compile(lambda x: [apply([reverse] * order, function)(x) for order in range(4)])(x)
    assert not np.isfinite([value.numpy()[0] for value in found]).all()


def test_hidden_rows() -> None:
    """The norm of each row, where a row of zeros is masked after the reduction."""

    def loss(x: Any) -> Any:
        squares = nb.sum(x * x, axis=1)
        norms = nb.where(squares > 0.0, nb.sqrt(squares), 0.0)
        unit = x / norms.reshape((2, 1))
        return nb.sum(nb.where(squares.reshape((2, 1)) > 0.0, unit * unit * unit, x))

    x = np.array([[0.0, 0.0], [0.6, -0.8]])
    gradient = nb.grad(loss)(x).numpy()
    np.testing.assert_allclose(gradient[0], [1.0, 1.0])
    assert np.isfinite(gradient).all()
    assert np.isfinite(nb.jacfwd(nb.grad(loss))(x).numpy()).all()
    assert np.isfinite(nb.jacrev(nb.jacfwd(loss))(x).numpy()).all()
