# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Samples of ops that move elements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ops_matrix.arrays import DTYPES, bools, fixed, ints, signed
from ops_matrix.sample import Sample, sample, together


def on_dtypes(op: str, result: Sequence[int] | None = None, **attributes: Any) -> Sample:
    """Six elements in two rows, of every dtype."""
    shape = None if result is None else "x".join(map(str, result))
    parts = [
        sample(
            op,
            dtype,
            fixed(np.arange(6).reshape(2, 3), dtype),
            result=shape and f"tensor<{shape}x{dtype}>",
            **attributes,
        )
        for dtype in DTYPES
    ]
    return together(op, "all dtypes", parts)


def broadcast() -> list[Sample]:
    def one(name: str, shape: tuple[int, ...], result: str, dims: list[int]) -> Sample:
        return sample("broadcast", name, signed(*shape), result=f"tensor<{result}>", dims=dims)

    return [
        one("scalar", (), "2x3xf64", []),
        one("rows", (3,), "2x3xf64", [1]),
        one("columns", (2,), "2x3xf64", [0]),
        one("between", (2, 3), "2x4x3xf64", [0, 2]),
        one("none", (2,), "2xf64", [0]),
        one("to nothing", (2,), "0x2xf64", [1]),
        on_dtypes("broadcast", (2, 2, 3), dims=[1, 2]),
    ]


def reshape() -> list[Sample]:
    def one(shape: tuple[int, ...], result: tuple[int, ...]) -> Sample:
        text = "x".join([*map(str, result), "f64"])
        return sample("reshape", f"{shape} to {result}", signed(*shape), result=f"tensor<{text}>")

    pairs = [((2, 3), (6,)), ((6,), (3, 2)), ((1, 2), (2,)), ((2,), (2, 1)), ((1, 1), ())]
    pairs += [((), (1,)), ((2, 0), (0, 3)), ((2, 3, 2), (3, 4)), ((2, 3), (3, 2))]
    return [*(one(*pair) for pair in pairs), on_dtypes("reshape", (3, 2))]


def transpose() -> list[Sample]:
    orders = ([0, 1, 2], [2, 0, 1], [1, 2, 0], [2, 1, 0])
    return [
        *(sample("transpose", str(o), signed(2, 3, 4), permutation=o) for o in orders),
        sample("transpose", "scalar", signed(), permutation=[]),
        on_dtypes("transpose", permutation=[1, 0]),
    ]


def reverse() -> list[Sample]:
    return [
        *(sample("reverse", str(d), signed(2, 3), dims=d) for d in ([0], [1], [0, 1], [])),
        on_dtypes("reverse", dims=[1]),
    ]


def slices() -> list[Sample]:
    def one(name: str, starts: list[int], limits: list[int], strides: list[int]) -> Sample:
        return sample("slice", name, signed(5, 7), starts=starts, limits=limits, strides=strides)

    return [
        one("box", [1, 2], [4, 6], [1, 1]),
        one("strided", [0, 1], [5, 7], [2, 3]),
        one("stride that stops short", [1, 0], [4, 6], [2, 4]),
        one("stride beyond", [1, 0], [5, 7], [9, 9]),
        one("whole", [0, 0], [5, 7], [1, 1]),
        one("empty", [2, 3], [2, 6], [1, 1]),
        one("empty at the end", [5, 7], [5, 7], [2, 1]),
        sample("slice", "scalar", signed(), starts=[], limits=[], strides=[]),
        on_dtypes("slice", starts=[0, 1], limits=[2, 3], strides=[1, 2]),
    ]


def pad() -> list[Sample]:
    def one(name: str, low: list[int], high: list[int], interior: list[int]) -> Sample:
        return sample("pad", name, signed(2, 3), signed(), low=low, high=high, interior=interior)

    parts = [
        sample(
            "pad", dtype, fixed([1, 0, 1], dtype), fixed(1, dtype), low=[1], high=[0], interior=[1]
        )
        for dtype in DTYPES
    ]
    return [
        one("around", [1, 0], [0, 2], [0, 0]),
        one("between", [0, 0], [0, 0], [1, 2]),
        one("both", [1, 2], [2, 1], [2, 1]),
        one("nothing", [0, 0], [0, 0], [0, 0]),
        sample(
            "pad", "of nothing", signed(0, 2), signed(), low=[1, 1], high=[1, 0], interior=[3, 1]
        ),
        sample("pad", "of one, between", signed(1), signed(), low=[0], high=[0], interior=[5]),
        sample("pad", "scalar", signed(), signed(), low=[], high=[], interior=[]),
        sample("pad", "ints", ints(3), ints(), low=[1], high=[1], interior=[1]),
        together("pad", "all dtypes", parts),
    ]


def concatenate() -> list[Sample]:
    parts = [
        sample("concatenate", dtype, fixed([1, 0], dtype), fixed([1], dtype), dim=0)
        for dtype in DTYPES
    ]
    return [
        sample("concatenate", "rows", signed(2, 3), signed(1, 3), dim=0),
        sample("concatenate", "columns", signed(2, 3), signed(2, 2), signed(2, 1), dim=1),
        sample("concatenate", "with nothing", signed(2), signed(0), dim=0),
        sample("concatenate", "one", signed(2, 2), dim=1),
        sample("concatenate", "bools", bools(2), bools(3), dim=0),
        together("concatenate", "all dtypes", parts),
    ]


ROWS: dict[str, Callable[[], list[Sample]]] = {
    "broadcast": broadcast,
    "concatenate": concatenate,
    "pad": pad,
    "reshape": reshape,
    "reverse": reverse,
    "slice": slices,
    "transpose": transpose,
}
