# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The names that NumPy and JAX have for functions that are here under another."""

from __future__ import annotations

from nabla._generated.functions import (
    abs,
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    bitwise_not,
    is_finite,
    is_inf,
    is_nan,
    left_shift,
    neg,
    right_shift,
    sigmoid,
    sub,
)
from nabla.functions.activation import logsoftmax, silu
from nabla.functions.arithmetic import cast, div, mod, mul, pow, round
from nabla.functions.elementary import deg2rad, rad2deg
from nabla.functions.joining import concatenate, unbind
from nabla.functions.nonlinear import hard_silu
from nabla.functions.reduction import reduce_max, reduce_min
from nabla.functions.shape import flatten, permute, swap_axes, unsqueeze

__all__ = [
    "absolute",
    "amax",
    "amin",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "around",
    "astype",
    "bitwise_invert",
    "bitwise_left_shift",
    "bitwise_right_shift",
    "concat",
    "degrees",
    "divide",
    "expand_dims",
    "expit",
    "hard_swish",
    "invert",
    "isfinite",
    "isinf",
    "isnan",
    "log_softmax",
    "multiply",
    "negative",
    "permute_dims",
    "power",
    "radians",
    "ravel",
    "remainder",
    "rint",
    "subtract",
    "swapaxes",
    "swish",
    "true_divide",
    "unstack",
]

absolute = abs
amax, amin = reduce_max, reduce_min
arccos, arcsin, arctan, arctan2 = acos, asin, atan, atan2
arccosh, arcsinh, arctanh = acosh, asinh, atanh
around = rint = round
astype = cast
bitwise_invert = invert = bitwise_not
bitwise_left_shift, bitwise_right_shift = left_shift, right_shift
concat = concatenate
degrees, radians = rad2deg, deg2rad
divide = true_divide = div
expand_dims = unsqueeze
expit = sigmoid
isfinite, isinf, isnan = is_finite, is_inf, is_nan
log_softmax = logsoftmax
multiply, negative, power, subtract = mul, neg, pow, sub
permute_dims = permute
ravel = flatten
remainder = mod
swapaxes = swap_axes
swish, hard_swish = silu, hard_silu
unstack = unbind
