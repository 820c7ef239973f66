# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Products of matrices, beside the measured peak of multiply-adds."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.measure import Call, Calls, Row
from benchmarks.models import normal

Shapes = tuple[tuple[int, ...], tuple[int, ...]]


def rows(quick: bool) -> list[Row]:
    def size(n: int) -> int:
        return -(-n // 64) if quick else n

    found: list[Row] = []

    def add(name: str, m: int, k: int, n: int, make: Callable[..., Any], *batch: int) -> None:
        m, k, n = size(m), size(k), size(n)
        left, right = ((m, k), (k, n)) if make is not _at_b else ((k, m), (k, n))
        if make is _a_bt:
            right = (n, k)
        flops = 2.0 * m * k * n
        for extent in batch:
            flops *= extent
        shapes = ((*batch, *left), (*batch, *right))
        passes = int(min(m, n) == 1)
        found.append(Calls(f"matmul {name}", _product(make, shapes), 1.0, flops, passes))

    for n in (64, 128, 256, 512, 1000, 777, 1024, 2048):
        add(str(n), n, n, n, _a_b)
    for m, k, n in ((64, 784, 256), (64, 256, 10), (8192, 64, 64), (1, 4096, 4096)):
        add(f"{m}x{k}x{n}", m, k, n, _a_b)
    add("A @ B.T 512", 512, 512, 512, _a_bt)
    add("A.T @ B 512", 512, 512, 512, _at_b)
    add("A @ B.T 64x10x256", 64, 10, 256, _a_bt)
    add("A.T @ B 784x64x256", 784, 64, 256, _at_b)
    add("64 of 128x64x128", 128, 64, 128, _a_b, 2 if quick else 64)
    return found


def _a_b(a: Any, b: Any) -> Any:
    return a @ b


def _a_bt(a: Any, b: Any) -> Any:
    return a @ b.T


def _at_b(a: Any, b: Any) -> Any:
    return a.T @ b


def _product(make: Callable[..., Any], shapes: Shapes) -> Callable[[Any], Call]:
    def call(m: Any) -> Call:
        a, b = (m.put(normal(i, *shape)) for i, shape in enumerate(shapes))
        compiled = m.jit(make)
        return partial(compiled, a, b)

    return call
