# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Chains of elementwise operations, and single functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.measure import Calls, Row, compiled_on
from benchmarks.models import normal


def rows(quick: bool) -> list[Row]:
    many = 1000 if quick else 1 << 20
    two = (normal(0, many), normal(1, many))
    found: list[Row] = [
        Calls("chain 1k", compiled_on(_chain, normal(0, 1000), normal(1, 1000)), 0.7),
        Calls("chain 1M", compiled_on(_chain, *two), 0.7),
        Calls("gelu-like gradient 1M", compiled_on(_gelu_gradient, *two), 0.7),
    ]
    for name in ("exp", "log", "tanh", "sin", "cos"):
        found.append(Calls(f"{name} 1M", compiled_on(_single(name), np.abs(two[0]) + 0.1), 1.0))
    return found


def _chain(m: Any) -> Callable[..., Any]:
    return lambda x, w: m.tanh(x * w) / (1 + m.exp(-x * x))


def _gelu_gradient(m: Any) -> Callable[..., Any]:
    return lambda x, g: g * (1 - m.tanh(x) * m.tanh(x)) + m.exp(-x * x) * x


def _single(name: str) -> Callable[[Any], Callable[..., Any]]:
    return lambda m: lambda x: getattr(m, name)(x)
