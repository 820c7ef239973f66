# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Reductions along dimensions, and running sums."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from nabla._core import elementwise as e
from nabla._core.convert import as_value
from nabla._core.dtypes import int32, uint32
from nabla._core.errors import at_user
from nabla._core.graph import Value
from nabla._core.literals import constant
from nabla._core.tree import wrap
from nabla._core.types import tensor_type
from nabla._generated import build
from nabla.functions._support import Axes, normalize_axes, normalize_axis
from nabla.functions.comparison import truth

if TYPE_CHECKING:
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = [
    "all",
    "any",
    "argmax",
    "argmin",
    "cumsum",
    "max",
    "min",
    "prod",
    "reduce_max",
    "reduce_min",
    "reduce_sum",
    "sum",
]


def _reduce(builder: Callable[..., Value], x: Value, axes: Sequence[int], keepdims: bool) -> Tensor:
    shape = x.type.shape
    result = builder(x, dims=axes) if axes else x
    if keepdims:
        result = e.reshape(result, tuple([1 if i in axes else n for i, n in enumerate(shape)]))
    result.weak = x.weak
    return wrap(result)


def countable(value: Value) -> Value:
    """Small integers and bools in 32 bits, in which their sums fit."""
    dtype = value.type.dtype
    if dtype.is_float or dtype.bits >= 32:
        return value
    return e.convert(value, uint32 if dtype.kind == "uint" else int32)


def reduce_sum(x: TensorLike, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """The sum along one dimension, several, or all (None).

    Integers of fewer than 32 bits, and bools, are summed in 32. The sum of nothing is 0.
    With `keepdims` the dimensions stay, with extent 1.

    >>> nb.sum(nb.tensor([[1.0, 2.0], [3.0, 4.0]]), axis=0)
    Tensor([4. 6.] : f32[2])
    """
    value = countable(as_value(x, "reduce_sum"))
    axes = normalize_axes("reduce_sum", axis, value.type.rank)
    return _reduce(build.reduce_sum, value, axes, keepdims)


sum = reduce_sum


def prod(x: TensorLike, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """The product along one dimension, several, or all (None).

    Integers of fewer than 32 bits, and bools, are multiplied in 32. The product of nothing
    is 1. Derivatives are right where elements are 0, too.

    >>> nb.prod(nb.tensor([[1.0, 2.0], [3.0, 4.0]]), axis=1)
    Tensor([ 2. 12.] : f32[2])
    """
    value = countable(as_value(x, "prod"))
    axes = normalize_axes("prod", axis, value.type.rank)
    return _reduce(build.reduce_prod, value, axes, keepdims)


def reduce_max(x: TensorLike, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """The largest element along one dimension, several, or all (None); NaN if there is one.

    Ties share the derivative. ValueError if there is nothing to choose from.

    >>> nb.max(nb.tensor([[1.0, 2.0], [3.0, 4.0]]), axis=1)
    Tensor([2. 4.] : f32[2])
    """
    return extremum("reduce_max", build.reduce_max, x, axis, keepdims)


def reduce_min(x: TensorLike, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """The smallest element along one dimension, several, or all (None); NaN if there is one.

    Ties share the derivative. ValueError if there is nothing to choose from.

    >>> nb.min(nb.tensor([[1.0, 2.0], [3.0, 4.0]]), axis=1)
    Tensor([1. 3.] : f32[2])
    """
    return extremum("reduce_min", build.reduce_min, x, axis, keepdims)


max = reduce_max
min = reduce_min


def largest(x: Tensor, axes: Sequence[int]) -> Tensor:
    """The largest elements, with extents of 1; the lowest number of the dtype of nothing."""
    return _reduce(build.reduce_max, x._value, axes, keepdims=True)


def extremum(
    op: str, builder: Callable[..., Value], x: TensorLike, axis: Axes, keepdims: bool
) -> Tensor:
    value = as_value(x, op)
    axes = normalize_axes(op, axis, value.type.rank)
    _need_elements(op, value, axes)
    return _reduce(builder, value, axes, keepdims)


def _need_elements(op: str, value: Value, axes: Sequence[int]) -> None:
    if math.prod(value.type.shape[i] for i in axes) == 0:
        raise ValueError(at_user(f"{op}: nothing to choose from in shape {list(value.type.shape)}"))


def any(x: TensorLike, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """Whether some element along the dimensions is not zero; False of nothing.

    >>> nb.any(nb.tensor([[False, True], [False, False]]), axis=1)
    Tensor([ True False] : bool[2])
    """
    value = truth("any", x)
    return _reduce(build.reduce_or, value, normalize_axes("any", axis, value.type.rank), keepdims)


def all(x: TensorLike, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """Whether no element along the dimensions is zero; True of nothing.

    >>> nb.all(nb.tensor([[True, True], [False, True]]), axis=1)
    Tensor([ True False] : bool[2])
    """
    value = truth("all", x)
    return _reduce(build.reduce_and, value, normalize_axes("all", axis, value.type.rank), keepdims)


def argmax(x: TensorLike, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The position, in int64, of the first largest element along a dimension.

    Without an axis, as in NumPy, it is the position in the flattened tensor. The first NaN
    counts as largest. ValueError if there is nothing to choose from.

    >>> nb.argmax(nb.tensor([[1.0, 5.0], [3.0, 2.0]]), axis=1)
    Tensor([1 0] : i64[2])
    """
    return _position("argmax", build.argmax, x, axis, keepdims)


def argmin(x: TensorLike, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The position, in int64, of the first smallest element along a dimension.

    Without an axis, as in NumPy, it is the position in the flattened tensor. The first NaN
    counts as smallest. ValueError if there is nothing to choose from.

    >>> nb.argmin(nb.tensor([[1.0, 5.0], [3.0, 2.0]]), axis=1)
    Tensor([0 1] : i64[2])
    """
    return _position("argmin", build.argmin, x, axis, keepdims)


def _position(
    op: str, builder: Callable[..., Value], x: TensorLike, axis: int | None, keepdims: bool
) -> Tensor:
    value = as_value(x, op)
    shape = value.type.shape
    dims = range(len(shape)) if axis is None else (normalize_axis(op, axis, len(shape)),)
    _need_elements(op, value, dims)
    if axis is None:
        result = builder(e.reshape(value, (value.type.size,)), dim=0)
    else:
        result = builder(value, dim=dims[0])
    if keepdims:
        result = e.reshape(result, tuple([1 if i in dims else n for i, n in enumerate(shape)]))
    return wrap(result)


def cumsum(
    x: TensorLike, axis: int | None = -1, exclusive: bool = False, reverse: bool = False
) -> Tensor:
    """The running sum along a dimension; None sums the flattened tensor.

    `exclusive` leaves each element out of its own sum; `reverse` sums from the end to the
    start. Integers of fewer than 32 bits, and bools, are summed in 32.

    >>> nb.cumsum(nb.tensor([1, 2, 3]))
    Tensor([1 3 6] : i32[3])
    >>> nb.cumsum(nb.tensor([1, 2, 3]), exclusive=True)
    Tensor([0 1 3] : i32[3])
    """
    value = countable(as_value(x, "cumsum"))
    if axis is None:
        value, axis = e.reshape(value, (value.type.size,)), 0
    dim = normalize_axis("cumsum", axis, value.type.rank)
    if exclusive and value.type.shape[dim]:
        value = _shifted(value, dim, -1 if reverse else 1)
    return wrap(build.cumsum(value, dim=dim, reverse=reverse))


def _shifted(value: Value, dim: int, by: int) -> Value:
    """The elements moved by one place along a dimension, a zero in the place that is free."""
    shape = value.type.shape
    zeros = [0] * len(shape)
    low, high, starts = list(zeros), list(zeros), list(zeros)
    (low if by > 0 else high)[dim] = 1
    starts[dim] = 0 if by > 0 else 1
    padded = build.pad(
        value, constant(0, tensor_type(value.type.dtype, ())), low=low, high=high, interior=zeros
    )
    limits = [start + extent for start, extent in zip(starts, shape, strict=True)]
    return build.slice_(padded, starts=starts, limits=limits, strides=[1] * len(shape))
