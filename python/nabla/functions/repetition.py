# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Repeating elements, and moving them around in a circle."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nabla._core import elementwise as e
from nabla._core.convert import as_int, as_value
from nabla._core.errors import at_user
from nabla._core.tree import wrap
from nabla.functions._support import Axes, as_shape, axis_list, normalize_axis
from nabla.functions.joining import concatenate
from nabla.functions.shape import flatten, reshape

if TYPE_CHECKING:
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = ["repeat", "roll", "tile"]


def tile(x: TensorLike, reps: int | Sequence[int]) -> Tensor:
    """x laid side by side, `reps` times along each dimension; the last one is the last of x.

    ValueError for a negative number.

    >>> nb.tile(nb.tensor([1, 2]), (2, 2))
    Tensor(
      [[1 2 1 2]
       [1 2 1 2]] : i32[2,4]
    )
    """
    value = as_value(x, "tile")
    times = as_shape("tile", reps)
    rank = max(len(times), value.type.rank)
    times = (1,) * (rank - len(times)) + times
    dims = (1,) * (rank - value.type.rank) + value.type.shape
    pairs = list(zip(times, dims, strict=True))
    apart = e.reshape(value, tuple(n for dim in dims for n in (1, dim)))
    spread = e.broadcast(apart, tuple(n for pair in pairs for n in pair))
    return wrap(e.reshape(spread, tuple(map(math.prod, pairs))))


def repeat(x: TensorLike, repeats: int, axis: int | None = None) -> Tensor:
    """Each element, or each slice along a dimension, `repeats` times, one behind the other.

    Without an axis x is flattened first. ValueError for a negative number.

    >>> nb.repeat(nb.tensor([1, 2]), 3)
    Tensor([1 1 1 2 2 2] : i32[6])
    """
    value = flatten(x)._value if axis is None else as_value(x, "repeat")
    position = normalize_axis("repeat", 0 if axis is None else axis, value.type.rank)
    count = as_int("repeat", "repeats", repeats)
    if count < 0:
        raise ValueError(at_user(f"repeat: repeats {count} is negative"))
    dims = value.type.shape
    before, extent, after = dims[:position], dims[position], dims[position + 1 :]
    apart = e.reshape(value, (*before, extent, 1, *after))
    spread = e.broadcast(apart, (*before, extent, count, *after))
    return wrap(e.reshape(spread, (*before, extent * count, *after)))


def roll(x: TensorLike, shift: int | Sequence[int], axis: Axes = None) -> Tensor:
    """x with its elements moved on; what leaves at the end of a dimension enters in front.

    With several dimensions there is one shift for all, or one for each. Without an axis the
    elements move in row-major order.

    >>> nb.roll(nb.tensor([1, 2, 3, 4]), 1)
    Tensor([4 1 2 3] : i32[4])
    """
    result = wrap(as_value(x, "roll"))
    if axis is None:
        return reshape(roll(flatten(result), shift, 0), result.shape)
    axes = axis_list("roll", axis, result.ndim)
    given = list(shift) if isinstance(shift, (tuple, list)) else [shift] * len(axes)
    if len(given) != len(axes):
        raise ValueError(at_user(f"roll: {len(given)} shifts for {len(axes)} dimensions"))
    for position, number in zip(axes, given, strict=True):
        extent = int(result.shape[position])
        cut = extent - as_int("roll", "shift", number) % max(extent, 1)
        if 0 < cut < extent:
            before = (slice(None),) * position
            last, first = (*before, slice(cut, None)), (*before, slice(cut))
            result = concatenate([result[last], result[first]], position)
    return result
