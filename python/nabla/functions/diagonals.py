# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Diagonals of matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from nabla._core import elementwise as e
from nabla._core.convert import as_int, as_value
from nabla._core.device import as_device
from nabla._core.dtypes import float32, int32, int64
from nabla._core.errors import at_user
from nabla._core.literals import from_numpy
from nabla._core.tree import wrap
from nabla._generated import build
from nabla.functions._support import as_count, axis_list, iota, number
from nabla.functions.arithmetic import cast
from nabla.functions.comparison import where
from nabla.functions.joining import pad
from nabla.functions.reduction import reduce_sum
from nabla.functions.shape import flatten, permute, reshape

if TYPE_CHECKING:
    from nabla._core.dtypes import DTypeLike
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = [
    "diag",
    "diag_indices",
    "diagflat",
    "diagonal",
    "trace",
    "tri",
    "tril_indices",
    "triu_indices",
]


def diagonal(x: TensorLike, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """The elements where two dimensions agree, or one is `offset` ahead of the other.

    They lie along a new last dimension; the two are gone. A positive offset is above the main
    diagonal. ValueError if x has fewer than two dimensions, or both are the same.

    >>> nb.diagonal(nb.tensor([[1, 2, 3], [4, 5, 6]]), 1)
    Tensor([2 6] : i32[2])
    """
    return _diagonal("diagonal", x, offset, axis1, axis2)


def _diagonal(op: str, x: TensorLike, offset: int, axis1: int, axis2: int) -> Tensor:
    tensor = wrap(as_value(x, op))
    rank, k = tensor.ndim, as_int(op, "offset", offset)
    if rank < 2:
        raise ValueError(at_user(f"{op}: shape {list(tensor.shape)} has no diagonals"))
    pair = axis_list(op, (axis1, axis2), rank)
    order = [*(i for i in range(rank) if i not in pair), *pair]
    value = permute(tensor, order)._value
    *lead, n, m = value.type.shape
    first = k if k >= 0 else -k * m
    count = max(min(n, m - k) if k >= 0 else min(n + k, m), 0)
    flat = e.reshape(value, (*lead, n * m))
    start = min(first, n * m)
    taken = build.slice_(
        flat,
        starts=[*[0] * len(lead), start],
        limits=[*lead, start + max((count - 1) * (m + 1) + 1, 0) if count else start],
        strides=[*[1] * len(lead), m + 1],
    )
    taken.weak = value.weak
    return wrap(taken)


def trace(x: TensorLike, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """The sum of a diagonal, `nb.sum(nb.diagonal(x, offset, axis1, axis2), -1)`.

    >>> nb.trace(nb.tensor([[1.0, 2.0], [3.0, 4.0]]))
    Tensor(5. : f32[])
    """
    return reduce_sum(_diagonal("trace", x, offset, axis1, axis2), -1)


def diag(x: TensorLike, k: int = 0) -> Tensor:
    """The k-th diagonal of a matrix; or, of a vector, the matrix that has it there, else zeros.

    ValueError for another number of dimensions.

    >>> nb.diag(nb.tensor([1, 2]))
    Tensor(
      [[1 0]
       [0 2]] : i32[2,2]
    )
    >>> nb.diag(nb.tensor([[1, 2], [3, 4]]))
    Tensor([1 4] : i32[2])
    """
    tensor = wrap(as_value(x, "diag"))
    offset = as_int("diag", "k", k)
    if tensor.ndim == 2:
        return diagonal(tensor, offset)
    if tensor.ndim != 1:
        raise ValueError(at_user(f"diag: shape {list(tensor.shape)} is no vector and no matrix"))
    size = int(tensor.shape[0]) + abs(offset)
    if offset >= 0:
        spread = reshape(pad(tensor, [(0, offset)]), (size, 1))
    else:
        spread = reshape(pad(tensor, [(0, -offset)]), (1, size))
    ahead = iota(int32, (size, size), 1) - iota(int32, (size, size), 0)
    return where(ahead == number(offset, ahead), spread, number(0, spread))


def diagflat(x: TensorLike, k: int = 0) -> Tensor:
    """`nb.diag` of the flattened tensor.

    >>> nb.diagflat(nb.tensor([[1], [2]]))
    Tensor(
      [[1 0]
       [0 2]] : i32[2,2]
    )
    """
    return diag(flatten(x), k)


def tri(
    n: int, m: int | None = None, k: int = 0, *, dtype: DTypeLike | None = None, device: Any = None
) -> Tensor:
    """A matrix of n rows and m columns (n, if None) of ones on and below its k-th diagonal.

    Elsewhere it is 0; float32 unless `dtype` says otherwise.

    >>> nb.tri(2, 3)
    Tensor(
      [[1. 0. 0.]
       [1. 1. 0.]] : f32[2,3]
    )
    """
    as_device(device)
    rows = as_count("tri", "n", n)
    shape = (rows, rows if m is None else as_count("tri", "m", m))
    ahead = iota(int32, shape, 1) - iota(int32, shape, 0)
    return cast(ahead <= number(as_int("tri", "k", k), ahead), float32 if dtype is None else dtype)


def tril_indices(n: int, k: int = 0, m: int | None = None) -> tuple[Tensor, Tensor]:
    """The rows and the columns, in int64, of the places on and below the k-th diagonal.

    The matrix has n rows and m columns (n, if None).

    >>> nb.tril_indices(2)
    (Tensor([0 1 1] : i64[3]), Tensor([0 0 1] : i64[3]))
    """
    return _places(_on_and_below, "tril_indices", n, k, m)


def triu_indices(n: int, k: int = 0, m: int | None = None) -> tuple[Tensor, Tensor]:
    """The rows and the columns, in int64, of the places on and above the k-th diagonal.

    The matrix has n rows and m columns (n, if None).

    >>> nb.triu_indices(2)
    (Tensor([0 0 1] : i64[3]), Tensor([0 1 1] : i64[3]))
    """
    return _places(lambda n, m, k: 1 - _on_and_below(n, m, k - 1), "triu_indices", n, k, m)


def _on_and_below(n: int, m: int, k: int) -> np.ndarray[Any, Any]:
    return np.tri(n, m, k)


def _places(
    ones: Callable[..., Any], op: str, n: int, k: int, m: int | None
) -> tuple[Tensor, Tensor]:
    """Where a matrix known by its size alone is not 0."""
    rows = as_count(op, "n", n)
    columns = rows if m is None else as_count(op, "m", m)
    first, second = np.nonzero(ones(rows, columns, as_int(op, "k", k)))
    return wrap(from_numpy(first)), wrap(from_numpy(second))


def diag_indices(n: int, ndim: int = 2) -> tuple[Tensor, ...]:
    """The positions, in int64, of the main diagonal of a tensor of `ndim` dimensions of n.

    >>> nb.diag_indices(3)
    (Tensor([0 1 2] : i64[3]), Tensor([0 1 2] : i64[3]))
    """
    count = as_count("diag_indices", "n", n)
    return (iota(int64, (count,), 0),) * as_count("diag_indices", "ndim", ndim)
