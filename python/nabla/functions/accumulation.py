# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Running products, extremes and other totals along a dimension; `nb.cumsum` is an op."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nabla._core.convert import as_value
from nabla._core.tree import wrap
from nabla._generated.functions import maximum, minimum
from nabla.control_flow import scan
from nabla.functions._support import as_float, normalize_axis
from nabla.functions.elementary import logaddexp
from nabla.functions.joining import concatenate, stack
from nabla.functions.reduction import countable
from nabla.functions.shape import flatten, flip, moveaxis, reshape

if TYPE_CHECKING:
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = ["cumlogsumexp", "cummax", "cummin", "cumprod"]


def cumprod(x: TensorLike, axis: int | None = -1, reverse: bool = False) -> Tensor:
    """The running product along a dimension; None multiplies the flattened tensor.

    `reverse` multiplies from the end to the start. Integers of fewer than 32 bits, and bools,
    are multiplied in 32. Derivatives are right where elements are 0, too.

    >>> nb.cumprod(nb.tensor([1.0, 2.0, 3.0, 4.0]))
    Tensor([ 1.  2.  6. 24.] : f32[4])
    """
    value = countable(as_value(x, "cumprod"))
    return _running("cumprod", wrap(value), axis, reverse, lambda total, row: total * row)


def cummax(x: TensorLike, axis: int | None = -1, reverse: bool = False) -> Tensor:
    """The largest element so far along a dimension; NaN from the first NaN on.

    None takes the flattened tensor; `reverse` goes from the end to the start. Ties share the
    derivative.

    >>> nb.cummax(nb.tensor([1.0, 3.0, 2.0, 4.0]))
    Tensor([1. 3. 3. 4.] : f32[4])
    """
    return _running("cummax", wrap(as_value(x, "cummax")), axis, reverse, maximum)


def cummin(x: TensorLike, axis: int | None = -1, reverse: bool = False) -> Tensor:
    """The smallest element so far along a dimension; NaN from the first NaN on.

    None takes the flattened tensor; `reverse` goes from the end to the start. Ties share the
    derivative.

    >>> nb.cummin(nb.tensor([3.0, 1.0, 2.0, 0.0]))
    Tensor([3. 1. 1. 0.] : f32[4])
    """
    return _running("cummin", wrap(as_value(x, "cummin")), axis, reverse, minimum)


def cumlogsumexp(x: TensorLike, axis: int | None = -1, reverse: bool = False) -> Tensor:
    """`log(cumsum(exp(x)))` along a dimension, without overflow.

    None takes the flattened tensor; `reverse` goes from the end to the start.

    >>> nb.cumlogsumexp(nb.tensor([1000.0, 1000.0, 1000.0]))
    Tensor([1000.     1000.6932 1001.0986] : f32[3])
    """
    return _running("cumlogsumexp", as_float("cumlogsumexp", x), axis, reverse, logaddexp)


def _running(
    op: str, x: Tensor, axis: int | None, reverse: bool, step: Callable[[Tensor, Tensor], Tensor]
) -> Tensor:
    """The totals of the first element, the first two, and so on."""
    if axis is None:
        x, axis = flatten(x), 0
    dim = normalize_axis(op, axis, x.ndim)
    rows = moveaxis(x, dim, 0)
    if int(rows.shape[0]) < 2:
        return x
    if reverse:
        rows = flip(rows, 0)
    result = _totals(rows, step)
    result = moveaxis(flip(result, 0) if reverse else result, 0, dim)
    result._value.weak = x._value.weak
    return result


#: How many rows a turn of the loop takes if they are short: what a turn costs besides is shared.
ROWS, SHORT = 16, 16


def _totals(rows: Tensor, step: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """The totals of rows, two at least, each made of the one before and the next row."""

    def turn(total: Any, row: Any) -> tuple[Any, Any]:
        total = step(total, row)
        return total, total

    def turns(total: Any, block: Any) -> tuple[Any, Any]:
        found = []
        for i in range(ROWS):
            total = step(total, block[i])
            found.append(total)
        return total, stack(found)

    first, rest = rows[:1], rows[1:]
    row = tuple(int(n) for n in rows.shape[1:])
    count, total, parts = int(rest.shape[0]), first[0], [first]
    in_blocks = count // ROWS * ROWS if math.prod(row) < SHORT else 0
    if in_blocks:
        blocks = reshape(rest[:in_blocks], (in_blocks // ROWS, ROWS, *row))
        total, found = scan(turns, total, blocks)
        parts.append(reshape(found, (in_blocks, *row)))
    if count > in_blocks:
        parts.append(scan(turn, total, rest[in_blocks:])[1])
    return concatenate(parts)
