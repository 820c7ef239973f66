# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random numbers made of random bits. A key is a value of two words, `ui32[2]`.

The bits are those of `nabla.random_bits`: a function of the key and of the position, so a
batch of keys gives what a loop over them gives. Laws are functions of these bits.
"""

from __future__ import annotations

import math
from typing import Any

from nabla._core import elementwise as e
from nabla._core.dtypes import DType, as_dtype, float32, uint32, uint64
from nabla._core.errors import at_user
from nabla._core.graph import Value
from nabla._core.literals import constant
from nabla._core.types import tensor_type
from nabla._generated import build
from nabla.functions._support import as_shape


def random_bits(key: Value, shape: tuple[int, ...], dtype: DType = uint32) -> Value:
    """Words of 32 or 64 random bits."""
    return build.random_bits(key, tensor_type(dtype, shape))


def shifted(words: Value, count: int) -> Value:
    """Unsigned words without their lowest bits."""
    return build.div(words, constant(1 << count, words.type)) if count else words


# ---------------------------------------------------------------- laws


def unit(key: Value, shape: tuple[int, ...], dtype: DType) -> Value:
    """Evenly spread in [0, 1)."""
    return unit_of(random_bits(key, shape, uint64 if dtype.bits == 64 else uint32), dtype)


def unit_of(words: Value, dtype: DType) -> Value:
    """The top bits of words as a fraction, as many as the dtype holds without rounding to 1."""
    kept = {"f64": 53, "f32": 24, "f16": 11, "bf16": 8}[dtype.mlir]
    whole = e.convert(shifted(words, words.type.dtype.bits - kept), dtype)
    return build.mul(whole, constant(2.0**-kept, whole.type))


def normal(key: Value, shape: tuple[int, ...], dtype: DType) -> Value:
    """Of the standard normal distribution."""
    if dtype.bits == 64:
        return normal_of(*halves(unit(key, (2, *shape), dtype)))
    words = random_bits(key, shape, uint64)
    high, low = e.convert(shifted(words, 32), uint32), e.convert(words, uint32)
    # Sixteen bits are too few to draw in: the tails would end at 3.
    return e.convert(normal_of(unit_of(high, float32), unit_of(low, float32)), dtype)


def normal_of(distance: Value, angle: Value) -> Value:
    """Box and Muller: a point evenly spread in angle, at a distance with the right law.

    Finite, since a number in [0, 1) that is taken from 1 leaves no 0 to take the logarithm of.
    """
    type = distance.type
    log = build.log1p(build.neg(distance))
    radius = build.sqrt(build.mul(log, constant(-2.0, type)))
    turned = build.mul(angle, constant(2.0 * math.pi, type))
    return build.mul(radius, build.cos(turned))


def gumbel(key: Value, shape: tuple[int, ...], dtype: DType) -> Value:
    """Noise that makes the largest of logarithms of weights a draw by these weights.

    Gumbel, "Statistical theory of extreme values", 1954.
    """
    noise = unit(key, shape, dtype)
    for _ in range(2):
        noise = build.neg(build.log(noise))
    return noise


def halves(both: Value) -> tuple[Value, Value]:
    """The two slices along the first dimension."""
    return _half(both, 0), _half(both, 1)


def _half(both: Value, which: int) -> Value:
    shape = both.type.shape
    half = build.slice_(
        both,
        starts=(which, *[0] * (len(shape) - 1)),
        limits=(which + 1, *shape[1:]),
        strides=[1] * len(shape),
    )
    return e.reshape(half, shape[1:])


def remainder(words: tuple[Value, Value], span: Value) -> Value:
    """A whole number from 0 on, below `span`, all of ui64.

    The words together are a number of 128 bits, of which the remainder is taken, so that no
    result is likelier than another by more than 2^-64.
    """
    # 2^64 mod span, for 2^64 - span does not overflow.
    carry = build.rem(build.sub(constant(0, span.type), span), span)
    high, low = (build.rem(word, span) for word in words)
    return build.rem(build.add(build.mul(high, carry), low), span)


# ---------------------------------------------------------------- arguments


def float_dtype(op: str, dtype: Any) -> DType:
    kind = float32 if dtype is None else as_dtype(dtype)
    if not kind.is_float:
        raise TypeError(at_user(f"{op}: noise of {kind.name} is not possible"))
    return kind


def draw_shape(op: str, shape: Any, *parameters: Any) -> tuple[int, ...]:
    """The shape to draw; that of the parameters together if none is given."""
    common = e.common_shape(op, parameters)
    if shape is None:
        return common
    dims = as_shape(op, shape)
    if e.broadcast_shapes(op, common, dims) != dims:
        raise ValueError(
            at_user(f"{op}: parameters of shape {list(common)} do not broadcast to {list(dims)}")
        )
    return dims


def scaled(op: str, key: Value, shape: Any, low: Any, high: Any, dtype: DType) -> Value:
    """Evenly spread in [low, high)."""
    low, high = e.operand(op, low), e.operand(op, high)
    dims = draw_shape(op, shape, low, high)
    fraction = unit(key, dims, dtype)
    if _is(low, 0) and _is(high, 1):
        return fraction
    return stretched(fraction, e.fit(low, dtype, dims), e.fit(high, dtype, dims))


def stretched(fraction: Value, low: Value, high: Value) -> Value:
    """A fraction in [0, 1) as a number in [low, high), also where rounding would give high."""
    number = build.add(low, build.mul(fraction, build.sub(high, low)))
    return build.select(build.compare(number, high, predicate="lt"), number, low)


def shaped(op: str, key: Value, shape: Any, mean: Any, std: Any, dtype: DType) -> Value:
    """Of the normal distribution with this mean and standard deviation."""
    mean, std = e.operand(op, mean), e.operand(op, std)
    dims = draw_shape(op, shape, mean, std)
    noise = normal(key, dims, dtype)
    if not _is(std, 1):
        noise = build.mul(noise, e.fit(std, dtype, dims))
    return noise if _is(mean, 0) else build.add(noise, e.fit(mean, dtype, dims))


def _is(parameter: Any, number: int) -> bool:
    return not isinstance(parameter, Value) and parameter == number
