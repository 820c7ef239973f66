# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Joining and cutting along named sides, turning, and more dimensions where they are few."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from nabla._core.convert import as_int, as_value
from nabla._core.errors import at_user
from nabla._core.tree import wrap
from nabla.functions._support import axis_list, normalize_axis
from nabla.functions.joining import concatenate, split
from nabla.functions.shape import flatten, flip, reshape, swap_axes, unsqueeze

if TYPE_CHECKING:
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = [
    "append",
    "array_split",
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "column_stack",
    "delete",
    "dsplit",
    "dstack",
    "fliplr",
    "flipud",
    "hsplit",
    "hstack",
    "insert",
    "rot90",
    "vsplit",
    "vstack",
]


# ---------------------------------------------------------------- more dimensions


def atleast_1d(*xs: TensorLike) -> Tensor | list[Tensor]:
    """x with at least one dimension; a list for several arguments.

    >>> nb.atleast_1d(3.0)
    Tensor([3.] : f32[1])
    """
    return _each("atleast_1d", xs, lambda x: x if x.ndim else reshape(x, (1,)))


def atleast_2d(*xs: TensorLike) -> Tensor | list[Tensor]:
    """x with at least two dimensions; a vector is a row. A list for several arguments.

    >>> nb.atleast_2d(nb.tensor([1, 2]))
    Tensor([[1 2]] : i32[1,2])
    """
    return _each("atleast_2d", xs, _matrix)


def atleast_3d(*xs: TensorLike) -> Tensor | list[Tensor]:
    """x with at least three dimensions, a matrix with a last one of extent 1.

    A vector has one before and one behind. A list for several arguments.

    >>> nb.atleast_3d(nb.zeros((2, 3))).shape
    [Dim(2), Dim(3), Dim(1)]
    """
    return _each("atleast_3d", xs, _block)


def _each(
    op: str, xs: Sequence[TensorLike], make: Callable[[Tensor], Tensor]
) -> Tensor | list[Tensor]:
    made = [make(wrap(as_value(x, op))) for x in xs]
    return made[0] if len(made) == 1 else made


def _row(x: Tensor) -> Tensor:
    return x if x.ndim else reshape(x, (1,))


def _matrix(x: Tensor) -> Tensor:
    return x if x.ndim > 1 else reshape(x, (1, -1) if x.ndim else (1, 1))


def _block(x: Tensor) -> Tensor:
    if x.ndim > 2:
        return x
    return reshape(x, (*x.shape, 1) if x.ndim == 2 else (1, x.numel(), 1))


# ---------------------------------------------------------------- joining


def _tensors(op: str, xs: Sequence[TensorLike]) -> list[Tensor]:
    if not len(xs):
        raise ValueError(at_user(f"{op} expects at least one tensor"))
    return [wrap(as_value(x, op)) for x in xs]


def vstack(xs: Sequence[TensorLike]) -> Tensor:
    """Tensors one below the other: joined along the first dimension, vectors as rows.

    ValueError if there is none, or if other extents differ.

    >>> nb.vstack([nb.tensor([1, 2]), nb.tensor([3, 4])])
    Tensor(
      [[1 2]
       [3 4]] : i32[2,2]
    )
    """
    return concatenate([_matrix(x) for x in _tensors("vstack", xs)])


def hstack(xs: Sequence[TensorLike]) -> Tensor:
    """Tensors side by side: joined along the second dimension, vectors end to end.

    ValueError if there is none, or if other extents differ.

    >>> nb.hstack([nb.tensor([1, 2]), nb.tensor([3])])
    Tensor([1 2 3] : i32[3])
    """
    rows = [_row(x) for x in _tensors("hstack", xs)]
    return concatenate(rows, 0 if rows[0].ndim == 1 else 1)


def dstack(xs: Sequence[TensorLike]) -> Tensor:
    """Tensors one behind the other: joined along the third dimension, as `nb.atleast_3d`.

    ValueError if there is none, or if other extents differ.

    >>> nb.dstack([nb.tensor([1, 2]), nb.tensor([3, 4])]).shape
    [Dim(1), Dim(2), Dim(2)]
    """
    return concatenate([_block(x) for x in _tensors("dstack", xs)], 2)


def column_stack(xs: Sequence[TensorLike]) -> Tensor:
    """Matrices side by side, vectors as columns.

    ValueError if there is none, or if they differ in the number of rows.

    >>> nb.column_stack([nb.tensor([1, 2]), nb.tensor([3, 4])])
    Tensor(
      [[1 3]
       [2 4]] : i32[2,2]
    )
    """
    columns = _tensors("column_stack", xs)
    return concatenate([x if x.ndim > 1 else reshape(x, (-1, 1)) for x in columns], 1)


def append(x: TensorLike, values: TensorLike, axis: int | None = None) -> Tensor:
    """x with values behind it along a dimension; without one both are flattened.

    ValueError if other extents differ.

    >>> nb.append(nb.tensor([1, 2]), nb.tensor([[3], [4]]))
    Tensor([1 2 3 4] : i32[4])
    """
    pair = _tensors("append", (x, values))
    if axis is None:
        return concatenate([flatten(item) for item in pair])
    return concatenate(pair, axis)


def insert(x: TensorLike, index: int, values: TensorLike, axis: int | None = None) -> Tensor:
    """x with values put before a position along a dimension; without one x is flattened.

    The values have the shape of x but for that dimension, or one dimension less, or broadcast.
    IndexError if the position is out of bounds.

    >>> nb.insert(nb.tensor([1, 2, 4]), 2, 3)
    Tensor([1 2 3 4] : i32[4])
    """
    tensor, new = _tensors("insert", (x, values))
    if axis is None:
        tensor, axis = flatten(tensor), 0
    dim = normalize_axis("insert", axis, tensor.ndim)
    extent, place = int(tensor.shape[dim]), as_int("insert", "index", index)
    if not -extent <= place <= extent:
        raise IndexError(at_user(f"insert: index {place} is out of bounds for extent {extent}"))
    place += extent if place < 0 else 0
    before, after = _cut(tensor, dim, 0, place), _cut(tensor, dim, place, extent)
    if new.ndim < tensor.ndim and new.ndim == tensor.ndim - 1:
        new = unsqueeze(new, dim) if tensor.ndim > 1 else reshape(new, (1,))
    rows = int(new.shape[dim]) if new.ndim == tensor.ndim else 1
    shape = [rows if i == dim else n for i, n in enumerate(tensor.shape)]
    return concatenate([before, new.astype(tensor.dtype).broadcast_to(shape), after], dim)


def delete(x: TensorLike, index: int | Sequence[int], axis: int | None = None) -> Tensor:
    """x without the slices at a position, or several, along a dimension.

    Without a dimension x is flattened. IndexError if a position is out of bounds.

    >>> nb.delete(nb.tensor([1, 2, 3, 4]), [0, 2])
    Tensor([2 4] : i32[2])
    """
    tensor = wrap(as_value(x, "delete"))
    if axis is None:
        tensor, axis = flatten(tensor), 0
    dim = normalize_axis("delete", axis, tensor.ndim)
    extent = int(tensor.shape[dim])
    given = index if isinstance(index, (tuple, list)) else [index]
    places = [as_int("delete", "index", item) for item in given]
    for place in places:
        if not -extent <= place < extent:
            raise IndexError(at_user(f"delete: index {place} is out of bounds for extent {extent}"))
    gone = sorted({place % extent for place in places})
    starts, limits = [0, *(place + 1 for place in gone)], [*gone, extent]
    parts = [_cut(tensor, dim, a, b) for a, b in zip(starts, limits, strict=True) if a < b]
    return concatenate(parts, dim) if parts else _cut(tensor, dim, 0, 0)


def _cut(x: Tensor, dim: int, start: int, limit: int) -> Tensor:
    index = (*[slice(None)] * dim, slice(start, limit))
    return x[index]


# ---------------------------------------------------------------- cutting


def array_split(x: TensorLike, parts: int | Sequence[int], axis: int = 0) -> list[Tensor]:
    """x in parts along a dimension, the first ones one longer where it does not divide.

    A list holds the positions to cut at, as in `nb.split`. ValueError if there is no part.

    >>> nb.array_split(nb.tensor([1, 2, 3]), 2)
    [Tensor([1 2] : i32[2]), Tensor([3] : i32[1])]
    """
    tensor = wrap(as_value(x, "array_split"))
    if isinstance(parts, (tuple, list)):
        return split(tensor, parts, axis)
    extent = int(tensor.shape[normalize_axis("array_split", axis, tensor.ndim)])
    count = as_int("array_split", "parts", parts)
    if count <= 0:
        raise ValueError(at_user(f"array_split: {count} is no number of parts"))
    size, longer = divmod(extent, count)
    cuts = [size * i + min(i, longer) for i in range(1, count)]
    return split(tensor, cuts, axis)


def vsplit(x: TensorLike, parts: int | Sequence[int]) -> list[Tensor]:
    """`nb.split` along the first dimension; ValueError if x has fewer than two.

    >>> len(nb.vsplit(nb.zeros((4, 2)), 2))
    2
    """
    return split(_at_least("vsplit", x, 2), parts, 0)


def hsplit(x: TensorLike, parts: int | Sequence[int]) -> list[Tensor]:
    """`nb.split` along the second dimension, or the only one.

    >>> nb.hsplit(nb.tensor([1, 2, 3, 4]), 2)
    [Tensor([1 2] : i32[2]), Tensor([3 4] : i32[2])]
    """
    tensor = _at_least("hsplit", x, 1)
    return split(tensor, parts, 0 if tensor.ndim == 1 else 1)


def dsplit(x: TensorLike, parts: int | Sequence[int]) -> list[Tensor]:
    """`nb.split` along the third dimension; ValueError if there is none.

    >>> [part.shape for part in nb.dsplit(nb.zeros((1, 2, 4)), [1])]
    [[Dim(1), Dim(2), Dim(1)], [Dim(1), Dim(2), Dim(3)]]
    """
    return split(_at_least("dsplit", x, 3), parts, 2)


def _at_least(op: str, x: TensorLike, rank: int) -> Tensor:
    tensor = wrap(as_value(x, op))
    if tensor.ndim < rank:
        raise ValueError(at_user(f"{op}: shape {list(tensor.shape)} has fewer than {rank} dims"))
    return tensor


# ---------------------------------------------------------------- turning


def flipud(x: TensorLike) -> Tensor:
    """x with the order of its rows reversed. ValueError if it is 0-d.

    >>> nb.flipud(nb.tensor([1, 2, 3]))
    Tensor([3 2 1] : i32[3])
    """
    return flip(_at_least("flipud", x, 1), 0)


def fliplr(x: TensorLike) -> Tensor:
    """x with the order of its columns reversed. ValueError with fewer than two dimensions.

    >>> nb.fliplr(nb.tensor([[1, 2, 3]]))
    Tensor([[3 2 1]] : i32[1,3])
    """
    return flip(_at_least("fliplr", x, 2), 1)


def rot90(x: TensorLike, k: int = 1, axes: Sequence[int] = (0, 1)) -> Tensor:
    """x turned k times by a right angle, from the first of two dimensions to the second.

    ValueError if the two are one.

    >>> nb.rot90(nb.tensor([[1, 2], [3, 4]]))
    Tensor(
      [[2 4]
       [1 3]] : i32[2,2]
    )
    """
    tensor = _at_least("rot90", x, 2)
    pair = axis_list("rot90", tuple(axes), tensor.ndim)
    if len(pair) != 2:
        raise ValueError(at_user(f"rot90: axes {tuple(axes)} are no pair"))
    first, second = pair
    turns = as_int("rot90", "k", k) % 4
    if turns == 0:
        return tensor
    if turns == 2:
        return flip(tensor, (first, second))
    if turns == 1:
        return swap_axes(flip(tensor, second), first, second)
    return flip(swap_axes(tensor, first, second), second)
