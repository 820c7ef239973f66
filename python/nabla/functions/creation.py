# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tensors from numbers, lists and arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nabla._core.convert import as_value, copy_of
from nabla._core.dtypes import as_dtype, float32
from nabla._core.literals import Scalar, check_fits
from nabla._core.literals import constant as constant_value
from nabla._core.tree import wrap
from nabla._core.types import tensor_type
from nabla.functions._support import as_shape

if TYPE_CHECKING:
    from nabla._core.dtypes import DTypeLike
    from nabla._core.tensor import Tensor
    from nabla._core.types import TensorLike

__all__ = [
    "array",
    "asarray",
    "constant",
    "full",
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
    """`nb.tensor(data)`; a tensor comes back as it is."""
    return tensor(data, dtype)


def constant(value: Any, *, dtype: DTypeLike | None = None, device: Any = None) -> Tensor:
    """`nb.tensor(value)`"""
    return tensor(value, dtype)


def full(
    shape: Any, value: Scalar, *, dtype: DTypeLike | None = None, device: Any = None
) -> Tensor:
    """A tensor of a shape, full of one number; float32 unless `dtype` says otherwise.

    >>> nb.full((2,), 7.0)
    Tensor([7. 7.] : f32[2])
    """
    kind = float32 if dtype is None else as_dtype(dtype)
    check_fits(value, kind)
    return wrap(constant_value(value, tensor_type(kind, as_shape("full", shape))))


def zeros(shape: Any, *, dtype: DTypeLike | None = None, device: Any = None) -> Tensor:
    """A tensor of zeros; float32 unless `dtype` says otherwise.

    >>> nb.zeros((2,))
    Tensor([0. 0.] : f32[2])
    """
    return full(shape, 0, dtype=dtype)


def ones(shape: Any, *, dtype: DTypeLike | None = None, device: Any = None) -> Tensor:
    """A tensor of ones; float32 unless `dtype` says otherwise.

    >>> nb.ones((2,))
    Tensor([1. 1.] : f32[2])
    """
    return full(shape, 1, dtype=dtype)


def zeros_like(x: TensorLike) -> Tensor:
    """Zeros of the shape and dtype of x."""
    return wrap(constant_value(0, as_value(x, "zeros_like").type))


def ones_like(x: TensorLike) -> Tensor:
    """Ones of the shape and dtype of x."""
    return wrap(constant_value(1, as_value(x, "ones_like").type))
