# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Grids, spacings and windows, and tensors that only have a shape."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from nabla._core import elementwise as e
from nabla._core.convert import as_value
from nabla._core.dtypes import as_dtype, float32
from nabla._core.errors import at_user
from nabla._core.tree import wrap
from nabla._generated.functions import abs, cos, exp, log
from nabla.functions._support import as_count, iota, number
from nabla.functions.accumulation import cumprod
from nabla.functions.arithmetic import cast, pow
from nabla.functions.creation import ones, zeros, zeros_like
from nabla.functions.joining import concatenate
from nabla.functions.ranges import eye, linspace
from nabla.functions.shape import broadcast_to, flip, reshape

if TYPE_CHECKING:
    from nabla._core.dtypes import DTypeLike
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = [
    "bartlett",
    "blackman",
    "broadcast_arrays",
    "empty",
    "empty_like",
    "geomspace",
    "hamming",
    "hanning",
    "identity",
    "indices",
    "logspace",
    "meshgrid",
    "vander",
]


def empty(shape: Any, *, dtype: DTypeLike | None = None, device: Any = None) -> Tensor:
    """A tensor of a shape, of zeros: no memory is left as it was found.

    >>> nb.empty((2,))
    Tensor([0. 0.] : f32[2])
    """
    return zeros(shape, dtype=dtype, device=device)


def empty_like(x: TensorLike, dtype: DTypeLike | None = None) -> Tensor:
    """A tensor of the shape of x, of zeros, as `nb.empty`.

    >>> nb.empty_like(nb.tensor([1, 2]))
    Tensor([0 0] : i32[2])
    """
    return zeros_like(x, dtype)


def identity(n: int, *, dtype: DTypeLike | None = None, device: Any = None) -> Tensor:
    """`nb.eye(n)`: the matrix of n rows and columns with ones on its diagonal.

    >>> nb.identity(2)
    Tensor(
      [[1. 0.]
       [0. 1.]] : f32[2,2]
    )
    """
    return eye(n, dtype=dtype, device=device)


def broadcast_arrays(*xs: TensorLike) -> list[Tensor]:
    """The tensors, each in the shape that all broadcast to; ValueError if they do not.

    >>> [x.shape for x in nb.broadcast_arrays(nb.zeros((3, 1)), nb.zeros((2,)))]
    [[Dim(3), Dim(2)], [Dim(3), Dim(2)]]
    """
    values = [as_value(x, "broadcast_arrays") for x in xs]
    shape = e.common_shape("broadcast_arrays", values)
    return [broadcast_to(wrap(value), shape) for value in values]


def meshgrid(*xs: TensorLike, indexing: str = "xy", sparse: bool = False) -> list[Tensor]:
    """The coordinates of a grid: for each vector of positions, what it is at each place.

    With "xy" the first two vectors run along columns and rows, with "ij" dimension i of the
    grid is that of the i-th vector. `sparse` leaves out the repetition. ValueError for more
    than one dimension, or another indexing.

    >>> nb.meshgrid(nb.tensor([1, 2]), nb.tensor([3, 4, 5]), indexing="ij")[1]
    Tensor(
      [[3 4 5]
       [3 4 5]] : i32[2,3]
    )
    """
    if indexing not in ("xy", "ij"):
        raise ValueError(at_user(f'meshgrid: indexing is "xy" or "ij", not {indexing!r}'))
    rows = [wrap(as_value(x, "meshgrid")) for x in xs]
    for row in rows:
        if row.ndim > 1:
            raise ValueError(at_user(f"meshgrid: shape {list(row.shape)} is no vector"))
    count = len(rows)
    places = list(range(count))
    if indexing == "xy" and count > 1:
        places[:2] = [1, 0]
    thin = [
        reshape(row, [-1 if dim == place else 1 for dim in range(count)])
        for row, place in zip(rows, places, strict=True)
    ]
    return thin if sparse or not thin else broadcast_arrays(*thin)


def indices(dimensions: Any, *, dtype: DTypeLike | None = None) -> Tensor:
    """The positions of a grid: result[i] is, at each place, its position along dimension i.

    int64 unless `dtype` says otherwise.

    >>> nb.indices((2, 2))[1]
    Tensor(
      [[0 1]
       [0 1]] : i64[2,2]
    )
    """
    shape = tuple(as_count("indices", "extent", n) for n in dimensions)
    kind = as_dtype("int64" if dtype is None else dtype)
    if not shape:
        return zeros((0,), dtype=kind)
    return concatenate([reshape(iota(kind, shape, i), (1, *shape)) for i in range(len(shape))])


def logspace(
    start: TensorLike,
    stop: TensorLike,
    num: int = 50,
    endpoint: bool = True,
    base: TensorLike = 10.0,
    *,
    dtype: DTypeLike | None = None,
) -> Tensor:
    """`base ** nb.linspace(start, stop, num, endpoint)`

    >>> nb.logspace(0.0, 2.0, 3)
    Tensor([  1.  10. 100.] : f32[3])
    """
    result = pow(base, linspace(start, stop, num, endpoint))
    return result if dtype is None else cast(result, dtype)


def geomspace(
    start: TensorLike,
    stop: TensorLike,
    num: int = 50,
    endpoint: bool = True,
    *,
    dtype: DTypeLike | None = None,
) -> Tensor:
    """`num` numbers from `start` to `stop`, each the same multiple of the one before.

    Both ends are exact; they have the same sign, else the result is NaN.

    >>> nb.geomspace(1.0, 8.0, 4)
    Tensor([1. 2. 4. 8.] : f32[4])
    """
    (a, b), _ = e.unify("geomspace", (start, stop), e.FLOAT)
    first, last = wrap(a), wrap(b)
    exponents = linspace(zeros_like(first), log(last / first), num, endpoint)
    result = first * exp(exponents)
    count = int(result.shape[0])
    if endpoint and count > 1:
        result = concatenate([result[:-1], reshape(last, (1, *last.shape))])
    return result if dtype is None else cast(result, dtype)


def vander(x: TensorLike, n: int | None = None, increasing: bool = False) -> Tensor:
    """The powers of each element in a row of n (as many as there are elements, if None).

    They fall from `n - 1` to 0, or rise. ValueError if x is no vector.

    >>> nb.vander(nb.tensor([1, 2, 3]))
    Tensor(
      [[1 1 1]
       [4 2 1]
       [9 3 1]] : i32[3,3]
    )
    """
    tensor = wrap(as_value(x, "vander"))
    if tensor.ndim != 1:
        raise ValueError(at_user(f"vander: shape {list(tensor.shape)} is no vector"))
    rows = int(tensor.shape[0])
    count = rows if n is None else as_count("vander", "n", n)
    factors = broadcast_to(reshape(tensor, (-1, 1)), (rows, max(count - 1, 0)))
    powers = concatenate([ones((rows, 1), dtype=tensor.dtype), factors], 1)[:, :count]
    powers = cumprod(powers, 1)
    return powers if increasing else flip(powers, 1)


def _turns(op: str, m: int, kind: Any) -> Tensor:
    """`2 pi i / (m - 1)` for i below m."""
    count = as_count(op, "m", m)
    places = iota(kind, (count,), 0)
    return places * number(2 * math.pi / max(count - 1, 1), places)


def _window(op: str, m: int, dtype: DTypeLike | None, terms: tuple[float, ...]) -> Tensor:
    """A sum of cosines of multiples of the turn; ones, if it has one element."""
    kind = float32 if dtype is None else as_dtype(dtype)
    if not kind.is_float:
        raise TypeError(at_user(f"{op}: a window is of floats, not of {kind.name}"))
    turn = _turns(op, m, kind)
    if int(turn.shape[0]) == 1:
        return ones((1,), dtype=kind)
    result = number(terms[0], turn)
    for k, weight in enumerate(terms[1:], 1):
        result = result + number(weight, turn) * cos(turn * number(k, turn))
    return result


def hanning(m: int, *, dtype: DTypeLike | None = None) -> Tensor:
    """`0.5 - 0.5 * cos(2 pi i / (m - 1))` for i below m.

    >>> nb.hanning(5)
    Tensor([0.  0.5 1.  0.5 0. ] : f32[5])
    """
    return _window("hanning", m, dtype, (0.5, -0.5))


def hamming(m: int, *, dtype: DTypeLike | None = None) -> Tensor:
    """`0.54 - 0.46 * cos(2 pi i / (m - 1))` for i below m.

    >>> nb.hamming(5)
    Tensor([0.08 0.54 1.   0.54 0.08] : f32[5])
    """
    return _window("hamming", m, dtype, (0.54, -0.46))


def blackman(m: int, *, dtype: DTypeLike | None = None) -> Tensor:
    """`0.42 - 0.5 * cos(t) + 0.08 * cos(2 t)` for t = `2 pi i / (m - 1)`, i below m.

    >>> nb.blackman(5)
    Tensor([-0.    0.34  1.    0.34 -0.  ] : f32[5])
    """
    return _window("blackman", m, dtype, (0.42, -0.5, 0.08))


def bartlett(m: int, *, dtype: DTypeLike | None = None) -> Tensor:
    """`1 - abs(2 i / (m - 1) - 1)` for i below m: a triangle.

    >>> nb.bartlett(5)
    Tensor([0.  0.5 1.  0.5 0. ] : f32[5])
    """
    kind = float32 if dtype is None else as_dtype(dtype)
    if not kind.is_float:
        raise TypeError(at_user(f"bartlett: a window is of floats, not of {kind.name}"))
    count = as_count("bartlett", "m", m)
    if count == 1:
        return ones((1,), dtype=kind)
    places = iota(kind, (count,), 0)
    one = number(1, places)
    return one - abs(places * number(2 / max(count - 1, 1), places) - one)
