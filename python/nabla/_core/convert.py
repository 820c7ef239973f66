# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Arrays, lists and numbers as values."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from nabla import _nabla
from nabla._core.apply import apply1
from nabla._core.attributes import integer
from nabla._core.dtypes import DType, as_dtype, float32, int32
from nabla._core.elementwise import check_own, common_dtype, convert, operand, reshape
from nabla._core.errors import TracedValueError, at_user
from nabla._core.graph import Value
from nabla._core.literals import check_fits, from_numpy, of_buffer, scalar, scalar_dtype
from nabla._core.tree import Handle, value_of, wrap
from nabla._core.types import tensor_type


def as_value(item: Any, what: str) -> Value:
    """A tensor, an array or a Python number as a value; numbers are weak."""
    found = operand(what, item)
    if isinstance(found, Value):
        return found
    value = scalar(found, tensor_type(scalar_dtype(found), ()))
    value.weak = not isinstance(found, bool)
    return value


def as_int(op: str, what: str, value: Any) -> int:
    """An argument that must be an integer, or TypeError."""
    try:
        return operator.index(value)
    except TracedValueError:
        raise  # which tells the way out
    except TypeError:
        raise TypeError(at_user(f"{op}: {what} {value!r} is not an integer")) from None


def is_array(item: Any) -> bool:
    """Whether an item is a tensor, an array or a Python number."""
    return isinstance(item, (Handle, np.ndarray, np.generic, bool, int, float))


def arrays_among(what: str, leaves: Sequence[Any]) -> list[int]:
    """Which leaves are arrays. TypeError for an array of another library."""
    places = []
    for i, item in enumerate(leaves):
        if is_array(item):
            places.append(i)
        else:
            check_own(what, item)
    return places


def alias(array: Any) -> Value:
    """A leaf that shares memory with a DLPack array, where its layout allows."""
    if isinstance(array, Handle):
        return value_of(array)
    if isinstance(array, (np.ndarray, np.generic)):
        return from_numpy(array, copy=False)
    if not hasattr(array, "__dlpack__"):
        raise TypeError(
            at_user(f"from_dlpack: {type(array).__name__} has no __dlpack__; use nb.tensor")
        )
    return _from_dlpack(array, copy=False)


def _from_dlpack(array: Any, copy: bool) -> Value:
    try:
        buffer = _nabla.Buffer.from_dlpack(array, copy)
    except TypeError as error:
        raise TypeError(at_user(f"from_dlpack: {error}")) from None
    return of_buffer(buffer)


def copy_of(data: Any, dtype: DType | None) -> Value:
    """A value with the elements of `data`: an array, a number, or nested lists."""
    if isinstance(data, Handle):
        value = value_of(data)
    elif isinstance(data, (np.ndarray, np.generic)):
        value = from_numpy(data)
    elif hasattr(data, "__dlpack__"):
        value = _from_dlpack(data, copy=True)
    else:
        return _from_python(data, dtype)
    return value if dtype is None else convert(value, dtype)


def _from_python(data: Any, dtype: DType | None) -> Value:
    """A value of a number or of nested lists: of numbers, of arrays and tensors, or of both."""
    if isinstance(data, (bool, int, float)):
        return scalar(data, tensor_type(dtype or scalar_dtype(data), ()))
    if _holds_arrays(data):
        stacked = _stack(data)
        return stacked if dtype is None else convert(stacked, dtype)
    try:
        array = np.array(data)
    except ValueError as error:
        raise ValueError(at_user(f"tensor: {error}")) from None
    if array.dtype == object and _all_integers(array):
        raise OverflowError(at_user("tensor: an integer does not fit into 64 bits"))
    if array.dtype == object:
        other = next(item for item in array.ravel() if not isinstance(item, (bool, int, float)))
        raise TypeError(at_user(f"tensor: {type(other).__name__} is not a number"))
    dtype = dtype or _default(array)
    if array.dtype.kind in "iu" and array.size:
        check_fits(int(array.min()), dtype)
        check_fits(int(array.max()), dtype)
    if array.dtype.kind == "f" and not dtype.is_float:
        return convert(from_numpy(array), dtype)  # as `nb.cast` does it
    as_dtype(array.dtype)  # TypeError for strings, objects and complex numbers
    with np.errstate(over="ignore"):
        return from_numpy(array.astype(dtype.to_numpy()))


def _holds_arrays(data: Any) -> bool:
    if isinstance(data, (list, tuple)):
        return any(_holds_arrays(item) for item in data)
    return isinstance(data, Handle) or (hasattr(data, "__dlpack__") and bool(np.ndim(data)))


def _stack(items: Any) -> Value:
    """Lists that hold arrays, each list a dimension."""
    if not isinstance(items, (list, tuple)):
        return as_value(items, "tensor") if is_array(items) else copy_of(items, None)
    values = [_stack(item) for item in items]
    shape = values[0].type.shape
    for value in values:
        if value.type.shape != shape:
            raise ValueError(
                at_user(
                    f"tensor: a list of shapes {list(shape)} and {list(value.type.shape)} is no "
                    "array"
                )
            )
    dtype, weak = common_dtype(values)
    rows = [reshape(convert(value, dtype), (1, *shape)) for value in values]
    stacked = rows[0] if len(rows) == 1 else apply1("concatenate", rows, (("dim", integer(0)),))
    stacked.weak = weak and not stacked.type.rank
    return stacked


def _all_integers(array: np.ndarray[Any, Any]) -> bool:
    return all(isinstance(item, int) for item in array.ravel())


def _default(array: np.ndarray[Any, Any]) -> DType:
    """Floats of lists are float32, integers int32 if they fit."""
    if array.dtype == np.float64:
        return float32
    if array.dtype == np.int64:
        fits = array.size == 0 or (array.min() >= -(2**31) and array.max() < 2**31)
        return int32 if fits else as_dtype(np.int64)
    return as_dtype(array.dtype)


def unpickle(array: np.ndarray[Any, Any], dtype: str) -> Any:
    return wrap(from_numpy(array.astype(as_dtype(dtype).to_numpy())))
