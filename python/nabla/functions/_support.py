# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the functions are made of."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from nabla._core.convert import as_int, as_value
from nabla._core.dtypes import float32
from nabla._core.elementwise import convert
from nabla._core.errors import TracedValueError, at_user
from nabla._core.literals import constant
from nabla._core.tree import wrap
from nabla._core.types import tensor_type
from nabla._generated import build

if TYPE_CHECKING:
    from nabla._core.dtypes import DType
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

Axes: TypeAlias = "int | Sequence[int] | None"


def normalize_axis(op: str, axis: Any, rank: int) -> int:
    """A dimension counted from the front, or IndexError."""
    position = as_int(op, "axis", axis)
    if not -rank <= position < rank:
        raise IndexError(at_user(f"{op}: axis {position} is out of bounds for {rank} dimensions"))
    return position % rank


def axis_list(op: str, axis: Any, rank: int) -> list[int]:
    """One dimension or several, in the order given."""
    given = tuple(axis) if isinstance(axis, (tuple, list)) else (axis,)
    axes = [normalize_axis(op, a, rank) for a in given]
    if len(set(axes)) != len(axes):
        raise ValueError(at_user(f"{op}: axis {given} names a dimension twice"))
    return axes


def normalize_axes(op: str, axis: Axes, rank: int) -> tuple[int, ...]:
    """Dimensions in increasing order; None means all of them."""
    if axis is None:
        return tuple(range(rank))
    return tuple(sorted(axis_list(op, axis, rank)))


def as_shape(op: str, shape: Any, least: int = 0) -> tuple[int, ...]:
    """A shape given as an integer or a sequence of integers, none of which is too small."""
    given = shape if isinstance(shape, (tuple, list)) else (shape,)
    try:
        dims = tuple([operator.index(dim) for dim in given])
    except TracedValueError:
        raise
    except TypeError:
        raise TypeError(at_user(f"{op}: {shape!r} is not a shape")) from None
    if min(dims, default=0) < least:
        raise ValueError(at_user(f"{op}: shape {list(dims)} has a negative extent"))
    return dims


def as_count(op: str, what: str, value: Any) -> int:
    """An argument that must be an integer and not negative."""
    count = as_int(op, what, value)
    if count < 0:
        raise ValueError(at_user(f"{op}: {what} {count} is negative"))
    return count


def iota(dtype: DType, shape: tuple[int, ...], dim: int) -> Tensor:
    """Positions along a dimension."""
    return wrap(build.iota(tensor_type(dtype, shape), dim=dim))


def number(value: float, like: Tensor) -> Tensor:
    """A number that is part of a formula, known to the compiler, in the type of a tensor."""
    result = constant(value, like._value.type)
    result.weak = like._value.weak
    return wrap(result)


def as_float(op: str, x: TensorLike) -> Tensor:
    """x, in float32 if it is not of floats."""
    value = as_value(x, op)
    return wrap(value if value.type.dtype.is_float else convert(value, float32))
