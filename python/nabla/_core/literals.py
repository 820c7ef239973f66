# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Python numbers and NumPy arrays as values."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nabla import _nabla
from nabla._core import attributes
from nabla._core.apply import apply1
from nabla._core.dtypes import BY_MLIR, DType, as_dtype, bool_, float32, int32, int64
from nabla._core.errors import at_user
from nabla._core.graph import Value
from nabla._core.types import TensorType, Type, tensor_type
from nabla._core.varying import varies

Scalar = bool | int | float


def leaf(buffer: Any, type: Type) -> Value:
    """An eager value that has its data."""
    value = Value(type, None, None, 0)
    value.data = buffer
    return value


def of_buffer(buffer: Any) -> Value:
    """A leaf of memory that tells its own type."""
    return leaf(buffer, tensor_type(BY_MLIR[buffer.dtype], tuple(buffer.shape)))


def from_numpy(array: Any, copy: bool = True) -> Value:
    """A leaf with the array's elements; without `copy` it shares their memory if it can."""
    if array.__class__ is not np.ndarray:
        array = _plain(array)
    dtype = as_dtype(array.dtype)
    flags = array.flags
    if not (flags.c_contiguous and flags.aligned and array.dtype.isnative):
        array = np.array(array, dtype=dtype.to_numpy(), order="C", copy=True)
    pointer = array.__array_interface__["data"][0]
    read_only = not array.flags.writeable
    buffer = _nabla.Buffer.from_pointer(pointer, dtype.mlir, array.shape, array, read_only, copy)
    return leaf(buffer, tensor_type(dtype, array.shape))


def _plain(array: Any) -> np.ndarray[Any, Any]:
    """A NumPy number, or an array of a class derived from NumPy's, as an array of NumPy."""
    if isinstance(array, np.ma.MaskedArray):
        raise TypeError(at_user("tensors have no masks: say what stands there, x.filled(0)"))
    return np.asarray(array)


class _Interface:
    """Memory of a buffer as NumPy asks for it."""

    __slots__ = ("__array_interface__", "_buffer")

    def __init__(self, buffer: Any, typestr: str, shape: tuple[int, ...]) -> None:
        self._buffer = buffer
        self.__array_interface__ = {
            "data": (buffer.pointer, True),
            "shape": shape,
            "typestr": typestr,
            "version": 3,
        }


def to_numpy(buffer: Any, type: TensorType) -> np.ndarray[Any, Any]:
    """The elements in place; not to be written, for other tensors may share them."""
    dtype = type.dtype.to_numpy()
    if type.size == 0:
        return np.empty(type.shape, dtype)
    typestr = "<u2" if type.dtype.mlir == "bf16" else dtype.str
    array = np.asarray(_Interface(buffer, typestr, type.shape))
    return array.view(dtype) if type.dtype.mlir == "bf16" else array


def scalar_dtype(value: Scalar) -> DType:
    """What a Python number is where it meets nothing else."""
    if isinstance(value, bool):
        return bool_
    if isinstance(value, float):
        return float32
    return int32 if -(2**31) <= value < 2**31 else int64


def check_fits(value: Scalar, dtype: DType) -> None:
    """Raise OverflowError or ValueError if the dtype has nothing near the number."""
    if dtype.kind == "bool":
        return
    if isinstance(value, float):
        if not (dtype.is_float or math.isfinite(value)):
            raise ValueError(at_user(f"{value} is no number of {dtype.name}"))
        return
    if dtype.is_float:
        if abs(value) >> 1024:  # not even in float64; smaller ones become infinite
            raise OverflowError(at_user(f"the integer is out of the range of {dtype.name}"))
        return
    unsigned = dtype.kind == "uint"
    low = 0 if unsigned else -(1 << (dtype.bits - 1))
    high = (1 << (dtype.bits if unsigned else dtype.bits - 1)) - 1
    if not low <= value <= high:
        raise OverflowError(at_user(f"{value} is out of the range of {dtype.name}"))


def scalar(value: Scalar, type: TensorType) -> Value:
    """A tensor full of one number.

    In a trace it is a constant of the program, unless it changes from call to call. Eagerly
    it is an operand, so that the same work on another number runs the same executable.
    """
    check_fits(value, type.dtype)
    if not varies(value):
        return constant(value, type)
    with np.errstate(over="ignore"):  # a large float is infinite in a narrow dtype
        array = np.asarray(value, type.dtype.to_numpy())
    made = from_numpy(array)
    return made if not type.shape else spread(made, type)


def constant(value: Scalar, type: TensorType) -> Value:
    """A tensor full of one number that the compiler knows."""
    return apply1("constant", (), (("value", attributes.splat(value, type)),), type)


def integers(values: tuple[int, ...]) -> Value:
    """A tensor of int64 that the compiler knows."""
    type = tensor_type(int64, (len(values),))
    text = f"dense<[{', '.join(map(str, values))}]> : {type.mlir}"
    return apply1("constant", (), (("value", text),), type)


def spread(value: Value, type: TensorType) -> Value:
    """A 0-d value repeated to a shape."""
    return apply1("broadcast", (value,), _SPREAD, type)


_SPREAD = (("dims", attributes.int_array(())),)
_nabla.connect(spread_attributes=_SPREAD)
