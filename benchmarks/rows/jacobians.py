# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Derivatives of vectors and of many small problems."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.measure import Calls, Row, compiled_on
from benchmarks.models import normal


def rows(quick: bool) -> list[Row]:
    n, many = (5, 7) if quick else (1000, 10_000)
    peers = ("jax", "torch")
    problems = normal(2, many, 8), normal(3, many, 16, 8), normal(4, many, 16)
    return [
        Calls(
            "Hessian of Rosenbrock, 100 dimensions",
            compiled_on(lambda m: m.hessian(_rosenbrock(m)), normal(0, 5 if quick else 100)),
            0.5,
            peers=peers,
        ),
        Calls(
            "Jacobian 1000x1000",
            compiled_on(lambda m: m.jacrev(_layer(m)), normal(0, n), normal(1, n, n)),
            0.5,
            peers=peers,
        ),
        Calls(
            "vmap(grad) of 10,000 problems",
            compiled_on(lambda m: m.vmap(m.pure_grad(_logistic(m))), *problems),
            0.5,
            peers=peers,
        ),
    ]


def _rosenbrock(m: Any) -> Callable[..., Any]:
    def fn(x: Any) -> Any:
        off, rest = x[1:] - x[:-1] * x[:-1], 1 - x[:-1]
        return m.sum(100 * off * off + rest * rest)

    return fn


def _layer(m: Any) -> Callable[..., Any]:
    return lambda x, w: m.tanh(w @ x) * x


def _logistic(m: Any) -> Callable[..., Any]:
    """The loss of 16 examples of 8 numbers."""

    def fn(w: Any, x: Any, y: Any) -> Any:
        return m.mean(m.log1p(m.exp(-y * (x @ w)))) + 0.01 * m.sum(w * w)

    return fn
