# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Finding places: in sorted vectors, and where elements are not zero."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from nabla._core import elementwise as e
from nabla._core.convert import as_int, as_value
from nabla._core.dtypes import int64
from nabla._core.errors import TracedValueError, at_user
from nabla._core.literals import integers
from nabla._core.tree import wrap
from nabla._generated.functions import is_nan, minimum
from nabla.control_flow import scan
from nabla.functions._support import as_float, as_shape, iota, number
from nabla.functions.arithmetic import cast, clip, floor_divide, mod
from nabla.functions.comparison import truth, where
from nabla.functions.creation import full, ones, zeros
from nabla.functions.indexing import gather
from nabla.functions.joining import concatenate, stack
from nabla.functions.reduction import cumsum, reduce_sum
from nabla.functions.shape import flatten, flip, reshape
from nabla.functions.sorting import argsort, sort

if TYPE_CHECKING:
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = [
    "argwhere",
    "digitize",
    "flatnonzero",
    "interp",
    "isin",
    "nonzero",
    "searchsorted",
    "unique",
    "unravel_index",
]


# ---------------------------------------------------------------- in sorted vectors


def searchsorted(a: TensorLike, v: TensorLike, side: str = "left") -> Tensor:
    """The positions, in int64, at which elements would go into a sorted vector.

    Args:
        a: a vector sorted from small to large, NaN last.
        v: the elements, in any shape.
        side: "left" for the first of the positions that keep the order, "right" for the last.

    Raises:
        ValueError: if `a` is not a vector, or for another side.

    >>> nb.searchsorted(nb.tensor([1.0, 2.0, 2.0, 3.0]), nb.tensor([2.0, 0.0, 9.0]))
    Tensor([1 0 4] : i64[3])
    """
    if side not in ("left", "right"):
        raise ValueError(at_user(f'searchsorted: side is "left" or "right", not {side!r}'))
    values = [as_value(a, "searchsorted"), as_value(v, "searchsorted")]
    if values[0].type.rank != 1:
        shape = list(values[0].type.shape)
        raise ValueError(at_user(f"searchsorted: a of shape {shape} is no vector"))
    dtype, _ = e.common_dtype(values)
    row, wanted = (wrap(e.convert(value, dtype)) for value in values)
    return _search(row, wanted, side)


def _search(row: Tensor, wanted: Tensor, side: str) -> Tensor:
    """By halving: each turn decides one bit of the positions."""
    count = row.numel()
    places = zeros(wanted.shape, dtype=int64)
    if not count:
        return places
    steps = tuple(1 << bit for bit in range(count.bit_length() - 1, -1, -1))

    def turn(found: Any, step: Any) -> tuple[Any, None]:
        further = found + step
        at = gather(row, minimum(further, count) - 1)
        goes_on = _before(at, wanted) if side == "left" else ~_before(wanted, at)
        return where(goes_on & (further <= count), further, found), None

    found: Tensor = scan(turn, places, wrap(integers(steps)))[0]
    return found


def _before(x: Tensor, y: Tensor) -> Tensor:
    """Whether x comes before y in a sorted row, in which NaN are last."""
    return (x < y) | (is_nan(y) & ~is_nan(x)) if x.dtype.is_float else x < y


def digitize(x: TensorLike, bins: TensorLike, right: bool = False) -> Tensor:
    """Which of the bins between neighbours in a sorted vector each element is in, in int64.

    Bin i is from `bins[i - 1]` up to but without `bins[i]`, or with `right` without the former
    and with the latter; where the vector falls, the other way round. Elements before it are in
    bin 0, those behind it in `len(bins)`. ValueError if `bins` is not a vector.

    >>> nb.digitize(nb.tensor([0.5, 1.0, 9.0]), nb.tensor([0.0, 1.0, 2.0]))
    Tensor([1 2 3] : i64[3])
    """
    edges, tensor = wrap(as_value(bins, "digitize")), wrap(as_value(x, "digitize"))
    rising = searchsorted(edges, tensor, "left" if right else "right")
    if edges.numel() < 2:
        return rising
    backwards = searchsorted(flip(edges), tensor, "right" if right else "left")
    return where(edges[-1] >= edges[0], rising, edges.numel() - backwards)


def interp(
    x: TensorLike,
    xp: TensorLike,
    fp: TensorLike,
    left: TensorLike | None = None,
    right: TensorLike | None = None,
    period: float | None = None,
) -> Tensor:
    """The function through the points (xp, fp), straight between them, at each x.

    Args:
        x: where it is wanted, in any shape.
        xp, fp: vectors of one extent; xp rises, unless there is a period.
        left, right: the values before and behind the points; the first and last of fp if None.
        period: xp and x count modulo this, and nothing is before or behind.

    Raises:
        ValueError: if xp and fp are not vectors of one extent with an element, or the period
            is 0.

    >>> nb.interp(nb.tensor([0.5, 2.0]), nb.tensor([0.0, 1.0]), nb.tensor([10.0, 20.0]))
    Tensor([15. 20.] : f32[2])
    """
    (points, values), _ = _points(xp, fp)
    (points, place), _ = _floats("interp", points, x)
    if period is not None:
        points, values, place = _periodic(points, values, place, period)
    count = points.numel()
    after = clip(searchsorted(points, place, "right"), 1, max(count - 1, 1))
    first, last = gather(points, after - 1), gather(points, minimum(after, count - 1))
    low, high = gather(values, after - 1), gather(values, minimum(after, count - 1))
    gap = last - first
    zero = number(0, gap)
    is_flat = gap == zero
    share = where(is_flat, zero, (place - first) / where(is_flat, number(1, gap), gap))
    result = low + share * (high - low)
    if period is not None:
        return result
    result = where(place < points[0], values[0] if left is None else left, result)
    return where(place > points[-1], values[-1] if right is None else right, result)


def _floats(op: str, x: TensorLike, y: TensorLike) -> tuple[tuple[Tensor, Tensor], bool]:
    """Both in the floats they promote to, each in its own shape."""
    values = [as_value(x, op), as_value(y, op)]
    dtype, weak = e.common_dtype(values)
    dtype = e.accepted(op, dtype, e.FLOAT)
    a, b = (wrap(e.convert(value, dtype)) for value in values)
    return (a, b), weak


def _points(xp: TensorLike, fp: TensorLike) -> tuple[tuple[Tensor, Tensor], bool]:
    points, values = as_float("interp", xp), as_float("interp", fp)
    if points.ndim != 1 or values.shape != points.shape or not points.numel():
        raise ValueError(
            at_user(
                f"interp: xp of shape {list(points.shape)} and fp of shape {list(values.shape)} "
                "are not points"
            )
        )
    return (points, values), False


def _periodic(
    points: Tensor, values: Tensor, place: Tensor, period: float
) -> tuple[Tensor, Tensor, Tensor]:
    """Points and places within one period; the last point also before, the first behind."""
    if period == 0:
        raise ValueError(at_user("interp: the period is 0"))
    length = math.fabs(period)
    points, place = mod(points, length), mod(place, length)
    order = argsort(points)
    points, values = gather(points, order), gather(values, order)
    points = concatenate([points[-1:] - length, points, points[:1] + length])
    values = concatenate([values[-1:], values, values[:1]])
    return points, values, place


def isin(x: TensorLike, among: TensorLike, invert: bool = False) -> Tensor:
    """For each element whether it is one of others; with `invert`, whether it is none of them.

    >>> nb.isin(nb.tensor([1, 2, 3]), nb.tensor([3, 1]))
    Tensor([ True False  True] : bool[3])
    """
    values = [as_value(x, "isin"), as_value(among, "isin")]
    dtype, _ = e.common_dtype(values)
    tensor, others = (wrap(e.convert(value, dtype)) for value in values)
    row = sort(others, None)
    if not row.numel():
        found = zeros(tensor.shape, dtype=bool)
    else:
        found = gather(row, minimum(_search(row, tensor, "left"), row.numel() - 1)) == tensor
    return ~found if invert else found


# ---------------------------------------------------------------- where something is


def nonzero(x: TensorLike, size: int | None = None, fill_value: int = 0) -> tuple[Tensor, ...]:
    """The positions, in int64, of the elements that are not zero: one vector a dimension.

    How many there are has to be known: under `nb.compile` and `nb.vmap` say a `size`, which is
    then the number of positions, more being left out, fewer filled up with `fill_value`.
    ValueError for a 0-d tensor; TracedValueError without a size where it is needed.

    >>> nb.nonzero(nb.tensor([[3, 0], [0, 5]]))
    (Tensor([0 1] : i64[2]), Tensor([0 1] : i64[2]))
    """
    tensor = wrap(as_value(x, "nonzero"))
    if not tensor.ndim:
        raise ValueError(at_user("nonzero: a 0-d tensor has no positions"))
    mask = flatten(wrap(truth("nonzero", tensor)))
    places = _places("nonzero", mask, size, -1)
    columns: list[Tensor] = []
    left = places
    for extent in reversed([int(n) for n in tensor.shape]):
        columns.append(where(places < 0, fill_value, mod(left, max(extent, 1))))
        left = floor_divide(left, max(extent, 1))
    return tuple(reversed(columns))


def _places(op: str, mask: Tensor, size: int | None, fill: int) -> Tensor:
    """The positions at which a vector of bools holds."""
    count = _count(op, mask) if size is None else as_int(op, "size", size)
    order = cumsum(cast(mask, int64)) - 1
    targets = where(mask, order, number(count, order))
    # What goes behind the end is left out.
    return full((count,), fill, dtype=int64).at[targets].set(iota(int64, (mask.numel(),), 0))


def _count(op: str, mask: Tensor) -> int:
    """How many hold, as a number."""
    try:
        return int(reduce_sum(cast(mask, int64)))
    except TracedValueError:
        raise TracedValueError(
            at_user(
                f"{op}: how many elements there are would have to be known while the function "
                f"is traced; say nb.{op}(..., size=...)"
            )
        ) from None


def flatnonzero(x: TensorLike, size: int | None = None, fill_value: int = 0) -> Tensor:
    """`nb.nonzero` of the flattened tensor: one vector of positions.

    >>> nb.flatnonzero(nb.tensor([[3, 0], [0, 5]]))
    Tensor([0 3] : i64[2])
    """
    mask = flatten(wrap(truth("flatnonzero", x)))
    return _places("flatnonzero", mask, size, fill_value)


def argwhere(x: TensorLike, size: int | None = None, fill_value: int = 0) -> Tensor:
    """`nb.nonzero` with the positions as rows of a matrix.

    >>> nb.argwhere(nb.tensor([[3, 0], [0, 5]]))
    Tensor(
      [[0 0]
       [1 1]] : i64[2,2]
    )
    """
    return stack(nonzero(x, size, fill_value), 1)


def unravel_index(indices: TensorLike, shape: Any) -> tuple[Tensor, ...]:
    """The positions, one a dimension of a shape, of elements counted in row-major order.

    Negative ones count from the end; those out of range are taken as the nearest in it.
    TypeError if they are not integers.

    >>> nb.unravel_index(nb.tensor([5, 0]), (2, 3))
    (Tensor([1 0] : i32[2]), Tensor([2 0] : i32[2]))
    """
    value = as_value(indices, "unravel_index")
    if value.type.dtype.kind not in ("int", "uint"):
        raise TypeError(at_user(f"unravel_index: {value.type.short} is not of integers"))
    extents = as_shape("unravel_index", shape)
    total = math.prod(extents)
    left = wrap(value)
    left = clip(where(left < 0, left + total, left), 0, max(total - 1, 0))
    columns: list[Tensor] = []
    for extent in reversed(extents):
        columns.append(mod(left, max(extent, 1)))
        left = floor_divide(left, max(extent, 1))
    return tuple(reversed(columns))


def unique(
    x: TensorLike,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    size: int | None = None,
    fill_value: TensorLike | None = None,
) -> Any:
    """The different elements of the flattened tensor, sorted; all NaN count as one.

    Args:
        x: a tensor.
        return_index: whether the positions of their first occurrences follow.
        return_inverse: whether, in the shape of x, follows which of them each element is.
        return_counts: whether follows how often each occurs.
        size: how many to give where their number cannot be known (under `nb.compile` and
            `nb.vmap`): the first ones, or filled up with `fill_value`, the smallest if None.

    Returns:
        The elements; a tuple if anything follows. Positions and counts are in int64.

    Raises:
        TracedValueError: without a size where it is needed.

    >>> nb.unique(nb.tensor([3, 1, 3, 2]), return_counts=True)
    (Tensor([1 2 3] : i32[3]), Tensor([1 1 2] : i64[3]))
    """
    tensor = wrap(as_value(x, "unique"))
    flat = flatten(tensor)
    order = argsort(flat)
    row = gather(flat, order)
    differs = row[1:] != row[:-1]
    if row.dtype.is_float:
        differs = differs & ~(is_nan(row[1:]) & is_nan(row[:-1]))
    is_first = concatenate([ones((min(flat.numel(), 1),), dtype=bool), differs])
    total = flat.numel()
    starts = _places("unique", is_first, size, total)
    found = _found(row, starts, fill_value)
    results = [found]
    if return_index:
        results.append(_at(order, starts, 0))
    if return_inverse:
        which = cumsum(cast(is_first, int64)) - 1
        inverse = zeros((total,), dtype=int64).at[order].set(which)
        results.append(reshape(inverse, tensor.shape))
    if return_counts:
        ends = concatenate([starts[1:], full((min(starts.numel(), 1),), total, dtype=int64)])
        results.append(ends - starts)
    return found if len(results) == 1 else tuple(results)


def _at(row: Tensor, places: Tensor, fill: TensorLike) -> Tensor:
    """Elements of a vector, and a number for the places behind its end."""
    if not row.numel():
        return full(places.shape, 0, dtype=row.dtype) if places.numel() else row
    taken = gather(row, minimum(places, row.numel() - 1))
    return where(places < row.numel(), taken, fill).astype(row.dtype)


def _found(row: Tensor, starts: Tensor, fill: TensorLike | None) -> Tensor:
    if not row.numel():
        return _at(row, starts, 0)
    return _at(row, starts, row[0] if fill is None else fill)
