# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What each op computes, in NumPy.

Where the record of an op names a function of NumPy, that is the reference, unless the op
differs from it: integer division, say. Every other op has an entry here.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ops_matrix.arrays import DTYPES, Array, parse_type
from ops_matrix.table import OPS

Reference = Callable[..., Array]


def of(op: str, attributes: dict[str, Any], result: str) -> Reference:
    """The reference of an op with these attributes and this type of result."""
    if op in REFERENCES:
        dtype, shape = parse_type(result)
        return REFERENCES[op]({**attributes, "dtype": DTYPES[dtype], "shape": shape})
    path = OPS[op]["numpy"]
    if not path:
        raise LookupError(f"nabla.{op}: the record names no function of NumPy, so add a reference")
    found: Any = np
    for part in path.split("."):
        found = getattr(found, part)
    if "dims" in attributes:
        axes = tuple(attributes["dims"])
        return lambda x: found(x, axis=axes)
    if "dim" in attributes:
        return lambda x: found(x, axis=attributes["dim"])
    return lambda *operands: found(*operands)


def _divide(x: Array, y: Array, whole: bool) -> Array:
    """Integer quotient towards zero (or remainder): of zero, -1 (or x); wraps at the lowest."""
    if x.dtype.kind == "f":
        return np.divide(x, y) if whole else np.fmod(x, y)

    def one(a: int, b: int) -> int:
        if b == 0:
            return -1 if whole else a
        quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
        return quotient if whole else a - quotient * b

    bits = 8 * x.dtype.itemsize
    values = [one(int(a), int(b)) % (1 << bits) for a, b in zip(x.flat, y.flat, strict=True)]
    unsigned = np.array(values, np.uint64).astype(f"uint{bits}")
    return unsigned.view(x.dtype).reshape(x.shape)


def _integer_pow(x: Array, n: int) -> Array:
    if x.dtype.kind == "f":
        return np.power(x, float(n))
    result = np.ones_like(x)
    for _ in range(n):
        result = result * x
    return result


def _convert(x: Array, dtype: np.dtype[Any]) -> Array:
    if dtype.kind in "iu" and x.dtype.kind not in "iub":
        limits = np.iinfo(dtype)
        exact = [
            0
            if math.isnan(v)
            else limits.max
            if v == math.inf
            else limits.min
            if v == -math.inf
            else max(limits.min, min(limits.max, int(v)))
            for v in x.astype(np.float64).flat
        ]
        return np.array(exact, dtype).reshape(x.shape)
    if dtype.kind == "b":
        return x != 0
    return x.astype(dtype)


def _extremum(ufunc: Any, lowest: bool) -> Callable[[dict[str, Any]], Reference]:
    def make(attributes: dict[str, Any]) -> Reference:
        def reduce(x: Array) -> Array:
            if x.dtype.kind == "b":
                start: Any = not lowest
            elif x.dtype.kind == "f":
                start = -np.inf if lowest else np.inf
            else:
                start = np.iinfo(x.dtype).min if lowest else np.iinfo(x.dtype).max
            return ufunc.reduce(x, axis=tuple(attributes["dims"]), initial=start, dtype=x.dtype)

        return reduce

    return make


def _argsort(attributes: dict[str, Any]) -> Reference:
    dim, count = attributes["dim"], attributes["count"]
    descending = attributes.get("descending", False)

    def run(x: Array) -> Array:
        if not descending:
            places = np.argsort(x, dim, kind="stable")
        else:  # sorted from behind, and read from behind: equal elements keep their order
            behind = np.argsort(np.flip(x, dim), dim, kind="stable")
            places = x.shape[dim] - 1 - np.flip(behind, dim)
        return np.take(places, range(count), dim)

    return run


def _cumsum(attributes: dict[str, Any]) -> Reference:
    dim, backwards = attributes["dim"], attributes.get("reverse", False)

    def run(x: Array) -> Array:
        if backwards:
            return np.flip(np.cumsum(np.flip(x, dim), dim, dtype=x.dtype), dim)
        return np.cumsum(x, dim, dtype=x.dtype)

    return run


def _broadcast(attributes: dict[str, Any]) -> Reference:
    shape, dims = attributes["shape"], attributes["dims"]

    def run(x: Array) -> Array:
        kept = [x.shape[dims.index(i)] if i in dims else 1 for i in range(len(shape))]
        return np.broadcast_to(x.reshape(kept), shape)

    return run


def _slice(attributes: dict[str, Any]) -> Reference:
    boxes = zip(attributes["starts"], attributes["limits"], attributes["strides"], strict=True)
    index = tuple(slice(*box) for box in boxes)
    return lambda x: x[index]


def _pad(attributes: dict[str, Any]) -> Reference:
    def run(x: Array, value: Array) -> Array:
        result = np.full(attributes["shape"], value)
        index = tuple(
            slice(low, low + max(extent - 1, 0) * (interior + 1) + min(extent, 1), interior + 1)
            for extent, low, interior in zip(
                x.shape, attributes["low"], attributes["interior"], strict=True
            )
        )
        result[index] = x
        return result

    return run


def _box(extents: Any, starts: Array, sizes: Any) -> tuple[slice, ...]:
    """The box at `starts`, moved to lie within the extents."""
    first = [
        min(max(int(start), 0), extent - size)
        for extent, start, size in zip(extents, starts, sizes, strict=True)
    ]
    return tuple(slice(start, start + size) for start, size in zip(first, sizes, strict=True))


def _dynamic_update_slice(x: Array, update: Array, starts: Array) -> Array:
    result = np.array(x)
    result[_box(x.shape, starts, update.shape)] = update
    return result


def _positions(x: Array, indices: Array, attributes: dict[str, Any]) -> Any:
    """For each row of the table: where it reads in x, or None, and where that goes."""
    dims, batch = attributes["dims"], attributes["batch_dims"]
    for row in itertools.product(*map(range, indices.shape[:-1])):
        index: list[Any] = [*row[:batch], *[slice(None)] * (x.ndim - batch)]
        inside = True
        for dim, position in zip(dims, indices[row], strict=True):
            index[dim] = int(position)
            inside = inside and 0 <= int(position) < x.shape[dim]
        yield row, tuple(index) if inside else None


def _gather(attributes: dict[str, Any]) -> Reference:
    def run(x: Array, indices: Array) -> Array:
        result = np.zeros(attributes["shape"], x.dtype)
        for row, index in _positions(x, indices, attributes):
            if index is not None:
                result[row] = x[index]
        return result

    return run


def _scatter(attributes: dict[str, Any]) -> Reference:
    adds = "add" in attributes["combine"]

    def run(x: Array, indices: Array, updates: Array) -> Array:
        result = x.copy()
        for row, index in _positions(x, indices, attributes):
            if index is not None:
                result[index] = result[index] + updates[row] if adds else updates[row]
        return result

    return run


def _dot_general(attributes: dict[str, Any]) -> Reference:
    x_batch, y_batch = attributes["x_batch"], attributes["y_batch"]
    x_contract, y_contract = attributes["x_contract"], attributes["y_contract"]

    def run(x: Array, y: Array) -> Array:
        letters = iter("abcdefghijklmnopqrstuvwxyz")
        xs = [next(letters) for _ in range(x.ndim)]
        ys = [next(letters) for _ in range(y.ndim)]
        for i, j in zip([*x_batch, *x_contract], [*y_batch, *y_contract], strict=True):
            ys[j] = xs[i]
        out = [xs[i] for i in x_batch]
        out += [xs[i] for i in range(x.ndim) if i not in (*x_batch, *x_contract)]
        out += [ys[j] for j in range(y.ndim) if j not in (*y_batch, *y_contract)]
        return np.einsum(f"{''.join(xs)},{''.join(ys)}->{''.join(out)}", x, y)

    return run


def _convolution(attributes: dict[str, Any]) -> Reference:
    strides, dilations = attributes["strides"], attributes["dilations"]
    groups = attributes["groups"]

    def run(x: Array, kernel: Array) -> Array:
        result = np.zeros(attributes["shape"], x.dtype)
        *window, channels, features = kernel.shape
        share = features // groups
        for place in itertools.product(*map(range, result.shape[1:-1])):
            for offset in itertools.product(*map(range, window)):
                at = [
                    p * s + o * d
                    for p, s, o, d in zip(place, strides, offset, dilations, strict=True)
                ]
                for group in range(groups):
                    seen = x[(slice(None), *at, slice(group * channels, (group + 1) * channels))]
                    own = slice(group * share, (group + 1) * share)
                    result[(slice(None), *place, own)] += seen @ kernel[offset][:, own]
        return result

    return run


_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))


def threefry(key: tuple[int, int], counter: tuple[int, int]) -> tuple[int, int]:
    """Threefry-2x32 with 20 rounds (Salmon and others, SC 2011)."""
    mask = 0xFFFFFFFF
    keys = (*key, key[0] ^ key[1] ^ 0x1BD11BDA)
    x, y = (counter[0] + keys[0]) & mask, (counter[1] + keys[1]) & mask
    for group in range(5):
        for bits in _ROTATIONS[group % 2]:
            x = (x + y) & mask
            y = ((y << bits | y >> (32 - bits)) & mask) ^ x
        x = (x + keys[(group + 1) % 3]) & mask
        y = (y + keys[(group + 2) % 3] + group + 1) & mask
    return x, y


def _random_bits(attributes: dict[str, Any]) -> Reference:
    def run(keys: Array) -> Array:
        leading = keys.shape[:-1]
        block = math.prod(attributes["shape"][len(leading) :])
        bits = []
        for key in keys.reshape(-1, 2):
            for i in range(block):
                high, low = threefry((int(key[0]), int(key[1])), (i % 2**32, i >> 32))
                bits.append(high if attributes["dtype"] == np.uint32 else high << 32 | low)
        return np.array(bits, attributes["dtype"]).reshape(attributes["shape"])

    return run


COMPARISONS = {
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
}


def _compare(attributes: dict[str, Any]) -> Reference:
    name = attributes["predicate"].split()[-1].strip("<>")
    return COMPARISONS[name]


REFERENCES: dict[str, Callable[[dict[str, Any]], Reference]] = {
    "argsort": _argsort,
    "basis": lambda a: lambda: np.eye(a["shape"][0]).reshape(a["shape"]),
    "broadcast": _broadcast,
    "compare": _compare,
    "concatenate": lambda a: lambda *inputs: np.concatenate(inputs, a["dim"]),
    "convolution": _convolution,
    "convert": lambda a: lambda x: _convert(x, a["dtype"]),
    "cumsum": _cumsum,
    "div": lambda a: lambda x, y: _divide(x, y, True),
    "dot_general": _dot_general,
    "dynamic_slice": lambda a: lambda x, starts: x[_box(x.shape, starts, a["sizes"])],
    "dynamic_update_slice": lambda a: _dynamic_update_slice,
    "erf": lambda a: lambda x: np.vectorize(math.erf, otypes=[np.float64])(x),
    "gather": _gather,
    "integer_pow": lambda a: lambda x: _integer_pow(x, a["exponent"]),
    "iota": lambda a: (
        lambda: np.broadcast_to(
            np.arange(a["shape"][a["dim"]]).reshape(
                [-1 if i == a["dim"] else 1 for i in range(len(a["shape"]))]
            ),
            a["shape"],
        )
    ),
    "logistic": lambda a: lambda x: 1 / (1 + np.exp(-x)),
    "mul_zero": lambda a: lambda t, d: np.where((t == 0) | (d == 0), 0, t * d),
    "div_zero": lambda a: lambda t, y: np.where(t == 0, 0, t / y),
    "pad": _pad,
    "random_bits": _random_bits,
    "reduce_max": _extremum(np.maximum, True),
    "reduce_min": _extremum(np.minimum, False),
    "reduce_prod": lambda a: lambda x: np.prod(x, axis=tuple(a["dims"]), dtype=x.dtype),
    "reduce_sum": lambda a: lambda x: np.sum(x, axis=tuple(a["dims"]), dtype=x.dtype),
    "rem": lambda a: lambda x, y: _divide(x, y, False),
    "reshape": lambda a: lambda x: x.reshape(a["shape"]),
    "reverse": lambda a: lambda x: np.flip(x, tuple(a["dims"])),
    "rsqrt": lambda a: lambda x: 1 / np.sqrt(x),
    "scatter": _scatter,
    "select": lambda a: np.where,
    "slice": _slice,
    "stop_gradient": lambda a: lambda x: x,
    "transpose": lambda a: lambda x: np.transpose(x, a["permutation"]),
}
