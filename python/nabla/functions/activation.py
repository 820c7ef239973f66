# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Activation functions, softmax and its kin."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from nabla._core.convert import as_value
from nabla._core.dtypes import float32
from nabla._core.tree import wrap
from nabla._generated.functions import erf, exp, is_finite, log, sigmoid, stop_gradient, tanh
from nabla.functions._support import Axes, as_float, normalize_axes, number
from nabla.functions.arithmetic import cast
from nabla.functions.comparison import where
from nabla.functions.reduction import largest, reduce_sum
from nabla.functions.shape import reshape

if TYPE_CHECKING:
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = ["gelu", "logsoftmax", "logsumexp", "relu", "silu", "softmax"]


def relu(x: TensorLike) -> Tensor:
    """x where it is positive, else 0; its derivative at 0 is 0. NaN stays NaN.

    >>> nb.relu(nb.tensor([-1.0, 0.0, 2.0]))
    Tensor([0. 0. 2.] : f32[3])
    """
    tensor = wrap(as_value(x, "relu"))
    zero = number(0, tensor)
    return where(tensor <= zero, zero, tensor)


def silu(x: TensorLike) -> Tensor:
    """`x * sigmoid(x)`, also called swish (https://arxiv.org/abs/1702.03118).

    >>> nb.silu(nb.tensor([-1.0, 0.0, 2.0]))
    Tensor([-0.2689  0.      1.7616] : f32[3])
    """
    tensor = as_float("silu", x)
    return tensor * sigmoid(tensor)


def gelu(x: TensorLike, approximate: bool = False) -> Tensor:
    """`x * (1 + erf(x / sqrt(2))) / 2`, the exact form (https://arxiv.org/abs/1606.08415).

    With `approximate` it is `x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x ** 3))) / 2`, as it
    is there, and in `jax.nn.gelu` unless one says otherwise.

    float16 and bfloat16 are computed in float32, for the sum cancels where x is negative.

    >>> nb.gelu(nb.tensor([-1.0, 0.0, 2.0]))
    Tensor([-0.1587  0.      1.9545] : f32[3])
    """
    tensor = as_float("gelu", x)
    if tensor.dtype.bits < 32:
        return cast(gelu(cast(tensor, float32), approximate), tensor.dtype)
    if approximate:
        inner = tensor + number(0.044715, tensor) * (tensor * tensor * tensor)
        spread = tanh(number(math.sqrt(2 / math.pi), tensor) * inner)
    else:
        spread = erf(tensor * number(math.sqrt(0.5), tensor))
    return number(0.5, tensor) * tensor * (number(1, tensor) + spread)


def softmax(x: TensorLike, axis: Axes = -1) -> Tensor:
    """`exp(x) / sum(exp(x))` along one dimension, several, or all (None).

    The largest element is subtracted first, so that nothing overflows. A row that is -inf
    throughout gives NaN.

    >>> nb.softmax(nb.tensor([1.0, 2.0, 3.0]))
    Tensor([0.09   0.2447 0.6652] : f32[3])
    """
    shifted, axes = _below_largest("softmax", x, axis)
    weights = exp(shifted)
    return weights / reduce_sum(weights, axes, keepdims=True)


def logsoftmax(x: TensorLike, axis: Axes = -1) -> Tensor:
    """`log(softmax(x))`, computed without dividing, so that small probabilities stay exact.

    >>> nb.logsoftmax(nb.tensor([1.0, 2.0, 3.0]))
    Tensor([-2.4076 -1.4076 -0.4076] : f32[3])
    """
    shifted, axes = _below_largest("logsoftmax", x, axis)
    return shifted - log(reduce_sum(exp(shifted), axes, keepdims=True))


def _below_largest(op: str, x: TensorLike, axis: Axes) -> tuple[Tensor, tuple[int, ...]]:
    """x minus its largest element, a constant to differentiation, for it cancels out."""
    tensor = as_float(op, x)
    axes = normalize_axes(op, axis, tensor.ndim)
    return tensor - stop_gradient(largest(tensor, axes)), axes


def logsumexp(x: TensorLike, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """`log(sum(exp(x)))` along one dimension, several, or all, without overflow.

    Of nothing, or nothing but -inf, it is -inf.

    >>> nb.logsumexp(nb.tensor([100.0, 100.0]))
    Tensor(100.6931 : f32[])
    """
    tensor = as_float("logsumexp", x)
    axes = normalize_axes("logsumexp", axis, tensor.ndim)
    top = stop_gradient(largest(tensor, axes))
    top = where(is_finite(top), top, number(0, top))
    total = reduce_sum(exp(tensor - top), axes, keepdims)
    return log(total) + reshape(top, total.shape)
