# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators and methods of tensors; each is the function of the same name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nabla import functions as f
from nabla._core.convert import is_array
from nabla._core.errors import at_user
from nabla._core.tree import Handle
from nabla.functions.indexing import At

if TYPE_CHECKING:
    from nabla._core.tensor import Tensor


class Methods(Handle):
    """What a tensor can do by way of functions."""

    __slots__ = ()

    # ---------------------------------------------------------------- operators

    def __add__(self, other: Any) -> Tensor:
        return f.add(self, other) if is_array(other) else NotImplemented

    def __radd__(self, other: Any) -> Tensor:
        return f.add(other, self) if is_array(other) else NotImplemented

    def __sub__(self, other: Any) -> Tensor:
        return f.sub(self, other) if is_array(other) else NotImplemented

    def __rsub__(self, other: Any) -> Tensor:
        return f.sub(other, self) if is_array(other) else NotImplemented

    def __mul__(self, other: Any) -> Tensor:
        return f.mul(self, other) if is_array(other) else NotImplemented

    def __rmul__(self, other: Any) -> Tensor:
        return f.mul(other, self) if is_array(other) else NotImplemented

    def __truediv__(self, other: Any) -> Tensor:
        return f.div(self, other) if is_array(other) else NotImplemented

    def __rtruediv__(self, other: Any) -> Tensor:
        return f.div(other, self) if is_array(other) else NotImplemented

    def __floordiv__(self, other: Any) -> Tensor:
        return f.floor_divide(self, other) if is_array(other) else NotImplemented

    def __rfloordiv__(self, other: Any) -> Tensor:
        return f.floor_divide(other, self) if is_array(other) else NotImplemented

    def __mod__(self, other: Any) -> Tensor:
        return f.mod(self, other) if is_array(other) else NotImplemented

    def __rmod__(self, other: Any) -> Tensor:
        return f.mod(other, self) if is_array(other) else NotImplemented

    def __pow__(self, other: Any) -> Tensor:
        return f.pow(self, other) if is_array(other) else NotImplemented

    def __rpow__(self, other: Any) -> Tensor:
        return f.pow(other, self) if is_array(other) else NotImplemented

    def __matmul__(self, other: Any) -> Tensor:
        return f.matmul(self, other) if is_array(other) else NotImplemented

    def __rmatmul__(self, other: Any) -> Tensor:
        return f.matmul(other, self) if is_array(other) else NotImplemented

    def __neg__(self) -> Tensor:
        return f.neg(self)

    def __pos__(self) -> Tensor:
        return self  # type: ignore[return-value]

    def __abs__(self) -> Tensor:
        return f.abs(self)

    def __invert__(self) -> Tensor:
        return f.bitwise_not(self)

    def __and__(self, other: Any) -> Tensor:
        return f.bitwise_and(self, other) if is_array(other) else NotImplemented

    def __rand__(self, other: Any) -> Tensor:
        return f.bitwise_and(other, self) if is_array(other) else NotImplemented

    def __or__(self, other: Any) -> Tensor:
        return f.bitwise_or(self, other) if is_array(other) else NotImplemented

    def __ror__(self, other: Any) -> Tensor:
        return f.bitwise_or(other, self) if is_array(other) else NotImplemented

    def __xor__(self, other: Any) -> Tensor:
        return f.bitwise_xor(self, other) if is_array(other) else NotImplemented

    def __rxor__(self, other: Any) -> Tensor:
        return f.bitwise_xor(other, self) if is_array(other) else NotImplemented

    # ---------------------------------------------------------------- comparison

    def __eq__(self, other: Any) -> Tensor:  # type: ignore[override]
        return f.equal(self, other) if is_array(other) else NotImplemented

    def __ne__(self, other: Any) -> Tensor:  # type: ignore[override]
        return f.not_equal(self, other) if is_array(other) else NotImplemented

    def __lt__(self, other: Any) -> Tensor:
        return f.less(self, other) if is_array(other) else NotImplemented

    def __le__(self, other: Any) -> Tensor:
        return f.less_equal(self, other) if is_array(other) else NotImplemented

    def __gt__(self, other: Any) -> Tensor:
        return f.greater(self, other) if is_array(other) else NotImplemented

    def __ge__(self, other: Any) -> Tensor:
        return f.greater_equal(self, other) if is_array(other) else NotImplemented

    __hash__ = object.__hash__

    # ---------------------------------------------------------------- indexing

    def __getitem__(self, index: Any) -> Tensor:
        return f.getitem(self, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        raise TypeError(at_user("tensors are immutable: x = x.at[index].set(value)"))

    @property
    def at(self) -> At:
        """Elements to be changed in a copy: `x.at[index].set(values)`, also add and others."""
        return At(self)  # type: ignore[arg-type]

    def gather(self, indices: Any, axis: int | None = 0) -> Tensor:
        """`nb.gather`"""
        return f.gather(self, indices, axis)

    take = gather

    def scatter(self, indices: Any, updates: Any, axis: int = 0) -> Tensor:
        """`nb.scatter`"""
        return f.scatter(self, indices, updates, axis)

    def take_along_axis(self, indices: Any, axis: int | None = -1) -> Tensor:
        """`nb.take_along_axis`"""
        return f.take_along_axis(self, indices, axis)

    def slice_tensor(self, start: Any, size: Any) -> Tensor:
        """`nb.slice_tensor`"""
        return f.slice_tensor(self, start, size)

    def slice_update(self, update: Any, start: Any, size: Any = None) -> Tensor:
        """`nb.slice_update`"""
        return f.slice_update(self, update, start, size)

    # ---------------------------------------------------------------- methods

    @property
    def T(self) -> Tensor:
        """With the last two dimensions swapped; as it is with fewer than two."""
        return f.matrix_transpose(self)

    def sum(self, axis: Any = None, keepdims: bool = False) -> Tensor:
        """`nb.sum`"""
        return f.sum(self, axis=axis, keepdims=keepdims)

    def mean(self, axis: Any = None, keepdims: bool = False) -> Tensor:
        """`nb.mean`"""
        return f.mean(self, axis=axis, keepdims=keepdims)

    def max(self, axis: Any = None, keepdims: bool = False) -> Tensor:
        """`nb.max`"""
        return f.max(self, axis=axis, keepdims=keepdims)

    def min(self, axis: Any = None, keepdims: bool = False) -> Tensor:
        """`nb.min`"""
        return f.min(self, axis=axis, keepdims=keepdims)

    def reshape(self, *shape: Any) -> Tensor:
        """`nb.reshape`; the shape as one sequence or as several integers."""
        return f.reshape(self, shape[0] if len(shape) == 1 else shape)

    def astype(self, dtype: Any) -> Tensor:
        """`nb.cast`"""
        return f.cast(self, dtype)

    cast = astype
