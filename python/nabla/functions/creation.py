# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tensors from numbers, lists and arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nabla._core import elementwise as e
from nabla._core.convert import as_value, copy_of
from nabla._core.device import as_device
from nabla._core.dtypes import as_dtype, float32
from nabla._core.literals import constant as constant_value
from nabla._core.tree import wrap
from nabla._core.types import tensor_type
from nabla.functions._support import as_shape

if TYPE_CHECKING:
    from nabla._core.dtypes import DType, DTypeLike
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = [
    "array",
    "asarray",
    "constant",
    "full",
    "full_like",
    "ones",
    "ones_like",
    "tensor",
    "zeros",
    "zeros_like",
]


def tensor(data: Any, dtype: DTypeLike | None = None) -> Tensor:
    """A tensor with the elements of an array, a number, or nested lists of numbers.

    Python floats become float32 and ints int32, unless `dtype` says otherwise; arrays keep
    theirs. The elements are copied: `Tensor.from_dlpack` shares them.

    >>> nb.tensor([[1, 2], [3, 4]])
    Tensor(
      [[1 2]
       [3 4]] : i32[2,2]
    )
    """
    wanted = None if dtype is None else as_dtype(dtype)
    return wrap(copy_of(data, wanted))


array = tensor


def asarray(data: Any, dtype: DTypeLike | None = None) -> Tensor:
    """`nb.tensor(data)`; a tensor comes back as it is.

    >>> nb.asarray([1.0, 2.0])
    Tensor([1. 2.] : f32[2])
    """
    return tensor(data, dtype)


def constant(value: Any, *, dtype: DTypeLike | None = None, device: Any = None) -> Tensor:
    """`nb.tensor(value)`

    >>> nb.constant(2.0)
    Tensor(2. : f32[])
    """
    as_device(device)
    return tensor(value, dtype)


def full(
    shape: Any, value: TensorLike, *, dtype: DTypeLike | None = None, device: Any = None
) -> Tensor:
    """A tensor of a shape, full of one number; float32 unless `dtype` says otherwise.

    `value` may be a tensor that broadcasts to the shape (else ValueError), whose dtype is
    then the default. A derivative flows into it.

    >>> nb.full((2,), 7.0)
    Tensor([7. 7.] : f32[2])
    """
    as_device(device)
    item = e.operand("full", value)
    is_number = isinstance(item, (bool, int, float))
    if dtype is None:
        dtype = float32 if is_number else item.type.dtype
    return _filled("full", item, as_dtype(dtype), as_shape("full", shape))


def _filled(op: str, item: Any, dtype: DType, shape: tuple[int, ...]) -> Tensor:
    e.check_broadcasts(op, () if isinstance(item, (bool, int, float)) else item.type.shape, shape)
    return wrap(e.fit(item, dtype, shape))


def zeros(shape: Any, *, dtype: DTypeLike | None = None, device: Any = None) -> Tensor:
    """A tensor of zeros; float32 unless `dtype` says otherwise.

    >>> nb.zeros((2,))
    Tensor([0. 0.] : f32[2])
    """
    as_device(device)
    return _splat("zeros", shape, 0, dtype)


def ones(shape: Any, *, dtype: DTypeLike | None = None, device: Any = None) -> Tensor:
    """A tensor of ones; float32 unless `dtype` says otherwise.

    >>> nb.ones((2,))
    Tensor([1. 1.] : f32[2])
    """
    as_device(device)
    return _splat("ones", shape, 1, dtype)


def _splat(op: str, shape: Any, value: int, dtype: DTypeLike | None) -> Tensor:
    kind = float32 if dtype is None else as_dtype(dtype)
    return wrap(constant_value(value, tensor_type(kind, as_shape(op, shape))))


def full_like(x: TensorLike, value: TensorLike, dtype: DTypeLike | None = None) -> Tensor:
    """A tensor full of one number, of the shape of x, and of its dtype if none is given.

    >>> nb.full_like(nb.tensor([1, 2]), 7)
    Tensor([7 7] : i32[2])
    """
    type = as_value(x, "full_like").type
    item = e.operand("full_like", value)
    return _filled("full_like", item, type.dtype if dtype is None else as_dtype(dtype), type.shape)


def zeros_like(x: TensorLike, dtype: DTypeLike | None = None) -> Tensor:
    """Zeros of the shape of x, and of its dtype if none is given.

    >>> nb.zeros_like(nb.tensor([1, 2]))
    Tensor([0 0] : i32[2])
    """
    type = as_value(x, "zeros_like").type
    return _splat("zeros_like", type.shape, 0, type.dtype if dtype is None else dtype)


def ones_like(x: TensorLike, dtype: DTypeLike | None = None) -> Tensor:
    """Ones of the shape of x, and of its dtype if none is given.

    >>> nb.ones_like(nb.tensor([1, 2]))
    Tensor([1 1] : i32[2])
    """
    type = as_value(x, "ones_like").type
    return _splat("ones_like", type.shape, 1, type.dtype if dtype is None else dtype)
