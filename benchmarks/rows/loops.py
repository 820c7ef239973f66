# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Eager loops: time a step, programs compiled, and how much memory a long one takes."""

from __future__ import annotations

import resource
import time
from typing import Any

import nabla as nb
import numpy as np
from nabla._core.program import counters

from benchmarks.measure import Row, Single


def rows(quick: bool) -> list[Row]:
    return [Single("descent that nobody looks at", _descent)]


def _descent(quick: bool) -> list[tuple[str, str, float]]:
    steps = 200 if quick else 100_000
    _train(100)
    compiled, peak, start = counters.compilations, _peak(), time.perf_counter()
    _train(steps)
    seconds = time.perf_counter() - start
    return [
        ("a step", "us", 1e6 * seconds / steps),
        ("compiled", "", counters.compilations - compiled),
        (f"more memory, {steps} steps", "MiB", _peak() - peak),
    ]


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _train(steps: int) -> None:
    X = nb.tensor(np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32))
    y = X @ nb.tensor([[2.0], [-1.0], [0.5]])

    def loss(w: Any, b: Any) -> Any:
        residuals = X @ w + b - y
        return nb.mean(residuals * residuals)

    w, b = nb.zeros((3, 1)), nb.zeros((1,))
    for _ in range(steps):
        dw, db = nb.grad(loss, argnums=(0, 1))(w, b)
        w, b = w - 0.1 * dw, b - 0.1 * db
    w.realize()
