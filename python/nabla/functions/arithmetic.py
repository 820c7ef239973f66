# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Arithmetic, element by element, where Python adds something to the op of that name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nabla._core import elementwise as e
from nabla._core.convert import as_int, as_value
from nabla._core.dtypes import as_dtype, bool_, float32, int32
from nabla._core.errors import at_user
from nabla._core.tree import wrap
from nabla._generated import build
from nabla._generated.functions import abs, floor, is_finite, maximum, minimum
from nabla.functions._support import number
from nabla.functions.comparison import where

if TYPE_CHECKING:
    from nabla._core.dtypes import DTypeLike
    from nabla._core.graph import Value
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = [
    "add",
    "cast",
    "clip",
    "div",
    "divmod",
    "floor_divide",
    "mod",
    "mul",
    "pow",
    "round",
    "square",
]


def add(x: TensorLike, y: TensorLike) -> Tensor:
    """`x + y`; of two bools, whether either holds.

    Shapes broadcast (else ValueError) and dtypes promote.

    >>> nb.add(nb.tensor([1, 2]), 0.5)
    Tensor([1.5 2.5] : f32[2])
    """
    (a, b), weak = e.unify("add", (x, y))
    result = build.or_(a, b) if a.type.dtype is bool_ else build.add(a, b)
    result.weak = weak
    return wrap(result)


def mul(x: TensorLike, y: TensorLike) -> Tensor:
    """`x * y`; of two bools, whether both hold.

    Shapes broadcast (else ValueError) and dtypes promote.

    >>> nb.mul(nb.tensor([1, 2]), 0.5)
    Tensor([0.5 1. ] : f32[2])
    """
    (a, b), weak = e.unify("mul", (x, y))
    result = build.and_(a, b) if a.type.dtype is bool_ else build.mul(a, b)
    result.weak = weak
    return wrap(result)


def div(x: TensorLike, y: TensorLike) -> Tensor:
    """`x / y`, in float32 for two tensors of integers. ValueError if shapes do not broadcast.

    >>> nb.div(nb.tensor([1, 2]), 4)
    Tensor([0.25 0.5 ] : f32[2])
    """
    return e.pointwise("div", "div", e.FLOAT, x, y)


def floor_divide(x: TensorLike, y: TensorLike) -> Tensor:
    """`x // y`, rounded towards minus infinity as in Python; its derivative is 0.

    An integer divided by 0 gives -1 (all bits set), less 1 if it is negative.

    >>> nb.floor_divide(nb.tensor([7, -7]), 2)
    Tensor([ 3 -4] : i32[2])
    """
    (a, b), weak = e.unify("floor_divide", (x, y), e.NUMBER)
    if a.type.dtype.is_float:
        return _float_floor_divide(a, b, weak)
    quotient, remainder, divisor = wrap(build.div(a, b)), wrap(build.rem(a, b)), wrap(b)
    below = quotient - number(1, quotient)
    result = where(_signs_differ(remainder, divisor), below, quotient)
    result._value.weak = weak
    return result


def _float_floor_divide(a: Value, b: Value, weak: bool) -> Tensor:
    """By the remainder, for `x / y` may round up to the next whole number (1 // 0.1 is 9)."""
    x, y, remainder = wrap(a), wrap(b), wrap(build.rem(a, b))
    exact = wrap(build.round_(((x - remainder) / y)._value))
    below = where(_signs_differ(remainder, y), exact - number(1, x), exact)
    result = where(y == number(0, y), floor(x / y), below)
    result._value.weak = weak
    return result


def mod(x: TensorLike, y: TensorLike) -> Tensor:
    """`x % y`, with the sign of y, as in Python; `nb.fmod` has the sign of x.

    >>> nb.mod(nb.tensor([7, -7]), 3)
    Tensor([1 2] : i32[2])
    """
    (a, b), weak = e.unify("mod", (x, y), e.NUMBER)
    remainder, divisor = wrap(build.rem(a, b)), wrap(b)
    result = where(_signs_differ(remainder, divisor), remainder + divisor, remainder)
    result._value.weak = weak
    return result


def divmod(x: TensorLike, y: TensorLike) -> tuple[Tensor, Tensor]:
    """`nb.floor_divide(x, y)` and `nb.mod(x, y)`.

    >>> nb.divmod(nb.tensor([7, -7]), 3)
    (Tensor([ 2 -3] : i32[2]), Tensor([1 2] : i32[2]))
    """
    return floor_divide(x, y), mod(x, y)


def _signs_differ(remainder: Tensor, divisor: Tensor) -> Tensor:
    zero = number(0, divisor)
    return (remainder != zero) & ((remainder < zero) != (divisor < zero))


def pow(x: TensorLike, y: TensorLike) -> Tensor:
    """`x ** y`. An exponent that is a whole Python number is part of the program.

    Integers to the power of integers are integers, which wrap around. A negative Python
    number is no exponent for them (ValueError); in a tensor it gives 0, but 1 or -1 for the
    bases 1 and -1. ValueError if the shapes do not broadcast.

    >>> nb.pow(nb.tensor([1.0, 2.0, 3.0]), 2)
    Tensor([1. 4. 9.] : f32[3])
    """
    base = e.operand("pow", x)
    exponent = _whole(y)
    if exponent is not None:
        return _integer_pow(as_value(base, "pow"), exponent, isinstance(y, float))
    (a, b), weak = e.unify("pow", (base, y), e.NUMBER)
    result = build.pow_(a, b) if a.type.dtype.is_float else _power_of_integers(a, b)
    result.weak = weak
    return wrap(result)


def _whole(y: TensorLike) -> int | None:
    """An exponent that repeated multiplication serves well."""
    if not isinstance(y, (int, float)) or isinstance(y, (bool, np.generic)):
        return None
    return int(y) if -64 <= y <= 64 and y == int(y) else None


def _integer_pow(x: Value, exponent: int, from_float: bool) -> Tensor:
    if from_float and not x.type.dtype.is_float:
        x = e.convert(x, float32)
    elif x.type.dtype is bool_:
        x = e.convert(x, int32)  # that of a bool and a Python integer
    e.accepted("pow", x.type.dtype, e.NUMBER)
    if exponent < 0 and not x.type.dtype.is_float:
        raise ValueError(
            at_user(f"pow: {x.type.dtype.name} to the power of {exponent} is no integer; cast it")
        )
    result = build.integer_pow(x, exponent=exponent)
    result.weak = x.weak
    return wrap(result)


def _power_of_integers(a: Value, b: Value) -> Value:
    """Square and multiply, bit by bit of the exponent."""
    base, exponent = wrap(a), wrap(b)
    result, zero, square = number(1, base), number(0, base), base
    is_signed = a.type.dtype.kind == "int"
    bits = a.type.dtype.bits - is_signed
    for bit in range(bits):
        is_set = (exponent & number(1 << bit, base)) != zero
        result = where(is_set, result * square, result)
        if bit + 1 < bits:
            square = square * square
    if is_signed:
        is_unit = abs(base) == number(1, base)
        result = where((exponent < zero) & ~is_unit, zero, result)
    return result._value


def round(x: TensorLike, decimals: int = 0) -> Tensor:
    """x rounded to so many decimals, ties to the even neighbour; its derivative is 0.

    A negative number of decimals rounds to tens, hundreds and so on. Floats are scaled,
    rounded and scaled back, as in NumPy. TypeError for tens of bools.

    >>> nb.round(nb.tensor([0.5, 1.5, 1.7]))
    Tensor([0. 2. 2.] : f32[3])
    >>> nb.round(nb.tensor([3.14159, 1.25]), 1)
    Tensor([3.1 1.2] : f32[2])
    """
    value, places = as_value(x, "round"), as_int("round", "decimals", decimals)
    dtype = value.type.dtype
    if not dtype.is_float:
        return wrap(value) if places >= 0 else _round_to_tens(value, -places)
    if places == 0:
        result = wrap(build.round_(value))
    elif dtype.bits < 32:
        result = cast(round(cast(wrap(value), float32), places), dtype)
    else:
        result = _round_to_places(wrap(value), places)
    result._value.weak = value.weak
    return result


def _round_to_places(x: Tensor, places: int) -> Tensor:
    most = 38 if x.dtype is float32 else 308
    if places > most:
        return x
    if places < -most:
        return where(is_finite(x), number(0, x), x)
    scale = number(10.0 ** np.abs(places), x)
    scaled = x * scale if places > 0 else x / scale
    whole = wrap(build.round_(scaled._value))
    return where(is_finite(scaled), whole / scale if places > 0 else whole * scale, x)


def _round_to_tens(value: Value, tens: int) -> Tensor:
    dtype = e.accepted("round", value.type.dtype, e.NUMBER)
    x = wrap(value)
    unit = 10**tens
    if unit >= 1 << (dtype.bits - (dtype.kind == "int")):
        return number(0, x)
    step, one = number(unit, x), number(1, x)
    count, rest = divmod(x, step)
    left = step - rest
    is_odd = mod(count, number(2, x)) == one
    goes_up = (rest > left) | ((rest == left) & is_odd)
    return where(goes_up, count + one, count) * step


def clip(x: TensorLike, min: TensorLike | None = None, max: TensorLike | None = None) -> Tensor:
    """x, but no less than `min` and no more than `max`; None is no bound.

    The derivative is that of `nb.maximum` and `nb.minimum`: half at a bound.

    >>> nb.clip(nb.tensor([-1.0, 0.5, 2.0]), 0.0, 1.0)
    Tensor([0.  0.5 1. ] : f32[3])
    """
    result = wrap(as_value(x, "clip"))
    if min is not None:
        result = maximum(result, min)
    return result if max is None else minimum(result, max)


def cast(x: TensorLike, dtype: DTypeLike = float32) -> Tensor:
    """x in another dtype.

    Floats become integers by truncation, saturating at the ends of the range; NaN becomes 0.
    Integers wrap around. Anything but zero becomes True.

    >>> nb.cast(nb.tensor([-1.5, 2.7]), nb.int32)
    Tensor([-1  2] : i32[2])
    """
    return wrap(e.convert(as_value(x, "cast"), as_dtype(dtype)))


def square(x: TensorLike) -> Tensor:
    """`x * x`.

    >>> nb.square(nb.tensor([1.0, -3.0]))
    Tensor([1. 9.] : f32[2])
    """
    value = wrap(as_value(x, "square"))
    return mul(value, value)
