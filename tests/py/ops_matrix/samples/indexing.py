# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Samples of ops with positions known at run time: at the edges, beyond, and repeated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ops_matrix.arrays import DTYPES, KINDS, Operand, fixed, ints, signed
from ops_matrix.sample import COLUMNS, UNBATCHED, Sample, sample, together

INTS = [*KINDS["signed"], *KINDS["unsigned"]]


def starts(*values: int) -> Operand:
    return fixed(values, "i64")


# Inside, at both ends, before the start and beyond the end.
STARTS = {
    "inside": (1, 2),
    "first": (0, 0),
    "last": (2, 4),
    "before": (-3, -1),
    "beyond": (3, 9),
    "far": (np.iinfo(np.int64).min, np.iinfo(np.int64).max),
}


def edge(name: str) -> tuple[str, ...]:
    """Batches are of starts that are drawn, and of one that is clamped."""
    return COLUMNS if name == "beyond" else UNBATCHED


def dynamic_slice() -> list[Sample]:
    op = "dynamic_slice"
    parts = [sample(op, t, signed(4), fixed([3], t), sizes=[2]) for t in INTS]
    parts += [sample(op, t, fixed([1, 0, 1, 0], t), fixed([1], "i32"), sizes=[2]) for t in DTYPES]
    return [
        *(
            sample(op, n, signed(4, 6), starts(*s), columns=edge(n), sizes=[2, 2])
            for n, s in STARTS.items()
        ),
        sample(op, "drawn", signed(4, 6), ints(2, low=-2, high=8), sizes=[3, 1]),
        sample(op, "whole", signed(2, 3), starts(1, 1), sizes=[2, 3]),
        sample(op, "nothing", signed(3), starts(2), sizes=[0]),
        sample(op, "scalar", signed(), fixed(np.zeros(0), "i32"), sizes=[]),
        together(op, "all dtypes", parts),
    ]


def dynamic_update_slice() -> list[Sample]:
    op = "dynamic_update_slice"
    parts = [sample(op, t, signed(4), signed(2), fixed([3], t)) for t in INTS]
    parts += [
        sample(op, t, fixed([1, 0, 1, 0], t), fixed([0, 1], t), fixed([1], "i32")) for t in DTYPES
    ]
    return [
        *(
            sample(op, n, signed(4, 6), signed(2, 2), starts(*s), columns=edge(n))
            for n, s in STARTS.items()
        ),
        sample(op, "drawn", signed(4, 6), signed(3, 1), ints(2, low=-2, high=8)),
        sample(op, "whole", signed(2, 3), signed(2, 3), starts(1, 1)),
        sample(op, "nothing", signed(3), signed(0), starts(2)),
        sample(op, "scalar", signed(), signed(), fixed(np.zeros(0), "i32")),
        together(op, "all dtypes", parts),
    ]


# Shape of x, then the table: leading shape and (low, high) of positions, dims, batch_dims.
TABLES: dict[str, tuple[tuple[int, ...], tuple[int, ...], list[int], int]] = {
    "rows": ((4, 3), (2,), [0], 0),
    "columns": ((3, 4), (2,), [1], 0),
    "elements": ((3, 4), (5,), [0, 1], 0),
    "elements, dims swapped": ((3, 4), (5,), [1, 0], 0),
    "table of two dimensions": ((4, 2), (2, 3), [0], 0),
    "one": ((4, 3), (), [0], 0),
    "middle": ((2, 4, 3), (2,), [1], 0),
    "batch": ((2, 4), (2, 3), [1], 1),
    "batch with slices": ((2, 4, 3), (2, 5), [1], 1),
    "batch with one": ((3, 4), (3,), [1], 1),
    "two batch dimensions": ((2, 3, 4), (2, 3, 2), [2], 2),
    "no dimension": ((2, 3), (2,), [], 0),
    "no position": ((4, 3), (0,), [0], 0),
}


def picked(
    x: tuple[int, ...], leading: tuple[int, ...], dims: list[int], batch: int
) -> tuple[int, ...]:
    rest = [extent for i, extent in enumerate(x) if i >= batch and i not in dims]
    return (*leading, *rest)


def gather() -> list[Sample]:
    def one(name: str, low: int, high: int) -> Sample:
        x, leading, dims, batch = TABLES[name]
        return sample(
            "gather",
            f"{name}, positions from {low} to {high - 1}",
            signed(*x),
            ints(*leading, len(dims), low=low, high=high),
            dims=dims,
            batch_dims=batch,
        )

    parts = [
        sample("gather", t, signed(4), fixed([[1], [3], [1]], t), dims=[0], batch_dims=0)
        for t in INTS
    ]
    parts += [
        sample(
            "gather",
            t,
            fixed([1, 0, 1], t),
            fixed([[2], [3], [-1], [0]], "i32"),
            dims=[0],
            batch_dims=0,
        )
        for t in DTYPES
    ]
    found = [one(name, 0, 3) for name in TABLES]
    outside = [one(name, -2, 7) for name in ("rows", "elements", "batch with slices")]
    return [*found, *outside, together("gather", "all dtypes", parts)]


def scatter() -> list[Sample]:
    def one(combine: str, name: str, low: int, high: int, **options: Any) -> Sample:
        x, leading, dims, batch = TABLES[name]
        return sample(
            "scatter",
            f"{combine}, {name}, positions from {low} to {high - 1}",
            signed(*x),
            ints(*leading, len(dims), low=low, high=high),
            signed(*picked(x, leading, dims, batch)),
            combine=f"#nabla<combine {combine}>",
            dims=dims,
            batch_dims=batch,
        )

    found = []
    for combine in ("set", "add"):
        found += [one(combine, name, 0, 3) for name in TABLES]
        found += [one(combine, n, -2, 7) for n in ("rows", "elements", "batch with slices")]
        parts = [
            sample(
                "scatter",
                f"{combine} {t}",
                fixed([1, 0, 1], t),
                fixed([[2], [0], [-1], [2], [3]], "i32"),
                fixed([1, 1, 0, 1, 1], t),
                combine=f"#nabla<combine {combine}>",
                dims=[0],
                batch_dims=0,
            )
            for t in DTYPES
        ]
        parts += [
            sample(
                "scatter",
                f"{combine} at {t}",
                signed(4),
                fixed([[1], [3], [1]], t),
                signed(3),
                combine=f"#nabla<combine {combine}>",
                dims=[0],
                batch_dims=0,
            )
            for t in INTS
        ]
        found.append(together("scatter", f"{combine}, all dtypes", parts))
    return found


ROWS: dict[str, Callable[[], list[Sample]]] = {
    "dynamic_slice": dynamic_slice,
    "dynamic_update_slice": dynamic_update_slice,
    "gather": gather,
    "scatter": scatter,
}
