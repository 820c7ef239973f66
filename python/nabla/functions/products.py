# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Products of vectors and matrices by the names NumPy has for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nabla._core import elementwise as e
from nabla._core.convert import as_value
from nabla._core.errors import at_user
from nabla._core.tree import wrap
from nabla.functions._support import normalize_axis
from nabla.functions.arithmetic import mul
from nabla.functions.contraction import tensordot
from nabla.functions.joining import stack
from nabla.functions.shape import flatten, moveaxis, reshape
from nabla.functions.summation import einsum

if TYPE_CHECKING:
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = ["cross", "dot", "inner", "kron", "vdot", "vecdot"]


def _pair(op: str, x: TensorLike, y: TensorLike) -> tuple[Tensor, Tensor]:
    return wrap(as_value(x, op)), wrap(as_value(y, op))


def _check_last(op: str, a: Tensor, b: Tensor, dim: int) -> None:
    """ValueError unless the last extent of a is that of a dimension of b."""
    if a.shape[-1] != b.shape[dim]:
        raise ValueError(
            at_user(
                f"{op}: shapes {list(a.shape)} and {list(b.shape)} differ in the extents summed"
            )
        )


def dot(x: TensorLike, y: TensorLike) -> Tensor:
    """Products summed over the last dimension of x and the last but one of y, or its only one.

    Of vectors it is the inner product, of matrices `x @ y`, with a 0-d operand `x * y`.
    ValueError if the extents differ.

    >>> nb.dot(nb.tensor([1.0, 2.0]), nb.tensor([3.0, 4.0]))
    Tensor(11. : f32[])
    """
    a, b = _pair("dot", x, y)
    if not a.ndim or not b.ndim:
        return mul(a, b)
    place = max(b.ndim - 2, 0)
    _check_last("dot", a, b, place)
    return tensordot(a, b, ([a.ndim - 1], [place]))


def inner(x: TensorLike, y: TensorLike) -> Tensor:
    """Products summed over the last dimensions of both; with a 0-d operand `x * y`.

    ValueError if the extents differ.

    >>> nb.inner(nb.tensor([[1.0, 2.0], [3.0, 4.0]]), nb.tensor([1.0, 10.0]))
    Tensor([21. 43.] : f32[2])
    """
    a, b = _pair("inner", x, y)
    if not a.ndim or not b.ndim:
        return mul(a, b)
    _check_last("inner", a, b, b.ndim - 1)
    return tensordot(a, b, ([a.ndim - 1], [b.ndim - 1]))


def vdot(x: TensorLike, y: TensorLike) -> Tensor:
    """The inner product of both, flattened. ValueError if they differ in the number of elements.

    >>> nb.vdot(nb.tensor([[1, 2], [3, 4]]), nb.tensor([[1, 1], [1, 1]]))
    Tensor(10 : i32[])
    """
    a, b = _pair("vdot", x, y)
    a, b = flatten(a), flatten(b)
    _check_last("vdot", a, b, 0)
    return tensordot(a, b, 1)


def vecdot(x: TensorLike, y: TensorLike, axis: int = -1) -> Tensor:
    """The inner products of vectors along a dimension; the other dimensions broadcast.

    ValueError if the extents differ.

    >>> nb.vecdot(nb.tensor([[1, 2], [3, 4]]), nb.tensor([1, 10]))
    Tensor([21 43] : i32[2])
    """
    a, b = _pair("vecdot", x, y)
    a = moveaxis(a, normalize_axis("vecdot", axis, a.ndim), -1)
    b = moveaxis(b, normalize_axis("vecdot", axis, b.ndim), -1)
    _check_last("vecdot", a, b, b.ndim - 1)
    return einsum("...i,...i->...", a, b)


def kron(x: TensorLike, y: TensorLike) -> Tensor:
    """The Kronecker product: blocks of y, each multiplied by an element of x.

    Where one has fewer dimensions, it gets more of extent 1 in front.

    >>> nb.kron(nb.tensor([1, 10]), nb.tensor([1, 2, 3]))
    Tensor([ 1  2  3 10 20 30] : i32[6])
    """
    a, b = _pair("kron", x, y)
    rank = max(a.ndim, b.ndim)
    left = [*[1] * (rank - a.ndim), *map(int, a.shape)]
    right = [*[1] * (rank - b.ndim), *map(int, b.shape)]
    outside = reshape(a, [n for extent in left for n in (extent, 1)])
    inside = reshape(b, [n for extent in right for n in (1, extent)])
    return reshape(mul(outside, inside), [m * n for m, n in zip(left, right, strict=True)])


def cross(x: TensorLike, y: TensorLike, axis: int = -1) -> Tensor:
    """The cross product of vectors of three elements along a dimension; the others broadcast.

    Of two vectors of two elements it is the third element, without the dimension. ValueError
    for other extents.

    >>> nb.cross(nb.tensor([1.0, 0.0, 0.0]), nb.tensor([0.0, 1.0, 0.0]))
    Tensor([0. 0. 1.] : f32[3])
    """
    a, b = _pair("cross", x, y)
    a = moveaxis(a, normalize_axis("cross", axis, a.ndim), -1)
    b = moveaxis(b, normalize_axis("cross", axis, b.ndim), -1)
    extents = int(a.shape[-1]), int(b.shape[-1])
    if not set(extents) <= {2, 3}:
        raise ValueError(at_user(f"cross: vectors of {extents[0]} and {extents[1]} elements"))
    e.broadcast_shapes("cross", tuple(map(int, a.shape[:-1])), tuple(map(int, b.shape[:-1])))
    a0, a1, b0, b1 = a[..., 0], a[..., 1], b[..., 0], b[..., 1]
    third = a0 * b1 - a1 * b0
    if extents == (2, 2):
        return third
    # A vector of two elements lies in the plane.
    first = second = None
    if extents[1] == 3:
        first, second = a1 * b[..., 2], -(a0 * b[..., 2])
    if extents[0] == 3:
        down, up = a[..., 2] * b1, a[..., 2] * b0
        first = -down if first is None else first - down
        second = up if second is None else second + up
    assert first is not None and second is not None
    return moveaxis(stack([first, second, third], -1), -1, axis)
