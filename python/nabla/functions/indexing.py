# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Elements of tensors by position: `x[index]`, `x.at[index]`, and functions by name.

Positions that are written as numbers, in a list or in a NumPy array must be in range. The
numbers of a tensor are not looked at: where they are out of range, reading takes the nearest
element and writing leaves the value out. Negative positions count from the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nabla._core import elementwise as e
from nabla._core.convert import as_int, as_value, copy_of
from nabla._core.dtypes import int64
from nabla._core.errors import at_user
from nabla._core.graph import Value
from nabla._core.literals import integers
from nabla._core.tree import Handle, value_of, wrap
from nabla._core.types import TensorType
from nabla._generated import build
from nabla.functions import _selecting as selecting
from nabla.functions._index import array_of, is_mask, parse
from nabla.functions._support import normalize_axis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = [
    "gather",
    "getitem",
    "put_along_axis",
    "scatter",
    "slice_tensor",
    "slice_update",
    "take",
    "take_along_axis",
]


def getitem(x: TensorLike, index: Any) -> Tensor:
    """`x[index]`, by NumPy's rules.

    An index is an integer, a slice, Ellipsis, None, an array (list, NumPy array, tensor) of
    integers or bools, or a tuple of these. How many elements a mask picks has to be known:
    under `nb.compile` and `nb.vmap` choose by `nb.where` instead.

    Raises:
        IndexError: for too many indices, numbers out of bounds, arrays that do not broadcast,
            or a mask of another shape than x.
        TypeError: for other items; `TracedValueError` for a mask without known numbers.

    >>> x = nb.tensor([[1, 2, 3], [4, 5, 6]])
    >>> nb.getitem(x, (slice(None), [2, 0]))
    Tensor(
      [[3 1]
       [6 4]] : i32[2,2]
    )
    >>> x[x > 3]
    Tensor([4 5 6] : i32[3])
    """
    value = as_value(x, "getitem")
    return wrap(selecting.take(value, parse(index, value.type)))


# ---------------------------------------------------------------- x.at[index]


class At:
    """`x.at`: `x.at[index]` names elements, of which its methods make a new tensor.

    >>> nb.zeros((3,)).at[[0, 0, 2]].add(1.0)
    Tensor([2. 0. 1.] : f32[3])
    """

    __slots__ = ("_x",)

    def __init__(self, x: Tensor) -> None:
        self._x = x

    def __getitem__(self, index: Any) -> Chosen:
        return Chosen(self._x, index)


class Chosen:
    """`x.at[index]`: elements of x, to be read or combined with values.

    The values broadcast to the shape of `x[index]` and take the dtype of x. The index is one of
    `x[index]`; a mask needs no known numbers if the values broadcast to the shape of x.
    """

    __slots__ = ("_index", "_x")

    def __init__(self, x: Tensor, index: Any) -> None:
        self._x = x
        self._index = index

    def get(self) -> Tensor:
        """`x[index]`"""
        return getitem(self._x, self._index)

    def set(self, values: TensorLike) -> Tensor:
        """x with the elements replaced; where an index repeats, the last value counts.

        >>> nb.tensor([1.0, 2.0, 3.0]).at[1:].set(0.0)
        Tensor([1. 0. 0.] : f32[3])
        """
        return self._put("set", values)

    def add(self, values: TensorLike) -> Tensor:
        """x with values added to the elements; where an index repeats, all are.

        >>> nb.tensor([1.0, 2.0]).at[[1, 1]].add([10.0, 20.0])
        Tensor([ 1. 32.] : f32[2])
        """
        return self._put("add", values)

    def multiply(self, values: TensorLike) -> Tensor:
        """x with the elements multiplied by values; where an index repeats, by all.

        >>> nb.tensor([1.0, 2.0]).at[1].multiply(3.0)
        Tensor([1. 6.] : f32[2])
        """
        return self._put("mul", values)

    mul = multiply

    def min(self, values: TensorLike) -> Tensor:
        """x with each element replaced by the smaller of it and its values.

        >>> nb.tensor([1.0, 5.0]).at[:].min(3.0)
        Tensor([1. 3.] : f32[2])
        """
        return self._put("min", values)

    def max(self, values: TensorLike) -> Tensor:
        """x with each element replaced by the larger of it and its values.

        >>> nb.tensor([1.0, 5.0]).at[:].max(3.0)
        Tensor([3. 5.] : f32[2])
        """
        return self._put("max", values)

    def _put(self, how: str, values: TensorLike) -> Tensor:
        x = value_of(self._x)
        item = _operand(values)
        dtype = e.common_dtype([item])[0]
        if dtype.is_float and not x.type.dtype.is_float:
            raise TypeError(
                at_user(f"at[...]: {dtype.name} does not go into {x.type.short}; cast one of them")
            )
        mask = _only_mask(self._index)
        shape = item.type.shape if isinstance(item, Value) else ()
        if mask is not None and _fits_all(shape, mask.type, x.type):
            result = _put_where(x, mask, item, how)
        else:
            index = parse(self._index, x.type)
            result = selecting.put(x, index, _fit(item, x, index.result), how)
        result.weak = x.weak
        return wrap(result)


def _operand(values: Any) -> Any:
    """Values as a value or a Python number; also nested lists."""
    return copy_of(values, None) if isinstance(values, list) else e.operand("at[...]", values)


def _fit(item: Any, x: Value, shape: tuple[int, ...]) -> Value:
    """The values in the dtype of x and in this shape."""
    if not isinstance(item, Value):
        return e.fit(item, x.type.dtype, shape)
    found = item.type.shape
    extra = max(len(found) - len(shape), 0)
    if found[:extra] != (1,) * extra or not _broadcasts(found[extra:], shape):
        raise ValueError(
            at_user(f"at[...]: values of shape {list(found)} do not broadcast to {list(shape)}")
        )
    return e.fit(e.reshape(item, found[extra:]), x.type.dtype, shape)


def _broadcasts(shape: tuple[int, ...], to: tuple[int, ...]) -> bool:
    return len(shape) <= len(to) and all(
        n in (1, m) for n, m in zip(reversed(shape), reversed(to), strict=False)
    )


def _only_mask(index: Any) -> Value | None:
    """The mask that is all of the index, if it is one."""
    items = [i for i in (index if isinstance(index, tuple) else (index,)) if i is not Ellipsis]
    if len(items) != 1 or (isinstance(index, tuple) and index[0] is Ellipsis):
        return None
    if not is_mask(items[0]):
        return None
    return as_value(items[0], "at[...]")


def _fits_all(values: tuple[int, ...], mask: TensorType, x: TensorType) -> bool:
    """Whether the same values, broadcast, go to each element that the mask picks."""
    if mask.shape != x.shape[: mask.rank]:
        return False  # the index says what is wrong
    rest = x.shape[mask.rank :]
    if len(values) == len(rest) + 1 and values[0] == 1:
        values = values[1:]
    return _broadcasts(values, rest)


def _put_where(x: Value, mask: Value, item: Any, how: str) -> Value:
    """The values put where the mask holds, in a program of one shape for all masks."""
    rest = x.type.shape[mask.type.rank :]
    values = e.broadcast(_fit(item, x, rest), x.type.shape)
    met = values if how == "set" else e.elementwise(how, x, values)
    grown = e.reshape(mask, (*mask.type.shape, *[1] * len(rest)))
    return build.select(e.broadcast(grown, x.type.shape), met, x)


# ---------------------------------------------------------------- boxes


def slice_tensor(x: TensorLike, start: Any, size: Any) -> Tensor:
    """The box of x that begins at `start`, one position a dimension, and has shape `size`.

    Positions are integers, 0-d tensors, or all in one tensor. IndexError if numbers put the
    box outside of x; tensors are clamped so that it is inside.

    >>> nb.slice_tensor(nb.tensor([[1, 2, 3], [4, 5, 6]]), (0, 1), (2, 2))
    Tensor(
      [[2 3]
       [5 6]] : i32[2,2]
    )
    """
    value = as_value(x, "slice_tensor")
    sizes = _sizes("slice_tensor", size, value.type)
    starts = _starts("slice_tensor", start, sizes, value.type)
    if isinstance(starts, Value):
        result = build.dynamic_slice(value, starts, sizes=sizes)
        result.weak = value.weak
        return wrap(result)
    return getitem(wrap(value), _slices(starts, sizes))


def slice_update(x: TensorLike, update: TensorLike, start: Any, size: Any = None) -> Tensor:
    """x with the box that begins at `start` replaced by `update`, broadcast to shape `size`.

    Without a size the box is as large as the update. `start` is that of `nb.slice_tensor`.

    >>> nb.slice_update(nb.zeros((4,)), nb.tensor([1.0, 2.0]), (1,), (2,))
    Tensor([0. 1. 2. 0.] : f32[4])
    """
    value = as_value(x, "slice_update")
    new = as_value(update, "slice_update")
    sizes = _sizes("slice_update", new.type.shape if size is None else size, value.type)
    starts = _starts("slice_update", start, sizes, value.type)
    if isinstance(starts, Value):
        result = build.dynamic_update_slice(value, _fit(new, value, sizes), starts)
        result.weak = value.weak
        return wrap(result)
    return Chosen(wrap(value), _slices(starts, sizes)).set(wrap(new))


def _slices(starts: Sequence[int], sizes: Sequence[int]) -> tuple[slice, ...]:
    return tuple(slice(a, a + n) for a, n in zip(starts, sizes, strict=True))


def _sizes(op: str, size: Any, type: TensorType) -> tuple[int, ...]:
    sizes = tuple(as_int(op, "size", n) for n in _each(op, "size", size))
    bounds = zip(sizes, type.shape, strict=False)
    if len(sizes) != type.rank or not all(0 <= n <= m for n, m in bounds):
        raise ValueError(
            at_user(f"{op}: no box of shape {list(sizes)} lies in shape {list(type.shape)}")
        )
    return sizes


def _each(op: str, what: str, given: Any) -> tuple[Any, ...]:
    """An argument that holds one item a dimension."""
    try:
        return tuple(given.tolist() if isinstance(given, np.ndarray) else given)
    except TypeError:
        raise TypeError(
            at_user(f"{op}: {what} {given!r} does not hold one integer a dimension")
        ) from None


def _starts(op: str, start: Any, sizes: Sequence[int], type: TensorType) -> Value | tuple[int, ...]:
    """Where a box begins: numbers, which are checked, or all positions as one value."""
    if isinstance(start, Handle):
        value = value_of(start)
        if value.type.shape != (type.rank,) or value.type.dtype.kind not in ("int", "uint"):
            raise TypeError(at_user(f"{op}: start {value.type.short} is not {type.rank} integers"))
        return value
    items = _each(op, "start", start)
    if len(items) != type.rank:
        raise ValueError(
            at_user(f"{op}: start has {len(items)} positions for {type.rank} dimensions")
        )
    if any(isinstance(item, Handle) for item in items):
        parts = [_position(op, item) for item in items]
        return parts[0] if len(parts) == 1 else build.concatenate(parts, dim=0)
    starts = tuple(as_int(op, "start", item) for item in items)
    for first, n, m in zip(starts, sizes, type.shape, strict=True):
        if not 0 <= first <= m - n:
            raise IndexError(
                at_user(
                    f"{op}: the box of shape {list(sizes)} at {list(starts)} is out of the "
                    f"bounds of shape {list(type.shape)}"
                )
            )
    return starts


def _position(op: str, item: Any) -> Value:
    """One position as a 1-d value of int64."""
    if not isinstance(item, Handle):
        return integers((as_int(op, "start", item),))
    value = value_of(item)
    if value.type.rank or value.type.dtype.kind not in ("int", "uint"):
        raise TypeError(at_user(f"{op}: start {value.type.short} is not one integer"))
    return e.reshape(e.convert(value, int64), (1,))


# ---------------------------------------------------------------- along one dimension


def gather(x: TensorLike, indices: Any, axis: int | None = 0) -> Tensor:
    """The slices of x along `axis` at these positions, as `numpy.take`; None flattens x.

    The dimensions of `indices` take the place of the axis. Positions are those of `x[...]`.

    >>> nb.gather(nb.tensor([[1, 2, 3], [4, 5, 6]]), [2, 0], axis=1)
    Tensor(
      [[3 1]
       [6 4]] : i32[2,2]
    )
    """
    value = as_value(x, "gather")
    if axis is None:
        value, axis = e.reshape(value, (value.type.size,)), 0
    dim = normalize_axis("gather", axis, value.type.rank)
    return getitem(wrap(value), (*[slice(None)] * dim, _integers("gather", indices)))


take = gather


def scatter(x: TensorLike, indices: Any, updates: TensorLike, axis: int = 0) -> Tensor:
    """x with the slices along `axis` at these positions replaced by `updates`.

    The updates have the shape of `nb.gather(x, indices, axis)`, or broadcast to it. Where a
    position repeats, the last update counts; `x.at[...].add` adds them up.

    >>> nb.scatter(nb.zeros((4,)), [3, 1], nb.tensor([5.0, 6.0]))
    Tensor([0. 6. 0. 5.] : f32[4])
    """
    value = as_value(x, "scatter")
    dim = normalize_axis("scatter", axis, value.type.rank)
    index = (*[slice(None)] * dim, _integers("scatter", indices))
    return Chosen(wrap(value), index).set(updates)


def _integers(op: str, indices: Any) -> Any:
    """Indices that are no mask and not several."""
    if isinstance(indices, (tuple, list)):
        indices = array_of(indices)
    if is_mask(indices):
        raise TypeError(at_user(f"{op}: the indices are of bool, not integers"))
    if not isinstance(indices, (Handle, np.ndarray, np.integer, int)):
        raise TypeError(at_user(f"{op}: indices of {type(indices).__name__} are not integers"))
    return indices


def take_along_axis(x: TensorLike, indices: Any, axis: int | None = -1) -> Tensor:
    """Elements of x at positions along `axis`, as `numpy.take_along_axis`; None flattens x.

    The other dimensions of x and `indices` go together, and broadcast.

    >>> x = nb.tensor([[10, 30, 20], [60, 40, 50]])
    >>> nb.take_along_axis(x, nb.tensor([[1], [0]]), axis=1)
    Tensor(
      [[30]
       [60]] : i32[2,1]
    )
    """
    value = as_value(x, "take_along_axis")
    value, index, dim = _along_dimension("take_along_axis", value, indices, axis)
    places = selecting.in_range(index, value.type.shape[dim])
    assert isinstance(places, Value)
    return wrap(along(value, places, dim))


def put_along_axis(
    x: TensorLike, indices: Any, values: TensorLike, axis: int | None = -1
) -> Tensor:
    """x with values at positions along `axis`, where `nb.take_along_axis` would read them.

    `numpy.put_along_axis` writes into x, this gives a new tensor. The values broadcast to the
    shape of `indices`, whose other dimensions go with those of x, or broadcast. Where a
    position repeats, the last value counts; None flattens x for the positions.

    >>> x = nb.tensor([[10, 30, 20], [60, 40, 50]])
    >>> nb.put_along_axis(x, nb.tensor([[1], [0]]), 99, axis=1)
    Tensor(
      [[10 99 20]
       [99 40 50]] : i32[2,3]
    )
    """
    op = "put_along_axis"
    given = as_value(x, op)
    value, places, dim = _along_dimension(op, given, indices, axis)
    rank = value.type.rank
    grid = [
        wrap(places)
        if i == dim
        else np.arange(n, dtype=np.int64).reshape([-1 if i == j else 1 for j in range(rank)])
        for i, n in enumerate(value.type.shape)
    ]
    result = Chosen(wrap(value), tuple(grid)).set(values)
    return wrap(e.reshape(result._value, given.type.shape))


def _along_dimension(
    op: str, value: Value, indices: Any, axis: int | None
) -> tuple[Value, Value, int]:
    """The value, flat for no axis, integers of as many dimensions, and which one they are along."""
    index = as_value(_integers(op, indices), op)
    if index.type.dtype.kind not in ("int", "uint"):
        raise TypeError(at_user(f"{op}: indices {index.type.short} are not integers"))
    if axis is None:
        value, axis = e.reshape(value, (value.type.size,)), 0
    rank = value.type.rank
    if index.type.rank != rank:
        raise ValueError(
            at_user(
                f"{op}: shapes {list(value.type.shape)} and {list(index.type.shape)} differ in "
                "the number of dimensions"
            )
        )
    return value, index, normalize_axis(op, axis, rank)


def along(x: Value, index: Value, dim: int) -> Value:
    """Elements of x at positions along a dimension, all of which exist."""
    rest = [d for d in range(x.type.rank) if d != dim]
    lead = e.broadcast_shapes(
        "take_along_axis",
        tuple([x.type.shape[d] for d in rest]),
        tuple([index.type.shape[d] for d in rest]),
    )
    rows = e.broadcast(selecting.permute(x, [*rest, dim]), (*lead, x.type.shape[dim]))
    count = index.type.shape[dim]
    places = e.broadcast(selecting.permute(index, [*rest, dim]), (*lead, count))
    table = selecting.table_of([places], (*lead, count))
    picked = build.gather(rows, table, dims=[len(lead)], batch_dims=len(lead))
    picked.weak = x.weak
    back = [*range(dim), len(rest), *range(dim, len(rest))]
    return selecting.permute(picked, back)
