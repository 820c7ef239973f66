# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Whether numbers are equal but for rounding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nabla._core import elementwise as e
from nabla._core.dtypes import float32, float64
from nabla._core.tree import wrap
from nabla._generated.functions import abs, is_finite, is_nan
from nabla.functions.comparison import where
from nabla.functions.reduction import all

if TYPE_CHECKING:
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = ["allclose", "isclose"]


def isclose(
    x: TensorLike,
    y: TensorLike,
    rtol: float = 1e-5,
    atol: float = 1e-8,
    equal_nan: bool = False,
) -> Tensor:
    """`abs(x - y) <= atol + rtol * abs(y)`, a tensor of bools, as in NumPy.

    An infinity is close to itself only; NaN to nothing, unless `equal_nan`.

    >>> nb.isclose(nb.tensor([1.0, 2.0]), nb.tensor([1.000001, 2.1]))
    Tensor([ True False] : bool[2])
    """
    operands, _ = e.unify("isclose", (x, y))
    dtype = operands[0].type.dtype
    wide = (float32 if dtype.bits < 32 else dtype) if dtype.is_float else float64
    a, b = [wrap(e.convert(value, wide)) for value in operands]
    near = abs(a - b) <= atol + rtol * abs(b)
    close = where(is_finite(b), near, a == b)
    return close | (is_nan(a) & is_nan(b)) if equal_nan else close


def allclose(
    x: TensorLike,
    y: TensorLike,
    rtol: float = 1e-5,
    atol: float = 1e-8,
    equal_nan: bool = False,
) -> Tensor:
    """Whether all elements are close: `nb.all(nb.isclose(x, y))`, one bool.

    >>> bool(nb.allclose(nb.tensor([1.0, 2.0]), nb.tensor([1.000001, 2.0])))
    True
    """
    return all(isclose(x, y, rtol, atol, equal_nan))
