# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Element types, and how two of them promote to one."""

from __future__ import annotations

import builtins
import functools
from typing import Any, ClassVar

import numpy as np

from nabla._core.errors import at_user

DTypeLike = Any  # a DType, its name, a NumPy dtype or scalar type, or bool, int, float


class DType:
    """The type of a tensor's elements, such as `nb.float32`.

    Equal to the NumPy dtype of the same name and to the name itself, so
    `x.dtype == np.float32` and `x.dtype == "float32"` both hold. `DType["float32"]` and
    `DType.float32` look one up.
    """

    __slots__ = ("bits", "kind", "mlir", "name", "rank", "short")

    bool: ClassVar[DType]
    int8: ClassVar[DType]
    int16: ClassVar[DType]
    int32: ClassVar[DType]
    int64: ClassVar[DType]
    uint8: ClassVar[DType]
    uint16: ClassVar[DType]
    uint32: ClassVar[DType]
    uint64: ClassVar[DType]
    float16: ClassVar[DType]
    bfloat16: ClassVar[DType]
    float32: ClassVar[DType]
    float64: ClassVar[DType]

    def __init__(self, name: str, kind: str, bits: int, mlir: str) -> None:
        self.name = name
        self.kind = kind  # "bool", "int", "uint" or "float"
        self.bits = bits
        self.mlir = mlir
        self.short = "bool" if kind == "bool" else mlir  # as printed: f32, ui8, bool
        self.rank = len(_BY_NAME)

    def __class_getitem__(cls, name: str) -> DType:
        return _BY_NAME[name]

    @property
    def itemsize(self) -> int:
        """Bytes of one element; a bool takes one."""
        return (self.bits + 7) // 8

    @property
    def is_float(self) -> builtins.bool:
        """Whether its numbers have derivatives."""
        return self.kind == "float"

    @property
    def dtype(self) -> np.dtype[Any]:
        """The NumPy dtype; being called `dtype`, it makes `np.dtype(nb.float32)` work."""
        return _numpy_dtype(self.name)

    def to_numpy(self) -> np.dtype[Any]:
        """The NumPy dtype of the same name (that of bfloat16 comes from `ml_dtypes`)."""
        return _numpy_dtype(self.name)

    def __eq__(self, other: object) -> builtins.bool:
        if self is other:
            return True
        if other is None or isinstance(other, DType):
            return False
        try:
            return as_dtype(other) is self
        except TypeError:
            return False

    def __hash__(self) -> int:
        return hash(_numpy_dtype(self.name))

    def __repr__(self) -> str:
        return f"DType.{self.name}"

    def __reduce__(self) -> tuple[Any, ...]:
        return (as_dtype, (self.name,))


_BY_NAME: dict[str, DType] = {}
BY_MLIR: dict[str, DType] = {}


def _define(name: str, kind: str, bits: int, mlir: str) -> DType:
    dtype = DType(name, kind, bits, mlir)
    _BY_NAME[name] = BY_MLIR[mlir] = dtype
    setattr(DType, name, dtype)
    return dtype


bool_ = _define("bool", "bool", 1, "i1")
int8 = _define("int8", "int", 8, "i8")
int16 = _define("int16", "int", 16, "i16")
int32 = _define("int32", "int", 32, "i32")
int64 = _define("int64", "int", 64, "i64")
uint8 = _define("uint8", "uint", 8, "ui8")
uint16 = _define("uint16", "uint", 16, "ui16")
uint32 = _define("uint32", "uint", 32, "ui32")
uint64 = _define("uint64", "uint", 64, "ui64")
float16 = _define("float16", "float", 16, "f16")
bfloat16 = _define("bfloat16", "float", 16, "bf16")
float32 = _define("float32", "float", 32, "f32")
float64 = _define("float64", "float", 64, "f64")

ALL = tuple(_BY_NAME.values())
_PYTHON: dict[object, DType] = {bool: bool_, int: int32, float: float32}


@functools.cache
def _numpy_dtype(name: str) -> np.dtype[Any]:
    found: Any = name
    if name == "bfloat16":
        try:
            import ml_dtypes
        except ImportError:
            raise ImportError("NumPy holds bfloat16 through the package ml_dtypes") from None
        found = ml_dtypes.bfloat16
    dtype: np.dtype[Any] = np.dtype(found)
    return dtype


_as_dtype_memo: dict[object, DType] = {}


def as_dtype(dtype: DTypeLike) -> DType:
    """The DType meant by a DType, a name, a NumPy dtype or a Python scalar type.

    Python's `float` and `int` mean float32 and int32.
    """
    if isinstance(dtype, DType):
        return dtype
    try:
        found = _as_dtype_memo.get(dtype)
    except TypeError:  # not hashable
        found = None
    if found is None:
        found = _PYTHON.get(dtype) if isinstance(dtype, type) else None
        if found is None:
            found = _from_numpy(dtype)
        _as_dtype_memo[dtype] = found
    return found


def _from_numpy(dtype: object) -> DType:
    name = dtype if isinstance(dtype, str) else None
    if dtype is None:  # float64 to NumPy
        raise TypeError(at_user("None is not a dtype"))
    if name not in _BY_NAME:
        try:
            name = np.dtype(dtype).name  # type: ignore[call-overload]
        except TypeError:
            raise TypeError(at_user(f"{dtype!r} is not a dtype")) from None
    if name not in _BY_NAME:
        raise TypeError(at_user(f"Nabla has no tensors of {name}; it has {', '.join(_BY_NAME)}"))
    return _BY_NAME[name]


# ---------------------------------------------------------------- promotion
#
# JAX's lattice (https://docs.jax.dev/en/latest/type_promotion.html) without complex numbers.
# Two of its nodes are Python's own weak numbers, "i*" and "f*", which take the type of what
# they meet. The result of a promotion is the least node above both.

_ABOVE: dict[str, tuple[str, ...]] = {
    "bool": ("i*",),
    "i*": ("uint8", "int8"),
    "uint8": ("int16", "uint16"),
    "uint16": ("int32", "uint32"),
    "uint32": ("int64", "uint64"),
    "uint64": ("f*",),
    "int8": ("int16",),
    "int16": ("int32",),
    "int32": ("int64",),
    "int64": ("f*",),
    "f*": ("bfloat16", "float16"),
    "bfloat16": ("float32",),
    "float16": ("float32",),
    "float32": ("float64",),
    "float64": (),
}


@functools.cache
def _upper(node: str) -> frozenset[str]:
    return frozenset({node}).union(*(_upper(above) for above in _ABOVE[node]))


def _node(dtype: DType, weak: bool) -> str:
    if weak and dtype.kind != "bool":
        return "f*" if dtype.kind == "float" else "i*"
    return dtype.name


@functools.cache
def _join(first: str, second: str) -> str:
    common = _upper(first) & _upper(second)
    return max(common, key=lambda node: len(_upper(node) & common))


@functools.cache
def promote(a: DType, a_weak: bool, b: DType, b_weak: bool) -> tuple[DType, bool]:
    """The dtype that `a` and `b` promote to, and whether it is weak.

    >>> promote(int32, False, float32, True)
    (DType.float32, True)
    """
    joined = _join(_node(a, a_weak), _node(b, b_weak))
    if joined == "i*":
        weak_ints = [d for d, weak in ((a, a_weak), (b, b_weak)) if weak and d.kind != "bool"]
        return max(weak_ints, key=lambda d: d.bits, default=int32), True
    if joined == "f*":
        floats = [d for d, weak in ((a, a_weak), (b, b_weak)) if weak and d.is_float]
        return max(floats, key=lambda d: d.bits, default=float32), True
    return _BY_NAME[joined], False


def promote_types(a: DTypeLike, b: DTypeLike) -> DType:
    """The dtype of an operation on tensors of these two dtypes.

    >>> nb.promote_types(nb.int32, nb.float32)
    DType.float32
    """
    return promote(as_dtype(a), False, as_dtype(b), False)[0]
