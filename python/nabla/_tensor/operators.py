# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators of tensors; each is the function of the same name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nabla import _nabla
from nabla import functions as f
from nabla._core.convert import is_array
from nabla._core.errors import at_user
from nabla._tensor.methods import Methods
from nabla.functions.indexing import At

if TYPE_CHECKING:
    from nabla._tensor.tensor import Tensor


class Operators(Methods):
    """What a tensor can do by a sign."""

    __slots__ = ()

    # ---------------------------------------------------------------- operators
    # Those of + - * / and of comparisons are C++ (python/bindings/operators.cpp).

    def __floordiv__(self, other: Any) -> Tensor:
        return f.floor_divide(self, other) if is_array(other) else NotImplemented

    def __rfloordiv__(self, other: Any) -> Tensor:
        return f.floor_divide(other, self) if is_array(other) else NotImplemented

    def __mod__(self, other: Any) -> Tensor:
        return f.mod(self, other) if is_array(other) else NotImplemented

    def __rmod__(self, other: Any) -> Tensor:
        return f.mod(other, self) if is_array(other) else NotImplemented

    def __divmod__(self, other: Any) -> tuple[Tensor, Tensor]:
        return (self // other, self % other) if is_array(other) else NotImplemented

    def __rdivmod__(self, other: Any) -> tuple[Tensor, Tensor]:
        return (other // self, other % self) if is_array(other) else NotImplemented

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

    def __round__(self, ndigits: int | None = None) -> Tensor:
        """The tensor rounded, as NumPy's arrays are: halves go to the even neighbour."""
        return f.round(self, ndigits or 0)

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

    def __lshift__(self, other: Any) -> Tensor:
        return f.left_shift(self, other) if is_array(other) else NotImplemented

    def __rlshift__(self, other: Any) -> Tensor:
        return f.left_shift(other, self) if is_array(other) else NotImplemented

    def __rshift__(self, other: Any) -> Tensor:
        return f.right_shift(self, other) if is_array(other) else NotImplemented

    def __rrshift__(self, other: Any) -> Tensor:
        return f.right_shift(other, self) if is_array(other) else NotImplemented

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


_ARITHMETIC = {
    "add": f.add,
    "sub": f.sub,
    "mul": f.mul,
    "div": f.div,
    "lt": f.less,
    "le": f.less_equal,
    "eq": f.equal,
    "ne": f.not_equal,
    "gt": f.greater,
    "ge": f.greater_equal,
}


def _arithmetic(name: str, a: Any, b: Any) -> Any:
    """What the operators leave to the functions."""
    return _ARITHMETIC[name](a, b) if is_array(a) and is_array(b) else NotImplemented


_nabla.connect(arithmetic=_arithmetic)
