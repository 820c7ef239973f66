# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Means, variances and ranges."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from nabla._core.dtypes import float32
from nabla._core.errors import at_user
from nabla._generated.functions import sqrt
from nabla.functions._support import Axes, as_float, normalize_axes, normalize_axis, number
from nabla.functions.arithmetic import cast, clip
from nabla.functions.diagonals import diagonal
from nabla.functions.joining import concatenate
from nabla.functions.reduction import reduce_max, reduce_min, reduce_sum
from nabla.functions.shape import broadcast_to, matrix_transpose, reshape, squeeze

if TYPE_CHECKING:
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = ["average", "corrcoef", "cov", "mean", "minmax", "ptp", "std", "var"]


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


def ptp(x: TensorLike, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """The largest less the smallest element along one dimension, several, or all (None).

    ValueError if there is nothing to choose from.

    >>> nb.ptp(nb.tensor([3.0, 1.0, 2.0]))
    Tensor(2. : f32[])
    """
    return reduce_max(x, axis, keepdims) - reduce_min(x, axis, keepdims)


def average(
    x: TensorLike, axis: Axes = None, weights: TensorLike | None = None, keepdims: bool = False
) -> Tensor:
    """The mean weighted by numbers: `sum(x * weights) / sum(weights)` along dimensions.

    The weights have the shape of x, or are a vector along the one dimension; without any it is
    `nb.mean`. ValueError for other shapes.

    >>> nb.average(nb.tensor([1.0, 2.0]), weights=nb.tensor([3.0, 1.0]))
    Tensor(1.25 : f32[])
    """
    if weights is None:
        return mean(x, axis, keepdims)
    (tensor, factors) = as_float("average", x), as_float("average", weights)
    if factors.shape != tensor.shape:
        if not isinstance(axis, int) or factors.ndim != 1:
            raise ValueError(
                at_user(f"average: weights of shape {list(factors.shape)} for {list(tensor.shape)}")
            )
        dim = normalize_axis("average", axis, tensor.ndim)
        if factors.shape[0] != tensor.shape[dim]:
            raise ValueError(
                at_user(f"average: {factors.shape[0]} weights for extent {tensor.shape[dim]}")
            )
        factors = reshape(factors, [-1 if i == dim else 1 for i in range(tensor.ndim)])
    total = reduce_sum(tensor * factors, axis, keepdims)
    return total / reduce_sum(broadcast_to(factors, tensor.shape), axis, keepdims)


def cov(
    x: TensorLike,
    y: TensorLike | None = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: float | None = None,
) -> Tensor:
    """The covariances of variables, each a row of x (with `rowvar` unset, a column), and of y.

    The sums of products of distances from the means are divided by the number of observations
    less `ddof`, which is 1 if None, or 0 with `bias`. ValueError for more than two dimensions.

    >>> nb.cov(nb.tensor([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]]))
    Tensor(
      [[ 1. -1.]
       [-1.  1.]] : f32[2,2]
    )
    """
    rows = _variables("cov", x, rowvar)
    if y is not None:
        rows = concatenate([rows, _variables("cov", y, rowvar)])
    left = (0 if bias else 1) if ddof is None else ddof
    distance = rows - mean(rows, 1, keepdims=True)
    products = distance @ matrix_transpose(distance)
    count = max(int(rows.shape[1]) - left, 0)
    return squeeze(products / number(count, products))


def _variables(op: str, x: TensorLike, rowvar: bool) -> Tensor:
    tensor = as_float(op, x)
    if tensor.ndim > 2:
        raise ValueError(at_user(f"{op}: shape {list(tensor.shape)} has more than two dimensions"))
    if tensor.ndim < 2:
        return reshape(tensor, (1, -1))
    return tensor if rowvar or tensor.shape[0] == 1 else matrix_transpose(tensor)


def corrcoef(x: TensorLike, y: TensorLike | None = None, rowvar: bool = True) -> Tensor:
    """The correlation coefficients of variables, given as those of `nb.cov`; from -1 to 1.

    >>> nb.corrcoef(nb.tensor([[0.0, 1.0, 2.0], [4.0, 2.0, 0.0]]))
    Tensor(
      [[ 1. -1.]
       [-1.  1.]] : f32[2,2]
    )
    """
    found = cov(x, y, rowvar)
    if not found.ndim:
        return found / found
    scale = sqrt(diagonal(found))
    result = found / reshape(scale, (-1, 1)) / reshape(scale, (1, -1))
    return clip(result, -1.0, 1.0)
