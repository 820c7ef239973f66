# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Moving elements without changing them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nabla._core import elementwise as e
from nabla._core.apply import apply1
from nabla._core.attributes import int_array, integer
from nabla._core.convert import as_value
from nabla._core.errors import at_user
from nabla._core.tree import wrap
from nabla.functions._support import as_shape, normalize_axis

if TYPE_CHECKING:
    from nabla._core.tensor import Tensor
    from nabla._core.types import TensorLike

__all__ = [
    "broadcast_to",
    "concatenate",
    "matrix_transpose",
    "permute",
    "reshape",
    "stack",
    "swap_axes",
]


def reshape(x: TensorLike, shape: Any) -> Tensor:
    """x in another shape, elements in row-major order; one extent may be -1.

    ValueError if the number of elements does not fit.
    """
    value = as_value(x, "reshape")
    dims = as_shape("reshape", shape)
    if dims.count(-1) > 1:
        raise ValueError(at_user("reshape: Only one dimension can be -1"))
    size = value.type.size
    if -1 in dims:
        known = math.prod(dim for dim in dims if dim != -1)
        if known and size % known == 0:
            dims = tuple(size // known if dim == -1 else dim for dim in dims)
    if min(dims, default=0) < 0 or math.prod(dims) != size:
        raise ValueError(
            at_user(f"reshape: shape {list(value.type.shape)} does not fill shape {list(dims)}")
        )
    result = e.reshape(value, dims)
    result.weak = value.weak
    return wrap(result)


def broadcast_to(x: TensorLike, shape: Any) -> Tensor:
    """x repeated to a shape, by NumPy's rule."""
    value = as_value(x, "broadcast_to")
    dims = as_shape("broadcast_to", shape)
    if e.broadcast_shapes("broadcast_to", value.type.shape, dims) != dims:
        raise ValueError(
            at_user(
                f"broadcast_to: Cannot broadcast shapes {list(value.type.shape)} to {list(dims)}"
            )
        )
    return wrap(e.broadcast(value, dims))


def permute(x: TensorLike, order: Sequence[int]) -> Tensor:
    """x with its dimensions in another order: dimension i of the result is `order[i]` of x."""
    value = as_value(x, "permute")
    axes = tuple(normalize_axis("permute", axis, value.type.rank) for axis in order)
    if sorted(axes) != list(range(value.type.rank)):
        raise ValueError(
            at_user(f"permute: {tuple(order)} does not order {value.type.rank} dimensions")
        )
    if axes == tuple(range(value.type.rank)):
        return wrap(value)
    result = apply1("transpose", (value,), (("permutation", int_array(axes)),))
    return wrap(result)


def swap_axes(x: TensorLike, axis1: int, axis2: int) -> Tensor:
    """x with two dimensions swapped."""
    value = as_value(x, "swap_axes")
    order = list(range(value.type.rank))
    i = normalize_axis("swap_axes", axis1, value.type.rank)
    j = normalize_axis("swap_axes", axis2, value.type.rank)
    order[i], order[j] = j, i
    return permute(wrap(value), order)


def matrix_transpose(x: TensorLike) -> Tensor:
    """x with the last two dimensions swapped; as it is if it has fewer."""
    value = as_value(x, "matrix_transpose")
    return wrap(value) if value.type.rank < 2 else swap_axes(wrap(value), -2, -1)


def concatenate(tensors: Sequence[TensorLike], axis: int = 0) -> Tensor:
    """Tensors joined along a dimension that they have.

    ValueError if there is none, or if other extents differ.
    """
    if not tensors:
        raise ValueError(at_user("concatenate expects at least one tensor"))
    values = [as_value(t, "concatenate") for t in tensors]
    rank = values[0].type.rank
    if rank == 0:
        raise ValueError(at_user("concatenate: 0-d tensors have no dimension; use nb.stack"))
    dim = normalize_axis("concatenate", axis, rank)
    for value in values[1:]:
        first, other = list(values[0].type.shape), list(value.type.shape)
        if len(other) != rank or first[:dim] + first[dim + 1 :] != other[:dim] + other[dim + 1 :]:
            raise ValueError(
                at_user(f"concatenate: shapes {first} and {other} differ besides dimension {dim}")
            )
    dtype, weak = e.common_dtype(values)
    values = [e.convert(value, dtype) for value in values]
    if len(values) == 1:
        return wrap(values[0])
    result = apply1("concatenate", values, (("dim", integer(dim)),))
    result.weak = weak
    return wrap(result)


def stack(tensors: Sequence[TensorLike], axis: int = 0) -> Tensor:
    """Tensors of one shape joined along a new dimension."""
    if not tensors:
        raise ValueError(at_user("stack expects at least one tensor"))
    values = [as_value(t, "stack") for t in tensors]
    shape = values[0].type.shape
    for value in values:
        if value.type.shape != shape:
            raise ValueError(
                at_user(f"stack: shapes {list(shape)} and {list(value.type.shape)} differ")
            )
    dim = normalize_axis("stack", axis, len(shape) + 1)
    grown = (*shape[:dim], 1, *shape[dim:])
    return concatenate([wrap(e.reshape(value, grown)) for value in values], axis=dim)
