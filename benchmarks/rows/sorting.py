# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Sorting, of rows without equal elements: not all peers keep the order of those."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.measure import Calls, Row, compiled_on


def rows(quick: bool) -> list[Row]:
    found: list[Row] = []
    for shape in ((3, 5), (2, 150)) if quick else ((10_000, 16), (1000, 1000)):
        places = np.broadcast_to(np.arange(shape[1], dtype=np.float32), shape)
        x = np.random.default_rng(0).permuted(places, axis=1)
        size = "x".join(map(str, shape))
        for name in ("sort", "argsort"):
            found.append(Calls(f"{name} {size}", compiled_on(_last(name), x), 1.0))
    return found


def _last(name: str) -> Callable[[Any], Callable[..., Any]]:
    return lambda m: lambda x: getattr(m, name)(x, axis=-1)
