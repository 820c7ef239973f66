# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Moving elements of one tensor without changing them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nabla._core import elementwise as e
from nabla._core.convert import as_value
from nabla._core.errors import at_user
from nabla._core.tree import wrap
from nabla._generated import build
from nabla.functions._support import Axes, as_shape, axis_list, normalize_axes, normalize_axis

if TYPE_CHECKING:
    from nabla._core.graph import Value
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = [
    "broadcast_to",
    "flatten",
    "flip",
    "matrix_transpose",
    "moveaxis",
    "permute",
    "rebind",
    "reshape",
    "squeeze",
    "swap_axes",
    "transpose",
    "unsqueeze",
]


def reshape(x: TensorLike, shape: Any) -> Tensor:
    """x in another shape, elements in row-major order; one extent may be -1.

    ValueError if the number of elements does not fit.

    >>> nb.reshape(nb.tensor([1, 2, 3, 4, 5, 6]), (2, -1))
    Tensor(
      [[1 2 3]
       [4 5 6]] : i32[2,3]
    )
    """
    value = as_value(x, "reshape")
    dims = as_shape("reshape", shape, least=-1)
    if dims.count(-1) > 1:
        raise ValueError(at_user("reshape: Only one dimension can be -1"))
    size = value.type.size
    if -1 in dims:
        known = math.prod(dim for dim in dims if dim != -1)
        if known and size % known == 0:
            dims = tuple(size // known if dim == -1 else dim for dim in dims)
    if -1 in dims or math.prod(dims) != size:
        raise ValueError(
            at_user(f"reshape: shape {list(value.type.shape)} does not fill shape {list(dims)}")
        )
    return wrap(_reshaped(value, dims))


def _reshaped(value: Value, shape: Sequence[int]) -> Value:
    result = e.reshape(value, tuple(shape))
    result.weak = value.weak
    return result


def rebind(x: TensorLike, shape: Any) -> Tensor:
    """x, which must have this shape: a check that reads like a note. ValueError if it has not.

    >>> nb.rebind(nb.zeros((2, 3)), (2, 3)).shape
    [Dim(2), Dim(3)]
    """
    value = as_value(x, "rebind")
    dims = as_shape("rebind", shape)
    if dims != value.type.shape:
        raise ValueError(
            at_user(f"rebind: shape {list(value.type.shape)} is not shape {list(dims)}")
        )
    return wrap(value)


def flatten(x: TensorLike, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """x with the dimensions from `start_dim` to `end_dim`, both included, made one.

    A 0-d tensor gets one dimension. ValueError if the end is before the start.

    >>> nb.flatten(nb.zeros((2, 3, 4)), 1).shape
    [Dim(2), Dim(12)]
    """
    value = as_value(x, "flatten")
    shape = value.type.shape or (1,)
    first = normalize_axis("flatten", start_dim, len(shape))
    last = normalize_axis("flatten", end_dim, len(shape))
    if first > last:
        raise ValueError(at_user(f"flatten: end_dim {end_dim} is before start_dim {start_dim}"))
    joined = math.prod(shape[first : last + 1])
    return wrap(_reshaped(value, (*shape[:first], joined, *shape[last + 1 :])))


def squeeze(x: TensorLike, axis: Axes = None) -> Tensor:
    """x without dimensions of extent 1: all of them, as in NumPy, or those named.

    ValueError if a dimension named has another extent.

    >>> nb.squeeze(nb.zeros((1, 3, 1))).shape
    [Dim(3)]
    """
    value = as_value(x, "squeeze")
    shape = value.type.shape
    axes = normalize_axes("squeeze", axis, len(shape))
    for i in axes:
        if axis is not None and shape[i] != 1:
            raise ValueError(
                at_user(f"squeeze: dimension {i} of shape {list(shape)} is {shape[i]}, not 1")
            )
    return wrap(_reshaped(value, [n for i, n in enumerate(shape) if i not in axes or n != 1]))


def unsqueeze(x: TensorLike, axis: int | Sequence[int] = 0) -> Tensor:
    """x with new dimensions of extent 1, at these places of the result.

    >>> nb.unsqueeze(nb.zeros((3,)), -1).shape
    [Dim(3), Dim(1)]
    """
    value = as_value(x, "unsqueeze")
    count = len(axis) if isinstance(axis, (tuple, list)) else 1
    rank = value.type.rank + count
    axes = axis_list("unsqueeze", axis, rank)
    extents = iter(value.type.shape)
    return wrap(_reshaped(value, [1 if i in axes else next(extents) for i in range(rank)]))


def broadcast_to(x: TensorLike, shape: Any) -> Tensor:
    """x repeated to a shape, by NumPy's rule. ValueError if that cannot be.

    >>> nb.broadcast_to(nb.tensor([1, 2]), (2, 2))
    Tensor(
      [[1 2]
       [1 2]] : i32[2,2]
    )
    """
    value = as_value(x, "broadcast_to")
    dims = as_shape("broadcast_to", shape)
    e.check_broadcasts("broadcast_to", value.type.shape, dims)
    result = e.broadcast(value, dims)
    result.weak = value.weak
    return wrap(result)


def permute(x: TensorLike, order: Sequence[int]) -> Tensor:
    """x with its dimensions in another order: dimension i of the result is `order[i]` of x.

    ValueError if `order` does not name each dimension once.

    >>> nb.permute(nb.zeros((2, 3, 4)), (2, 0, 1)).shape
    [Dim(4), Dim(2), Dim(3)]
    """
    value = as_value(x, "permute")
    rank = value.type.rank
    axes = axis_list("permute", tuple(order), rank)
    if len(axes) != rank:
        raise ValueError(at_user(f"permute: {tuple(order)} does not order {rank} dimensions"))
    if axes == list(range(rank)):
        return wrap(value)
    return wrap(build.transpose(value, permutation=axes))


def transpose(x: TensorLike, axis1: int | None = None, axis2: int | None = None) -> Tensor:
    """x with two dimensions swapped; without them, as in NumPy, with all in reverse order.

    `nb.permute` takes a whole order.

    >>> nb.transpose(nb.zeros((2, 3, 4))).shape
    [Dim(4), Dim(3), Dim(2)]
    >>> nb.transpose(nb.zeros((2, 3, 4)), 0, 1).shape
    [Dim(3), Dim(2), Dim(4)]
    """
    if axis1 is None and axis2 is None:
        value = as_value(x, "transpose")
        return permute(wrap(value), range(value.type.rank)[::-1])
    if axis1 is None or axis2 is None:
        raise TypeError(at_user("transpose: it takes two dimensions to swap, or none"))
    return swap_axes(x, axis1, axis2)


def swap_axes(x: TensorLike, axis1: int, axis2: int) -> Tensor:
    """x with two dimensions swapped.

    >>> nb.swap_axes(nb.zeros((2, 3, 4)), 0, -1).shape
    [Dim(4), Dim(3), Dim(2)]
    """
    value = as_value(x, "swap_axes")
    order = list(range(value.type.rank))
    i = normalize_axis("swap_axes", axis1, value.type.rank)
    j = normalize_axis("swap_axes", axis2, value.type.rank)
    order[i], order[j] = j, i
    return permute(wrap(value), order)


def moveaxis(
    x: TensorLike, source: int | Sequence[int], destination: int | Sequence[int]
) -> Tensor:
    """x with dimensions moved to other places, the others staying in order.

    ValueError if `source` and `destination` differ in length.

    >>> nb.moveaxis(nb.zeros((2, 3, 4)), 0, -1).shape
    [Dim(3), Dim(4), Dim(2)]
    """
    value = as_value(x, "moveaxis")
    rank = value.type.rank
    old = axis_list("moveaxis", source, rank)
    new = axis_list("moveaxis", destination, rank)
    if len(old) != len(new):
        raise ValueError(at_user(f"moveaxis: {len(old)} dimensions have {len(new)} destinations"))
    order = [i for i in range(rank) if i not in old]
    for place, dim in sorted(zip(new, old, strict=True)):
        order.insert(place, dim)
    return permute(wrap(value), order)


def matrix_transpose(x: TensorLike) -> Tensor:
    """x with the last two dimensions swapped; as it is if it has fewer.

    >>> nb.matrix_transpose(nb.zeros((2, 3, 4))).shape
    [Dim(2), Dim(4), Dim(3)]
    """
    value = as_value(x, "matrix_transpose")
    return wrap(value) if value.type.rank < 2 else swap_axes(wrap(value), -2, -1)


def flip(x: TensorLike, axis: Axes = None) -> Tensor:
    """x with the order of its elements reversed along one dimension, several, or all (None).

    >>> nb.flip(nb.tensor([1, 2, 3]))
    Tensor([3 2 1] : i32[3])
    """
    value = as_value(x, "flip")
    axes = normalize_axes("flip", axis, value.type.rank)
    return wrap(build.reverse(value, dims=axes) if axes else value)
