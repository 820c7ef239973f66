# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Sorting along a dimension."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nabla._core import elementwise as e
from nabla._core.convert import as_value
from nabla._core.errors import at_user
from nabla._core.graph import Value
from nabla._core.tree import wrap
from nabla._generated import build
from nabla.functions._support import normalize_axis
from nabla.functions.indexing import along

if TYPE_CHECKING:
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = ["argsort", "lexsort", "sort", "top_k"]


def argsort(x: TensorLike, axis: int | None = -1, descending: bool = False) -> Tensor:
    """The positions, in int64, that sort x along a dimension; None sorts the flattened tensor.

    Equal elements keep their order. NaN count as largest. A scalar has no dimension to sort
    along: IndexError, but for an axis of None.

    >>> nb.argsort(nb.tensor([3.0, 1.0, 2.0]))
    Tensor([1 2 0] : i64[3])
    """
    value, dim = _operand("argsort", x, axis)
    return wrap(_order(value, dim, descending=descending))


def sort(x: TensorLike, axis: int | None = -1, descending: bool = False) -> Tensor:
    """x sorted along a dimension; None sorts the flattened tensor.

    NaN count as largest. The derivative goes where each element came from; equal elements
    count as in their order in x.

    >>> nb.sort(nb.tensor([[3, 1, 2], [4, 6, 5]]), descending=True)
    Tensor(
      [[3 2 1]
       [6 5 4]] : i32[2,3]
    )
    """
    value, dim = _operand("sort", x, axis)
    return wrap(along(value, _order(value, dim, descending=descending), dim))


def lexsort(keys: Sequence[TensorLike], axis: int = -1) -> Tensor:
    """The positions, in int64, that sort by the last key, and where that is equal by the others.

    The keys are tensors of one shape, the least important first. ValueError if there is none,
    or if shapes differ.

    >>> nb.lexsort((nb.tensor([1, 0, 2]), nb.tensor([5, 5, 4])))
    Tensor([2 1 0] : i64[3])
    """
    values = [_operand("lexsort", key, axis) for key in keys]
    if not values:
        raise ValueError(at_user("lexsort expects at least one key"))
    (first, dim), shape = values[0], values[0][0].type.shape
    order = _order(first, dim, descending=False)
    for value, _ in values[1:]:
        if value.type.shape != shape:
            raise ValueError(
                at_user(f"lexsort: shapes {list(shape)} and {list(value.type.shape)} differ")
            )
        next_order = _order(along(value, order, dim), dim, descending=False)
        order = along(order, next_order, dim)
    return wrap(order)


def top_k(x: TensorLike, k: int, axis: int = -1) -> tuple[Tensor, Tensor]:
    """The k largest elements along a dimension, from large to small, and their positions.

    NaN count as largest; of equal elements the first come first. ValueError if there are
    fewer than k.

    >>> nb.top_k(nb.tensor([3.0, 1.0, 2.0]), 2)
    (Tensor([3. 2.] : f32[2]), Tensor([0 2] : i64[2]))
    """
    value, dim = _operand("top_k", x, axis)
    if isinstance(k, bool) or not hasattr(k, "__index__"):
        raise TypeError(at_user(f"top_k: k must be an integer, got {k!r}"))
    count, extent = operator.index(k), value.type.shape[dim]
    if not 0 <= count <= extent:
        raise ValueError(
            at_user(f"top_k: k is {count}, but dimension {dim} of {value.type.short} has {extent}")
        )
    largest = build.argsort(value, dim=dim, count=count, descending=True)
    return wrap(along(value, largest, dim)), wrap(largest)


def _operand(op: str, x: TensorLike, axis: int | None) -> tuple[Value, int]:
    """The value to sort, and the dimension to sort along."""
    value = as_value(x, op)
    if axis is None:
        return e.reshape(value, (value.type.size,)), 0
    return value, normalize_axis(op, axis, value.type.rank)


def _order(x: Value, dim: int, *, descending: bool) -> Value:
    return build.argsort(x, dim=dim, count=x.type.shape[dim], descending=descending)
