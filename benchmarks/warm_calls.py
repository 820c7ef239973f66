# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Calls of what is compiled already: what a call costs besides the work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nabla as nb
import numpy as np

from benchmarks.measure import Row, installed, scaled, warm_interleaved

Calls = dict[str, Callable[[], object]]  # by peer


def rows(quick: bool) -> list[Row]:
    times, rounds = (10, 1) if quick else (2_000, 7)
    cases = [
        ("compiled x + 1", _add(), "10 us"),
        ("compiled tree of 20 leaves", _tree(), ""),
        ("eager w = w - lr * dw, 1000 elements", _step(), ""),
    ]
    return [
        Row(name, "us", scaled(warm_interleaved(calls, times, rounds), 1e6), aim)
        for name, calls, aim in cases
    ]


def _add() -> Calls:
    array = np.array([1.0, 2.0, 3.0], np.float32)
    x = nb.tensor(array)
    compiled = nb.compile(lambda x: x + 1)
    calls: Calls = {"nabla": lambda: compiled(x), "numpy": lambda: array + 1}
    if installed("jax"):
        import jax

        y = jax.numpy.array(array)
        jitted = jax.jit(lambda x: x + 1)
        calls["jax.jit"] = lambda: jitted(y)
    return calls


def _tree() -> Calls:
    arrays = {f"p{i}": np.ones(3, np.float32) for i in range(20)}
    tree = {name: nb.tensor(a) for name, a in arrays.items()}

    def double(tree: dict[str, Any]) -> dict[str, Any]:
        return {name: x * 2 for name, x in tree.items()}

    compiled = nb.compile(double)
    calls: Calls = {"nabla": lambda: compiled(tree), "numpy": lambda: double(arrays)}
    if installed("jax"):
        import jax

        other = {name: jax.numpy.array(a) for name, a in arrays.items()}
        jitted = jax.jit(double)
        calls["jax.jit"] = lambda: jitted(other)
    return calls


def _step() -> Calls:
    array = np.ones(1000, np.float32)

    def loop(w: Any, dw: Any) -> Callable[[], object]:
        state = [w]

        def step() -> object:
            state[0] = state[0] - 1e-6 * dw
            return state[0]

        return step

    calls: Calls = {
        "nabla": loop(nb.tensor(array), nb.tensor(array)),
        "numpy": loop(array, array),
    }
    if installed("jax"):
        import jax

        calls["jax"] = loop(jax.numpy.array(array), jax.numpy.array(array))
    return calls
