# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Derivatives of high order and of long chains: ops, and time until they are simplified."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import nabla as nb
import numpy as np

from benchmarks.measure import Row, Single


def rows(quick: bool) -> list[Row]:
    n, order = (10, 2) if quick else (1000, 5)
    return [
        Single(f"gradient of a chain of {n}", lambda quick: _figures(nb.grad(_chain(n)), quick)),
        Single(
            f"derivative {order} of a quotient", lambda quick: _figures(_derivative(order), quick)
        ),
    ]


def _derivative(order: int) -> Callable[[Any], Any]:
    def fn(x: Any) -> Any:
        return nb.exp(nb.sin(x) * x) / (1 + x * x)

    for _ in range(order):
        fn = nb.grad(fn)
    return fn


def _chain(n: int) -> Callable[[Any], Any]:
    steps: list[Callable[[Any], Any]] = [nb.sin, lambda x: x * 1.5, nb.exp, nb.tanh]

    def function(x: Any) -> Any:
        for i in range(n):
            x = steps[i % len(steps)](x)
        return x

    return function


def _figures(function: Callable[[Any], Any], quick: bool) -> list[tuple[str, str, float]]:
    """Ops but constants, and the least seconds of the phases `transforms` and `simplify`."""
    traced = nb.inspect(function, "trace")(np.float32(0.5))
    best = float("inf")
    for _ in range(1 if quick else 5):
        module = nb._nabla.Module.parse(traced)
        start = time.perf_counter()
        module.run_to("simplify")
        best = min(best, time.perf_counter() - start)
    text = module.text()
    ops = text.count("nabla.") - text.count("nabla.constant")
    return [("ops", "", ops), ("until simplified", "ms", 1e3 * best)]
