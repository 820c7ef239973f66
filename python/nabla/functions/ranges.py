# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Evenly spaced numbers, and what is told from positions alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from nabla._core import elementwise as e
from nabla._core.convert import as_int, as_value
from nabla._core.device import as_device
from nabla._core.dtypes import as_dtype, bool_, float32, float64, int32, int64, uint64
from nabla._core.errors import at_user
from nabla._core.tree import wrap
from nabla._generated.functions import cos
from nabla.functions._support import as_count, iota, number
from nabla.functions.arithmetic import cast
from nabla.functions.comparison import where
from nabla.functions.creation import ones

if TYPE_CHECKING:
    from nabla._core.dtypes import DTypeLike
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = ["arange", "eye", "hann_window", "linspace", "one_hot", "tril", "triu"]


def arange(
    start: float = 0,
    stop: float | None = None,
    step: float = 1,
    *,
    dtype: DTypeLike | None = None,
    device: Any = None,
) -> Tensor:
    """`start`, `start + step`, ... below `stop` (above it, if the step is negative).

    With one argument it counts from 0 up to it. The dtype is float32 unless `dtype` says
    otherwise, also for integers, unlike in NumPy. ValueError if the step is 0.

    >>> nb.arange(4)
    Tensor([0. 1. 2. 3.] : f32[4])
    >>> nb.arange(5, 0, -2, dtype=nb.int32)
    Tensor([5 3 1] : i32[3])
    """
    as_device(device)
    if stop is None:
        start, stop = 0, start
    start, stop, step = [_plain("arange", bound) for bound in (start, stop, step)]
    if step == 0:
        raise ValueError(at_user("arange: the step is 0"))
    if not all(map(math.isfinite, (start, stop, step))):
        raise ValueError(at_user(f"arange: from {start} to {stop} by {step} has no length"))
    kind = float32 if dtype is None else as_dtype(dtype)
    if kind is bool_:
        raise TypeError(at_user("arange: bools do not count; cast an integer range"))
    count = max(math.ceil((stop - start) / step), 0)
    is_exact = kind.is_float or (isinstance(start, int) and isinstance(step, int))
    result = iota(kind if is_exact else float64, (count,), 0)
    if step != 1:
        result = result * step
    if start != 0:
        result = result + start
    return cast(result, kind)


def _plain(op: str, value: Any) -> Any:
    """An argument that is a Python number, or is one at heart."""
    if isinstance(value, (int, float)):
        return value
    try:
        return value.item()
    except AttributeError:
        raise TypeError(at_user(f"{op}: {value!r} is not a number")) from None


def linspace(
    start: TensorLike,
    stop: TensorLike,
    num: int = 50,
    endpoint: bool = True,
    *,
    dtype: DTypeLike | None = None,
    device: Any = None,
) -> Tensor:
    """`num` numbers evenly spaced from `start` to `stop`, which is the last or left out.

    They lie along a new first dimension if the ends are not 0-d. Derivatives flow into both.
    The dtype is that which the ends promote to, in floats. ValueError if `num` is negative.

    >>> nb.linspace(0.0, 1.0, 5)
    Tensor([0.   0.25 0.5  0.75 1.  ] : f32[5])
    """
    as_device(device)
    count = as_count("linspace", "num", num)
    (a, b), _ = e.unify("linspace", (start, stop), e.FLOAT)
    first, last = wrap(a), wrap(b)
    steps = iota(a.type.dtype, (count, *(1 for _ in a.type.shape)), 0)
    portion = steps / number(max(count - bool(endpoint), 1), steps)
    # Exact at both ends, unlike start + portion * (stop - start).
    result = first * (number(1, portion) - portion) + last * portion
    return result if dtype is None else cast(result, dtype)


def eye(
    n: int, m: int | None = None, k: int = 0, *, dtype: DTypeLike | None = None, device: Any = None
) -> Tensor:
    """A matrix of n rows and m columns (n, if None) with ones on its k-th diagonal, else zeros.

    Diagonals above the main one have a positive k. float32 unless `dtype` says otherwise.

    >>> nb.eye(2)
    Tensor(
      [[1. 0.]
       [0. 1.]] : f32[2,2]
    )
    """
    as_device(device)
    rows = as_count("eye", "n", n)
    shape = (rows, rows if m is None else as_count("eye", "m", m))
    offset = iota(int32, shape, 1) - iota(int32, shape, 0)
    on = offset == number(as_int("eye", "k", k), offset)
    return cast(on, float32 if dtype is None else dtype)


def one_hot(x: TensorLike, num_classes: int, *, dtype: DTypeLike | None = None) -> Tensor:
    """For each integer of x a row with 1 at its position and 0 elsewhere, in float32.

    An integer that is no position gives zeros. TypeError if x is not of integers.

    >>> nb.one_hot(nb.tensor([2, 0]), 3)
    Tensor(
      [[0. 0. 1.]
       [1. 0. 0.]] : f32[2,3]
    )
    """
    value = as_value(x, "one_hot")
    if value.type.dtype.kind not in ("int", "uint"):
        raise TypeError(at_user(f"one_hot: {value.type.short} is not of integers"))
    count = as_count("one_hot", "num_classes", num_classes)
    shape = (*value.type.shape, count)
    # Wide enough for any position; what x holds is compared as it is.
    wide = e.convert(value, uint64 if value.type.dtype.kind == "uint" else int64)
    places = iota(wide.type.dtype, shape, len(shape) - 1)
    column = e.broadcast(e.reshape(wide, (*value.type.shape, 1)), shape)
    return cast(wrap(column) == places, float32 if dtype is None else dtype)


def hann_window(
    window_length: int,
    *,
    periodic: bool = True,
    dtype: DTypeLike | None = None,
    device: Any = None,
) -> Tensor:
    """`(1 - cos(2 pi n / N)) / 2` for n below N, the window length.

    If it is not periodic, N - 1 divides n, so that the window is symmetric.

    >>> nb.hann_window(4)
    Tensor([0.  0.5 1.  0.5] : f32[4])
    """
    as_device(device)
    length = as_count("hann_window", "window_length", window_length)
    kind = float32 if dtype is None else as_dtype(dtype)
    if not kind.is_float:
        raise TypeError(at_user(f"hann_window: a window is of floats, not of {kind.name}"))
    if length == 1:
        return ones((1,), dtype=kind)
    n = iota(kind, (length,), 0)
    turn = n * number(2 * math.pi / max(length if periodic else length - 1, 1), n)
    return (number(1, n) - cos(turn)) * number(0.5, n)


def triu(x: TensorLike, k: int = 0) -> Tensor:
    """x with zeros below its k-th diagonal, in the last two dimensions.

    ValueError if there are fewer than two.

    >>> nb.triu(nb.tensor([[1, 2], [3, 4]]))
    Tensor(
      [[1 2]
       [0 4]] : i32[2,2]
    )
    """
    tensor, offset = _offsets("triu", x)
    return where(offset >= number(as_int("triu", "k", k), offset), tensor, number(0, tensor))


def tril(x: TensorLike, k: int = 0) -> Tensor:
    """x with zeros above its k-th diagonal, in the last two dimensions.

    ValueError if there are fewer than two.

    >>> nb.tril(nb.tensor([[1, 2], [3, 4]]))
    Tensor(
      [[1 0]
       [3 4]] : i32[2,2]
    )
    """
    tensor, offset = _offsets("tril", x)
    return where(offset <= number(as_int("tril", "k", k), offset), tensor, number(0, tensor))


def _offsets(op: str, x: TensorLike) -> tuple[Tensor, Tensor]:
    """x, and how far each place of a matrix is above the main diagonal."""
    value = as_value(x, op)
    shape = value.type.shape[-2:]
    if len(shape) < 2:
        raise ValueError(at_user(f"{op}: shape {list(shape)} has no diagonals"))
    return wrap(value), iota(int32, shape, 1) - iota(int32, shape, 0)
