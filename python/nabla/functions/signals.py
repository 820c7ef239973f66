# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Convolutions of vectors, and polynomials, whose products these are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nabla._core import elementwise as e
from nabla._core.convert import as_int, as_value
from nabla._core.errors import at_user
from nabla._core.tree import wrap
from nabla.functions._support import as_float, iota, number
from nabla.functions.creation import zeros, zeros_like
from nabla.functions.joining import concatenate, pad
from nabla.functions.shape import broadcast_to, flip, reshape
from nabla.functions.windows import convolution

if TYPE_CHECKING:
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = [
    "convolve",
    "correlate",
    "polyadd",
    "polyder",
    "polyint",
    "polymul",
    "polysub",
    "polyval",
]

MODES = ("full", "same", "valid")


def convolve(x: TensorLike, y: TensorLike, mode: str = "full") -> Tensor:
    """Sums of products of x with y reversed, at each place where they overlap.

    "full" is all of these, "same" the middle ones, as many as the longer has elements, "valid"
    those where the shorter lies within the longer. ValueError if x or y is not a vector, or is
    empty, or for another mode.

    >>> nb.convolve(nb.tensor([1.0, 2.0, 3.0]), nb.tensor([0.0, 1.0, 0.5]))
    Tensor([0.  1.  2.5 4.  1.5] : f32[5])
    """
    a, b = _vectors("convolve", x, y, mode)
    if b.numel() > a.numel():
        a, b = b, a
    return _slide(a, flip(b), mode, b.numel() // 2)


def correlate(x: TensorLike, y: TensorLike, mode: str = "valid") -> Tensor:
    """Sums of products of x with y, at each place where they overlap.

    The modes are those of `nb.convolve`, as are its errors.

    >>> nb.correlate(nb.tensor([1.0, 2.0, 3.0]), nb.tensor([0.0, 1.0, 0.5]), "same")
    Tensor([2.  3.5 3. ] : f32[3])
    """
    a, b = _vectors("correlate", x, y, mode)
    if b.numel() <= a.numel():
        return _slide(a, b, mode, b.numel() // 2)
    # What the longer one meets in turn, the shorter one meets from the end.
    return flip(_slide(b, a, mode, (a.numel() - 1) // 2))


def _vectors(op: str, x: TensorLike, y: TensorLike, mode: str) -> tuple[Tensor, Tensor]:
    if mode not in MODES:
        raise ValueError(at_user(f"{op}: mode {mode!r} is not one of {', '.join(MODES)}"))
    values = [as_value(item, op) for item in (x, y)]
    for value in values:
        if value.type.rank != 1 or not value.type.size:
            raise ValueError(at_user(f"{op}: shape {list(value.type.shape)} is no vector to slide"))
    dtype, _ = e.common_dtype(values)
    dtype = e.accepted(op, dtype, e.NUMBER)
    a, b = (wrap(e.convert(value, dtype)) for value in values)
    return a, b


def _slide(x: Tensor, kernel: Tensor, mode: str, before: int) -> Tensor:
    """The kernel moved along x, which is no shorter."""
    over = kernel.numel() - 1
    low, high = {"full": (over, over), "same": (before, over - before), "valid": (0, 0)}[mode]
    seen = convolution(reshape(x, (1, -1, 1)), reshape(kernel, (-1, 1, 1)), padding=[(low, high)])
    return reshape(seen, (-1,))


def polyval(p: TensorLike, x: TensorLike) -> Tensor:
    """The polynomial with the coefficients p, that of the highest power first, at each x.

    By Horner's rule. ValueError if p is not a vector.

    >>> nb.polyval(nb.tensor([1.0, 0.0, -2.0]), nb.tensor([2.0, 3.0]))
    Tensor([2. 7.] : f32[2])
    """
    terms = _coefficients("polyval", p)
    place = wrap(as_value(x, "polyval"))
    if not terms.numel():
        return zeros_like(place)
    total = terms[0]
    for i in range(1, terms.numel()):
        total = total * place + terms[i]
    return broadcast_to(total, place.shape)


def _coefficients(op: str, p: TensorLike) -> Tensor:
    tensor = wrap(as_value(p, op))
    if tensor.ndim != 1:
        raise ValueError(at_user(f"{op}: coefficients of shape {list(tensor.shape)} are no vector"))
    return tensor


def _aligned(op: str, p: TensorLike, q: TensorLike) -> tuple[Tensor, Tensor]:
    """Both with as many coefficients as the longer one."""
    a, b = _coefficients(op, p), _coefficients(op, q)
    size = max(a.numel(), b.numel())
    return pad(a, [(size - a.numel(), 0)]), pad(b, [(size - b.numel(), 0)])


def polyadd(p: TensorLike, q: TensorLike) -> Tensor:
    """The sum of two polynomials, highest powers first.

    >>> nb.polyadd(nb.tensor([1, 2]), nb.tensor([1, 0, 0]))
    Tensor([1 1 2] : i32[3])
    """
    a, b = _aligned("polyadd", p, q)
    return a + b


def polysub(p: TensorLike, q: TensorLike) -> Tensor:
    """The difference of two polynomials, highest powers first.

    >>> nb.polysub(nb.tensor([1, 2]), nb.tensor([1, 0, 0]))
    Tensor([-1  1  2] : i32[3])
    """
    a, b = _aligned("polysub", p, q)
    return a - b


def polymul(p: TensorLike, q: TensorLike) -> Tensor:
    """The product of two polynomials, highest powers first. ValueError if one is empty.

    >>> nb.polymul(nb.tensor([1, 1]), nb.tensor([1, -1]))
    Tensor([ 1  0 -1] : i32[3])
    """
    return convolve(_coefficients("polymul", p), _coefficients("polymul", q))


def polyder(p: TensorLike, m: int = 1) -> Tensor:
    """The m-th derivative of a polynomial, highest powers first. ValueError if m is negative.

    >>> nb.polyder(nb.tensor([1.0, 2.0, 3.0]))
    Tensor([2. 2.] : f32[2])
    """
    terms, order = _coefficients("polyder", p), as_int("polyder", "m", m)
    if order < 0:
        raise ValueError(at_user(f"polyder: m {order} is negative"))
    for _ in range(order):
        terms = terms[:-1] * _powers(terms[:-1])
    return terms


def _powers(terms: Tensor) -> Tensor:
    """The exponents, raised by one, of the powers that the terms belong to."""
    places = iota(terms.dtype, (terms.numel(),), 0)
    return number(terms.numel(), places) - places


def polyint(p: TensorLike, m: int = 1, k: float = 0) -> Tensor:
    """The m-th integral of a polynomial, highest powers first, with k as its constant.

    ValueError if m is negative.

    >>> nb.polyint(nb.tensor([2.0, 2.0]), k=3.0)
    Tensor([1. 2. 3.] : f32[3])
    """
    terms, order = _coefficients("polyint", as_float("polyint", p)), as_int("polyint", "m", m)
    if order < 0:
        raise ValueError(at_user(f"polyint: m {order} is negative"))
    for _ in range(order):
        last = zeros((1,), dtype=terms.dtype) + k
        terms = concatenate([terms / _powers(terms), last.astype(terms.dtype)])
    return terms
