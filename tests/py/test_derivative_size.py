# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Derivatives stay short, at any order and in either mode.

Counted are the ops after the phase `simplify`, as JAX's equations are counted: all but
constants, which are literals there.
"""

from __future__ import annotations

import json
import pathlib
import re
from collections.abc import Callable
from typing import Any

import nabla as nb
import nabla_opt
import numpy as np
import pytest
from float_ops import op

Function = Callable[[Any], Any]
JAX = json.loads((pathlib.Path(__file__).parent / "data" / "jax-op-counts.json").read_text())

FUNCTIONS: dict[str, Function] = {
    "sin(x)*x": lambda x: nb.sin(x) * x,
    "tanh(x*x)": lambda x: nb.tanh(x * x),
    "exp(sin(x)*x)/(1+x*x)": lambda x: nb.exp(nb.sin(x) * x) / (1 + x * x),
}


def forward(function: Function) -> Function:
    return lambda x: nb.jvp(function, (x,), (nb.ones_like(x),))[1]


def forward_along(function: Function) -> Function:
    """With a tangent that is not known to be 1."""
    return lambda x: nb.jvp(function, (x,), (np.float32(1.0),))[1]


MODES: dict[str, Callable[[Function], Function]] = {"grad": nb.grad, "jvp": forward}


def count(text: str) -> int:
    ops = re.findall(r"^\s*(?:%[^=]*= )?nabla\.(\w+)", text, re.MULTILINE)
    return sum(op not in ("constant", "yield") for op in ops)


def size(function: Function) -> int:
    return count(nb.inspect(function, "simplify")(np.float32(2.0)))


def sizes(transform: Callable[[Function], Function], function: Function, orders: int) -> list[int]:
    found = []
    for _ in range(orders):
        function = transform(function)
        found.append(size(function))
    return found


def test_count() -> None:
    text = nb.inspect(lambda x: nb.sin(x) * 2.0 + nb.cos(x) * 3.0, "simplify")(1.0)
    assert text.count("nabla.constant") == 2
    assert count(text) == 5


@pytest.mark.parametrize("transform", [nb.grad, forward, forward_along])
def test_derivatives_of_sin_x_times_x(transform: Callable[[Function], Function]) -> None:
    found = sizes(transform, FUNCTIONS["sin(x)*x"], 10)
    assert all(n <= 4 + 2 * k for k, n in enumerate(found, 1)), found


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", ["tanh(x*x)", "exp(sin(x)*x)/(1+x*x)"])
def test_derivatives_are_as_short_as_in_jax(name: str, mode: str) -> None:
    found = sizes(MODES[mode], FUNCTIONS[name], 5)
    assert all(n <= limit for n, limit in zip(found, JAX[name][mode], strict=True)), found


def test_numbers_of_jax() -> None:
    jax = pytest.importorskip("jax")
    if jax.__version__ != JAX["jax"]:
        pytest.skip(f"the numbers are those of JAX {JAX['jax']}")
    import jax_op_counts

    assert jax_op_counts.table() == JAX


@pytest.mark.parametrize("name", FUNCTIONS)
def test_derivatives_of_any_order_are_right(name: str) -> None:
    """Against differences of the derivative one order lower."""
    function, step = FUNCTIONS[name], 1e-5
    x = np.array([-1.3, 0.0, 0.4, 2.1])

    def at(function: Function, shift: float) -> np.ndarray:
        return np.asarray(function(x + shift).numpy())

    lower = reverse = along = function
    for _ in range(5):
        derivative = nb.compile(nb.vmap(nb.grad(reverse)))
        found = at(derivative, 0.0)
        # The fourth-order formula: its error is far below that of the numbers.
        near = at(lower, step) - at(lower, -step)
        far = at(lower, 2 * step) - at(lower, -2 * step)
        expected = (8 * near - far) / (12 * step)
        np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-8 * np.abs(found).max())
        reverse, along, lower = nb.grad(reverse), forward(along), derivative
        np.testing.assert_allclose(nb.vmap(along)(x).numpy(), found, rtol=1e-12, atol=1e-12)


CHAINS: dict[str, list[Function]] = {
    "sin": [nb.sin],
    "sin, mul": [nb.sin, lambda x: x * 1.5],
    "exp, tanh, sin": [nb.exp, nb.tanh, nb.sin],
    "logistic, sqrt, log1p": [op("logistic"), nb.sqrt, op("log1p")],
    "square": [lambda x: x * x],
    "rsqrt, log, atan": [op("rsqrt"), nb.log, op("atan")],
    "erf, power": [op("erf"), lambda x: x**3, lambda x: x**2.5],
    "maximum, abs, neg": [lambda x: nb.maximum(x, 0.1), nb.abs, lambda x: -x],
    "atan2, division": [lambda x: op("atan2")(x, 2.0), lambda x: 3.0 / x, lambda x: x / 7.0],
}
LENGTHS = [10, 100, 1000]


def chain(steps: list[Function], n: int) -> Function:
    def function(x: Any) -> Any:
        for i in range(n):
            x = steps[i % len(steps)](x)
        return x

    return function


@pytest.mark.parametrize("kind", CHAINS)
def test_gradients_of_chains(kind: str) -> None:
    for n in LENGTHS:
        function = chain(CHAINS[kind], n)
        assert size(function) >= n
        assert size(nb.grad(function)) <= 6 * n


def residual_chain(n: int) -> Function:
    """Each turn is two ops, and x is used by both."""

    def function(x: Any) -> Any:
        for _ in range(n // 2):
            x = x + nb.sin(x)
        return x

    return function


def product_chain(n: int) -> Function:
    def function(x: Any) -> Any:
        y = x
        for _ in range(n // 2):
            y = nb.sin(y) * x
        return y

    return function


@pytest.mark.parametrize("make", [residual_chain, product_chain])
def test_gradients_of_chains_that_branch(make: Callable[[int], Function]) -> None:
    for n in LENGTHS:
        assert size(nb.grad(make(n))) <= 6 * n


def test_gradients_of_chains_of_vectors() -> None:
    def layers(x: Any, w: Any) -> Any:
        for _ in range(100):
            x = nb.tanh(w @ x + 0.5)
        return nb.sum(x)

    x, w = np.ones(3, np.float32), np.ones((3, 3), np.float32)
    primal = count(nb.inspect(layers, "simplify")(x, w))
    gradient = nb.inspect(nb.grad(layers, argnums=(0, 1)), "simplify")(x, w)
    assert count(gradient) <= 4 * primal


def peak(function: Function) -> int:
    """The most ops in the module at any time, also before what was emitted is simplified."""
    text = nb.inspect(function, "trace")(np.float32(2.0))
    statistics = nabla_opt.run(text, "--nabla-transforms", "--mlir-pass-statistics").stderr
    found = re.search(r"\(S\)\s+(\d+) peak-ops", statistics)
    assert found, statistics
    return int(found.group(1))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", ["tanh(x*x)", "exp(sin(x)*x)/(1+x*x)"])
def test_no_module_on_the_way_is_large(name: str, mode: str) -> None:
    function = FUNCTIONS[name]
    for _ in range(5):
        function = MODES[mode](function)
        assert peak(function) <= 4 * size(function)


@pytest.mark.parametrize("mode", MODES)
def test_no_module_on_the_way_is_large_where_derivatives_do_not_grow(mode: str) -> None:
    """The transforms that wait are most of it: two ops each. Of the rest, the derivatives of
    lower orders are part, some of which are longer than the last."""
    function, largest = FUNCTIONS["sin(x)*x"], 0
    for _ in range(10):
        function = MODES[mode](function)
        largest = max(largest, size(function))
        waiting = count(nb.inspect(function, "trace")(np.float32(2.0)))
        assert peak(function) - waiting <= 4 * largest


def test_no_module_on_the_way_of_mixed_modes_is_large() -> None:
    for name in ["tanh(x*x)", "exp(sin(x)*x)/(1+x*x)"]:
        function = nb.grad(forward(nb.grad(forward(FUNCTIONS[name]))))
        assert peak(function) <= 4 * size(function)


@pytest.mark.parametrize("kind", CHAINS)
def test_no_module_on_the_way_of_a_chain_is_large(kind: str) -> None:
    for function in (chain(CHAINS[kind], 100), residual_chain(100), product_chain(100)):
        assert peak(nb.grad(function)) <= 4 * size(nb.grad(function))
