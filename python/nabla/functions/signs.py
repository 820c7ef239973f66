# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Signs, infinities and NaN, element by element."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from nabla._core import elementwise as e
from nabla._core.convert import as_value
from nabla._core.dtypes import bool_
from nabla._core.tree import wrap
from nabla._generated.functions import abs, is_nan, maximum, minimum
from nabla.functions._support import as_float, number
from nabla.functions.comparison import where
from nabla.functions.creation import zeros

if TYPE_CHECKING:
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = [
    "copysign",
    "fabs",
    "fmax",
    "fmin",
    "heaviside",
    "isneginf",
    "isposinf",
    "nan_to_num",
    "positive",
    "signbit",
]


def positive(x: TensorLike) -> Tensor:
    """`+x`: x as it is.

    >>> nb.positive(nb.tensor([-1, 2]))
    Tensor([-1  2] : i32[2])
    """
    return wrap(as_value(x, "positive"))


def fabs(x: TensorLike) -> Tensor:
    """The absolute value in floats; float32 for integers.

    >>> nb.fabs(nb.tensor([-1, 2]))
    Tensor([1. 2.] : f32[2])
    """
    return abs(as_float("fabs", x))


def signbit(x: TensorLike) -> Tensor:
    """Whether x is negative, or the zero that is written -0; NaN has no sign here.

    >>> nb.signbit(nb.tensor([-1.0, -0.0, 0.0]))
    Tensor([ True  True False] : bool[3])
    """
    value = as_value(x, "signbit")
    tensor = wrap(value)
    if value.type.dtype is bool_:
        return zeros(value.type.shape, dtype=bool_)
    zero = number(0, tensor)
    if not value.type.dtype.is_float:
        return tensor < zero
    return (tensor < zero) | ((tensor == zero) & (number(1, tensor) / tensor < zero))


def copysign(x: TensorLike, y: TensorLike) -> Tensor:
    """x with the sign of y, which a zero has too. ValueError if the shapes do not broadcast.

    >>> nb.copysign(nb.tensor([1.0, -2.0]), nb.tensor([-0.0, 3.0]))
    Tensor([-1.  2.] : f32[2])
    """
    (a, b), weak = e.unify("copysign", (x, y), e.FLOAT)
    size = abs(wrap(a))
    result = where(signbit(wrap(b)), -size, size)
    result._value.weak = weak
    return result


def heaviside(x: TensorLike, h0: TensorLike) -> Tensor:
    """0 where x is negative, 1 where it is positive, `h0` at 0; NaN stays NaN.

    The derivative with respect to x is 0. ValueError if the shapes do not broadcast.

    >>> nb.heaviside(nb.tensor([-1.5, 0.0, 2.0]), 0.5)
    Tensor([0.  0.5 1. ] : f32[3])
    """
    (a, b), weak = e.unify("heaviside", (x, h0), e.FLOAT)
    tensor = wrap(a)
    zero = number(0, tensor)
    step = where(tensor > zero, number(1, tensor), number(math.nan, tensor))
    step = where(tensor == zero, wrap(b), where(tensor < zero, zero, step))
    step._value.weak = weak
    return step


def fmax(x: TensorLike, y: TensorLike) -> Tensor:
    """The larger of x and y, where one is NaN the other; `nb.maximum` gives NaN.

    >>> nb.fmax(nb.tensor([1.0, float("nan")]), 0.0)
    Tensor([1. 0.] : f32[2])
    """
    a, b, weak = _two("fmax", x, y)
    return _without_nan(a, b, maximum(a, b), weak)


def fmin(x: TensorLike, y: TensorLike) -> Tensor:
    """The smaller of x and y, where one is NaN the other; `nb.minimum` gives NaN.

    >>> nb.fmin(nb.tensor([1.0, float("nan")]), 0.0)
    Tensor([0. 0.] : f32[2])
    """
    a, b, weak = _two("fmin", x, y)
    return _without_nan(a, b, minimum(a, b), weak)


def _two(op: str, x: TensorLike, y: TensorLike) -> tuple[Tensor, Tensor, bool]:
    (a, b), weak = e.unify(op, (x, y))
    return wrap(a), wrap(b), weak


def _without_nan(a: Tensor, b: Tensor, chosen: Tensor, weak: bool) -> Tensor:
    if a.dtype.is_float:
        chosen = where(is_nan(a), b, where(is_nan(b), a, chosen))
    chosen._value.weak = weak
    return chosen


def isposinf(x: TensorLike) -> Tensor:
    """Whether x is positive infinity.

    >>> nb.isposinf(nb.tensor([float("inf"), float("-inf"), 0.0]))
    Tensor([ True False False] : bool[3])
    """
    tensor = as_float("isposinf", x)
    return tensor == number(math.inf, tensor)


def isneginf(x: TensorLike) -> Tensor:
    """Whether x is negative infinity.

    >>> nb.isneginf(nb.tensor([float("inf"), float("-inf"), 0.0]))
    Tensor([False  True False] : bool[3])
    """
    tensor = as_float("isneginf", x)
    return tensor == number(-math.inf, tensor)


def nan_to_num(
    x: TensorLike,
    nan: TensorLike = 0.0,
    posinf: TensorLike | None = None,
    neginf: TensorLike | None = None,
) -> Tensor:
    """x with `nan`, `posinf` and `neginf` in place of NaN and the infinities.

    The infinities become the largest and the lowest number of the dtype if nothing else is
    said. What is not of floats comes back as it is. No derivative flows into what is replaced.

    >>> nb.nan_to_num(nb.tensor([float("nan"), float("inf"), 1.0]), posinf=9.0)
    Tensor([0. 9. 1.] : f32[3])
    """
    value = as_value(x, "nan_to_num")
    tensor, dtype = wrap(value), value.type.dtype
    if not dtype.is_float:
        return tensor
    top = float(_largest(dtype.to_numpy()))
    high = number(top, tensor) if posinf is None else _like(posinf, tensor)
    low = number(-top, tensor) if neginf is None else _like(neginf, tensor)
    result = where(is_nan(tensor), _like(nan, tensor), tensor)
    result = where(isposinf(tensor), high, result)
    result = where(isneginf(tensor), low, result)
    result._value.weak = value.weak
    return result


def _largest(dtype: np.dtype) -> float:  # type: ignore[type-arg]
    if dtype.name == "bfloat16":
        return (2 - 2**-7) * 2.0**127
    return float(np.finfo(dtype).max)


def _like(item: TensorLike, x: Tensor) -> Tensor:
    """A replacement, in the dtype of x."""
    found = e.operand("nan_to_num", item)
    shape = e.common_shape("nan_to_num", [x._value, found])
    e.check_broadcasts("nan_to_num", shape, tuple(map(int, x.shape)))
    return wrap(e.fit(found, x.dtype, shape))
