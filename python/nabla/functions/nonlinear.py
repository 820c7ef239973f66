# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""More activation functions, by the names of `jax.nn`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from nabla._core.convert import as_value
from nabla._core.tree import wrap
from nabla._generated.functions import (
    abs,
    exp,
    expm1,
    log,
    log1p,
    sigmoid,
    sqrt,
    tanh,
)
from nabla.functions._support import Axes, as_float, number
from nabla.functions.activation import logsumexp
from nabla.functions.comparison import where
from nabla.functions.elementary import logaddexp
from nabla.functions.joining import split
from nabla.functions.statistics import mean, var

if TYPE_CHECKING:
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = [
    "celu",
    "elu",
    "glu",
    "hard_sigmoid",
    "hard_silu",
    "hard_tanh",
    "leaky_relu",
    "log1mexp",
    "log_sigmoid",
    "logmeanexp",
    "mish",
    "relu6",
    "selu",
    "soft_sign",
    "softplus",
    "squareplus",
    "standardize",
]


def relu6(x: TensorLike) -> Tensor:
    """x, but no less than 0 and no more than 6; the derivative at both is 0.

    >>> nb.relu6(nb.tensor([-1.0, 3.0, 9.0]))
    Tensor([0. 3. 6.] : f32[3])
    """
    tensor = wrap(as_value(x, "relu6"))
    zero, six = number(0, tensor), number(6, tensor)
    return where(tensor <= zero, zero, where(tensor >= six, six, tensor))


def leaky_relu(x: TensorLike, negative_slope: TensorLike = 0.01) -> Tensor:
    """x where it is not negative, else `negative_slope * x`; the derivative at 0 is 1.

    >>> nb.leaky_relu(nb.tensor([-1.0, 2.0]))
    Tensor([-0.01  2.  ] : f32[2])
    """
    tensor = as_float("leaky_relu", x)
    return where(tensor >= number(0, tensor), tensor, tensor * negative_slope)


def elu(x: TensorLike, alpha: TensorLike = 1.0) -> Tensor:
    """x where it is positive, else `alpha * (exp(x) - 1)` (https://arxiv.org/abs/1511.07289).

    >>> nb.elu(nb.tensor([-1.0, 2.0]))
    Tensor([-0.6321  2.    ] : f32[2])
    """
    tensor = as_float("elu", x)
    return where(tensor > number(0, tensor), tensor, expm1(tensor) * alpha)


def celu(x: TensorLike, alpha: TensorLike = 1.0) -> Tensor:
    """x where it is positive, else `alpha * (exp(x / alpha) - 1)`.

    (https://arxiv.org/abs/1704.07483)

    >>> nb.celu(nb.tensor([-1.0, 2.0]), 2.0)
    Tensor([-0.7869  2.    ] : f32[2])
    """
    tensor = as_float("celu", x)
    return where(tensor > number(0, tensor), tensor, expm1(tensor / alpha) * alpha)


def selu(x: TensorLike) -> Tensor:
    """`scale * nb.elu(x, alpha)` with the two constants that keep mean and variance.

    (https://arxiv.org/abs/1706.02515)

    >>> nb.selu(nb.tensor([-1.0, 2.0]))
    Tensor([-1.1113  2.1014] : f32[2])
    """
    tensor = as_float("selu", x)
    scale, alpha = number(1.0507009873554805, tensor), number(1.6732632423543772, tensor)
    return scale * elu(tensor, alpha)


def softplus(x: TensorLike) -> Tensor:
    """`log(1 + exp(x))`, without overflow.

    >>> nb.softplus(nb.tensor([-1.0, 0.0, 100.0]))
    Tensor([  0.3133   0.6931 100.    ] : f32[3])
    """
    tensor = as_float("softplus", x)
    return logaddexp(tensor, number(0, tensor))


def log_sigmoid(x: TensorLike) -> Tensor:
    """`log(sigmoid(x))`, where that is too small for `nb.sigmoid`, too.

    >>> nb.log_sigmoid(nb.tensor([-1000.0, 0.0]))
    Tensor([-1000.        -0.6931] : f32[2])
    """
    return -softplus(-as_float("log_sigmoid", x))


def soft_sign(x: TensorLike) -> Tensor:
    """`x / (abs(x) + 1)`

    >>> nb.soft_sign(nb.tensor([-1.0, 3.0]))
    Tensor([-0.5   0.75] : f32[2])
    """
    tensor = as_float("soft_sign", x)
    return tensor / (abs(tensor) + number(1, tensor))


def hard_tanh(x: TensorLike) -> Tensor:
    """x, but no less than -1 and no more than 1; the derivative beyond is 0.

    >>> nb.hard_tanh(nb.tensor([-3.0, 0.5, 3.0]))
    Tensor([-1.   0.5  1. ] : f32[3])
    """
    tensor = wrap(as_value(x, "hard_tanh"))
    one, least = number(1, tensor), number(-1, tensor)
    return where(tensor > one, one, where(tensor < least, least, tensor))


def hard_sigmoid(x: TensorLike) -> Tensor:
    """`nb.relu6(x + 3) / 6`

    >>> nb.hard_sigmoid(nb.tensor([-4.0, 0.0, 4.0]))
    Tensor([0.  0.5 1. ] : f32[3])
    """
    tensor = as_float("hard_sigmoid", x)
    return relu6(tensor + number(3, tensor)) / number(6, tensor)


def hard_silu(x: TensorLike) -> Tensor:
    """`x * nb.hard_sigmoid(x)`, also called hard swish (https://arxiv.org/abs/1905.02244).

    >>> nb.hard_silu(nb.tensor([-4.0, 1.0, 4.0]))
    Tensor([-0.      0.6667  4.    ] : f32[3])
    """
    tensor = as_float("hard_silu", x)
    return tensor * hard_sigmoid(tensor)


def mish(x: TensorLike) -> Tensor:
    """`x * tanh(softplus(x))` (https://arxiv.org/abs/1908.08681).

    >>> nb.mish(nb.tensor([-1.0, 2.0]))
    Tensor([-0.3034  1.944 ] : f32[2])
    """
    tensor = as_float("mish", x)
    return tensor * tanh(softplus(tensor))


def squareplus(x: TensorLike, b: TensorLike = 4.0) -> Tensor:
    """`(x + sqrt(x * x + b)) / 2` (https://arxiv.org/abs/2112.11687).

    >>> nb.squareplus(nb.tensor([-3.0, 0.0, 3.0]))
    Tensor([0.3028 1.     3.3028] : f32[3])
    """
    tensor = as_float("squareplus", x)
    return (tensor + sqrt(tensor * tensor + b)) * number(0.5, tensor)


def glu(x: TensorLike, axis: int = -1) -> Tensor:
    """The first half of x along a dimension times the sigmoid of the second half.

    (https://arxiv.org/abs/1612.08083) ValueError if the extent is odd.

    >>> nb.glu(nb.tensor([2.0, 4.0, 0.0, 0.0]))
    Tensor([1. 2.] : f32[2])
    """
    first, second = split(as_float("glu", x), 2, axis)
    return first * sigmoid(second)


def log1mexp(x: TensorLike) -> Tensor:
    """`log(1 - exp(-x))` for positive x, near 0 and where it is large.

    (Martin Mächler, "Accurately computing log(1 - exp(-|a|))", 2012)

    >>> nb.log1mexp(nb.tensor([0.0001, 1.0, 50.0]))
    Tensor([-9.2104 -0.4587 -0.    ] : f32[3])
    """
    tensor = as_float("log1mexp", x)
    small = tensor < number(math.log(2), tensor)
    return where(small, log(-expm1(-tensor)), log1p(-exp(-tensor)))


def logmeanexp(x: TensorLike, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """`log(mean(exp(x)))` along one dimension, several, or all, without overflow.

    >>> nb.logmeanexp(nb.tensor([100.0, 100.0]))
    Tensor(100. : f32[])
    """
    tensor = as_float("logmeanexp", x)
    total = logsumexp(tensor, axis, keepdims)
    share = tensor.numel() / max(total.numel(), 1)
    return total - number(math.log(share) if share else -math.inf, total)


def standardize(x: TensorLike, axis: Axes = -1, epsilon: TensorLike = 1e-5) -> Tensor:
    """x less its mean, divided by its standard deviation, along dimensions.

    `epsilon` is added to the variance.

    >>> nb.standardize(nb.tensor([1.0, 2.0, 3.0]), epsilon=0.0)
    Tensor([-1.2247  0.      1.2247] : f32[3])
    """
    tensor = as_float("standardize", x)
    spread = sqrt(var(tensor, axis, keepdims=True) + epsilon)
    return (tensor - mean(tensor, axis, keepdims=True)) / spread
