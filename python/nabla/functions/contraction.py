# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Products summed over dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nabla._core import elementwise as e
from nabla._core.convert import as_int, as_value
from nabla._core.dtypes import bool_, float32
from nabla._core.errors import at_user
from nabla._core.graph import Value
from nabla._core.tree import wrap
from nabla._generated import build
from nabla.functions._support import axis_list

if TYPE_CHECKING:
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = ["matmul", "outer", "tensordot"]


def matmul(x: TensorLike, y: TensorLike) -> Tensor:
    """`x @ y`: the matrix product over the last two dimensions, batched over the others.

    A 1-d operand is a row on the left, a column on the right, and drops out of the shape.
    Leading dimensions broadcast. Of bools it is whether both hold somewhere. ValueError if the
    inner extents differ, TypeError for a 0-d operand.

    >>> nb.matmul(nb.tensor([[1.0, 2.0], [3.0, 4.0]]), nb.tensor([1.0, 1.0]))
    Tensor([3. 7.] : f32[2])
    """
    a, b = as_value(x, "matmul"), as_value(y, "matmul")
    shapes = f"shapes {list(a.type.shape)} and {list(b.type.shape)}"
    if not a.type.rank or not b.type.rank:
        raise TypeError(at_user(f"matmul: {shapes}; a 0-d tensor has no matrix product, use *"))
    dtype, weak = e.common_dtype((a, b))
    a, b = e.convert(a, dtype), e.convert(b, dtype)
    inner = a.type.rank - 1, max(b.type.rank - 2, 0)
    if a.type.shape[inner[0]] != b.type.shape[inner[1]]:
        raise ValueError(
            at_user(
                f"matmul: {shapes} do not fit: the inner extents are "
                f"{a.type.shape[inner[0]]} and {b.type.shape[inner[1]]}"
            )
        )
    result = _batched(a, b) if b.type.rank > 2 else dot(a, b, (), (), (inner[0],), (inner[1],))
    result.weak = weak
    return wrap(result)


def _batched(a: Value, b: Value) -> Value:
    """The product where y has batch dimensions."""
    lead = e.broadcast_shapes("matmul", a.type.shape[:-2], b.type.shape[:-2])
    row = a.type.rank == 1
    a = e.broadcast(a, (*lead, *(a.type.shape if row else a.type.shape[-2:])))
    b = e.broadcast(b, (*lead, *b.type.shape[-2:]))
    batch = tuple(range(len(lead)))
    return dot(a, b, batch, batch, (a.type.rank - 1,), (b.type.rank - 2,))


def dot(
    a: Value,
    b: Value,
    a_batch: Sequence[int],
    b_batch: Sequence[int],
    a_contract: Sequence[int],
    b_contract: Sequence[int],
) -> Value:
    """The general product: batch dimensions, then what is free in a, then in b.

    Of bools it says whether some pair holds: their products are counted as floats, of which
    none is negative, so no sum of them falls to 0.
    """
    if a.type.dtype is bool_:
        a, b = e.convert(a, float32), e.convert(b, float32)
        return e.convert(dot(a, b, a_batch, b_batch, a_contract, b_contract), bool_)
    return build.dot_general(
        a, b, x_batch=a_batch, y_batch=b_batch, x_contract=a_contract, y_contract=b_contract
    )


def outer(x: TensorLike, y: TensorLike) -> Tensor:
    """The products of each element of x with each of y; both are flattened, as in NumPy.

    >>> nb.outer(nb.tensor([1, 2]), nb.tensor([3, 4, 5]))
    Tensor(
      [[ 3  4  5]
       [ 6  8 10]] : i32[2,3]
    )
    """
    a, b = as_value(x, "outer"), as_value(y, "outer")
    dtype, weak = e.common_dtype((a, b))
    shape = (a.type.size, b.type.size)
    column = e.broadcast(e.reshape(e.convert(a, dtype), (shape[0], 1)), shape)
    row = e.broadcast(e.reshape(e.convert(b, dtype), (1, shape[1])), shape)
    result = build.and_(column, row) if dtype is bool_ else build.mul(column, row)
    result.weak = weak
    return wrap(result)


def tensordot(
    x: TensorLike, y: TensorLike, axes: int | tuple[int | Sequence[int], int | Sequence[int]] = 2
) -> Tensor:
    """Products summed over dimensions: the last `axes` of x with the first of y, or pairs.

    `axes=([1, 0], [0, 2])` sums over dimension 1 of x with 0 of y, and 0 of x with 2 of y.
    The result has the other dimensions of x, then those of y. ValueError if extents differ.

    >>> nb.tensordot(nb.tensor([[1, 2], [3, 4]]), nb.tensor([1, 10]), 1)
    Tensor([21 43] : i32[2])
    """
    a, b = as_value(x, "tensordot"), as_value(y, "tensordot")
    if isinstance(axes, (tuple, list)):
        if len(axes) != 2:
            raise ValueError(at_user(f"tensordot: axes {axes} are no pair"))
        left = axis_list("tensordot", axes[0], a.type.rank)
        right = axis_list("tensordot", axes[1], b.type.rank)
    else:
        count = as_int("tensordot", "axes", axes)
        if not 0 <= count <= min(a.type.rank, b.type.rank):
            raise ValueError(
                at_user(
                    f"tensordot: shapes {list(a.type.shape)} and {list(b.type.shape)} have no "
                    f"{count} dimensions to sum over"
                )
            )
        left = list(range(a.type.rank - count, a.type.rank))
        right = list(range(count))
    if [a.type.shape[i] for i in left] != [b.type.shape[i] for i in right]:
        raise ValueError(
            at_user(
                f"tensordot: dimensions {left} of shape {list(a.type.shape)} do not fit "
                f"{right} of shape {list(b.type.shape)}"
            )
        )
    dtype, weak = e.common_dtype((a, b))
    result = dot(e.convert(a, dtype), e.convert(b, dtype), (), (), left, right)
    result.weak = weak
    return wrap(result)
