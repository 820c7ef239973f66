# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operands of samples: how each is drawn, and its type in the dialect."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np

Array = np.ndarray[Any, Any]

DTYPES: dict[str, np.dtype[Any]] = {
    "f16": np.dtype(np.float16),
    "bf16": np.dtype(ml_dtypes.bfloat16),
    "f32": np.dtype(np.float32),
    "f64": np.dtype(np.float64),
    **{f"i{bits}": np.dtype(f"int{bits}") for bits in (8, 16, 32, 64)},
    **{f"ui{bits}": np.dtype(f"uint{bits}") for bits in (8, 16, 32, 64)},
    "i1": np.dtype(np.bool_),
}
KINDS = {
    "float": ("f16", "bf16", "f32", "f64"),
    "signed": ("i8", "i16", "i32", "i64"),
    "unsigned": ("ui8", "ui16", "ui32", "ui64"),
    "bool": ("i1",),
}
KIND_OF = {dtype: kind for kind, dtypes in KINDS.items() for dtype in dtypes}


def type_of(dtype: str, shape: tuple[int, ...]) -> str:
    return f"tensor<{'x'.join([*map(str, shape), dtype])}>"


def parse_type(text: str) -> tuple[str, tuple[int, ...]]:
    *extents, dtype = text.removeprefix("tensor<").removesuffix(">").split("x")
    return dtype, tuple(map(int, extents))


@dataclass(frozen=True)
class Operand:
    """One operand: its type, and how to draw it. Each seed gives another array."""

    dtype: str
    shape: tuple[int, ...]
    draw: Callable[[np.random.Generator, int], Array]

    @property
    def type(self) -> str:
        return type_of(self.dtype, self.shape)

    def __call__(self, rng: np.random.Generator, seed: int) -> Array:
        return np.asarray(self.draw(rng, seed)).astype(DTYPES[self.dtype]).reshape(self.shape)


def _spaced(rng: np.random.Generator, size: int, low: float, high: float) -> Array:
    """Numbers of which no two are close, so that no order among them is a tie."""
    step = (high - low) / max(size, 1)
    return rng.permutation(low + step * (np.arange(size) + rng.uniform(0.3, 0.7)))


def floats(*shape: int, low: float = 0.3, high: float = 2.0, dtype: str = "f64") -> Operand:
    return Operand(dtype, shape, lambda rng, _: _spaced(rng, math.prod(shape), low, high))


def signed(*shape: int, low: float = 0.3, high: float = 2.0, dtype: str = "f64") -> Operand:
    """Floats of either sign, away from zero."""

    def draw(rng: np.random.Generator, _: int) -> Array:
        size = math.prod(shape)
        return _spaced(rng, size, low, high) * rng.choice([-1.0, 1.0], size)

    return Operand(dtype, shape, draw)


def ints(*shape: int, low: int = -4, high: int = 5, dtype: str = "i32") -> Operand:
    return Operand(dtype, shape, lambda rng, _: rng.integers(low, high, shape))


def bools(*shape: int) -> Operand:
    return Operand("i1", shape, lambda rng, _: rng.integers(0, 2, shape))


def fixed(values: Any, dtype: str = "f64") -> Operand:
    """These values, for seed 0 in the order given, for others turned."""
    with np.errstate(invalid="ignore"):
        array = np.asarray(values).astype(DTYPES[dtype])
    return Operand(dtype, array.shape, lambda _, seed: np.roll(array, seed))
