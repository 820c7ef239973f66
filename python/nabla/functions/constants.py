# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Numbers with a name, and what is known of dtypes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from nabla._core.convert import is_array
from nabla._core.dtypes import as_dtype
from nabla._core.elementwise import common_dtype, operand
from nabla._core.errors import at_user

if TYPE_CHECKING:
    from nabla._core.dtypes import DType, DTypeLike

__all__ = [
    "e",
    "euler_gamma",
    "finfo",
    "iinfo",
    "inf",
    "nan",
    "newaxis",
    "pi",
    "result_type",
]

e = math.e
euler_gamma = 0.5772156649015329
inf = math.inf
nan = math.nan
newaxis = None
pi = math.pi


def finfo(dtype: DTypeLike) -> Any:
    """The limits of a dtype of floats, as `np.finfo`: `eps`, `max`, `tiny` and others.

    TypeError if it is not of floats.

    >>> float(nb.finfo(nb.float32).eps)
    1.1920928955078125e-07
    """
    found = as_dtype(dtype)
    if not found.is_float:
        raise TypeError(at_user(f"finfo: {found.name} is not of floats"))
    if found.name != "bfloat16":
        return np.finfo(found.to_numpy())
    import ml_dtypes

    return ml_dtypes.finfo(found.to_numpy())


def iinfo(dtype: DTypeLike) -> Any:
    """The limits of a dtype of integers, as `np.iinfo`: `min` and `max`.

    TypeError if it is not of integers.

    >>> nb.iinfo(nb.int8).max
    127
    """
    found = as_dtype(dtype)
    if found.kind not in ("int", "uint"):
        raise TypeError(at_user(f"iinfo: {found.name} is not of integers"))
    return np.iinfo(found.to_numpy())


def result_type(*items: Any) -> DType:
    """The dtype of an operation on these: tensors, arrays, Python numbers and dtypes.

    A Python number takes the dtype of what it meets. ValueError for no argument.

    >>> nb.result_type(nb.ones((2,), dtype=nb.float16), 2.0)
    DType.float16
    """
    if not items:
        raise ValueError(at_user("result_type expects at least one argument"))
    found = [
        operand("result_type", item if is_array(item) else np.zeros((), as_dtype(item).to_numpy()))
        for item in items
    ]
    return common_dtype(found)[0]
