# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What `x[index]` means: an index taken apart for tensors of one shape.

The rules are NumPy's (https://numpy.org/doc/stable/user/basics.indexing.html). Integers, slices
and 0-d tensors choose a box, with a stride and a direction a dimension. Arrays of integers
choose positions in that box; they broadcast, and the dimensions of their common shape come
first in the result, or in the place of the arrays (and integers) if these stand side by side.
An array of bools stands for the positions of its true elements.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from nabla._core.convert import copy_of
from nabla._core.dtypes import bool_
from nabla._core.errors import TracedValueError, at_user
from nabla._core.force import force
from nabla._core.graph import Value
from nabla._core.literals import to_numpy
from nabla._core.tree import Handle, value_of, wrap
from nabla._core.types import TensorType

Array = np.ndarray[Any, Any]
# Positions along one dimension: an array whose numbers are known and in range, or a value.
Positions = Array | Value


class Axis(NamedTuple):
    """What is taken of one dimension: `size` elements, `stride` apart, from `start` on."""

    start: int
    size: int
    stride: int
    reversed: bool
    kept: bool  # an integer drops its dimension

    @property
    def span(self) -> int:
        """How far it is from the first element to the end of the last."""
        return (self.size - 1) * self.stride + 1 if self.size else 0


class Index(NamedTuple):
    """An index into tensors of one shape."""

    shape: tuple[int, ...]  # theirs, with one more dimension for each 0-d bool
    axes: tuple[Axis, ...]  # one a dimension; all of it, where there are positions
    positions: dict[int, Positions]  # by dimension
    table: tuple[int, ...]  # the common shape of the positions
    lead: int  # how many kept dimensions come before those of the table
    result: tuple[int, ...]  # the shape of `x[index]`


def parse(index: Any, type: TensorType) -> Index:
    """The index taken apart. Raises IndexError if it is out of bounds, TypeError for others."""
    items = _expand([_item(i) for i in (index if isinstance(index, tuple) else (index,))], type)
    walk = _Walk(type.shape)
    for item in items:
        walk.step(item)
    return walk.end()


def is_mask(item: Any) -> bool:
    """Whether an item of an index is an array of bools, or one bool."""
    if isinstance(item, Handle):
        return value_of(item).type.dtype is bool_
    return isinstance(item, (bool, np.bool_)) or getattr(item, "dtype", None) == np.bool_


# ---------------------------------------------------------------- items


class _Scalar(NamedTuple):
    """A 0-d bool: a new dimension, of which it takes all or nothing."""

    array: Array


def _item(item: Any) -> Any:
    """An item as None, Ellipsis, a slice, an int, an array, or a value."""
    if item is None or item is Ellipsis or isinstance(item, slice):
        return item
    if isinstance(item, (bool, np.bool_)):
        return _Scalar(np.zeros(int(item), np.int64))
    if isinstance(item, (int, np.integer)):
        return int(item)
    if isinstance(item, list):
        item = array_of(item)
    if isinstance(item, Handle):
        return _value(value_of(item))
    if isinstance(item, (np.ndarray, np.generic)):
        return _numbers(np.asarray(item))
    if hasattr(item, "__index__"):
        return operator.index(item)
    raise TypeError(
        at_user(
            f"Invalid index type: {type(item).__name__}. An index is made of integers, slices, "
            "Ellipsis, None, and arrays of integers or bools"
        )
    )


def array_of(items: Any) -> Any:
    """Nested lists or tuples as an array; as a tensor, if they hold any."""
    if _holds_tensors(items):
        return wrap(copy_of(items, None))
    array = np.asarray(items)
    return array if array.size else array.astype(np.int64)


def _holds_tensors(items: Any) -> bool:
    return isinstance(items, Handle) or (
        isinstance(items, (tuple, list)) and any(_holds_tensors(item) for item in items)
    )


def _value(value: Value) -> Any:
    type = value.type
    if not isinstance(type, TensorType) or type.dtype.is_float:
        raise TypeError(
            at_user(f"Invalid index type: {type.short}; an index is of integers or bools")
        )
    if type.dtype is not bool_:
        return value
    try:
        return _numbers(to_numpy(force(value), type))
    except TracedValueError:
        raise TracedValueError(
            at_user(
                f"a mask of Traced({type.short}) cannot be an index: how many elements it picks "
                "would have to be known while the function is traced. Choose with "
                "nb.where(mask, x, y), or write x.at[mask].set(value)"
            )
        ) from None


def _numbers(array: Array) -> Any:
    """Known numbers: one integer, an array of them, or the coordinates that a mask picks."""
    if array.dtype == np.bool_:
        return array if array.ndim else _Scalar(np.zeros(int(array), np.int64))
    if not np.issubdtype(array.dtype, np.integer):
        raise TypeError(
            at_user(
                f"Invalid index type: an array of {array.dtype.name}; an index is of integers "
                "or bools"
            )
        )
    return array if array.ndim else int(array)


def _expand(items: list[Any], type: TensorType) -> list[Any]:
    """The items with slices in place of the Ellipsis, which stays in front of them."""
    dots = [i for i, item in enumerate(items) if item is Ellipsis]
    if len(dots) > 1:
        raise IndexError(at_user("an index holds at most one Ellipsis"))
    used = sum(_dimensions(item) for item in items)
    if used > type.rank:
        raise IndexError(at_user(f"{used} indices for a tensor of {type.rank} dimensions"))
    at = dots[0] + 1 if dots else len(items)
    items[at:at] = [slice(None)] * (type.rank - used)
    return items


def _dimensions(item: Any) -> int:
    """How many dimensions of the tensor an item is for."""
    if item is None or item is Ellipsis or isinstance(item, _Scalar):
        return 0
    return item.ndim if isinstance(item, np.ndarray) and item.dtype == np.bool_ else 1


# ---------------------------------------------------------------- dimensions


class _Walk:
    """Goes through the items of an index and the dimensions of a shape together."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.left = list(reversed(shape))
        self.extents = shape
        self.shape: list[int] = []
        self.axes: list[Axis] = []
        self.positions: dict[int, Positions] = {}
        self.entries: list[int] = []  # extents of the result besides those of the table
        self.kept: list[int] = []  # how many kept dimensions come before each entry
        self.groups: list[int] = []  # where arrays and integers stand side by side
        self.beside = False

    def step(self, item: Any) -> None:
        if item is Ellipsis:
            self.beside = False
        elif item is None:
            self._entry(1)
        elif isinstance(item, slice):
            self._entry(self._axis(_slice(item, self.left[-1])).size, dimension=True)
        else:
            if not self.beside:
                self.groups.append(len(self.entries))
            self.beside = True
            self._choose(item)

    def _choose(self, item: Any) -> None:
        """An integer, or positions."""
        if isinstance(item, int):
            position = _checked(item, self.left[-1], len(self.axes), self.extents)
            self._axis(Axis(position, 1, 1, False, False))
        elif isinstance(item, _Scalar):
            self.left.append(1)
            self._place(item.array)
        elif isinstance(item, Value):
            if self.left[-1] == 0 and item.type.size:
                raise IndexError(
                    at_user(f"nothing to index in dimension {len(self.axes)} of {self._described}")
                )
            self._place(item)
        elif item.dtype == np.bool_:
            self._check_mask(item)
            for coordinates in np.nonzero(item):
                self._place(coordinates)
        else:
            self._place(_in_range(item, self.left[-1], len(self.axes), self.extents))

    def _place(self, positions: Positions) -> None:
        self.positions[len(self.axes)] = positions
        self._axis(Axis(0, self.left[-1], 1, False, True))

    def _axis(self, axis: Axis) -> Axis:
        self.shape.append(self.left.pop())
        self.axes.append(axis)
        return axis

    def _entry(self, extent: int, dimension: bool = False) -> None:
        self.beside = False
        self.entries.append(extent)
        self.kept.append(int(dimension))

    def _check_mask(self, mask: Array) -> None:
        found = tuple(reversed(self.left[-mask.ndim :]))
        if mask.shape != found:
            raise IndexError(
                at_user(
                    f"a mask of shape {list(mask.shape)} does not fit the extents {list(found)} "
                    f"of {self._described}"
                )
            )

    @property
    def _described(self) -> str:
        return f"shape {list(self.extents)}"

    def end(self) -> Index:
        table = _broadcast([_shape(p) for p in self.positions.values()])
        place = self.groups[0] if len(self.groups) == 1 else 0
        return Index(
            tuple(self.shape),
            tuple(self.axes),
            self.positions,
            table,
            sum(self.kept[:place]),
            (*self.entries[:place], *table, *self.entries[place:]),
        )


def _shape(positions: Positions) -> tuple[int, ...]:
    shape: tuple[int, ...] = (
        positions.type.shape if isinstance(positions, Value) else positions.shape
    )
    return shape


def _broadcast(shapes: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        listed = " and ".join(str(list(shape)) for shape in shapes)
        raise IndexError(at_user(f"index arrays of shapes {listed} do not broadcast")) from None


def _checked(position: int, extent: int, dim: int, shape: tuple[int, ...]) -> int:
    if not -extent <= position < extent:
        raise IndexError(
            at_user(f"index {position} is out of bounds for dimension {dim} of shape {list(shape)}")
        )
    return position % extent


def _in_range(array: Array, extent: int, dim: int, shape: tuple[int, ...]) -> Array:
    """Known positions, counted from the front."""
    if array.size:
        _checked(int(array.min()), extent, dim, shape)
        _checked(int(array.max()), extent, dim, shape)
    wide = array.astype(np.int64)
    return np.where(wide < 0, wide + extent, wide)


def _slice(item: slice, extent: int) -> Axis:
    try:
        start, stop, step = item.indices(extent)
    except TracedValueError:
        raise TracedValueError(
            at_user(
                "the bounds of a slice are traced, so its size is not known: "
                "nb.slice_tensor(x, start, size) takes a start that is traced"
            )
        ) from None
    except (TypeError, ValueError) as error:
        raise type(error)(at_user(str(error))) from None
    count = len(range(start, stop, step))
    if count == 0:
        return Axis(0, 0, 1, False, True)
    if step < 0:
        start += (count - 1) * step
    return Axis(start, count, abs(step), step < 0, True)
