# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Arithmetic, element by element."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nabla._core import elementwise as e
from nabla._core.apply import apply1
from nabla._core.attributes import integer
from nabla._core.convert import as_value
from nabla._core.dtypes import as_dtype, bool_, float32
from nabla._core.elementwise import FLOAT
from nabla._core.errors import at_user
from nabla._core.tree import wrap
from nabla.functions._support import pointwise
from nabla.functions.comparison import where

if TYPE_CHECKING:
    from nabla._core.dtypes import DTypeLike
    from nabla._core.tensor import Tensor
    from nabla._core.types import TensorLike

__all__ = [
    "abs",
    "add",
    "bitwise_and",
    "bitwise_not",
    "bitwise_or",
    "bitwise_xor",
    "cast",
    "cos",
    "div",
    "exp",
    "floor",
    "floor_divide",
    "log",
    "maximum",
    "minimum",
    "mod",
    "mul",
    "neg",
    "pow",
    "sin",
    "sqrt",
    "stop_gradient",
    "sub",
    "tanh",
]


def _on_bools(op: str, instead: str, x: TensorLike, y: TensorLike) -> Tensor:
    """An op on numbers, or on two bools another one, as in NumPy."""
    operands, weak = e.unify(op, (x, y))
    result = apply1(instead if operands[0].type.dtype is bool_ else op, operands)
    result.weak = weak
    return wrap(result)


def add(x: TensorLike, y: TensorLike) -> Tensor:
    """`x + y`; of two bools, whether either holds."""
    return _on_bools("add", "or", x, y)


def sub(x: TensorLike, y: TensorLike) -> Tensor:
    """`x - y`"""
    return pointwise("sub", x, y)


def mul(x: TensorLike, y: TensorLike) -> Tensor:
    """`x * y`; of two bools, whether both hold."""
    return _on_bools("mul", "and", x, y)


def div(x: TensorLike, y: TensorLike) -> Tensor:
    """`x / y`, in float32 for two tensors of integers."""
    return pointwise("div", x, y, domain=FLOAT)


def floor_divide(x: TensorLike, y: TensorLike) -> Tensor:
    """`x // y`, rounded towards minus infinity."""
    (a, b), _ = e.unify("floor_divide", (x, y), e.NUMBER)
    if a.type.dtype.is_float:
        return floor(wrap(apply1("div", (a, b))))
    quotient, remainder, divisor = wrap(apply1("div", (a, b))), wrap(apply1("rem", (a, b))), wrap(b)
    return where((remainder != 0) & ((remainder < 0) != (divisor < 0)), quotient - 1, quotient)


def mod(x: TensorLike, y: TensorLike) -> Tensor:
    """`x % y`, with the sign of y, as in Python."""
    (a, b), _ = e.unify("mod", (x, y), e.NUMBER)
    remainder, divisor = wrap(apply1("rem", (a, b))), wrap(b)
    return where(
        (remainder != 0) & ((remainder < 0) != (divisor < 0)), remainder + divisor, remainder
    )


def pow(x: TensorLike, y: TensorLike) -> Tensor:
    """`x ** y`. An exponent that is a whole Python number is part of the program.

    A tensor of integers takes no negative exponent (ValueError).
    """
    base = e.operand("pow", x)
    if isinstance(y, (int, float)) and not isinstance(y, (bool, np.generic)) and y == round_(y):
        return _integer_pow(base, y)
    return pointwise("pow", x, y, domain=FLOAT)


def round_(y: float) -> float:
    return float(int(y)) if -64 <= y <= 64 else float("nan")


def _integer_pow(base: object, exponent: float) -> Tensor:
    x = as_value(base, "pow")
    if isinstance(exponent, float) and not x.type.dtype.is_float:
        x = e.convert(x, float32)
    e.accepted("pow", x.type.dtype, e.NUMBER)
    if exponent < 0 and not x.type.dtype.is_float:
        raise ValueError(
            at_user(f"pow: {x.type.dtype.name} to the power of {exponent} is no integer; cast it")
        )
    result = apply1("integer_pow", (x,), (("exponent", integer(int(exponent))),))
    result.weak = x.weak
    return wrap(result)


def maximum(x: TensorLike, y: TensorLike) -> Tensor:
    """The larger of x and y; NaN if either is. Ties share the derivative equally."""
    return pointwise("max", x, y, domain=e.ANY)


def minimum(x: TensorLike, y: TensorLike) -> Tensor:
    """The smaller of x and y; NaN if either is. Ties share the derivative equally."""
    return pointwise("min", x, y, domain=e.ANY)


def neg(x: TensorLike) -> Tensor:
    """`-x`"""
    return pointwise("neg", x)


def abs(x: TensorLike) -> Tensor:
    """The absolute value; its derivative at 0 is 0."""
    return pointwise("abs", x)


def exp(x: TensorLike) -> Tensor:
    """e to the power of x."""
    return pointwise("exp", x, domain=FLOAT)


def log(x: TensorLike) -> Tensor:
    """The natural logarithm."""
    return pointwise("log", x, domain=FLOAT)


def sin(x: TensorLike) -> Tensor:
    """The sine of an angle in radians."""
    return pointwise("sin", x, domain=FLOAT)


def cos(x: TensorLike) -> Tensor:
    """The cosine of an angle in radians."""
    return pointwise("cos", x, domain=FLOAT)


def tanh(x: TensorLike) -> Tensor:
    """The hyperbolic tangent."""
    return pointwise("tanh", x, domain=FLOAT)


def sqrt(x: TensorLike) -> Tensor:
    """The square root."""
    return pointwise("sqrt", x, domain=FLOAT)


def floor(x: TensorLike) -> Tensor:
    """The largest whole number that is not above x; its derivative is 0."""
    return pointwise("floor", x, domain=FLOAT)


def bitwise_and(x: TensorLike, y: TensorLike) -> Tensor:
    """`x & y` of integers or bools."""
    return pointwise("and", x, y, domain=e.BITS)


def bitwise_or(x: TensorLike, y: TensorLike) -> Tensor:
    """`x | y` of integers or bools."""
    return pointwise("or", x, y, domain=e.BITS)


def bitwise_xor(x: TensorLike, y: TensorLike) -> Tensor:
    """`x ^ y` of integers or bools."""
    return pointwise("xor", x, y, domain=e.BITS)


def bitwise_not(x: TensorLike) -> Tensor:
    """`~x` of integers or bools."""
    return pointwise("not", x, domain=e.BITS)


def stop_gradient(x: TensorLike) -> Tensor:
    """x, as a constant to differentiation."""
    return pointwise("stop_gradient", x, domain=e.ANY)


def cast(x: TensorLike, dtype: DTypeLike) -> Tensor:
    """x in another dtype.

    Floats become integers by truncation, saturating at the ends of the range; NaN becomes 0.
    """
    return wrap(e.convert(as_value(x, "cast"), as_dtype(dtype)))
