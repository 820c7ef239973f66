# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Differences of neighbours, and what approximates derivatives and integrals by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nabla._core.convert import as_int, as_value
from nabla._core.dtypes import bool_
from nabla._core.errors import at_user
from nabla._core.tree import wrap
from nabla.functions._support import Axes, as_float, axis_list, normalize_axis, number
from nabla.functions.comparison import not_equal
from nabla.functions.joining import concatenate
from nabla.functions.reduction import reduce_sum
from nabla.functions.shape import broadcast_to, flatten, moveaxis, reshape

if TYPE_CHECKING:
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = ["diff", "ediff1d", "gradient", "trapezoid"]


def diff(
    x: TensorLike,
    n: int = 1,
    axis: int = -1,
    prepend: TensorLike | None = None,
    append: TensorLike | None = None,
) -> Tensor:
    """Each element less the one before it along a dimension, n times over.

    Of bools it says where neighbours differ. `prepend` and `append` are put before and behind
    x first: tensors, or one number. ValueError if n is negative or x is 0-d.

    >>> nb.diff(nb.tensor([1.0, 4.0, 9.0, 16.0]))
    Tensor([3. 5. 7.] : f32[3])
    """
    tensor = wrap(as_value(x, "diff"))
    times = as_int("diff", "n", n)
    if times < 0:
        raise ValueError(at_user(f"diff: n {times} is negative"))
    if not tensor.ndim:
        raise ValueError(at_user("diff: a 0-d tensor has no neighbours"))
    dim = normalize_axis("diff", axis, tensor.ndim)
    parts = [_edge(prepend, tensor, dim), [tensor], _edge(append, tensor, dim)]
    joined = [part for group in parts for part in group]
    rows = moveaxis(concatenate(joined, dim) if len(joined) > 1 else tensor, dim, 0)
    for _ in range(times):
        after, before = rows[1:], rows[:-1]
        rows = not_equal(after, before) if rows.dtype is bool_ else after - before
    return moveaxis(rows, 0, dim)


def _edge(item: TensorLike | None, x: Tensor, dim: int) -> list[Tensor]:
    """What is put beside x, one row of it if it is one number."""
    if item is None:
        return []
    edge = wrap(as_value(item, "diff"))
    if edge.ndim:
        return [edge]
    return [broadcast_to(edge, [1 if i == dim else n for i, n in enumerate(x.shape)])]


def ediff1d(x: TensorLike) -> Tensor:
    """The differences of neighbours in the flattened tensor.

    >>> nb.ediff1d(nb.tensor([[1, 4], [9, 16]]))
    Tensor([3 5 7] : i32[3])
    """
    return diff(flatten(x))


def trapezoid(
    y: TensorLike, x: TensorLike | None = None, dx: TensorLike = 1.0, axis: int = -1
) -> Tensor:
    """The integral along a dimension by the trapezoidal rule.

    The points lie at `x`, which broadcasts to y or has its extent, or `dx` apart.

    >>> nb.trapezoid(nb.tensor([1.0, 2.0, 4.0]), nb.tensor([0.0, 1.0, 3.0]))
    Tensor(7.5 : f32[])
    """
    tensor = as_float("trapezoid", y)
    dim = normalize_axis("trapezoid", axis, tensor.ndim)
    rows = moveaxis(tensor, dim, -1)
    sums = rows[..., 1:] + rows[..., :-1]
    if x is not None:
        places = as_float("trapezoid", x)
        dx = diff(places if places.ndim < 2 else moveaxis(places, dim, -1))
    total = reduce_sum(sums * dx, -1)
    return total * number(0.5, total)


def gradient(f: TensorLike, *spacing: Any, axis: Axes = None) -> Tensor | list[Tensor]:
    """The slope of f along each of its dimensions, from differences of neighbours.

    Inside it is of second order, at both ends the slope to the only neighbour, as in NumPy.

    Args:
        f: a tensor of at least two elements along each of the dimensions.
        spacing: how far neighbours lie apart: nothing (1), one number, or for each dimension
            a number or the coordinates, a 1-d tensor.
        axis: one dimension, several, or all (None).

    Returns:
        One tensor of the shape of f a dimension; not in a list if there is one dimension.

    Raises:
        ValueError: if a dimension has fewer than two elements, or coordinates do not fit it.
        TypeError: if there are neither one spacing nor one a dimension.

    >>> nb.gradient(nb.tensor([1.0, 2.0, 4.0, 7.0]))
    Tensor([1.  1.5 2.5 3. ] : f32[4])
    """
    tensor = as_float("gradient", f)
    axes = list(range(tensor.ndim)) if axis is None else axis_list("gradient", axis, tensor.ndim)
    steps = list(spacing) if spacing else [1.0]
    steps = steps * len(axes) if len(steps) == 1 else steps
    if len(steps) != len(axes):
        raise TypeError(at_user(f"gradient: {len(spacing)} spacings for {len(axes)} dimensions"))
    slopes = [_slope(tensor, dim, step) for dim, step in zip(axes, steps, strict=True)]
    return slopes[0] if len(slopes) == 1 else slopes


def _slope(f: Tensor, dim: int, step: Any) -> Tensor:
    rows = moveaxis(f, dim, 0)
    count = int(rows.shape[0])
    if count < 2:
        raise ValueError(at_user(f"gradient: dimension {dim} of {f.shape} has no two elements"))
    where = as_float("gradient", step)
    if where.ndim not in (0, 1) or (where.ndim and int(where.shape[0]) != count):
        raise ValueError(
            at_user(f"gradient: coordinates of shape {where.shape} for {count} elements")
        )
    if where.ndim:
        gaps = reshape(diff(where), (-1, *[1] * (rows.ndim - 1)))
    else:
        gaps = broadcast_to(where, (count - 1, *[1] * (rows.ndim - 1)))
    rises = (rows[1:] - rows[:-1]) / gaps
    before, after = gaps[:-1], gaps[1:]
    inside = (rises[:-1] * after + rises[1:] * before) / (before + after)
    return moveaxis(concatenate([rises[:1], inside, rises[-1:]]), 0, dim)
