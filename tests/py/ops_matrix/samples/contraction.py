# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Samples of the general product: batch and contracting dimensions in all places."""

from __future__ import annotations

from collections.abc import Callable

from ops_matrix.arrays import DTYPES, Operand, fixed, ints, signed
from ops_matrix.sample import Sample, sample, together

Dims = tuple[list[int], list[int], list[int], list[int]]


def dot(name: str, x: Operand, y: Operand, dims: Dims) -> Sample:
    x_batch, y_batch, x_contract, y_contract = dims
    return sample(
        "dot_general",
        name,
        x,
        y,
        x_batch=x_batch,
        y_batch=y_batch,
        x_contract=x_contract,
        y_contract=y_contract,
    )


# Shapes of x and y, then batch dimensions of both and contracting dimensions of both.
CASES: dict[str, tuple[tuple[int, ...], tuple[int, ...], Dims]] = {
    "matrix product": ((2, 3), (3, 4), ([], [], [1], [0])),
    "of rows": ((2, 3), (4, 3), ([], [], [1], [1])),
    "of columns": ((3, 2), (3, 4), ([], [], [0], [0])),
    "vectors": ((3,), (3,), ([], [], [0], [0])),
    "matrix and vector": ((2, 3), (3,), ([], [], [1], [0])),
    "vector and matrix": ((3,), (3, 2), ([], [], [0], [0])),
    "outer": ((2,), (3,), ([], [], [], [])),
    "scalars": ((), (), ([], [], [], [])),
    "scalar and matrix": ((), (2, 3), ([], [], [], [])),
    "batch": ((2, 3, 4), (2, 4, 5), ([0], [0], [2], [1])),
    "batch within": ((3, 2, 4), (4, 5, 2), ([1], [2], [2], [0])),
    "two batches, swapped": ((2, 3, 4), (3, 2, 4), ([0, 1], [1, 0], [2], [2])),
    "only batches": ((2, 3), (3, 2), ([0, 1], [1, 0], [], [])),
    "batch and outer": ((2, 3), (2, 4), ([0], [0], [], [])),
    "two sums": ((2, 3, 4), (4, 3, 5), ([], [], [1, 2], [1, 0])),
    "two sums, out of order": ((4, 2, 3), (3, 5, 4), ([], [], [2, 0], [0, 2])),
    "all": ((2, 5, 3, 4), (4, 2, 6, 3), ([0], [1], [3, 2], [0, 3])),
    "sum of nothing": ((2, 0), (0, 3), ([], [], [1], [0])),
    "extents of one": ((1, 3), (3, 1), ([], [], [1], [0])),
}


def dot_general() -> list[Sample]:
    numbers = [[1, 2, 0], [3, 1, 2]]
    parts = [
        dot(dtype, fixed(numbers, dtype), fixed(numbers, dtype), ([], [], [1], [1]))
        for dtype in DTYPES
        if dtype != "i1"
    ]
    large = signed(17, 33), signed(33, 19)
    return [
        *(dot(name, signed(*x), signed(*y), dims) for name, (x, y, dims) in CASES.items()),
        dot("larger than a tile", *large, ([], [], [1], [0])),
        dot("ints", ints(2, 3), ints(3, 2), ([], [], [1], [0])),
        together("dot_general", "all dtypes", parts),
    ]


def conv(
    name: str, x: Operand, kernel: Operand, strides: list[int], dilations: list[int], groups: int
) -> Sample:
    return sample(
        "convolution", name, x, kernel, strides=strides, dilations=dilations, groups=groups
    )


def convolution() -> list[Sample]:
    numbers = [[[1], [2], [0], [1]]]
    parts = [
        conv(dtype, fixed(numbers, dtype), fixed([[[1]], [[2]]], dtype), [1], [1], 1)
        for dtype in DTYPES
        if dtype != "i1"
    ]
    line, plane = signed(2, 7, 2), signed(1, 5, 6, 4)
    return [
        conv("windows of a line", line, signed(3, 2, 3), [1], [1], 1),
        conv("strided", line, signed(2, 2, 3), [3], [1], 1),
        conv("dilated", line, signed(3, 2, 1), [1], [2], 1),
        conv("strided and dilated", line, signed(2, 2, 2), [2], [3], 1),
        conv("of a plane", plane, signed(2, 3, 4, 2), [1, 2], [2, 1], 1),
        conv("groups", plane, signed(2, 2, 2, 6), [2, 1], [1, 1], 2),
        conv("a group a channel", plane, signed(2, 2, 1, 4), [1, 1], [1, 1], 4),
        conv("no space", signed(3, 2), signed(2, 4), [], [], 1),
        conv("no window", signed(2, 2, 2), signed(3, 2, 1), [1], [1], 1),
        conv("ints", ints(1, 5, 2), ints(2, 2, 2), [1], [1], 1),
        together("convolution", "all dtypes", parts),
    ]


ROWS: dict[str, Callable[[], list[Sample]]] = {
    "convolution": convolution,
    "dot_general": dot_general,
}
