# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Means, variances and ranges."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from nabla._core.dtypes import float32
from nabla._generated.functions import sqrt
from nabla.functions._support import Axes, as_float, normalize_axes, number
from nabla.functions.arithmetic import cast
from nabla.functions.reduction import reduce_max, reduce_min, reduce_sum

if TYPE_CHECKING:
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = ["mean", "minmax", "std", "var"]


def mean(x: TensorLike, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """The mean along one dimension, several, or all (None).

    Of integers it is in float32; float16 and bfloat16 are summed in float32. NaN of nothing.

    >>> nb.mean(nb.tensor([[1.0, 2.0], [3.0, 5.0]]), axis=1)
    Tensor([1.5 4. ] : f32[2])
    """
    given = as_float("mean", x)
    return cast(_mean("mean", wide(given), axis, keepdims, 0), given.dtype)


def wide(x: Tensor) -> Tensor:
    return cast(x, float32) if x.dtype.bits < 32 else x


def _mean(op: str, x: Tensor, axis: Axes, keepdims: bool, ddof: float) -> Tensor:
    axes = normalize_axes(op, axis, x.ndim)
    total = reduce_sum(x, axes, keepdims)
    count = math.prod(x.shape[i] for i in axes)
    return total / number(max(count - ddof, 0), total)


def var(x: TensorLike, axis: Axes = None, ddof: float = 0, keepdims: bool = False) -> Tensor:
    """The variance along one dimension, several, or all (None).

    It is the sum of the squared distances from the mean, divided by the number of elements
    less `ddof`: 0 as in NumPy, 1 for the unbiased estimate. The mean is computed first, so
    that nothing cancels. Of integers it is in float32; float16 and bfloat16 are computed in
    float32.

    >>> nb.var(nb.tensor([1.0, 2.0, 3.0, 4.0]))
    Tensor(1.25 : f32[])
    """
    given = as_float("var", x)
    return cast(_variance("var", wide(given), axis, ddof, keepdims), given.dtype)


def std(x: TensorLike, axis: Axes = None, ddof: float = 0, keepdims: bool = False) -> Tensor:
    """The standard deviation: the square root of `nb.var`.

    >>> nb.std(nb.tensor([1.0, 2.0, 3.0, 4.0]))
    Tensor(1.118 : f32[])
    """
    given = as_float("std", x)
    return cast(sqrt(_variance("std", wide(given), axis, ddof, keepdims)), given.dtype)


def _variance(op: str, x: Tensor, axis: Axes, ddof: float, keepdims: bool) -> Tensor:
    distance = x - _mean(op, x, axis, True, 0)
    return _mean(op, distance * distance, axis, keepdims, ddof)


def minmax(x: TensorLike) -> dict[str, Tensor]:
    """The smallest and the largest of all elements, as `{"min": ..., "max": ...}`.

    >>> nb.minmax(nb.tensor([3.0, 1.0, 2.0]))["max"]
    Tensor(3. : f32[])
    """
    return {"min": reduce_min(x), "max": reduce_max(x)}
