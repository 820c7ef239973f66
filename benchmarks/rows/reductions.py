# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Reductions, cumulative sums and transposes, beside the measured bandwidth of memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.measure import Calls, Row, compiled_on
from benchmarks.models import normal


def rows(quick: bool) -> list[Row]:
    n = 33 if quick else 4096
    x = normal(0, n, n)
    found: list[Row] = []
    for name in ("sum", "mean", "max", "argmax"):
        for axis in (None, 0, 1):
            fn = _along(name, axis)
            title = f"{name}, axis {axis} 4096x4096"
            found.append(Calls(title, compiled_on(fn, x), 1.0, passes=1))
    # These write as much as they read.
    for axis in (0, 1):
        fn = _along("cumsum", axis)
        title = f"cumsum, axis {axis} 4096x4096"
        found.append(Calls(title, compiled_on(fn, x), 1.0, passes=2, tolerance=3e-3))
    found.append(Calls("transpose 4096x4096", compiled_on(_transpose, x), 1.0, passes=2))
    return found


def _along(name: str, axis: int | None) -> Callable[[Any], Callable[..., Any]]:
    return lambda m: lambda x: getattr(m, name)(x, axis=axis)


def _transpose(m: Any) -> Callable[..., Any]:
    return lambda x: m.transpose(x)
