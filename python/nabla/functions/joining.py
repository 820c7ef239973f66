# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Joining tensors, and taking them apart."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nabla._core import elementwise as e
from nabla._core.convert import as_int, as_value
from nabla._core.errors import TracedValueError, at_user
from nabla._core.tree import wrap
from nabla._generated import build
from nabla.functions._support import normalize_axis

if TYPE_CHECKING:
    from nabla._core.graph import Value
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

PAD_MODES = ("constant", "edge", "reflect", "symmetric", "wrap")

__all__ = ["chunk", "concatenate", "pad", "split", "stack", "unbind"]


def concatenate(tensors: Sequence[TensorLike], axis: int = 0) -> Tensor:
    """Tensors joined along a dimension that they have; dtypes promote.

    ValueError if there is none, or if other extents differ.

    >>> nb.concatenate([nb.tensor([1, 2]), nb.tensor([3])])
    Tensor([1 2 3] : i32[3])
    """
    values = _values("concatenate", tensors)
    rank = values[0].type.rank
    if rank == 0:
        raise ValueError(at_user("concatenate: 0-d tensors have no dimension; use nb.stack"))
    dim = normalize_axis("concatenate", axis, rank)
    for value in values[1:]:
        first, other = list(values[0].type.shape), list(value.type.shape)
        if len(other) != rank or first[:dim] + first[dim + 1 :] != other[:dim] + other[dim + 1 :]:
            raise ValueError(
                at_user(f"concatenate: shapes {first} and {other} differ besides dimension {dim}")
            )
    return _joined(values, dim)


def stack(tensors: Sequence[TensorLike], axis: int = 0) -> Tensor:
    """Tensors of one shape joined along a new dimension; dtypes promote.

    ValueError if there is none, or if shapes differ.

    >>> nb.stack([nb.tensor([1, 2]), nb.tensor([3, 4])], axis=1)
    Tensor(
      [[1 3]
       [2 4]] : i32[2,2]
    )
    """
    values = _values("stack", tensors)
    shape = values[0].type.shape
    for value in values:
        if value.type.shape != shape:
            raise ValueError(
                at_user(f"stack: shapes {list(shape)} and {list(value.type.shape)} differ")
            )
    dim = normalize_axis("stack", axis, len(shape) + 1)
    grown = (*shape[:dim], 1, *shape[dim:])
    return _joined(values, dim, grown)


def _values(op: str, tensors: Sequence[TensorLike]) -> list[Value]:
    if not len(tensors):
        raise ValueError(at_user(f"{op} expects at least one tensor"))
    return [as_value(tensor, op) for tensor in tensors]


def _joined(values: list[Value], dim: int, shape: tuple[int, ...] | None = None) -> Tensor:
    dtype, weak = e.common_dtype(values)
    values = [e.convert(value, dtype) for value in values]
    if shape is not None:
        values = [e.reshape(value, shape) for value in values]
    result = values[0] if len(values) == 1 else build.concatenate(values, dim=dim)
    result.weak = weak
    return wrap(result)


def pad(
    x: TensorLike,
    paddings: Any = None,
    mode: str = "constant",
    value: TensorLike = 0.0,
    *,
    pad_width: Any = None,
) -> Tensor:
    """x with `before` and `after` elements around it, in each dimension.

    `paddings` (or, as in NumPy, `pad_width`) holds one pair (before, after) a dimension; one
    pair, or one number for both sides, serves all. They are `value`, or by mode the nearest
    element ("edge"), those of x read on from the other end ("wrap") or backwards, with the
    last one once ("reflect") or twice ("symmetric"). ValueError for another mode, if the pairs
    do not fit the shape or are negative, or if there is nothing to repeat.

    >>> nb.pad(nb.tensor([1, 2]), [(1, 2)])
    Tensor([0 1 2 0 0] : i32[5])
    >>> nb.pad(nb.tensor([1, 2, 3]), 1, mode="reflect")
    Tensor([2 1 2 3 2] : i32[5])
    """
    paddings = paddings if pad_width is None else pad_width
    if paddings is None:
        raise ValueError(at_user("pad() requires paddings or pad_width"))
    if mode not in PAD_MODES:
        raise ValueError(at_user(f"pad: mode {mode!r} is not one of {', '.join(PAD_MODES)}"))
    operand = as_value(x, "pad")
    low, high = _pairs(paddings, operand.type.shape)
    if mode != "constant":
        return _repeated(wrap(operand), low, high, mode)
    filling = e.fit(e.operand("pad", value), operand.type.dtype, ())
    return wrap(build.pad(operand, filling, low=low, high=high, interior=[0] * len(low)))


def _repeated(x: Tensor, low: list[int], high: list[int], mode: str) -> Tensor:
    """x with its own elements around it, one dimension after the other."""
    for dim, pair in enumerate(zip(low, high, strict=True)):
        extent = int(x.shape[dim])
        if not any(pair):
            continue
        if not extent:
            raise ValueError(at_user(f"pad: dimension {dim} of {x.shape} has nothing to repeat"))
        places = np.pad(np.arange(extent), pair, mode=mode)  # type: ignore[call-overload]
        index = (*[slice(None)] * dim, places)
        x = x[index]
    return x


def _pairs(paddings: Any, shape: tuple[int, ...]) -> tuple[list[int], list[int]]:
    """What to add before and after, a dimension each."""
    try:
        if not isinstance(paddings, (tuple, list)):
            pairs = [(operator.index(paddings),) * 2] * len(shape)
        elif len(paddings) == 2 and not any(isinstance(p, (tuple, list)) for p in paddings):
            pairs = [(operator.index(paddings[0]), operator.index(paddings[1]))] * len(shape)
        else:
            pairs = [(operator.index(low), operator.index(high)) for low, high in paddings]
            pairs = pairs * len(shape) if len(pairs) == 1 else pairs
    except TracedValueError:
        raise
    except (TypeError, ValueError):
        raise TypeError(
            at_user(f"pad: {paddings!r} is not one pair of integers a dimension")
        ) from None
    if len(pairs) != len(shape) or any(side < 0 for pair in pairs for side in pair):
        raise ValueError(at_user(f"pad: paddings {paddings} do not fit shape {list(shape)}"))
    return [low for low, _ in pairs], [high for _, high in pairs]


def split(x: TensorLike, num_splits: int | Sequence[int], axis: int = 0) -> list[Tensor]:
    """x in equal parts along a dimension; or, as in NumPy, cut at the positions in a list.

    ValueError if the extent cannot be divided so.

    >>> nb.split(nb.tensor([1, 2, 3, 4]), 2)
    [Tensor([1 2] : i32[2]), Tensor([3 4] : i32[2])]
    """
    value = as_value(x, "split")
    dim = normalize_axis("split", axis, value.type.rank)
    extent = value.type.shape[dim]
    if isinstance(num_splits, (tuple, list)):
        cuts = [slice(as_int("split", "position", c)).indices(extent)[1] for c in num_splits]
        starts, limits = [0, *cuts], [*cuts, extent]
        return [_part(value, dim, i, max(i, j)) for i, j in zip(starts, limits, strict=True)]
    count = as_int("split", "num_splits", num_splits)
    if count <= 0 or extent % count:
        raise ValueError(
            at_user(f"split: Cannot split axis of size {extent} into {count} equal parts")
        )
    size = extent // count
    return [_part(value, dim, i * size, (i + 1) * size) for i in range(count)]


def chunk(x: TensorLike, chunks: int, axis: int = 0) -> list[Tensor]:
    """x in at most `chunks` parts along a dimension, of one size but for the last.

    ValueError if `chunks` is not positive.

    >>> nb.chunk(nb.tensor([1, 2, 3]), 2)
    [Tensor([1 2] : i32[2]), Tensor([3] : i32[1])]
    """
    value = as_value(x, "chunk")
    dim = normalize_axis("chunk", axis, value.type.rank)
    count = as_int("chunk", "chunks", chunks)
    if count <= 0:
        raise ValueError(at_user(f"chunk: {count} is no number of parts"))
    extent = value.type.shape[dim]
    size = max(math.ceil(extent / count), 1)
    starts = range(0, max(extent, 1), size)
    return [_part(value, dim, start, min(start + size, extent)) for start in starts]


def unbind(x: TensorLike, axis: int = 0) -> list[Tensor]:
    """The slices of x along a dimension, which they do not have.

    >>> nb.unbind(nb.tensor([[1, 2], [3, 4]]))
    [Tensor([1 2] : i32[2]), Tensor([3 4] : i32[2])]
    """
    value = as_value(x, "unbind")
    dim = normalize_axis("unbind", axis, value.type.rank)
    shape = value.type.shape
    rest = (*shape[:dim], *shape[dim + 1 :])
    parts = [_part(value, dim, i, i + 1) for i in range(shape[dim])]
    return [wrap(e.reshape(part._value, rest)) for part in parts]


def _part(value: Value, dim: int, start: int, limit: int) -> Tensor:
    """The elements from `start` to `limit` along a dimension."""
    shape = value.type.shape
    starts, limits = [0] * len(shape), list(shape)
    starts[dim], limits[dim] = start, limit
    return wrap(build.slice_(value, starts=starts, limits=limits, strides=[1] * len(shape)))
