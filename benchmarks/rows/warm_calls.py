# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Calls of what is compiled already, on tiny arrays: what a call costs besides the work."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.measure import Call, Calls, Row
from benchmarks.models import ones


def rows(quick: bool) -> list[Row]:
    peers, shown = ("jax", "torch"), ("numpy",)
    return [
        Calls("compiled x + 1", _add, 0.4, peers=peers, shown=shown, lazy=True),
        Calls("compiled, 20 leaves", _tree, 0.4, peers=("jax",), lazy=True),
        Calls("eager w - lr * dw, 1k", _descent, 0.5, peers=peers, shown=shown, lazy=True),
    ]


def _add(m: Any) -> Call:
    x = m.put(np.array([1.0, 2.0, 3.0], np.float32))
    compiled = m.jit(lambda x: x + 1)
    return lambda: compiled(x)


def _tree(m: Any) -> Call:
    tree = m.put({f"p{i}": ones(3) for i in range(20)})
    compiled = m.jit(lambda tree: {name: x * 2 for name, x in tree.items()})
    return lambda: compiled(tree)


def _descent(m: Any) -> Call:
    state, dw = [m.put(ones(1000))], m.put(ones(1000))

    def step() -> Any:
        state[0] = state[0] - 1e-6 * dw
        return state[0]

    return step
