# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Choosing among several tensors, and comparing whole ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nabla._core import elementwise as e
from nabla._core.convert import as_value
from nabla._core.dtypes import bool_
from nabla._core.errors import at_user
from nabla._core.tree import wrap
from nabla._generated.functions import is_nan
from nabla.functions.comparison import where
from nabla.functions.creation import zeros
from nabla.functions.reduction import all

if TYPE_CHECKING:
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = ["array_equal", "select"]


def select(
    conditions: Sequence[TensorLike], choices: Sequence[TensorLike], default: TensorLike = 0
) -> Tensor:
    """Each element from the first choice whose condition holds there, else the default.

    All broadcast, and choices promote. ValueError if there are not as many choices as
    conditions, or none; TypeError for a condition that is not of bools.

    >>> x = nb.tensor([-2.0, 0.5, 3.0])
    >>> nb.select([x < 0, x > 1], [-x, x * 10])
    Tensor([ 2.  0. 30.] : f32[3])
    """
    if len(conditions) != len(choices) or not len(choices):
        raise ValueError(
            at_user(f"select: {len(conditions)} conditions for {len(choices)} choices")
        )
    items = [as_value(item, "select") for item in (*choices, default)]
    dtype, weak = e.common_dtype(items)
    *values, result = (wrap(e.convert(item, dtype)) for item in items)
    for condition, value in zip(reversed(conditions), reversed(values), strict=True):
        result = where(condition, value, result)
    result._value.weak = weak
    return result


def array_equal(x: TensorLike, y: TensorLike, equal_nan: bool = False) -> Tensor:
    """Whether x and y have one shape and equal elements, one bool.

    NaN is equal to nothing, unless `equal_nan`.

    >>> bool(nb.array_equal(nb.tensor([1, 2]), nb.tensor([1.0, 2.0])))
    True
    """
    a, b = wrap(as_value(x, "array_equal")), wrap(as_value(y, "array_equal"))
    if a.shape != b.shape:
        return zeros((), dtype=bool_)
    same = a == b
    if equal_nan and a.dtype.is_float and b.dtype.is_float:
        same = same | (is_nan(a) & is_nan(b))
    return all(same)
