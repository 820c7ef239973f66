# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Derivatives of high order and of long chains: ops, and time until they are simplified."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import nabla as nb
import numpy as np

from benchmarks.measure import Row


def rows(quick: bool) -> list[Row]:
    n = 10 if quick else 1000
    quotient = _quotient
    for _ in range(2 if quick else 5):
        quotient = nb.grad(quotient)
    found: list[Row] = []
    for name, function in {
        f"gradient of a chain of {n}": nb.grad(_chain(n)),
        "derivative 5 of exp(sin(x)*x)/(1+x*x)": quotient,
    }.items():
        ops, seconds = _simplify(function, 1 if quick else 5)
        found.append(Row(name + ": ops", "", {"nabla": float(ops)}))
        found.append(Row(name + ": until simplified", "ms", {"nabla": 1e3 * seconds}))
    return found


def _quotient(x: Any) -> Any:
    return nb.exp(nb.sin(x) * x) / (1 + x * x)


def _chain(n: int) -> Callable[[Any], Any]:
    steps: list[Callable[[Any], Any]] = [nb.sin, lambda x: x * 1.5, nb.exp, nb.tanh]

    def function(x: Any) -> Any:
        for i in range(n):
            x = steps[i % len(steps)](x)
        return x

    return function


def _simplify(function: Callable[[Any], Any], times: int) -> tuple[int, float]:
    """Ops but constants, and the least seconds of the phases `transforms` and `simplify`."""
    x = np.float32(0.5)
    traced = nb.inspect(function, "trace")(x)
    best = float("inf")
    for _ in range(times):
        module = nb._nabla.Module.parse(traced)
        start = time.perf_counter()
        module.run_to("simplify")
        best = min(best, time.perf_counter() - start)
    text = module.text()
    return text.count("nabla.") - text.count("nabla.constant"), best
