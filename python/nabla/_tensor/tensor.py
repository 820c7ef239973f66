# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The tensor: an immutable array whose elements are computed when somebody looks."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from nabla import _nabla
from nabla._core import location, tree
from nabla._core.convert import alias, unpickle
from nabla._core.dtypes import DType
from nabla._core.errors import DerivativeCutWarning, at_user
from nabla._core.force import force
from nabla._core.graph import Value
from nabla._core.literals import to_numpy
from nabla._core.types import Shape
from nabla._tensor import printing
from nabla._tensor.operators import Operators


class Tensor(Operators):
    """An n-dimensional array of one dtype.

    Work on tensors is recorded and runs, compiled as a whole, when a number is needed:
    by printing, `numpy()`, `item()`, `bool()` and the like. Shapes and dtypes are known at
    once. Make one with `nb.tensor`, `nb.zeros` and their kind, or `Tensor.from_dlpack`.

    >>> nb.tensor([1.0, 2.0]) + 1
    Tensor([2. 3.] : f32[2])
    """

    __slots__ = ()
    __array_priority__ = 100  # NumPy arrays leave `array + tensor` to us

    def __new__(cls, value: Any = None) -> Tensor:
        if not isinstance(value, Value):
            raise TypeError(at_user("Tensor(...): nb.tensor makes a tensor of a list or an array"))
        return super().__new__(cls, value)

    @staticmethod
    def from_dlpack(array: Any) -> Tensor:
        """A tensor of the elements of a NumPy, PyTorch, JAX or other DLPack array.

        It shares the array's memory where that is contiguous, aligned and in native byte
        order, and keeps the array alive: do not write into the array afterwards. Other layouts
        are copied, and `nb.tensor(array)` always copies. Compiled code never writes into it.

        Raises:
            TypeError: for elements of a dtype that tensors have not, and for an array that is
                not in the memory of the CPU.

        >>> array = np.array([1.0, 2.0])
        >>> x = nb.Tensor.from_dlpack(array)
        >>> np.shares_memory(np.asarray(x), array)
        True
        """
        return tree.wrap(alias(array))

    # ---------------------------------------------------------------- type

    @property
    def shape(self) -> Shape:
        """The extents: `x.shape == (2, 3)`."""
        return self._value.type.public_shape  # type: ignore[no-any-return]

    @property
    def dtype(self) -> DType:
        """The type of the elements, such as `nb.float32`."""
        return self._value.type.dtype  # type: ignore[no-any-return]

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return self._value.type.rank  # type: ignore[no-any-return]

    rank = ndim

    def dim(self) -> int:
        """The number of dimensions."""
        return self.ndim

    def size(self, dim: int | None = None) -> Any:
        """The shape, or the extent of one dimension."""
        return self.shape if dim is None else self.shape[dim]

    def numel(self) -> int:
        """The number of elements."""
        return self._value.type.size  # type: ignore[no-any-return]

    num_elements = numel

    @property
    def itemsize(self) -> int:
        """Bytes of one element."""
        return self.dtype.itemsize

    @property
    def nbytes(self) -> int:
        """Bytes of all elements."""
        return self._value.type.nbytes  # type: ignore[no-any-return]

    @property
    def is_realized(self) -> bool:
        """Whether the elements are in memory already."""
        return self._value.data is not None

    @property
    def is_traced(self) -> bool:
        """Whether a transform is tracing this value, so that it stands for many."""
        return self._value.trace is not None

    # ---------------------------------------------------------------- numbers

    def realize(self) -> Tensor:
        """Compute the elements now. A traced tensor is left as it is."""
        if self._value.trace is None:
            force(self._value)
        return self

    def numpy(self) -> np.ndarray[Any, Any]:
        """The elements as a new NumPy array; `np.asarray(x)` is a view that cannot be written."""
        return np.array(self._view("numpy()"))

    to_numpy = numpy

    @staticmethod
    def to_numpy_all(*tensors: Tensor) -> tuple[np.ndarray[Any, Any], ...]:
        """The elements of several tensors, each as a new NumPy array."""
        return tuple([tensor.numpy() for tensor in tensors])

    def tolist(self) -> Any:
        """The elements as nested lists of Python numbers."""
        return self._view("tolist()").tolist()

    def item(self) -> Any:
        """The only element, as a Python number.

        Raises TypeError if there are several.
        """
        return self._only("item()")

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        view = self._view("np.asarray()")
        if dtype is not None and view.dtype != dtype:
            if copy is False:
                raise ValueError(f"{self.dtype} becomes {dtype} only by a copy")
            return view.astype(dtype)
        return view.copy() if copy else view

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """A function of NumPy takes a tensor for the array that it is, and gives arrays."""
        of_shape = function in (np.shape, np.ndim, np.size)
        leaves, treedef = tree.flatten((args, kwargs))
        for i, item in enumerate(leaves):
            if isinstance(item, Tensor):
                leaves[i] = np.broadcast_to(0, item.shape) if of_shape else np.asarray(item)
        args, kwargs = tree.unflatten(treedef, leaves)
        return function(*args, **kwargs)

    def __dlpack__(
        self,
        *,
        stream: Any = None,
        max_version: tuple[int, int] | None = None,
        dl_device: tuple[int, int] | None = None,
        copy: bool | None = None,
    ) -> Any:
        """The elements in place, for `from_dlpack` of NumPy, PyTorch, JAX and others.

        Tensors share memory freely, so nobody may write into the view. It says so to consumers
        of DLPack 1.0. To older ones it cannot: a tensor that was itself made of an array that
        forbids writing goes to them as a copy. With `copy=True` the memory is the consumer's
        own. BufferError for what cannot be had: a stream, another device, or no copy where one
        is needed.
        """
        buffer = self._force("__dlpack__()")
        return buffer.__dlpack__(
            stream=stream, max_version=max_version, dl_device=dl_device, copy=copy
        )

    def __dlpack_device__(self) -> tuple[int, int]:
        return (1, 0)

    def __bool__(self) -> bool:
        if self.numel() != 1:
            raise ValueError(
                at_user(
                    f"the truth of a tensor of shape {self.shape} is not one bool: "
                    "say nb.any or nb.all"
                )
            )
        return bool(to_numpy(force(self._value), self._value.type).item())

    def __int__(self) -> int:
        self._need_one("int()")
        return int(to_numpy(force(self._value), self._value.type).item())

    def __float__(self) -> float:
        return float(self._only("float()"))

    def __index__(self) -> int:
        if self.dtype.kind not in ("int", "uint"):
            raise TypeError(at_user(f"a tensor of {self.dtype.name} is not an index"))
        return self.__int__()

    def _force(self, asked: str) -> Any:
        value = self._value
        buffer = force(value)
        if value.trace is not None and value.active and self.dtype.is_float:
            _warn_cut(value, asked)
        return buffer

    def _view(self, asked: str) -> np.ndarray[Any, Any]:
        return to_numpy(self._force(asked), self._value.type)

    def _only(self, asked: str) -> Any:
        self._need_one(asked)
        return self._view(asked).item()

    def _need_one(self, asked: str) -> None:
        if self.numel() != 1:
            raise TypeError(
                at_user(
                    "Only single-element tensors can be converted to Python scalars: "
                    f"{asked} of shape {self.shape}"
                )
            )

    # ---------------------------------------------------------------- container

    def __len__(self) -> int:
        if self.ndim == 0:
            raise TypeError(at_user("a 0-d tensor has no len()"))
        return int(self.shape[0])

    def __iter__(self) -> Iterator[Tensor]:
        if self.ndim == 0:
            raise TypeError(at_user("a 0-d tensor cannot be iterated over"))
        return (self[i] for i in range(len(self)))

    def __hash__(self) -> int:
        return id(self)

    def __copy__(self) -> Tensor:
        return self

    def __deepcopy__(self, memo: Any) -> Tensor:
        return self

    def __reduce__(self) -> Any:
        return (unpickle, (self.numpy(), self.dtype.name))

    # ---------------------------------------------------------------- text

    def __repr__(self) -> str:
        value = self._value
        if value.trace is not None:
            return f"Traced({value.type.short})"
        if value.node is None and value.data is None:
            return f"Donated({value.type.short})"
        return printing.text(to_numpy(force(self._value), self._value.type), self._value.type)

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if spec else str(self)


def _warn_cut(value: Value, asked: str) -> None:
    found = location.triple(location.where())
    file, line, _ = found or ("<unknown>", 0, "")
    warnings.warn_explicit(
        f"{asked} of Traced({value.type.short}) takes a number out of a function that is "
        "being differentiated: no derivative flows through it. Write nb.stop_gradient(x) "
        "around the tensor if that is what you mean.",
        DerivativeCutWarning,
        file,
        line,
        registry=_warned,
    )


_warned: dict[Any, Any] = {}


_nabla.connect(tensor=Tensor)
