# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Attributes of operations, as MLIR text."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterable

import numpy as np

from nabla._core.dtypes import DType
from nabla._core.types import TensorType

Attributes = tuple[tuple[str, str], ...]

_HAS_POINT = re.compile(r"-?\d+\.")


@functools.lru_cache(4096)
def _int_array(values: tuple[int, ...], bits: int) -> str:
    if not values:
        return f"array<i{bits}>"
    return f"array<i{bits}: {', '.join(map(str, values))}>"


def int_array(values: Iterable[int]) -> str:
    """`array<i64: 0, 1>`"""
    return _int_array(tuple(map(int, values)), 64)


def segments(*sizes: int) -> tuple[str, str]:
    """The attribute that splits the operands of an op into its groups."""
    return ("operandSegmentSizes", _int_array(sizes, 32))


@functools.lru_cache(4096)
def integer(value: int) -> str:
    return f"{int(value)} : i64"


def literal(value: float, dtype: DType) -> str:
    """One element, exactly: MLIR reads the decimal as a double, then rounds it once."""
    if dtype.kind == "bool":
        return "true" if value else "false"
    if not dtype.is_float:
        return str(int(value))
    value = float(value)
    if not math.isfinite(value):
        return _bits(value, dtype)
    text = repr(value)
    if not _HAS_POINT.match(text):  # 1e-07 has no point, which MLIR insists on
        mantissa, _, exponent = text.partition("e")
        text = f"{mantissa}.0e{exponent}"
    return text


_NON_FINITE = {
    # dtype: (exponent bits all set, quiet NaN bit, sign bit, hex digits)
    "f16": (0x7C00, 0x0200, 0x8000, 4),
    "bf16": (0x7F80, 0x0040, 0x8000, 4),
    "f32": (0x7F800000, 0x00400000, 0x80000000, 8),
    "f64": (0x7FF0000000000000, 0x0008000000000000, 0x8000000000000000, 16),
}


def _bits(value: float, dtype: DType) -> str:
    infinity, quiet, sign, digits = _NON_FINITE[dtype.mlir]
    bits = infinity | (quiet if math.isnan(value) else 0) | (sign if np.signbit(value) else 0)
    return f"0x{bits:0{digits}X}"


def splat(value: float, type: TensorType) -> str:
    """A tensor full of one value, as an attribute."""
    return f"dense<{literal(value, type.dtype)}> : {type.mlir}"
