# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the functions are made of."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from nabla._core.attributes import Attributes
from nabla._core.elementwise import NUMBER, elementwise
from nabla._core.errors import at_user
from nabla._core.tree import wrap

if TYPE_CHECKING:
    from nabla._core.tensor import Tensor
    from nabla._core.types import TensorLike

Axes: TypeAlias = "int | Sequence[int] | None"


def pointwise(
    op: str, *args: TensorLike, domain: str = NUMBER, attributes: Attributes = ()
) -> Tensor:
    """Record an elementwise op and wrap its result."""
    return wrap(elementwise(op, *args, domain=domain, attributes=attributes))


def normalize_axis(op: str, axis: Any, rank: int) -> int:
    """A dimension counted from the front, or IndexError."""
    position = operator.index(axis)
    if not -rank <= position < rank:
        raise IndexError(at_user(f"{op}: axis {position} is out of bounds for {rank} dimensions"))
    return position % rank


def normalize_axes(op: str, axis: Axes, rank: int) -> tuple[int, ...]:
    """Dimensions in increasing order; None means all of them."""
    if axis is None:
        return tuple(range(rank))
    given = axis if isinstance(axis, (tuple, list)) else (axis,)
    axes = sorted(normalize_axis(op, a, rank) for a in given)
    if len(set(axes)) != len(axes):
        raise ValueError(at_user(f"{op}: axis {tuple(given)} names a dimension twice"))
    return tuple(axes)


def as_shape(op: str, shape: Any) -> tuple[int, ...]:
    """A shape given as an integer or a sequence of integers."""
    try:
        dims = (
            (operator.index(shape),)
            if not isinstance(shape, (tuple, list))
            else tuple(operator.index(dim) for dim in shape)
        )
    except TypeError:
        raise TypeError(at_user(f"{op}: {shape!r} is not a shape")) from None
    return dims
