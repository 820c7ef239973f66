# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Counting elements: of each number, in bins, or of those that are not zero."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nabla._core import elementwise as e
from nabla._core.convert import as_int, as_value
from nabla._core.dtypes import bool_, float32, int64
from nabla._core.errors import TracedValueError, at_user
from nabla._core.tree import wrap
from nabla.functions._support import Axes, as_count, as_float
from nabla.functions.arithmetic import cast
from nabla.functions.comparison import truth, where
from nabla.functions.creation import asarray, ones, zeros
from nabla.functions.differences import diff
from nabla.functions.ranges import linspace
from nabla.functions.reduction import reduce_max, reduce_min, reduce_sum
from nabla.functions.searching import searchsorted
from nabla.functions.shape import flatten

if TYPE_CHECKING:
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = ["bincount", "count_nonzero", "histogram", "histogram_bin_edges"]


def count_nonzero(x: TensorLike, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """How many elements along dimensions are not zero, in int64.

    >>> nb.count_nonzero(nb.tensor([[0, 1], [2, 3]]), axis=0)
    Tensor([1 2] : i64[2])
    """
    return reduce_sum(cast(wrap(truth("count_nonzero", x)), int64), axis, keepdims)


def bincount(
    x: TensorLike,
    weights: TensorLike | None = None,
    minlength: int = 0,
    length: int | None = None,
) -> Tensor:
    """How often each integer from 0 on occurs in a vector, in int64; or the sums of weights.

    Args:
        x: a vector of integers; without a length none is negative.
        weights: a vector of the extent of x, added up instead of ones.
        minlength: the least extent of the result, which otherwise ends with the largest number.
        length: the extent of the result where the largest number cannot be known (under
            `nb.compile` and `nb.vmap`). Numbers outside are left out.

    Raises:
        TypeError: if x is not of integers.
        ValueError: if it is not a vector, holds a negative number, or the weights do not fit.
        TracedValueError: without a length where it is needed.

    >>> nb.bincount(nb.tensor([0, 1, 1, 3]))
    Tensor([1 2 0 1] : i64[4])
    """
    value = as_value(x, "bincount")
    if value.type.dtype.kind not in ("int", "uint"):
        raise TypeError(at_user(f"bincount: {value.type.short} is not of integers"))
    if value.type.rank != 1:
        raise ValueError(at_user(f"bincount: shape {list(value.type.shape)} is no vector"))
    places = wrap(e.convert(value, int64))
    extent = (
        _extent(places, minlength) if length is None else as_count("bincount", "length", length)
    )
    places = where(places < 0, extent, places)
    if weights is None:
        return zeros((extent,), dtype=int64).at[places].add(1)
    added = wrap(as_value(weights, "bincount"))
    if added.shape != places.shape:
        raise ValueError(
            at_user(f"bincount: weights of shape {list(added.shape)} for {list(places.shape)}")
        )
    return zeros((extent,), dtype=added.dtype).at[places].add(added)


def _extent(places: Tensor, minlength: int) -> int:
    """One more than the largest number."""
    least = as_count("bincount", "minlength", minlength)
    if not places.numel():
        return least
    try:
        low, high = int(reduce_min(places)), int(reduce_max(places))
    except TracedValueError:
        raise TracedValueError(
            at_user(
                "bincount: the largest number would have to be known while the function is "
                "traced; say nb.bincount(..., length=...)"
            )
        ) from None
    if low < 0:
        raise ValueError(at_user(f"bincount: {low} is negative"))
    return max(high + 1, least)


def histogram_bin_edges(
    x: TensorLike, bins: Any = 10, range: Sequence[TensorLike] | None = None
) -> Tensor:
    """The edges of bins: so many of one width over a range, or those that are given.

    The range is that of the elements if there is none; one without width is made 1 wide.

    >>> nb.histogram_bin_edges(nb.tensor([0.0, 4.0]), 4)
    Tensor([0. 1. 2. 3. 4.] : f32[5])
    """
    tensor = as_float("histogram_bin_edges", x)
    if not isinstance(bins, int):
        given = asarray(bins)
        if given.ndim == 1:
            return given
        if given.ndim:
            raise ValueError(at_user(f"histogram: bins of shape {list(given.shape)} are no edges"))
    count = as_int("histogram", "bins", bins)
    if count < 1:
        raise ValueError(at_user(f"histogram: {count} is no number of bins"))
    if range is not None:
        if len(range) != 2:
            raise ValueError(at_user(f"histogram: range {range!r} is no pair"))
        low, high = (as_float("histogram", end).astype(tensor.dtype) for end in range)
    elif tensor.numel():
        low, high = reduce_min(tensor), reduce_max(tensor)
    else:
        low, high = zeros((), dtype=tensor.dtype), ones((), dtype=tensor.dtype)
    is_point = low == high
    return linspace(where(is_point, low - 0.5, low), where(is_point, high + 0.5, high), count + 1)


def histogram(
    x: TensorLike,
    bins: Any = 10,
    range: Sequence[TensorLike] | None = None,
    weights: TensorLike | None = None,
    density: bool = False,
) -> tuple[Tensor, Tensor]:
    """How many elements are in each bin, in int64, and the edges of the bins.

    Args:
        x: a tensor of any shape.
        bins: how many, of one width, or their edges, a vector that rises. A bin is without
            its upper edge, but for the last.
        range: the ends, if `bins` is a number; the least and largest element if None.
        weights: numbers of the shape of x, added up instead of ones.
        density: whether the counts are divided so that the area over the bins is 1.

    Raises:
        ValueError: if there is no bin, or the weights have another shape.

    >>> nb.histogram(nb.tensor([0.0, 1.0, 1.0, 4.0]), 2)
    (Tensor([3 1] : i64[2]), Tensor([0. 2. 4.] : f32[3]))
    """
    tensor = wrap(as_value(x, "histogram"))
    edges = histogram_bin_edges(tensor, bins, range)
    count = edges.numel()
    flat = flatten(tensor)
    bin_after = searchsorted(edges, flat, "right")
    bin_after = where(flat == edges[-1], count - 1, bin_after)
    # Bins 0 and `count` are before and behind all edges.
    if weights is None:
        counts = zeros((count,), dtype=int64).at[bin_after].add(1)[1:]
    else:
        added = wrap(as_value(weights, "histogram"))
        if added.shape != tensor.shape:
            raise ValueError(
                at_user(f"histogram: weights of shape {list(added.shape)} for {list(tensor.shape)}")
            )
        kind = added.dtype if added.dtype is not bool_ else int64
        counts = zeros((count,), dtype=kind).at[bin_after].add(flatten(added))[1:]
    if not density:
        return counts, edges
    shares = cast(counts, edges.dtype if edges.dtype.is_float else float32)
    return shares / reduce_sum(shares) / diff(edges), edges
