# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Scaled dot-product attention."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from nabla._core import elementwise as e
from nabla._core.convert import as_value
from nabla._core.dtypes import bool_, float32, int32
from nabla._core.errors import at_user
from nabla._core.tree import wrap
from nabla.functions._support import iota, number
from nabla.functions.activation import softmax
from nabla.functions.arithmetic import cast
from nabla.functions.comparison import where
from nabla.functions.repetition import repeat
from nabla.functions.summation import einsum

if TYPE_CHECKING:
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = ["dot_product_attention"]


def dot_product_attention(
    query: TensorLike,
    key: TensorLike,
    value: TensorLike,
    bias: TensorLike | None = None,
    mask: TensorLike | None = None,
    *,
    scale: float | None = None,
    is_causal: bool = False,
) -> Tensor:
    """`softmax(query @ key * scale + bias) @ value`, for each head (arXiv:1706.03762).

    Args:
        query: shape (batch..., places, heads, size).
        key, value: shape (batch..., sources, heads of theirs, size); the number of heads of
            the query is a multiple of theirs, and that many neighbours share one.
        bias: numbers added before the softmax, broadcast to (batch..., heads, places, sources).
        mask: bools of that shape: where they are False nothing is attended to.
        scale: `1 / sqrt(size)` if None.
        is_causal: whether a place attends only to sources that are not behind it.

    Returns:
        Shape (batch..., places, heads, size of value). The softmax is computed in float32 at
        least. A place that may attend to nothing gives NaN.

    Raises:
        TypeError: if the mask is not of bools.
        ValueError: if the shapes do not fit.

    >>> q, k = nb.ones((1, 3, 2, 4)), nb.ones((1, 5, 2, 4))
    >>> nb.dot_product_attention(q, k, k).shape
    [Dim(1), Dim(3), Dim(2), Dim(4)]
    """
    op = "dot_product_attention"
    values = [as_value(x, op) for x in (query, key, value)]
    dtype, _ = e.common_dtype(values)
    dtype = e.accepted(op, dtype, e.FLOAT)
    q, k, v = (wrap(e.convert(x, dtype)) for x in values)
    _check(q, k, v)
    share = int(q.shape[-2]) // int(k.shape[-2])
    if share > 1:
        k, v = repeat(k, share, k.ndim - 2), repeat(v, share, v.ndim - 2)
    size = int(q.shape[-1])
    scores = einsum("...qhd,...khd->...hqk", q, k)
    scores = cast(scores, float32) if dtype.bits < 32 else scores
    scores = scores * number(scale if scale is not None else 1 / math.sqrt(max(size, 1)), scores)
    if bias is not None:
        scores = scores + cast(bias, scores.dtype)
    if mask is not None:
        allowed = wrap(as_value(mask, op))
        if allowed.dtype is not bool_:
            raise TypeError(at_user(f"{op}: the mask is of {allowed.dtype.name}, not of bool"))
        scores = where(allowed, scores, number(-math.inf, scores))
    if is_causal:
        shape = tuple(map(int, scores.shape[-2:]))
        behind = iota(int32, shape, 1) > iota(int32, shape, 0)
        scores = where(behind, number(-math.inf, scores), scores)
    return einsum("...hqk,...khd->...qhd", cast(softmax(scores), dtype), v)


def _check(q: Tensor, k: Tensor, v: Tensor) -> None:
    """ValueError unless the shapes are those of attention."""
    shapes = [list(map(int, x.shape)) for x in (q, k, v)]
    fits = all(len(shape) >= 3 for shape in shapes)
    fits = fits and shapes[0][-1] == shapes[1][-1] and shapes[1][-3:-1] == shapes[2][-3:-1]
    fits = fits and shapes[1][-2] > 0 and shapes[0][-2] % shapes[1][-2] == 0
    if not fits:
        raise ValueError(
            at_user(
                "dot_product_attention: shapes {}, {} and {} are not (places, heads, size) of "
                "query, key and value".format(*shapes)
            )
        )
