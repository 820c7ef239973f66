# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`x[...]` with integers, slices, Ellipsis and None."""

from __future__ import annotations

import operator
from typing import Any, NamedTuple

import numpy as np

from nabla._core.apply import apply1
from nabla._core.attributes import int_array
from nabla._core.elementwise import reshape
from nabla._core.errors import at_user
from nabla._core.graph import Value
from nabla._core.literals import from_numpy
from nabla._core.varying import varies


class Axis(NamedTuple):
    """What is taken of one dimension: `size` elements, `stride` apart, from `start` on."""

    start: int
    size: int
    stride: int
    reversed: bool
    kept: bool  # an integer drops its dimension


def is_basic(index: Any) -> bool:
    """Whether the index holds only integers, slices, Ellipsis and None."""
    items = index if isinstance(index, tuple) else (index,)
    return all(
        item is None
        or item is Ellipsis
        or isinstance(item, slice)
        or (isinstance(item, int | np.integer) and not isinstance(item, bool))
        for item in items
    )


def basic(value: Value, index: Any) -> Value:
    """The value at a basic index."""
    items = expand(index, value.type.rank)
    axes: list[Axis] = []
    shape: list[int] = []  # of the result
    for item in items:
        if item is None:
            shape.append(1)
            continue
        dim = len(axes)
        axes.append(_axis(item, value.type.shape[dim], dim, value.type.shape))
        if axes[-1].kept:
            shape.append(axes[-1].size)
    return reshape(_take(value, axes), tuple(shape))


def expand(index: Any, rank: int) -> list[Any]:
    """The index as a list with one item a dimension, besides any None."""
    items = list(index) if isinstance(index, tuple) else [index]
    dots = [i for i, item in enumerate(items) if item is Ellipsis]
    if len(dots) > 1:
        raise IndexError(at_user("an index holds at most one Ellipsis"))
    used = sum(item is not None and item is not Ellipsis for item in items)
    if used > rank:
        raise IndexError(at_user(f"{used} indices for a tensor of {rank} dimensions"))
    at = dots[0] if dots else len(items)
    items[at : at + 1] = [slice(None)] * (rank - used)
    return items


def _axis(item: Any, extent: int, dim: int, shape: tuple[int, ...]) -> Axis:
    if isinstance(item, slice):
        return _slice(item, extent)
    position = operator.index(item)
    if not -extent <= position < extent:
        raise IndexError(
            at_user(f"index {position} is out of bounds for dimension {dim} of shape {list(shape)}")
        )
    return Axis(position % extent, 1, 1, False, False)


def _slice(item: slice, extent: int) -> Axis:
    try:
        start, stop, step = item.indices(extent)
    except (TypeError, ValueError) as error:
        raise type(error)(at_user(str(error))) from None
    count = len(range(start, stop, step))
    if count == 0:
        return Axis(0, 0, 1, False, True)
    if step < 0:
        start += (count - 1) * step
    return Axis(start, count, abs(step), step < 0, True)


def _take(value: Value, axes: list[Axis]) -> Value:
    shape = value.type.shape
    spans = [(a.size - 1) * a.stride + 1 if a.size else 0 for a in axes]
    starts = [a.start for a in axes]
    if tuple(spans) != shape and varies(tuple(starts)):
        # Positions are operands: a loop over them runs one executable.
        where = from_numpy(np.array(starts, np.int64), copy=False)
        value = apply1("dynamic_slice", (value, where), (("sizes", int_array(spans)),))
        starts = [0] * len(axes)
    limits = [start + span for start, span in zip(starts, spans, strict=True)]
    strides = [a.stride for a in axes]
    if any(starts) or any(stride > 1 for stride in strides) or tuple(limits) != value.type.shape:
        value = apply1(
            "slice",
            (value,),
            (
                ("starts", int_array(starts)),
                ("limits", int_array(limits)),
                ("strides", int_array(strides)),
            ),
        )
    backwards = [dim for dim, a in enumerate(axes) if a.reversed and a.size > 1]
    if backwards:
        value = apply1("reverse", (value,), (("dims", int_array(backwards)),))
    return value
