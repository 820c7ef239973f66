# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Functions of mathematics that are made of others, without loss at their special points."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from nabla._core import elementwise as e
from nabla._core.dtypes import float32
from nabla._core.tree import wrap
from nabla._generated.functions import (
    abs,
    atanh,
    exp,
    exp2,
    is_finite,
    is_inf,
    is_nan,
    log,
    log1p,
    maximum,
    sin,
    sqrt,
    stop_gradient,
)
from nabla.functions._support import as_float, number
from nabla.functions.arithmetic import cast
from nabla.functions.comparison import where

if TYPE_CHECKING:
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = [
    "deg2rad",
    "entr",
    "hypot",
    "logaddexp",
    "logaddexp2",
    "logit",
    "rad2deg",
    "reciprocal",
    "sinc",
    "xlog1py",
    "xlogy",
]


def _floats(op: str, x: TensorLike, y: TensorLike) -> tuple[Tensor, Tensor]:
    (a, b), weak = e.unify(op, (x, y), e.FLOAT)
    a.weak = b.weak = weak
    return wrap(a), wrap(b)


def reciprocal(x: TensorLike) -> Tensor:
    """`1 / x`, in float32 for integers.

    >>> nb.reciprocal(nb.tensor([2.0, 4.0]))
    Tensor([0.5  0.25] : f32[2])
    """
    tensor = as_float("reciprocal", x)
    return number(1, tensor) / tensor


def deg2rad(x: TensorLike) -> Tensor:
    """Degrees in radians: `x * pi / 180`.

    >>> nb.deg2rad(180.0)
    Tensor(3.1416 : f32[])
    """
    tensor = as_float("deg2rad", x)
    return tensor * number(math.pi / 180, tensor)


def rad2deg(x: TensorLike) -> Tensor:
    """Radians in degrees: `x * 180 / pi`.

    >>> nb.rad2deg(nb.pi)
    Tensor(180. : f32[])
    """
    tensor = as_float("rad2deg", x)
    return tensor * number(180 / math.pi, tensor)


def hypot(x: TensorLike, y: TensorLike) -> Tensor:
    """`sqrt(x * x + y * y)`, where the squares may overflow or vanish, too.

    Both are scaled by the same power of two first, which is exact. An infinity wins over NaN.
    The derivative at the origin is 0. ValueError if the shapes do not broadcast.

    >>> nb.hypot(nb.tensor([3.0, 3e30]), nb.tensor([4.0, 4e30]))
    Tensor([5.e+00 5.e+30] : f32[2])
    """
    a, b = _floats("hypot", x, y)
    if a.dtype.bits < 32:
        return cast(hypot(cast(a, float32), cast(b, float32)), a.dtype)
    half = 60 if a.dtype is float32 else 500  # 2^half may be squared, 2^-half not much more
    size = stop_gradient(maximum(abs(a), abs(b)))
    one, shrink, grow = (number(2.0**n, a) for n in (0, -half - 8, half + 30))
    up = where(size < number(2.0**-half, a), grow, one)
    scale = where(size > number(2.0**half, a), shrink, up)
    u, v = a * scale, b * scale
    length = sqrt(u * u + v * v) / scale
    return where(is_inf(a) | is_inf(b), number(math.inf, a), length)


def sinc(x: TensorLike) -> Tensor:
    """`sin(pi x) / (pi x)`, 1 at 0, with derivatives of every order there.

    Where `abs(pi x)` is less than 1 it is the series of the sine, in which nothing cancels.

    >>> nb.sinc(nb.tensor([0.0, 0.5, 1.5]))
    Tensor([ 1.      0.6366 -0.2122] : f32[3])
    """
    tensor = as_float("sinc", x)
    u = tensor * number(math.pi, tensor)
    z = u * u
    series = number(0, tensor)
    for k in range(10, -1, -1):
        series = series * z + number((-1) ** k / math.factorial(2 * k + 1), tensor)
    return where(z < number(1, tensor), series, sin(u) / u)


def logaddexp(x: TensorLike, y: TensorLike) -> Tensor:
    """`log(exp(x) + exp(y))`, without overflow. ValueError if the shapes do not broadcast.

    >>> nb.logaddexp(nb.tensor([0.0, 1000.0]), nb.tensor([0.0, 1000.0]))
    Tensor([   0.6931 1000.6932] : f32[2])
    """
    more, less = _ordered("logaddexp", x, y)
    return _with_infinities(more, less, more + log1p(exp(less - more)))


def logaddexp2(x: TensorLike, y: TensorLike) -> Tensor:
    """`log2(2 ** x + 2 ** y)`, without overflow. ValueError if the shapes do not broadcast.

    >>> nb.logaddexp2(3.0, 3.0)
    Tensor(4. : f32[])
    """
    more, less = _ordered("logaddexp2", x, y)
    share = log1p(exp2(less - more)) * number(1 / math.log(2), more)
    return _with_infinities(more, less, more + share)


def _ordered(op: str, x: TensorLike, y: TensorLike) -> tuple[Tensor, Tensor]:
    """The larger first; chosen, and so as smooth to differentiation as the sum of both is."""
    a, b = _floats(op, x, y)
    is_first = a >= b
    return where(is_first, a, b), where(is_first, b, a)


def _with_infinities(more: Tensor, less: Tensor, total: Tensor) -> Tensor:
    """The sum of two numbers by their logarithms; an infinity less itself is no number."""
    return where(is_finite(more) | is_nan(less), total, more)


def xlogy(x: TensorLike, y: TensorLike) -> Tensor:
    """`x * log(y)`, and 0 where x is 0, whatever y is but NaN.

    The derivative with respect to x is `log(y)`, taken as 0 where x is 0 and that is not
    finite. ValueError if the shapes do not broadcast.

    >>> nb.xlogy(nb.tensor([0.0, 2.0]), nb.tensor([0.0, 3.0]))
    Tensor([0.     2.1972] : f32[2])
    """
    a, b = _floats("xlogy", x, y)
    zero, one = number(0, a), number(1, a)
    drops = (a == zero) & ((b <= zero) | is_inf(b))
    return a * log(where(drops, one, b))


def xlog1py(x: TensorLike, y: TensorLike) -> Tensor:
    """`x * log1p(y)`, and 0 where x is 0, whatever y is but NaN.

    The derivatives are as those of `nb.xlogy`. ValueError if the shapes do not broadcast.

    >>> nb.xlog1py(nb.tensor([0.0, 2.0]), nb.tensor([-1.0, 3.0]))
    Tensor([0.     2.7726] : f32[2])
    """
    a, b = _floats("xlog1py", x, y)
    zero = number(0, a)
    drops = (a == zero) & ((b <= number(-1, a)) | is_inf(b))
    return a * log1p(where(drops, zero, b))


def entr(x: TensorLike) -> Tensor:
    """`-x * log(x)`, the part that a probability has in an entropy; -inf where x is negative.

    At 0 it is 0, and so is its derivative.

    >>> nb.entr(nb.tensor([0.0, 0.5, 1.0]))
    Tensor([0.     0.3466 0.    ] : f32[3])
    """
    tensor = as_float("entr", x)
    zero = number(0, tensor)
    return where(tensor < zero, number(-math.inf, tensor), zero - xlogy(tensor, tensor))


def logit(x: TensorLike) -> Tensor:
    """`log(x / (1 - x))`, the inverse of `nb.sigmoid`; NaN outside of 0 to 1.

    Near 1/2, where it is small, it is `2 * atanh(2 * x - 1)`.

    >>> nb.logit(nb.tensor([0.25, 0.5, 1.0]))
    Tensor([-1.0986  0.         inf] : f32[3])
    """
    tensor = as_float("logit", x)
    one, two = number(1, tensor), number(2, tensor)
    centred = two * tensor - one
    near = abs(centred) < number(0.5, tensor)
    return where(near, two * atanh(centred), log(tensor / (one - tensor)))
