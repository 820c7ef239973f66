# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Comparing and choosing, element by element."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nabla._core import elementwise as e
from nabla._core.apply import apply1
from nabla._core.dtypes import bool_
from nabla._core.errors import at_user
from nabla._core.graph import Value
from nabla._core.tree import wrap

if TYPE_CHECKING:
    from nabla._core.tensor import Tensor
    from nabla._core.types import TensorLike

__all__ = ["equal", "greater", "greater_equal", "less", "less_equal", "not_equal", "where"]


def _compare(op: str, predicate: str, x: TensorLike, y: TensorLike) -> Tensor:
    operands, _ = e.unify(op, (x, y))
    attribute = (("predicate", f"#nabla<predicate {predicate}>"),)
    return wrap(apply1("compare", operands, attribute))


def equal(x: TensorLike, y: TensorLike) -> Tensor:
    """`x == y`, a tensor of bools."""
    return _compare("equal", "eq", x, y)


def not_equal(x: TensorLike, y: TensorLike) -> Tensor:
    """`x != y`, a tensor of bools."""
    return _compare("not_equal", "ne", x, y)


def less(x: TensorLike, y: TensorLike) -> Tensor:
    """`x < y`, a tensor of bools."""
    return _compare("less", "lt", x, y)


def less_equal(x: TensorLike, y: TensorLike) -> Tensor:
    """`x <= y`, a tensor of bools."""
    return _compare("less_equal", "le", x, y)


def greater(x: TensorLike, y: TensorLike) -> Tensor:
    """`x > y`, a tensor of bools."""
    return _compare("greater", "gt", x, y)


def greater_equal(x: TensorLike, y: TensorLike) -> Tensor:
    """`x >= y`, a tensor of bools."""
    return _compare("greater_equal", "ge", x, y)


def where(condition: TensorLike, x: TensorLike, y: TensorLike) -> Tensor:
    """x where the condition holds, else y.

    >>> nb.where(nb.tensor([True, False]), 1.0, nb.tensor([5.0, 6.0]))
    Tensor([1. 6.] : f32[2])
    """
    chosen = e.operand("where", condition)
    items = [e.operand("where", x), e.operand("where", y)]
    dtype, weak = e.common_dtype(items)
    shape = e.common_shape("where", [chosen, *items])
    if isinstance(chosen, Value):
        kind = chosen.type.dtype
        if kind is not bool_:
            raise TypeError(at_user(f"where: the condition is of {kind.name}, not of bool"))
    elif not isinstance(chosen, bool):
        raise TypeError(at_user(f"where: the condition {chosen!r} is not a bool"))
    predicate = e.fit(chosen, bool_, shape)
    result = apply1("select", (predicate, *[e.fit(item, dtype, shape) for item in items]))
    result.weak = weak
    return wrap(result)
