# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Reductions along dimensions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from nabla._core import elementwise as e
from nabla._core.apply import apply1
from nabla._core.attributes import int_array
from nabla._core.convert import as_value
from nabla._core.dtypes import bool_, float32, int32
from nabla._core.errors import at_user
from nabla._core.graph import Value
from nabla._core.tree import wrap
from nabla.functions._support import Axes, normalize_axes

if TYPE_CHECKING:
    from nabla._core.tensor import Tensor
    from nabla._core.types import TensorLike

__all__ = ["max", "mean", "min", "reduce_max", "reduce_min", "reduce_sum", "sum"]


def _reduce(op: str, x: Value, axes: tuple[int, ...], keepdims: bool) -> Value:
    shape = x.type.shape
    result = apply1(op, (x,), (("dims", int_array(axes)),)) if axes else x
    result.weak = x.weak
    if keepdims:
        result = e.reshape(result, tuple(1 if i in axes else n for i, n in enumerate(shape)))
    return result


def reduce_sum(x: TensorLike, *, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """The sum along one dimension, several, or all; bools are counted in int32.

    >>> nb.sum(nb.tensor([[1.0, 2.0], [3.0, 4.0]]), axis=0)
    Tensor([4. 6.] : f32[2])
    """
    value = as_value(x, "reduce_sum")
    if value.type.dtype is bool_:
        value = e.convert(value, int32)
    axes = normalize_axes("reduce_sum", axis, value.type.rank)
    return wrap(_reduce("reduce_sum", value, axes, keepdims))


sum = reduce_sum


def mean(x: TensorLike, *, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """The mean along one dimension, several, or all; of integers in float32."""
    value = as_value(x, "mean")
    if not value.type.dtype.is_float:
        value = e.convert(value, float32)
    axes = normalize_axes("mean", axis, value.type.rank)
    count = math.prod(value.type.shape[i] for i in axes)
    total = _reduce("reduce_sum", value, axes, keepdims)
    return wrap(e.elementwise("div", total, float(count)))


def reduce_max(x: TensorLike, *, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """The largest element along one dimension, several, or all; ties share the derivative."""
    return _extremum("reduce_max", x, axis, keepdims)


def reduce_min(x: TensorLike, *, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """The smallest element along one dimension, several, or all; ties share the derivative."""
    return _extremum("reduce_min", x, axis, keepdims)


def _extremum(op: str, x: TensorLike, axis: Axes, keepdims: bool) -> Tensor:
    value = as_value(x, op)
    axes = normalize_axes(op, axis, value.type.rank)
    if math.prod(value.type.shape[i] for i in axes) == 0:
        raise ValueError(at_user(f"{op}: nothing to choose from in shape {list(value.type.shape)}"))
    return wrap(_reduce(op, value, axes, keepdims))


max = reduce_max
min = reduce_min
