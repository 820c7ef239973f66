# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Medians and other quantiles."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from nabla._core.convert import as_value
from nabla._core.dtypes import float64, int64
from nabla._core.errors import at_user
from nabla._core.literals import from_numpy
from nabla._core.tree import Handle, wrap
from nabla._generated.functions import ceil, floor, is_finite, is_nan
from nabla.functions._support import Axes, as_float, normalize_axes, number
from nabla.functions.arithmetic import cast, clip, round
from nabla.functions.comparison import where
from nabla.functions.indexing import take_along_axis
from nabla.functions.reduction import any, reduce_sum
from nabla.functions.shape import broadcast_to, moveaxis, permute, reshape
from nabla.functions.sorting import sort

if TYPE_CHECKING:
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = ["median", "nanmedian", "nanpercentile", "nanquantile", "percentile", "quantile"]

METHODS = ("linear", "lower", "higher", "midpoint", "nearest")


def quantile(
    x: TensorLike,
    q: TensorLike | Any,
    axis: Axes = None,
    method: str = "linear",
    keepdims: bool = False,
) -> Tensor:
    """The number below which the fraction q of x lies, along one dimension, several, or all.

    Args:
        x: a tensor; integers are taken as float32.
        q: one fraction from 0 to 1, or an array of them.
        axis: the dimensions; None means all.
        method: what counts between two elements: "linear" (the point that divides them as q
            does), "lower", "higher", "midpoint" or "nearest".
        keepdims: whether the dimensions stay, with extent 1.

    Returns:
        The dimensions of q, then those of x that are left. NaN where x holds one, or nothing.
        The derivative goes to the elements that count, and to a q of floats.

    Raises:
        ValueError: if a known q is not within 0 and 1, or for another method. A traced q is
            taken as the nearest of these.

    >>> nb.quantile(nb.tensor([1.0, 2.0, 3.0, 5.0]), [0.5, 0.75])
    Tensor([2.5 3.5] : f32[2])
    """
    return _quantile("quantile", x, _fractions("quantile", q, 1), axis, method, keepdims, False)


def percentile(
    x: TensorLike,
    q: TensorLike | Any,
    axis: Axes = None,
    method: str = "linear",
    keepdims: bool = False,
) -> Tensor:
    """`nb.quantile` with q in percent, from 0 to 100.

    >>> nb.percentile(nb.tensor([1.0, 2.0, 3.0, 5.0]), 50)
    Tensor(2.5 : f32[])
    """
    return _quantile(
        "percentile", x, _fractions("percentile", q, 100), axis, method, keepdims, False
    )


def median(x: TensorLike, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """The middle element along one dimension, several, or all; the mean of the middle two.

    NaN where x holds one, or nothing. Integers are taken as float32.

    >>> nb.median(nb.tensor([[1.0, 9.0, 2.0], [3.0, 4.0, 8.0]]), axis=1)
    Tensor([2. 4.] : f32[2])
    """
    return _quantile("median", x, _fractions("median", 0.5, 1), axis, "linear", keepdims, False)


def nanquantile(
    x: TensorLike,
    q: TensorLike | Any,
    axis: Axes = None,
    method: str = "linear",
    keepdims: bool = False,
) -> Tensor:
    """`nb.quantile` of what is not NaN; NaN where nothing is.

    >>> nb.nanquantile(nb.tensor([1.0, float("nan"), 3.0]), 0.5)
    Tensor(2. : f32[])
    """
    fractions = _fractions("nanquantile", q, 1)
    return _quantile("nanquantile", x, fractions, axis, method, keepdims, True)


def nanpercentile(
    x: TensorLike,
    q: TensorLike | Any,
    axis: Axes = None,
    method: str = "linear",
    keepdims: bool = False,
) -> Tensor:
    """`nb.percentile` of what is not NaN; NaN where nothing is.

    >>> nb.nanpercentile(nb.tensor([1.0, float("nan"), 3.0]), 50)
    Tensor(2. : f32[])
    """
    fractions = _fractions("nanpercentile", q, 100)
    return _quantile("nanpercentile", x, fractions, axis, method, keepdims, True)


def nanmedian(x: TensorLike, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """`nb.median` of what is not NaN; NaN where nothing is.

    >>> nb.nanmedian(nb.tensor([1.0, float("nan"), 3.0]))
    Tensor(2. : f32[])
    """
    fractions = _fractions("nanmedian", 0.5, 1)
    return _quantile("nanmedian", x, fractions, axis, "linear", keepdims, True)


def _fractions(op: str, q: Any, whole: int) -> Tensor:
    """The q in f64, in which positions in long rows are exact; 0 to 1."""
    if isinstance(q, Handle):
        given = cast(wrap(as_value(q, op)), float64)
        return clip(given / number(whole, given), 0.0, 1.0)
    levels = np.asarray(q, np.float64)
    if not ((levels >= 0) & (levels <= whole)).all():
        raise ValueError(at_user(f"{op}: q {q!r} is not from 0 to {whole}"))
    return wrap(from_numpy(levels / whole))


def _quantile(
    op: str, x: TensorLike, q: Tensor, axis: Axes, method: str, keepdims: bool, skips: bool
) -> Tensor:
    if method not in METHODS:
        raise ValueError(at_user(f"{op}: method {method!r} is not one of {', '.join(METHODS)}"))
    tensor = as_float(op, x)
    axes = normalize_axes(op, axis, tensor.ndim)
    kept = [int(n) for i, n in enumerate(tensor.shape) if i not in axes]
    order = [*(i for i in range(tensor.ndim) if i not in axes), *axes]
    extent = math.prod(int(tensor.shape[i]) for i in axes)
    rows = reshape(permute(tensor, order), (*kept, extent))
    missing = is_nan(rows)
    if extent == 0:
        found = number(math.nan, broadcast_to(_zero(tensor), (*kept, q._value.type.size)))
    elif skips:
        count = reduce_sum(cast(~missing, int64), -1, keepdims=True)
        last = clip(cast(count, float64) - 1.0, 0.0)
        found = _between(sort(rows), reshape(q, (-1,)) * last, method)
    else:
        last = number(extent - 1, q)
        places = broadcast_to(reshape(q, (-1,)) * last, (*kept, q._value.type.size))
        found = _between(sort(rows), places, method)
        found = where(any(missing, -1, keepdims=True), number(math.nan, found), found)
    left = [1 if i in axes else int(n) for i, n in enumerate(tensor.shape)] if keepdims else kept
    result = reshape(moveaxis(found, -1, 0), (*q.shape, *left))
    result._value.weak = tensor._value.weak
    return result


def _zero(like: Tensor) -> Tensor:
    return number(0, reshape(like, (-1,))[:0].sum())


def _between(rows: Tensor, places: Tensor, method: str) -> Tensor:
    """What lies at places, not all of them whole, in sorted rows."""
    if method == "nearest":
        return take_along_axis(rows, cast(round(places), int64))
    low = take_along_axis(rows, cast(floor(places), int64))
    if method == "lower":
        return low
    high = take_along_axis(rows, cast(ceil(places), int64))
    if method == "higher":
        return high
    share = cast(places - floor(places), rows.dtype)
    if method == "midpoint":
        share = where(share > number(0, share), number(0.5, share), share)
    gap = high - low
    # From an infinity nothing goes on, and from a number to one nothing but its end is far.
    far = where((share == number(0, share)) | (low == high), low, low + high)
    return where(is_finite(gap), low + gap * share, far)
