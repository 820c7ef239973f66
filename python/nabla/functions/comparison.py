# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Comparing and choosing, element by element."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nabla._core import elementwise as e
from nabla._core.convert import as_value
from nabla._core.dtypes import bool_
from nabla._core.errors import at_user
from nabla._core.graph import Value
from nabla._core.literals import constant
from nabla._core.tree import wrap
from nabla._core.types import tensor_type
from nabla._generated import build

if TYPE_CHECKING:
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = [
    "equal",
    "greater",
    "greater_equal",
    "less",
    "less_equal",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "not_equal",
    "where",
]


def _compare(name: str, predicate: Any, x: TensorLike, y: TensorLike) -> Tensor:
    (a, b), _ = e.unify(name, (x, y))
    return wrap(build.compare(a, b, predicate=predicate))


def equal(x: TensorLike, y: TensorLike) -> Tensor:
    """`x == y`, a tensor of bools.

    >>> nb.equal(nb.tensor([1, 2]), 2)
    Tensor([False  True] : bool[2])
    """
    return _compare("equal", "eq", x, y)


def not_equal(x: TensorLike, y: TensorLike) -> Tensor:
    """`x != y`, a tensor of bools; NaN differs from all numbers and from itself.

    >>> nb.not_equal(nb.tensor([1, 2]), 2)
    Tensor([ True False] : bool[2])
    """
    return _compare("not_equal", "ne", x, y)


def less(x: TensorLike, y: TensorLike) -> Tensor:
    """`x < y`, a tensor of bools.

    >>> nb.less(nb.tensor([1, 2]), 2)
    Tensor([ True False] : bool[2])
    """
    return _compare("less", "lt", x, y)


def less_equal(x: TensorLike, y: TensorLike) -> Tensor:
    """`x <= y`, a tensor of bools.

    >>> nb.less_equal(nb.tensor([1, 2, 3]), 2)
    Tensor([ True  True False] : bool[3])
    """
    return _compare("less_equal", "le", x, y)


def greater(x: TensorLike, y: TensorLike) -> Tensor:
    """`x > y`, a tensor of bools.

    >>> nb.greater(nb.tensor([2, 3]), 2)
    Tensor([False  True] : bool[2])
    """
    return _compare("greater", "gt", x, y)


def greater_equal(x: TensorLike, y: TensorLike) -> Tensor:
    """`x >= y`, a tensor of bools.

    >>> nb.greater_equal(nb.tensor([1, 2, 3]), 2)
    Tensor([False  True  True] : bool[3])
    """
    return _compare("greater_equal", "ge", x, y)


def truth(name: str, x: TensorLike) -> Value:
    """Whether the elements are not zero; NaN is not."""
    value = as_value(x, name)
    if value.type.dtype is bool_:
        return value
    zero = constant(0, tensor_type(value.type.dtype, value.type.shape))
    return build.compare(value, zero, predicate="ne")


def logical_and(x: TensorLike, y: TensorLike) -> Tensor:
    """Whether x and y are both not zero.

    >>> nb.logical_and(nb.tensor([True, True]), nb.tensor([0, 3]))
    Tensor([False  True] : bool[2])
    """
    (a, b), _ = e.unify("logical_and", (truth("logical_and", x), truth("logical_and", y)))
    return wrap(build.and_(a, b))


def logical_or(x: TensorLike, y: TensorLike) -> Tensor:
    """Whether x or y, or both, are not zero.

    >>> nb.logical_or(nb.tensor([True, False]), nb.tensor([0, 0]))
    Tensor([ True False] : bool[2])
    """
    (a, b), _ = e.unify("logical_or", (truth("logical_or", x), truth("logical_or", y)))
    return wrap(build.or_(a, b))


def logical_xor(x: TensorLike, y: TensorLike) -> Tensor:
    """Whether one of x and y is not zero and the other is.

    >>> nb.logical_xor(nb.tensor([True, False]), nb.tensor([2, 0]))
    Tensor([False False] : bool[2])
    """
    (a, b), _ = e.unify("logical_xor", (truth("logical_xor", x), truth("logical_xor", y)))
    return wrap(build.xor(a, b))


def logical_not(x: TensorLike) -> Tensor:
    """Whether x is zero.

    >>> nb.logical_not(nb.tensor([0.0, 0.5]))
    Tensor([ True False] : bool[2])
    """
    return wrap(build.not_(truth("logical_not", x)))


def where(condition: TensorLike, x: TensorLike, y: TensorLike) -> Tensor:
    """x where the condition holds, else y.

    All three broadcast (else ValueError); x and y promote. The condition is of bools (else
    TypeError). No derivative flows into what is not chosen, be it infinite or NaN.

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
    result = build.select(predicate, *[e.fit(item, dtype, shape) for item in items])
    result.weak = weak
    return wrap(result)
