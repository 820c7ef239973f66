# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Elementwise operations: one dtype by promotion, one shape by broadcasting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nabla._core.apply import apply1
from nabla._core.attributes import Attributes, int_array
from nabla._core.dtypes import DType, bool_, float32, promote
from nabla._core.errors import at_user
from nabla._core.graph import Value
from nabla._core.literals import from_numpy, scalar, scalar_dtype
from nabla._core.tree import Handle, value_of, wrap
from nabla._core.types import TensorType, tensor_type

if TYPE_CHECKING:
    from nabla._tensor.tensor import Tensor

# What an op accepts; other dtypes are converted to the nearest it does.
ANY = "any"
NUMBER = "number"
FLOAT = "float"
INTEGER = "integer"
BITS = "bits"
STEP = "step"  # floats; what is whole already comes back as it is

_ARRAYS = (np.ndarray, np.generic)
_SCALARS = (bool, int, float)


def pointwise(op: str, name: str, domain: str, *args: Any) -> Tensor:
    """Record an elementwise op; `name` is what errors call it. The generated functions do this."""
    operands, weak = unify(name, args, domain)
    dtype = operands[0].type.dtype
    result = operands[0] if domain == STEP and not dtype.is_float else apply1(op, operands)
    result.weak = weak and result.type.dtype is dtype
    return wrap(result)


def elementwise(op: str, *args: Any, domain: str = NUMBER, attributes: Attributes = ()) -> Value:
    """Record an elementwise op whose operands and result have one type."""
    operands, weak = unify(op, args, domain)
    result = apply1(op, operands, attributes)
    result.weak = weak
    return result


def unify(op: str, args: Sequence[Any], domain: str = ANY) -> tuple[list[Value], bool]:
    """The arguments as values of one dtype and shape, and whether the dtype is weak."""
    items = [operand(op, arg) for arg in args]
    dtype, weak = common_dtype(items)
    dtype = accepted(op, dtype, domain)
    shape = common_shape(op, items)
    return [fit(item, dtype, shape) for item in items], weak


def operand(op: str, arg: Any) -> Any:
    """A Value, or a Python number as it is."""
    if isinstance(arg, Handle):
        value = value_of(arg)
        if value.type.__class__ is TensorType:
            return value
    if isinstance(arg, _ARRAYS):  # before the numbers: np.float64 is also a float
        return from_numpy(arg)
    if isinstance(arg, _SCALARS):
        return arg
    if isinstance(arg, Value):
        return arg
    check_own(op, arg)
    raise TypeError(
        at_user(f"{op}: {type(arg).__name__} is not a tensor; nb.tensor makes one of a list")
    )


def check_own(op: str, item: Any) -> None:
    """TypeError for an array of another library, whose elements would go unnoticed."""
    kind = type(item)
    if hasattr(kind, "__dlpack__") and not issubclass(kind, (Handle, *_ARRAYS)):
        raise TypeError(
            at_user(
                f"{op}: {kind.__module__}.{kind.__qualname__} is an array of another library; "
                "nb.Tensor.from_dlpack makes a tensor of its memory, nb.tensor of a copy"
            )
        )


def common_dtype(items: Sequence[Any]) -> tuple[DType, bool]:
    dtype, weak = _dtype(items[0])
    for item in items[1:]:
        other, other_weak = _dtype(item)
        if other is not dtype or other_weak is not weak:
            dtype, weak = promote(dtype, weak, other, other_weak)
    return dtype, weak


def _dtype(item: Any) -> tuple[DType, bool]:
    if isinstance(item, Value):
        return item.type.dtype, item.weak
    return scalar_dtype(item), not isinstance(item, bool)


def accepted(op: str, dtype: DType, domain: str) -> DType:
    """The dtype in which the op runs, or TypeError."""
    if domain == FLOAT:
        return dtype if dtype.is_float else float32
    if (
        (domain == NUMBER and dtype is bool_)
        or (domain == BITS and dtype.is_float)
        or (domain == INTEGER and dtype.kind not in ("int", "uint"))
    ):
        raise TypeError(at_user(f"{op} is not defined on {dtype.name}"))
    return dtype


def common_shape(op: str, items: Sequence[Any]) -> tuple[int, ...]:
    shape: tuple[int, ...] = ()
    for item in items:
        if isinstance(item, Value) and item.type.shape != shape:
            shape = broadcast_shapes(op, shape, item.type.shape)
    return shape


def broadcast_shapes(op: str, a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    """The shape that both broadcast to by NumPy's rule, or ValueError."""
    if not a or not b:
        return a or b
    rank = max(len(a), len(b))
    dims = []
    for m, n in zip((1,) * (rank - len(a)) + a, (1,) * (rank - len(b)) + b, strict=True):
        if m != n and m != 1 and n != 1:
            raise ValueError(at_user(f"{op}: Cannot broadcast shapes {list(a)} and {list(b)}"))
        dims.append(n if m == 1 else m)
    return tuple(dims)


def check_broadcasts(op: str, given: tuple[int, ...], shape: tuple[int, ...]) -> None:
    """ValueError unless one shape broadcasts to the other."""
    aligned = zip(reversed(given), reversed(shape), strict=False)
    if len(given) > len(shape) or any(m not in (1, n) for m, n in aligned):
        raise ValueError(at_user(f"{op}: Cannot broadcast shape {list(given)} to {list(shape)}"))


def fit(item: Any, dtype: DType, shape: tuple[int, ...]) -> Value:
    """A value or a Python number in this dtype and shape."""
    if not isinstance(item, Value):
        return scalar(item, tensor_type(dtype, shape))
    return broadcast(convert(item, dtype), shape)


def convert(value: Value, dtype: DType) -> Value:
    if value.type.dtype is dtype:
        return value
    return apply1("convert", (value,), (), tensor_type(dtype, value.type.shape))


def reshape(value: Value, shape: tuple[int, ...]) -> Value:
    if value.type.shape == shape:
        return value
    return apply1("reshape", (value,), (), tensor_type(value.type.dtype, shape))


def broadcast(value: Value, shape: tuple[int, ...]) -> Value:
    """The value in a shape that its own broadcasts to."""
    type: TensorType = value.type
    if type.shape == shape:
        return value
    offset = len(shape) - type.rank
    # Dimensions of extent 1 that grow are dropped first; nabla.broadcast adds them anew.
    dims = [i for i, n in enumerate(type.shape) if n == shape[offset + i]]
    kept = reshape(value, tuple([type.shape[i] for i in dims]))
    attributes = (("dims", int_array([offset + i for i in dims])),)
    return apply1("broadcast", (kept,), attributes, tensor_type(type.dtype, shape))
