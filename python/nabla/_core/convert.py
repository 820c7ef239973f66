# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Arrays, lists and numbers as values."""

from __future__ import annotations

from typing import Any

import numpy as np

from nabla import _nabla
from nabla._core.dtypes import BY_MLIR, DType, as_dtype, float32, int32
from nabla._core.elementwise import convert, operand
from nabla._core.errors import at_user
from nabla._core.graph import Value
from nabla._core.literals import from_numpy, leaf, scalar, scalar_dtype
from nabla._core.tree import Handle, value_of
from nabla._core.types import tensor_type


def as_value(item: Any, what: str) -> Value:
    """A tensor, an array or a Python number as a value; numbers are weak."""
    found = operand(what, item)
    if isinstance(found, Value):
        return found
    value = scalar(found, tensor_type(scalar_dtype(found), ()))
    value.weak = not isinstance(found, bool)
    return value


def is_array(item: Any) -> bool:
    """Whether an item is a tensor, an array or a Python number."""
    return isinstance(item, (Handle, np.ndarray, np.generic, bool, int, float))


def alias(array: Any) -> Value:
    """A leaf that shares memory with a DLPack array, where its layout allows."""
    if isinstance(array, Handle):
        return value_of(array)
    if isinstance(array, (np.ndarray, np.generic)):
        return from_numpy(np.asarray(array), copy=False)
    if not hasattr(array, "__dlpack__"):
        raise TypeError(
            at_user(f"from_dlpack: {type(array).__name__} has no __dlpack__; use nb.tensor")
        )
    buffer = _nabla.Buffer.from_dlpack(array)
    return leaf(buffer, tensor_type(BY_MLIR[buffer.dtype], tuple(buffer.shape)))


def copy_of(data: Any, dtype: DType | None) -> Value:
    """A value with the elements of `data`: an array, a number, or nested lists."""
    if isinstance(data, Handle):
        value = value_of(data)
    elif isinstance(data, (np.ndarray, np.generic)):
        value = from_numpy(np.asarray(data))
    elif hasattr(data, "__dlpack__"):
        buffer = _nabla.Buffer.from_dlpack(data, True)
        value = leaf(buffer, tensor_type(BY_MLIR[buffer.dtype], tuple(buffer.shape)))
    else:
        return _from_python(data, dtype)
    return value if dtype is None else convert(value, dtype)


def _from_python(data: Any, dtype: DType | None) -> Value:
    if isinstance(data, (bool, int, float)):
        return scalar(data, tensor_type(dtype or scalar_dtype(data), ()))
    try:
        array = np.array(data)
    except ValueError as error:
        raise ValueError(at_user(f"tensor: {error}")) from None
    if dtype is None:
        dtype = _default(array)
    with np.errstate(over="ignore"):
        return from_numpy(array.astype(dtype.to_numpy()))


def _default(array: np.ndarray[Any, Any]) -> DType:
    """Floats of lists are float32, integers int32 if they fit."""
    if array.dtype == np.float64:
        return float32
    if array.dtype == np.int64:
        fits = array.size == 0 or (array.min() >= -(2**31) and array.max() < 2**31)
        return int32 if fits else as_dtype(np.int64)
    try:
        return as_dtype(array.dtype)
    except TypeError as error:
        raise TypeError(at_user(f"tensor: {error}")) from None


def unpickle(array: np.ndarray[Any, Any], dtype: str) -> Any:
    from nabla._core.tensor import Tensor

    return Tensor(from_numpy(array.astype(as_dtype(dtype).to_numpy())))
