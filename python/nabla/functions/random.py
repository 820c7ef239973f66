# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Noise from the process-wide generator."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from nabla._core import elementwise as e
from nabla._core.apply import apply1
from nabla._core.dtypes import as_dtype, float32, uint32, uint64
from nabla._core.errors import at_user
from nabla._core.graph import Value
from nabla._core.keys import draw, seed
from nabla._core.tree import wrap
from nabla._core.types import tensor_type
from nabla.functions._support import as_shape
from nabla.functions.arithmetic import cos, log, sqrt

if TYPE_CHECKING:
    from nabla._core.dtypes import DTypeLike
    from nabla._core.tensor import Tensor

__all__ = ["gaussian", "seed"]


def _unit(key: Value, shape: tuple[int, ...], dtype: Any) -> Tensor:
    """Evenly spread in [0, 1), as fine as the dtype holds without rounding up to 1."""
    word, drop, kept = (uint64, 11, 53) if dtype.bits == 64 else (uint32, 8, 24)
    if dtype.bits == 16:
        drop, kept = (24, 8) if dtype.mlir == "bf16" else (21, 11)
    bits = apply1("random_bits", (key,), (), tensor_type(word, shape))
    top = e.elementwise("div", bits, 1 << drop)
    return wrap(e.convert(top, dtype)) * 2.0**-kept


def gaussian(
    shape: Any = (),
    mean: float = 0.0,
    std: float = 1.0,
    *,
    dtype: DTypeLike | None = None,
    device: Any = None,
) -> Tensor:
    """Noise of the normal distribution; every call draws anew.

    >>> nb.gaussian((2, 3)).shape
    [Dim(2), Dim(3)]
    """
    kind = float32 if dtype is None else as_dtype(dtype)
    if not kind.is_float:
        raise TypeError(at_user(f"gaussian: noise of {kind.name} is not possible"))
    dims = as_shape("gaussian", shape)
    # Box and Muller: a point evenly spread in angle, at a distance with the right law.
    both = _unit(draw(), (2, *dims), kind)
    distance, angle = sqrt(-2.0 * log(1.0 - both[0])), cos(2.0 * math.pi * both[1])
    return mean + std * (distance * angle)
