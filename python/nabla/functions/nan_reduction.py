# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Reductions that leave NaN out."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from nabla._core.convert import as_value
from nabla._core.dtypes import int64
from nabla._core.graph import Value
from nabla._core.tree import wrap
from nabla._generated import build
from nabla._generated.functions import is_nan, sqrt
from nabla.functions._support import Axes, as_float, normalize_axes, number
from nabla.functions.accumulation import cumprod
from nabla.functions.arithmetic import cast
from nabla.functions.comparison import where
from nabla.functions.reduction import (
    all,
    argmax,
    argmin,
    cumsum,
    extremum,
    prod,
    reduce_sum,
)
from nabla.functions.statistics import wide

if TYPE_CHECKING:
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = [
    "nanargmax",
    "nanargmin",
    "nancumprod",
    "nancumsum",
    "nanmax",
    "nanmean",
    "nanmin",
    "nanprod",
    "nanstd",
    "nansum",
    "nanvar",
]


def _filled(op: str, x: TensorLike, value: float) -> Tensor:
    """x with a number in place of NaN, which only floats have."""
    tensor = wrap(as_value(x, op))
    if not tensor.dtype.is_float:
        return tensor
    return where(is_nan(tensor), number(value, tensor), tensor)


def nansum(x: TensorLike, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """`nb.sum` of what is not NaN; 0 of nothing.

    >>> nb.nansum(nb.tensor([1.0, float("nan"), 2.0]))
    Tensor(3. : f32[])
    """
    return reduce_sum(_filled("nansum", x, 0), axis, keepdims)


def nanprod(x: TensorLike, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """`nb.prod` of what is not NaN; 1 of nothing.

    >>> nb.nanprod(nb.tensor([3.0, float("nan"), 2.0]))
    Tensor(6. : f32[])
    """
    return prod(_filled("nanprod", x, 1), axis, keepdims)


def nancumsum(x: TensorLike, axis: int | None = -1) -> Tensor:
    """`nb.cumsum` with NaN taken as 0.

    >>> nb.nancumsum(nb.tensor([1.0, float("nan"), 2.0]))
    Tensor([1. 1. 3.] : f32[3])
    """
    return cumsum(_filled("nancumsum", x, 0), axis)


def nancumprod(x: TensorLike, axis: int | None = -1) -> Tensor:
    """`nb.cumprod` with NaN taken as 1.

    >>> nb.nancumprod(nb.tensor([3.0, float("nan"), 2.0]))
    Tensor([3. 3. 6.] : f32[3])
    """
    return cumprod(_filled("nancumprod", x, 1), axis)


def nanmax(x: TensorLike, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """`nb.max` of what is not NaN; NaN where nothing is.

    Ties share the derivative. ValueError if there is nothing to choose from.

    >>> nb.nanmax(nb.tensor([1.0, float("nan"), 2.0]))
    Tensor(2. : f32[])
    """
    return _extremum("nanmax", build.reduce_max, x, axis, keepdims, -math.inf)


def nanmin(x: TensorLike, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """`nb.min` of what is not NaN; NaN where nothing is.

    Ties share the derivative. ValueError if there is nothing to choose from.

    >>> nb.nanmin(nb.tensor([1.0, float("nan"), 2.0]))
    Tensor(1. : f32[])
    """
    return _extremum("nanmin", build.reduce_min, x, axis, keepdims, math.inf)


def _extremum(
    op: str,
    builder: Callable[..., Value],
    x: TensorLike,
    axis: Axes,
    keepdims: bool,
    worst: float,
) -> Tensor:
    tensor = wrap(as_value(x, op))
    found = extremum(op, builder, _filled(op, tensor, worst), axis, keepdims)
    if not tensor.dtype.is_float:
        return found
    return where(all(is_nan(tensor), axis, keepdims), number(math.nan, found), found)


def nanargmax(x: TensorLike, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """`nb.argmax` of what is not NaN; -1 where nothing is.

    >>> nb.nanargmax(nb.tensor([1.0, float("nan"), 2.0]))
    Tensor(2 : i64[])
    """
    place = argmax(_filled("nanargmax", x, -math.inf), axis, keepdims)
    return _or_nowhere(x, axis, keepdims, place)


def nanargmin(x: TensorLike, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """`nb.argmin` of what is not NaN; -1 where nothing is.

    >>> nb.nanargmin(nb.tensor([1.0, float("nan"), 2.0]))
    Tensor(0 : i64[])
    """
    place = argmin(_filled("nanargmin", x, math.inf), axis, keepdims)
    return _or_nowhere(x, axis, keepdims, place)


def _or_nowhere(x: TensorLike, axis: int | None, keepdims: bool, place: Tensor) -> Tensor:
    tensor = wrap(as_value(x, "nanargmax"))
    if not tensor.dtype.is_float:
        return place
    return where(all(is_nan(tensor), axis, keepdims), number(-1, place), place)


def nanmean(x: TensorLike, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """`nb.mean` of what is not NaN; NaN of nothing.

    >>> nb.nanmean(nb.tensor([1.0, float("nan"), 2.0]))
    Tensor(1.5 : f32[])
    """
    given = as_float("nanmean", x)
    tensor = wide(given)
    total = reduce_sum(_filled("nanmean", tensor, 0), axis, keepdims)
    return cast(total / _count(tensor, axis, keepdims), given.dtype)


def _count(x: Tensor, axis: Axes, keepdims: bool) -> Tensor:
    """How many are not NaN, in the dtype of x."""
    return cast(reduce_sum(cast(~is_nan(x), int64), axis, keepdims), x.dtype)


def nanvar(x: TensorLike, axis: Axes = None, ddof: float = 0, keepdims: bool = False) -> Tensor:
    """`nb.var` of what is not NaN; NaN where no more than `ddof` are.

    >>> nb.nanvar(nb.tensor([1.0, float("nan"), 2.0]))
    Tensor(0.25 : f32[])
    """
    given = as_float("nanvar", x)
    return cast(_variance("nanvar", wide(given), axis, ddof, keepdims), given.dtype)


def nanstd(x: TensorLike, axis: Axes = None, ddof: float = 0, keepdims: bool = False) -> Tensor:
    """`nb.std` of what is not NaN; NaN where no more than `ddof` are.

    >>> nb.nanstd(nb.tensor([1.0, float("nan"), 2.0]))
    Tensor(0.5 : f32[])
    """
    given = as_float("nanstd", x)
    return cast(sqrt(_variance("nanstd", wide(given), axis, ddof, keepdims)), given.dtype)


def _variance(op: str, x: Tensor, axis: Axes, ddof: float, keepdims: bool) -> Tensor:
    axes = normalize_axes(op, axis, x.ndim)
    distance = _filled(op, x - nanmean(x, axes, keepdims=True), 0)
    total = reduce_sum(distance * distance, axes, keepdims)
    left = _count(x, axes, keepdims) - number(ddof, total)
    return where(left > number(0, left), total / left, number(math.nan, left))
