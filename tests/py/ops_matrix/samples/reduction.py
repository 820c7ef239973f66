# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Samples of reductions: dimensions, ties, nothing to reduce, all dtypes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ops_matrix.arrays import KINDS, bools, fixed, floats, ints, signed
from ops_matrix.sample import VALUES_ONLY, Sample, sample, together
from ops_matrix.samples.elementwise import dtypes_of, special

DIMS: tuple[list[int], ...] = ([0], [1], [0, 2], [0, 1, 2], [])


def table(dtype: str, repeats: int) -> list[list[Any]]:
    """Rows that hold a NaN, an infinity, extremes, ties."""
    values = special(dtype)
    return [values[i:] + values[:i] for i in range(0, len(values), repeats)]


def reduction(op: str) -> list[Sample]:
    found = [sample(op, f"dims {dims}", signed(2, 3, 2), dims=dims) for dims in DIMS]
    return [*found, sample(op, "scalar", signed(), dims=[]), *on_dtypes(op)]


def on_dtypes(op: str) -> list[Sample]:
    found = []
    for dtype in dtypes_of(op):
        if dtype in KINDS["float"]:
            # Sums and products of halves are exact, so that their order does not matter.
            found.append(sample(op, dtype, fixed([[0.5, 2, -1.5], [4, -0.5, 1]], dtype), dims=[1]))
        else:
            found.append(sample(op, dtype, fixed(table(dtype, 2), dtype), dims=[0]))
        found.append(sample(op, f"nothing of {dtype}", fixed([[], []], dtype), dims=[1]))
    return [together(op, "all dtypes", found)]


def extremum(op: str) -> list[Sample]:
    specials = [
        sample(op, f"special {dtype}", fixed(table(dtype, 3), dtype), dims=[0])
        for dtype in KINDS["float"]
    ]
    return [*reduction(op), together(op, "special values", specials)]


def bitwise(op: str) -> list[Sample]:
    found = [sample(op, f"dims {dims}", bools(2, 3, 2), dims=dims) for dims in DIMS]
    return [*found, sample(op, "ints", ints(2, 3), dims=[1]), *on_dtypes(op)]


def arg(op: str) -> list[Sample]:
    parts = [
        sample(op, dtype, fixed(table(dtype, 3), dtype), dim=dim)
        for dtype in dtypes_of(op)
        for dim in (0, 1)
    ]
    ties = [[1.0, 3.0, 3.0, 1.0], [2.0, 2.0, 2.0, 2.0]]
    return [
        sample(op, "matrix", signed(3, 4), dim=0),
        sample(op, "vector", signed(4), dim=0),
        sample(op, "middle", ints(2, 3, 2, low=-9, high=9), dim=1),
        sample(op, "ties", ints(3, 6, low=0, high=2), dim=1),
        sample(op, "ties of floats", fixed(ties), dim=1, columns=VALUES_ONLY),
        together(op, "special values of all dtypes", parts),
    ]


def argsort() -> list[Sample]:
    extents = [
        sample("argsort", f"{n} elements", ints(n, low=-9, high=9), dim=0, count=n)
        for n in (1, 2, 3, 4, 5, 8, 9, 16, 17, 33, 100)
    ]
    # Few of many are found without sorting them all.
    counts = [
        sample("argsort", f"{k} of 50", ints(3, 50, low=-9, high=9), dim=1, count=k, **down)
        for k in (0, 1, 2, 7, 24, 25, 49, 50)
        for down in ({}, {"descending": True})
    ]
    dtypes = [
        sample("argsort", dtype, fixed(table(dtype, 3), dtype), dim=1, count=k, **down)
        for dtype in dtypes_of("argsort")
        for k in (1, 2)
        for down in ({}, {"descending": True})
    ]
    return [
        sample("argsort", "matrix", signed(3, 4), dim=0, count=3),
        sample("argsort", "vector", signed(4), dim=0, count=4),
        sample("argsort", "middle", ints(2, 3, 2, low=-9, high=9), dim=1, count=2),
        sample("argsort", "nothing", floats(2, 0), dim=1, count=0),
        sample("argsort", "no rows", floats(0, 3), dim=1, count=3),
        together("argsort", "all extents", extents),
        together("argsort", "all counts", counts),
        together("argsort", "special values, both ways", dtypes),
    ]


def cumsum() -> list[Sample]:
    parts = [
        sample("cumsum", dtype, fixed([[0.5, 2, -1.5], [4, -0.5, 1]], dtype), dim=1)
        for dtype in KINDS["float"]
    ] + [
        sample("cumsum", dtype, fixed(table(dtype, 2), dtype), dim=0)
        for dtype in dtypes_of("cumsum")
        if dtype not in KINDS["float"]
    ]
    return [
        *(sample("cumsum", f"dim {dim}", signed(2, 3, 2), dim=dim) for dim in range(3)),
        *(
            sample("cumsum", f"reverse, dim {dim}", signed(2, 3), dim=dim, reverse=True)
            for dim in range(2)
        ),
        sample("cumsum", "of one", signed(1), dim=0),
        sample("cumsum", "of nothing", floats(2, 0), dim=1),
        sample("cumsum", "ints, reverse", ints(4), dim=0, reverse=True),
        together("cumsum", "all dtypes", parts),
    ]


ROWS: dict[str, Callable[[], list[Sample]]] = {
    "argmax": lambda: arg("argmax"),
    "argmin": lambda: arg("argmin"),
    "argsort": argsort,
    "cumsum": cumsum,
    "reduce_and": lambda: bitwise("reduce_and"),
    "reduce_max": lambda: extremum("reduce_max"),
    "reduce_min": lambda: extremum("reduce_min"),
    "reduce_or": lambda: bitwise("reduce_or"),
    "reduce_prod": lambda: reduction("reduce_prod"),
    "reduce_sum": lambda: reduction("reduce_sum"),
}
