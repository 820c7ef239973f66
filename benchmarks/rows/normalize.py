# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Functions of rows: softmax, layernorm, logsumexp and cross-entropy, and their gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.measure import Call, Calls, Row
from benchmarks.models import integers, normal, ones, zeros

Make = Callable[[Any], tuple[Callable[..., Any], tuple[Any, ...], tuple[int, ...]]]


def rows(quick: bool) -> list[Row]:
    found: list[Row] = []
    for shape in ((1024, 1024), (64, 32000)):
        extents = (4, 12) if quick else shape
        for name, make in _functions(*extents).items():
            title = f"{name} {shape[0]}x{shape[1]}"
            found.append(Calls(title, _value(make), 0.8))
            gradient = _gradient(make, name in ("softmax", "layernorm"), extents)
            found.append(Calls(f"gradient of {title}", gradient, 0.8, peers=("jax", "torch")))
    return found


def _functions(n: int, k: int) -> dict[str, Make]:
    """The function of some arrays, these, and which of them are differentiated."""
    x, labels = normal(0, n, k), integers(1, k, n)
    return {
        "softmax": lambda m: (lambda x: m.softmax(x, axis=-1), (x,), (0,)),
        "layernorm": lambda m: (m.layernorm, (x, ones(k), zeros(k)), (0, 1, 2)),
        "logsumexp": lambda m: (lambda x: m.logsumexp(x, axis=-1), (x,), (0,)),
        "cross-entropy": lambda m: (m.cross_entropy, (x, labels), (0,)),
    }


def _value(make: Make) -> Callable[[Any], Call]:
    def call(m: Any) -> Call:
        fn, arrays, _ = make(m)
        own = [m.put(array) for array in arrays]
        compiled = m.jit(lambda *arrays: fn(*arrays))
        return lambda: compiled(*own)

    return call


def _gradient(make: Make, weighted: bool, extents: tuple[int, int]) -> Callable[[Any], Call]:
    """Of the sum of the results, times weights where the sum alone has no gradient."""

    def call(m: Any) -> Call:
        fn, arrays, argnums = make(m)
        own = [m.put(array) for array in (*arrays, normal(2, *extents))]

        def total(*arguments: Any) -> Any:
            *taken, weights = arguments
            value = fn(*taken)
            return m.sum(value * weights) if weighted else m.sum(value)

        derived = m.gradient(total, argnums)
        return lambda: derived(*own)

    return call
