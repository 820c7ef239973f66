# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Types of values, interned so that equal types are the same object."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, SupportsIndex, TypeAlias, TypeGuard

from nabla import _nabla
from nabla._core.dtypes import BY_MLIR, DType
from nabla._core.errors import at_user

if TYPE_CHECKING:
    import numpy as np

    from nabla._core.tree import Handle

# What functions take where they take a tensor (the class of tensors is a Handle).
TensorLike: TypeAlias = "Handle | np.ndarray[Any, Any] | np.generic | bool | int | float"


MAX_ELEMENTS = 1 << 48  # of one tensor; compiler/runtime/ArrayType.h


class Dim(int):
    """The extent of one dimension: an int that prints as `Dim(3)`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Dim({int(self)})"

    def __str__(self) -> str:
        return int.__repr__(self)


class Shape(tuple[Dim, ...]):
    """The extents of a tensor: a tuple, equal to tuples and lists of the same ints.

    >>> print(nb.zeros((3, 1)).shape)
    [Dim(3), Dim(1)]
    """

    __slots__ = ()

    def __new__(cls, dims: Iterable[SupportsIndex] = ()) -> Shape:
        return tuple.__new__(cls, (Dim(dim) for dim in dims))

    @property
    def rank(self) -> int:
        return len(self)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, list):
            other = tuple(other)
        return tuple.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = tuple.__hash__

    def __getitem__(self, index: Any) -> Any:
        item = tuple.__getitem__(self, index)
        return Shape(item) if isinstance(index, slice) else item

    def __add__(self, other: Any) -> Any:
        return Shape((*self, *other))

    def __radd__(self, other: Any) -> Any:
        return Shape((*other, *self))

    def __repr__(self) -> str:
        return f"[{', '.join(repr(dim) for dim in self)}]"


class TensorType:
    """A dtype and a shape. `tensor_type` makes them; compare with `is`."""

    __slots__ = ("_public_shape", "dtype", "mlir", "nbytes", "rank", "shape", "size")

    def __init__(self, dtype: DType, shape: tuple[int, ...]) -> None:
        self.dtype = dtype
        self.shape = shape
        self.rank = len(shape)
        self.size = math.prod(shape)
        self.nbytes = self.size * dtype.itemsize
        self.mlir = f"tensor<{''.join(f'{dim}x' for dim in shape)}{dtype.mlir}>"
        self._public_shape: Shape | None = None

    @property
    def public_shape(self) -> Shape:
        if self._public_shape is None:
            self._public_shape = Shape(self.shape)
        return self._public_shape

    @property
    def short(self) -> str:
        """As printed: `f32[2,3]`."""
        return f"{self.dtype.short}[{','.join(map(str, self.shape))}]"

    def __repr__(self) -> str:
        return self.short


class LinearType:
    """A linear map between tangents: `!nabla.linear<(...) -> (...)>`."""

    __slots__ = ("inputs", "mlir", "nbytes", "results")

    def __init__(self, inputs: tuple[TensorType, ...], results: tuple[TensorType, ...]) -> None:
        self.inputs = inputs
        self.results = results
        self.nbytes = 0
        self.mlir = f"!nabla.linear<({_comma(inputs)}) -> ({_comma(results)})>"

    @property
    def short(self) -> str:
        inputs = ", ".join(t.short for t in self.inputs)
        results = ", ".join(t.short for t in self.results)
        return f"linear<({inputs}) -> ({results})>"

    def __repr__(self) -> str:
        return self.short


Type: TypeAlias = TensorType | LinearType


def _comma(types: tuple[TensorType, ...]) -> str:
    return ", ".join(t.mlir for t in types)


_tensor_types: dict[tuple[int, tuple[int, ...]], TensorType] = {}
_linear_types: dict[tuple[tuple[TensorType, ...], tuple[TensorType, ...]], LinearType] = {}
_parsed: dict[str, TensorType] = {}


def tensor_type(dtype: DType, shape: tuple[int, ...]) -> TensorType:
    key = (dtype.rank, shape)
    found = _tensor_types.get(key)
    if found is None:
        # Plain ints, whatever subclass of int the caller came with.
        dims = tuple(int(dim) for dim in shape)
        _check_shape(dims)
        made = TensorType(dtype, dims)
        found = _tensor_types.setdefault(key, made)  # another thread may have been first
        _parsed[found.mlir] = found
    return found


def _check_shape(dims: tuple[int, ...]) -> None:
    if any(dim < 0 for dim in dims):
        raise ValueError(at_user(f"there is no shape {list(dims)}: an extent is negative"))
    # Extents of zero do not count, as in the compiler.
    if math.prod(dim for dim in dims if dim) > MAX_ELEMENTS:
        raise ValueError(at_user(f"a tensor of shape {list(dims)} has too many elements"))


def linear_type(inputs: tuple[TensorType, ...], results: tuple[TensorType, ...]) -> LinearType:
    key = (inputs, results)
    found = _linear_types.get(key)
    if found is None:
        found = _linear_types.setdefault(key, LinearType(inputs, results))
    return found


def parse_type(text: str) -> TensorType:
    """The type that MLIR prints as `tensor<2x3xf32>`."""
    found = _parsed.get(text)
    if found is None:
        if not (text.startswith("tensor<") and text.endswith(">")):
            raise ValueError(f"{text} is not the type of a tensor")
        *dims, element = text[len("tensor<") : -1].split("x")
        found = tensor_type(BY_MLIR[element], tuple(map(int, dims)))
        _parsed[text] = found
    return found


def stacked(type: Type, axis: int, count: int) -> TensorType:
    """The type of so many tensors along a new dimension."""
    assert isinstance(type, TensorType), "linear maps are not stacked"
    return tensor_type(type.dtype, (*type.shape[:axis], count, *type.shape[axis:]))


def is_float(type: Type | None) -> TypeGuard[TensorType]:
    """Whether a value of this type has derivatives."""
    return isinstance(type, TensorType) and type.dtype.is_float


def _describe(type: Type) -> tuple[bool, bool, TensorType, str, int] | None:
    """What arithmetic asks: is it of floats, of integers, its 0-d type and text, its rank."""
    if not isinstance(type, TensorType):
        return None
    scalar = tensor_type(type.dtype, ())
    integer = type.dtype.kind in ("int", "uint")
    return type.dtype.is_float, integer, scalar, scalar.mlir, type.rank


_nabla.connect(describe_type=_describe)
