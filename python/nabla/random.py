# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random numbers from explicit keys: pure functions, so equal keys give equal numbers.

A key is a tensor `ui32[2]`, made by `key` and multiplied by `split` and `fold_in`; use each
once. The generator is counter-based (Threefry-2x32 with 20 rounds: Salmon, Moraes, Dror, Shaw,
"Parallel random numbers: as easy as 1, 2, 3", SC 2011): `nb.vmap` over keys gives what a loop
over them gives. `nb.gaussian` and `nb.uniform` draw from a generator of the process instead.

>>> key, other = nb.random.split(nb.random.key(0))
>>> nb.random.normal(key, (2, 3)).shape
[Dim(2), Dim(3)]
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from nabla._core import elementwise as e
from nabla._core.convert import as_value
from nabla._core.dtypes import as_dtype, float32, int32, int64, uint32, uint64
from nabla._core.errors import at_user
from nabla._core.graph import Value
from nabla._core.keys import KEY, split_stacked
from nabla._core.literals import check_fits, constant, from_numpy, scalar
from nabla._core.tree import wrap
from nabla._core.types import tensor_type
from nabla._generated import build
from nabla.functions import _draws as d
from nabla.functions import _selecting as selecting
from nabla.functions._support import normalize_axis
from nabla.functions.comparison import logical_and, where
from nabla.functions.creation import zeros
from nabla.functions.indexing import gather

if TYPE_CHECKING:
    from nabla._core.dtypes import DTypeLike
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = [
    "bernoulli",
    "bits",
    "categorical",
    "choice",
    "fold_in",
    "key",
    "normal",
    "permutation",
    "randint",
    "split",
    "uniform",
]


# ---------------------------------------------------------------- keys


def key(seed: TensorLike) -> Tensor:
    """The key of a seed, an integer of up to 64 bits.

    >>> nb.random.key(7)
    Tensor([0 7] : ui32[2])
    """
    return wrap(_words("key", seed))


def split(key: TensorLike, num: int = 2) -> Tensor:
    """New keys made from one, stacked: `ui32[num, 2]`.

    >>> a, b = nb.random.split(nb.random.key(0))
    >>> a.shape
    [Dim(2)]
    """
    if num < 0:
        raise ValueError(at_user(f"split: {num} keys"))
    return wrap(split_stacked(_key("split", key), num))


def fold_in(key: TensorLike, data: TensorLike) -> Tensor:
    """A new key made from one and an integer, say the number of a step.

    >>> a, b = (nb.random.fold_in(nb.random.key(0), i) for i in (1, 2))
    >>> (a == b).tolist()
    [False, False]
    """
    mixed = d.random_bits(_key("fold_in", key), (2,))
    # So that no number gives the first key that `split` makes of the same key.
    apart = from_numpy(np.array([0x9E3779B9, 0x7F4A7C15], np.uint32), copy=False)
    for words in (apart, _words("fold_in", data)):
        mixed = build.xor(mixed, words)
    return wrap(d.random_bits(mixed, (2,)))


def _words(op: str, number: Any) -> Value:
    """The 64 bits of an integer as two words, the high one first."""
    item = e.operand(op, number)
    if not isinstance(item, Value):
        if not isinstance(item, int) or isinstance(item, bool):
            raise TypeError(at_user(f"{op}: {item!r} is not an integer"))
        if not -(2**63) <= item < 2**64:
            raise OverflowError(at_user(f"{op}: {item} has more than 64 bits"))
        words = [item >> 32 & 0xFFFFFFFF, item & 0xFFFFFFFF]
        return from_numpy(np.array(words, np.uint32))
    if item.type.shape or item.type.dtype.kind not in ("int", "uint"):
        raise TypeError(at_user(f"{op}: {item.type.short} is not one integer"))
    wide = e.reshape(e.convert(item, uint64), (1,))
    parts = [e.convert(d.shifted(wide, 32), uint32), e.convert(wide, uint32)]
    return build.concatenate(parts, dim=0)


def _key(op: str, key: Any) -> Value:
    value = as_value(key, op)
    if value.type is not KEY:
        raise TypeError(
            at_user(f"{op}: {value.type.short} is not a key; nb.random.key makes one of a seed")
        )
    return value


# ---------------------------------------------------------------- numbers


def bits(key: TensorLike, shape: Any = (), dtype: DTypeLike = uint32) -> Tensor:
    """Unsigned integers, all bits of which are random.

    >>> nb.random.bits(nb.random.key(0), (2,))
    Tensor([1797259609 1351547692] : ui32[2])
    """
    kind = as_dtype(dtype)
    if kind.kind != "uint":
        raise TypeError(at_user(f"bits: {kind.name} is not an unsigned integer"))
    dims = d.draw_shape("bits", shape)
    words = d.random_bits(_key("bits", key), dims, uint64 if kind is uint64 else uint32)
    return wrap(e.convert(d.shifted(words, words.type.dtype.bits - kind.bits), kind))


def uniform(
    key: TensorLike,
    shape: Any = None,
    dtype: DTypeLike = float32,
    minval: TensorLike = 0.0,
    maxval: TensorLike = 1.0,
) -> Tensor:
    """Evenly spread in [minval, maxval), never `maxval` itself.

    The shape is that of the limits together if none is given. Differentiable in both.

    >>> x = nb.random.uniform(nb.random.key(0), (100,), minval=2.0, maxval=3.0)
    >>> bool(nb.min(x) >= 2.0) and bool(nb.max(x) < 3.0)
    True
    """
    kind = d.float_dtype("uniform", dtype)
    return wrap(d.scaled("uniform", _key("uniform", key), shape, minval, maxval, kind))


def normal(
    key: TensorLike,
    shape: Any = None,
    dtype: DTypeLike = float32,
    mean: TensorLike = 0.0,
    std: TensorLike = 1.0,
) -> Tensor:
    """Of the normal distribution with this mean and standard deviation; always finite.

    The shape is that of the parameters together if none is given. Differentiable in both.

    >>> nb.random.normal(nb.random.key(0), (3,), nb.float64).dtype
    DType.float64
    """
    kind = d.float_dtype("normal", dtype)
    return wrap(d.shaped("normal", _key("normal", key), shape, mean, std, kind))


def randint(
    key: TensorLike,
    shape: Any = None,
    minval: TensorLike = 0,
    maxval: TensorLike = 2,
    dtype: DTypeLike = int32,
) -> Tensor:
    """Integers from `minval` on, below `maxval`, all equally likely.

    The shape is that of the limits together if none is given. Where tensors leave no number
    between them, the result is `minval`; ValueError for numbers that do.

    >>> x = nb.random.randint(nb.random.key(0), (100,), 3, 6)
    >>> sorted(set(x.tolist()))
    [3, 4, 5]
    """
    kind = as_dtype(dtype)
    if kind.kind not in ("int", "uint"):
        raise TypeError(at_user(f"randint: {kind.name} is not an integer"))
    low, high = e.operand("randint", minval), e.operand("randint", maxval)
    for limit in (low, high):
        if e.common_dtype([limit])[0].kind not in ("int", "uint"):
            raise TypeError(at_user("randint: minval and maxval are integers"))
    dims = d.draw_shape("randint", shape, low, high)
    wide = tensor_type(uint64, dims)
    if not isinstance(low, Value) and not isinstance(high, Value):
        if low >= high:
            raise ValueError(at_user(f"randint: there is no integer from {low} on below {high}"))
        check_fits(high - 1, kind)
        span = None if high - low == 2**64 else scalar(high - low, wide)
    else:
        span = _span(low, high, dims)
    words = d.halves(d.random_bits(_key("randint", key), (2, *dims), uint64))
    offset = words[1] if span is None else d.remainder(words, span)
    return wrap(build.add(e.fit(low, kind, dims), e.convert(offset, kind)))


def _span(low: Any, high: Any, dims: tuple[int, ...]) -> Value:
    """How many integers there are from low on below high; 1 if there is none."""
    kind = e.common_dtype([low, high])[0]
    kind = int64 if kind.is_float else kind  # that of int64 and uint64
    first, last = e.fit(low, kind, dims), e.fit(high, kind, dims)
    fits = build.compare(first, last, predicate="lt")
    span = build.sub(e.convert(last, uint64), e.convert(first, uint64))
    return build.select(fits, span, constant(1, span.type))


def bernoulli(key: TensorLike, p: TensorLike = 0.5, shape: Any = None) -> Tensor:
    """True with probability p. The shape is that of p if none is given.

    >>> nb.random.bernoulli(nb.random.key(0), nb.tensor([0.0, 1.0]))
    Tensor([False  True] : bool[2])
    """
    chance = e.operand("bernoulli", p)
    dims = d.draw_shape("bernoulli", shape, chance)
    found = e.common_dtype([chance])[0]
    kind = found if found.is_float and found.bits > 16 else float32
    drawn = d.unit(_key("bernoulli", key), dims, kind)
    return wrap(build.compare(drawn, e.fit(chance, kind, dims), predicate="lt"))


# ---------------------------------------------------------------- order and choice


def permutation(key: TensorLike, x: TensorLike, axis: int = 0) -> Tensor:
    """The slices of x along `axis` in random order; of an integer n, 0 to n - 1 in random order.

    >>> sorted(nb.random.permutation(nb.random.key(0), 5).tolist())
    [0, 1, 2, 3, 4]
    """
    word = _key("permutation", key)
    if isinstance(x, int):
        return wrap(_order(word, _count("permutation", x)))
    value = as_value(x, "permutation")
    if value.type.rank == 0:
        raise TypeError(at_user("permutation: a 0-d tensor has no slices; pass an int"))
    dim = normalize_axis("permutation", axis, value.type.rank)
    return gather(wrap(value), wrap(_order(word, value.type.shape[dim])), dim)


def _count(op: str, number: int) -> int:
    if number < 0:
        raise ValueError(at_user(f"{op}: {number} is negative"))
    return int(number)


def _order(key: Value, count: int) -> Value:
    """0 to count - 1, sorted by random words; the low bits of these do not count."""
    kind = int32 if count < 2**31 else int64
    if count < 2:
        return constant(0, tensor_type(kind, (count,)))
    size = 1 << (count - 1).bit_length()
    words = d.random_bits(key, (size,), uint64)
    words = build.slice_(words, starts=(0,), limits=(count,), strides=(1,))
    drawn = build.sub(words, build.rem(words, constant(size, words.type)))
    return e.convert(build.argsort(drawn, dim=0, count=count), kind)


def categorical(key: TensorLike, logits: TensorLike, axis: int = -1, shape: Any = None) -> Tensor:
    """Positions along `axis`, each as likely as `softmax(logits)` says; int64.

    The shape is that of the logits without the axis, or ends in it if one is given.

    >>> nb.random.categorical(nb.random.key(0), nb.tensor([-1e9, 0.0, -1e9]), shape=(2,))
    Tensor([1 1] : i64[2])
    """
    value = as_value(logits, "categorical")
    if not value.type.dtype.is_float or not value.type.rank:
        raise TypeError(at_user(f"categorical: {value.type.short} is no row of floats"))
    rank = value.type.rank
    dim = normalize_axis("categorical", axis, rank)
    count = value.type.shape[dim]
    if count == 0:
        raise ValueError(at_user("categorical: there is nothing to choose from"))
    rest = tuple([n for i, n in enumerate(value.type.shape) if i != dim])
    dims = rest if shape is None else d.draw_shape("categorical", shape)
    rows = selecting.permute(value, [*[i for i in range(rank) if i != dim], dim])
    if e.broadcast_shapes("categorical", rest, dims) != dims:
        raise ValueError(at_user(f"categorical: shape {list(dims)} does not end in {list(rest)}"))
    # The largest of the logits with Gumbel noise. Noise of 16 bits would have ties.
    kind = value.type.dtype if value.type.dtype.bits > 16 else float32
    noise = d.gumbel(_key("categorical", key), (*dims, count), kind)
    rows = e.broadcast(e.convert(rows, kind), (*dims, count))
    return wrap(build.argmax(build.add(rows, noise), dim=len(dims)))


def choice(
    key: TensorLike,
    a: TensorLike,
    shape: Any = (),
    replace: bool = True,
    p: TensorLike | None = None,
    axis: int = 0,
) -> Tensor:
    """Slices of `a` along `axis`, or integers below the integer `a`.

    All are equally likely, or as likely as the weights `p` say, one for each; these need not
    add up to 1. Without `replace` none is taken twice: each next one is drawn from those that
    are left, as their weights say. Of weights that are not positive numbers, and of fewer
    positive ones than are drawn without `replace`, nothing sensible comes.

    ValueError if there are too few to choose from, or if `p` is no row of as many weights.

    >>> sorted(nb.random.choice(nb.random.key(0), 3, (3,), replace=False).tolist())
    [0, 1, 2]
    >>> nb.random.choice(nb.random.key(0), nb.tensor([3.0, 5.0]), (2,), p=nb.tensor([0.0, 1.0]))
    Tensor([5. 5.] : f32[2])
    """
    value = None if isinstance(a, int) else as_value(a, "choice")
    dim = 0 if value is None else normalize_axis("choice", axis, value.type.rank)
    count = _count("choice", a) if isinstance(a, int) else value.type.shape[dim]  # type: ignore[union-attr]
    dims = d.draw_shape("choice", shape)
    draws = math.prod(dims)
    if count == 0 or (not replace and draws > count):
        raise ValueError(at_user(f"choice: {list(dims)} of {count} cannot be chosen"))
    kind = int32 if count < 2**31 else int64
    if p is not None:
        chosen = _weighted(_key("choice", key), _weights(p, count), dims, replace)
        places = wrap(e.convert(chosen, kind))
    elif replace:
        places = randint(key, dims, 0, count, kind)
    else:
        places = permutation(key, count)[:draws].reshape(dims)
    return places if value is None else gather(wrap(value), places, dim)


def _weights(p: TensorLike, count: int) -> Value:
    """Checked, and as floats that are fine enough to draw by."""
    weights = as_value(p, "choice")
    if weights.type.shape != (count,):
        raise ValueError(
            at_user(f"choice: p is {weights.type.short}, not a row of {count} weights")
        )
    is_fine = weights.type.dtype.is_float and weights.type.dtype.bits > 16
    return weights if is_fine else e.convert(weights, float32)


def _weighted(key: Value, weights: Value, dims: tuple[int, ...], replace: bool) -> Value:
    """Positions of weights."""
    type = weights.type
    if replace:
        sums = build.cumsum(weights, dim=0, reverse=False)
        # In (0, 1], so that a weight of 0 in front is never drawn.
        one = constant(1, tensor_type(type.dtype, dims))
        part = build.sub(one, d.unit(key, dims, type.dtype))
        total = wrap(sums)[-1]
        return _first_reaching(wrap(sums), wrap(part) * total)
    # The largest of the logarithms with Gumbel noise, in order (Vieira, "Gumbel-max trick
    # and weighted reservoir sampling", 2014).
    noisy = build.add(build.log(weights), d.gumbel(key, type.shape, type.dtype))
    chosen = build.argsort(noisy, dim=0, count=math.prod(dims), descending=True)
    return e.reshape(chosen, dims)


def _first_reaching(sums: Tensor, wanted: Tensor) -> Value:
    """The first position of the growing sums at which they reach what is wanted.

    By bisection: the number of sums below, bit by bit.
    """
    count = sums.shape[0]
    below = zeros(wanted.shape, dtype=int64)
    for bit in reversed(range((count - 1).bit_length())):
        further = below + (1 << bit)
        reaches_not = gather(sums, further - 1) < wanted
        below = where(logical_and(further < count, reaches_not), further, below)
    return as_value(below, "choice")
