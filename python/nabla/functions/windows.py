# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Convolution and pooling; images lie channels last: (batch, height, width, channels)."""

from __future__ import annotations

import functools
import itertools
import math
import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from nabla._core import elementwise as e
from nabla._core.convert import as_int, as_value
from nabla._core.errors import at_user
from nabla._core.graph import Value
from nabla._core.literals import constant
from nabla._core.tree import wrap
from nabla._core.types import tensor_type
from nabla._generated import build

if TYPE_CHECKING:
    from nabla._core.types import TensorLike
    from nabla._tensor.tensor import Tensor

__all__ = ["avg_pool2d", "conv2d", "conv2d_transpose", "convolution", "max_pool2d"]

PerDim: TypeAlias = "int | Sequence[int]"
Padding: TypeAlias = "int | Sequence[int] | Sequence[tuple[int, int]]"


# ---------------------------------------------------------------- arguments


def _per_dim(op: str, name: str, value: PerDim, count: int, least: int) -> tuple[int, ...]:
    """One integer a dimension of space, from one for all or one each."""
    given: tuple[Any, ...] = tuple(value) if isinstance(value, (tuple, list)) else (value,) * count
    numbers = tuple(as_int(op, name, number) for number in given)
    if len(numbers) != count:
        raise ValueError(
            at_user(f"{op}: {name} {value} does not hold one entry for each of {count} dimensions")
        )
    if min(numbers, default=least) < least:
        bound = "> 0" if least == 1 else ">= 0"
        raise ValueError(at_user(f"{op}: {name} values must be {bound}, got {value}"))
    return numbers


def _paddings(op: str, padding: Any, count: int) -> list[tuple[int, int]]:
    """(before, after) for each dimension of space.

    From one integer, one for each dimension, a pair for each, or all the pairs in a row:
    (top, bottom, left, right).
    """
    pairs: list[tuple[int, int]]
    if not isinstance(padding, (tuple, list)):
        pairs = [(as_int(op, "padding", padding),) * 2] * count
    elif len(padding) == count and all(_is_pair(item) for item in padding):
        pairs = [(as_int(op, "padding", low), as_int(op, "padding", high)) for low, high in padding]
    elif len(padding) == count:
        pairs = [(as_int(op, "padding", item),) * 2 for item in padding]
    elif len(padding) == 2 * count:
        flat = [as_int(op, "padding", item) for item in padding]
        pairs = list(zip(flat[::2], flat[1::2], strict=True))
    else:
        raise ValueError(
            at_user(f"{op}: padding {padding} does not fit {count} dimensions of space")
        )
    if any(side < 0 for pair in pairs for side in pair):
        raise ValueError(at_user(f"{op}: padding values must be >= 0, got {padding}"))
    return pairs


def _is_pair(item: Any) -> bool:
    return isinstance(item, (tuple, list)) and len(item) == 2


def _operands(op: str, x: TensorLike, kernel: TensorLike) -> tuple[Value, Value]:
    values = as_value(x, op), as_value(kernel, op)
    dtype, _ = e.common_dtype(values)
    dtype = e.accepted(op, dtype, e.NUMBER)
    a, b = (e.convert(value, dtype) for value in values)
    if a.type.rank < 2 or a.type.rank != b.type.rank:
        raise ValueError(
            at_user(
                f"{op}: shapes {list(a.type.shape)} and {list(b.type.shape)} are not those of "
                "(batch, space..., channels) and (space..., channels / groups, features)"
            )
        )
    return a, b


def _images(op: str, x: TensorLike, kernel: TensorLike) -> tuple[Value, Value]:
    a, b = _operands(op, x, kernel)
    if a.type.rank != 4:
        raise ValueError(
            at_user(
                f"{op}: shape {list(a.type.shape)} is not (batch, height, width, channels), or "
                f"shape {list(b.type.shape)} not (height, width, channels, features)"
            )
        )
    return a, b


# ---------------------------------------------------------------- pieces


def _pad(
    x: Value, pairs: Sequence[tuple[int, int]], fill: float = 0, interior: Sequence[int] = ()
) -> Value:
    """x with `fill` around, and between elements of, its dimensions of space."""
    inside = (*interior, *[0] * (len(pairs) - len(interior)))
    if not any(inside) and not any(low or high for low, high in pairs):
        return x
    return build.pad(
        x,
        constant(fill, tensor_type(x.type.dtype, ())),
        low=(0, *[low for low, _ in pairs], 0),
        high=(0, *[high for _, high in pairs], 0),
        interior=(0, *inside, 0),
    )


def _with_bias(op: str, y: Value, bias: TensorLike | None) -> Tensor:
    if bias is None:
        return wrap(y)
    value = as_value(bias, op)
    if value.type.shape != y.type.shape[-1:]:
        raise ValueError(
            at_user(
                f"{op}: the bias size {list(value.type.shape)} is not that of "
                f"{y.type.shape[-1]} features"
            )
        )
    return wrap(e.elementwise("add", y, value))


# ---------------------------------------------------------------- convolution


def convolution(
    x: TensorLike,
    kernel: TensorLike,
    *,
    stride: PerDim = 1,
    dilation: PerDim = 1,
    padding: Padding = 0,
    groups: int = 1,
) -> Tensor:
    """Sums of windows of x weighted by a kernel, in any number of dimensions.

    Args:
        x: shape (batch, space..., channels).
        kernel: shape (space..., channels / groups, features); it is not flipped.
        stride: how far windows lie apart, one for all dimensions of space or one each.
        dilation: how far the elements of a window lie apart, likewise.
        padding: zeros around x: one integer, one a dimension, or (before, after) for each.
        groups: channels and features fall into so many parts, each convolved by itself.

    Returns:
        Shape (batch, windows..., features).

    Raises:
        ValueError: if the shapes, or they and the groups, do not fit.

    >>> nb.convolution(nb.ones((1, 4, 1)), nb.ones((3, 1, 2)), padding=1)[0, :, 0]
    Tensor([2. 3. 3. 2.] : f32[4])
    """
    a, b = _operands("convolution", x, kernel)
    space = a.type.rank - 2
    strides = _per_dim("convolution", "stride", stride, space, 1)
    dilations = _per_dim("convolution", "dilation", dilation, space, 1)
    padded = _pad(a, _paddings("convolution", padding, space))
    return wrap(
        build.convolution(
            padded,
            b,
            strides=strides,
            dilations=dilations,
            groups=as_int("convolution", "groups", groups),
        )
    )


def conv2d(
    x: TensorLike,
    filter: TensorLike,
    *,
    stride: PerDim = (1, 1),
    dilation: PerDim = (1, 1),
    padding: Padding = 0,
    groups: int = 1,
    bias: TensorLike | None = None,
) -> Tensor:
    """The convolution of images, with an optional bias for each feature.

    Args:
        x: shape (batch, height, width, channels).
        filter: shape (height, width, channels / groups, features).
        stride, dilation, groups: as in `convolution`.
        padding: an integer, (vertical, horizontal) or (top, bottom, left, right).
        bias: shape (features,).

    Returns:
        Shape (batch, height, width, features).

    Raises:
        ValueError: if the shapes do not fit.

    >>> nb.conv2d(nb.ones((1, 3, 3, 2)), nb.ones((2, 2, 2, 1)))[0, :, :, 0]
    Tensor(
      [[8. 8.]
       [8. 8.]] : f32[2,2]
    )
    """
    a, b = _images("conv2d", x, filter)
    strides = _per_dim("conv2d", "stride", stride, 2, 1)
    dilations = _per_dim("conv2d", "dilation", dilation, 2, 1)
    padded = _pad(a, _paddings("conv2d", padding, 2))
    y = build.convolution(
        padded,
        b,
        strides=strides,
        dilations=dilations,
        groups=as_int("conv2d", "groups", groups),
    )
    return _with_bias("conv2d", y, bias)


def conv2d_transpose(
    x: TensorLike,
    filter: TensorLike,
    *,
    stride: PerDim = (1, 1),
    dilation: PerDim = (1, 1),
    padding: Padding = 0,
    output_paddings: PerDim = (0, 0),
    bias: TensorLike | None = None,
) -> Tensor:
    """The transpose of `conv2d` with respect to its images, as a layer that enlarges.

    Args:
        x: shape (batch, height, width, channels).
        filter: shape (height, width, features, channels).
        stride, dilation, padding: those of the convolution that is transposed.
        output_paddings: rows and columns added at the bottom and on the right, to choose
            among the sizes that the convolution maps to that of x; below the stride.
        bias: shape (features,).

    Returns:
        Shape (batch, height, width, features), where each extent is
        (n - 1) stride - padding + dilation (size - 1) + output_padding + 1.

    Raises:
        ValueError: if the shapes do not fit.

    >>> nb.conv2d_transpose(nb.ones((1, 1, 2, 1)), nb.ones((1, 2, 1, 1)), stride=2)[0, :, :, 0]
    Tensor([[1. 1. 1. 1.]] : f32[1,4])
    """
    op = "conv2d_transpose"
    a, b = _images(op, x, filter)
    strides = _per_dim(op, "stride", stride, 2, 1)
    dilations = _per_dim(op, "dilation", dilation, 2, 1)
    extra = _per_dim(op, "output_paddings", output_paddings, 2, 0)
    pads = _paddings(op, padding, 2)
    if any(more >= step for more, step in zip(extra, strides, strict=True)):
        raise ValueError(
            at_user(f"{op}: output_paddings {extra} must be smaller than the stride {strides}")
        )
    reach = [(size - 1) * step for size, step in zip(b.type.shape, dilations, strict=False)]
    spread = _pad(
        a,
        [(far, far + more) for far, more in zip(reach, extra, strict=True)],
        interior=[step - 1 for step in strides],
    )
    flipped = build.reverse(b, dims=(0, 1))
    exchanged = build.transpose(flipped, permutation=(0, 1, 3, 2))
    y = build.convolution(spread, exchanged, strides=(1, 1), dilations=dilations, groups=1)
    return _with_bias(op, _crop(op, y, pads), bias)


def _crop(op: str, y: Value, pads: Sequence[tuple[int, int]]) -> Value:
    """y without so many elements at both ends of each dimension of space."""
    starts = [0, *[low for low, _ in pads], 0]
    limits = [
        extent - high
        for extent, high in zip(y.type.shape, [0, *[high for _, high in pads], 0], strict=True)
    ]
    if any(limit < start for start, limit in zip(starts, limits, strict=True)):
        raise ValueError(
            at_user(f"{op}: padding {list(pads)} leaves nothing of {list(y.type.shape)}")
        )
    return build.slice_(y, starts=starts, limits=limits, strides=[1] * len(starts))


# ---------------------------------------------------------------- pooling


class _Windows(NamedTuple):
    """The windows of padded images."""

    padded: Value
    sizes: tuple[int, ...]
    strides: tuple[int, ...]
    dilations: tuple[int, ...]
    counts: tuple[int, ...]

    @classmethod
    def of(
        cls,
        op: str,
        x: TensorLike,
        kernel_size: PerDim,
        stride: PerDim | None,
        padding: Padding,
        dilation: PerDim,
        fill: float,
    ) -> _Windows:
        value = as_value(x, op)
        shape = list(value.type.shape)
        if len(shape) != 4:
            raise ValueError(
                at_user(f"{op}: shape {shape} is not (batch, height, width, channels)")
            )
        if not value.type.dtype.is_float:
            raise TypeError(at_user(f"{op}: {value.type.short} does not hold floats; cast it"))
        sizes = _per_dim(op, "kernel_size", kernel_size, 2, 1)
        strides = sizes if stride is None else _per_dim(op, "stride", stride, 2, 1)
        dilations = _per_dim(op, "dilation", dilation, 2, 1)
        padded = _pad(value, _paddings(op, padding, 2), fill)
        counts = []
        for i, extent in enumerate(padded.type.shape[1:3]):
            rest = extent - (sizes[i] - 1) * dilations[i] - 1
            if rest < 0:
                raise ValueError(
                    at_user(f"{op}: a window of {sizes} does not fit into shape {shape}")
                )
            counts.append(rest // strides[i] + 1)
        return cls(padded, sizes, strides, dilations, tuple(counts))

    def tiles(self) -> Value | None:
        """The images as (batch, row of windows, row, column of windows, column, channels).

        None if windows overlap or leave gaps.
        """
        if self.strides != self.sizes or self.dilations != (1, 1):
            return None
        batch, _, _, channels = self.padded.type.shape
        rows, columns = map(operator.mul, self.counts, self.sizes)
        whole = build.slice_(
            self.padded,
            starts=(0, 0, 0, 0),
            limits=(batch, rows, columns, channels),
            strides=(1, 1, 1, 1),
        )
        (down, right), (height, width) = self.counts, self.sizes
        return e.reshape(whole, (batch, down, height, right, width, channels))

    def parts(self) -> list[Value]:
        """For each position in a window, the elements of all windows at it."""
        batch, _, _, channels = self.padded.type.shape

        def at(offset: tuple[int, ...]) -> Value:
            limits = [
                start + (count - 1) * step + 1
                for start, count, step in zip(offset, self.counts, self.strides, strict=True)
            ]
            return build.slice_(
                self.padded,
                starts=(0, *offset, 0),
                limits=(batch, *limits, channels),
                strides=(1, *self.strides, 1),
            )

        spans = zip(self.sizes, self.dilations, strict=True)
        offsets = [range(0, (size - 1) * step + 1, step) for size, step in spans]
        return [at(offset) for offset in itertools.product(*offsets)]


def avg_pool2d(
    x: TensorLike,
    *,
    kernel_size: PerDim,
    stride: PerDim | None = None,
    padding: Padding = 0,
    dilation: PerDim = (1, 1),
) -> Tensor:
    """The mean of each window of an image; zeros of the padding count.

    Args:
        x: shape (batch, height, width, channels), of floats.
        kernel_size: the extents of a window, one or (height, width).
        stride: how far windows lie apart; by default the kernel size.
        padding: an integer, (vertical, horizontal) or (top, bottom, left, right).
        dilation: how far the elements of a window lie apart.

    Raises:
        ValueError: if no window fits. TypeError: if x does not hold floats.

    >>> nb.avg_pool2d(nb.ones((1, 4, 4, 1)), kernel_size=2).shape
    [Dim(1), Dim(2), Dim(2), Dim(1)]
    """
    windows = _Windows.of("avg_pool2d", x, kernel_size, stride, padding, dilation, 0.0)
    tiles = windows.tiles()
    if tiles is not None:
        total = build.reduce_sum(tiles, dims=(2, 4))
    else:
        total = functools.reduce(lambda a, b: e.elementwise("add", a, b), windows.parts())
    return wrap(e.elementwise("div", total, float(math.prod(windows.sizes))))


def max_pool2d(
    x: TensorLike,
    *,
    kernel_size: PerDim,
    stride: PerDim | None = None,
    padding: Padding = 0,
    dilation: PerDim = (1, 1),
) -> Tensor:
    """The largest element of each window of an image; ties share the derivative equally.

    The arguments and errors are those of `avg_pool2d`; padding is minus infinity.

    >>> nb.max_pool2d(nb.reshape(nb.tensor([1.0, 5.0, 2.0, 3.0]), (1, 2, 2, 1)), kernel_size=2)
    Tensor([[[[5.]]]] : f32[1,1,1,1])
    """
    windows = _Windows.of("max_pool2d", x, kernel_size, stride, padding, dilation, -math.inf)
    tiles = windows.tiles()
    if tiles is not None:
        return wrap(build.reduce_max(tiles, dims=(2, 4)))
    layers = [e.reshape(part, (1, *part.type.shape)) for part in windows.parts()]
    return wrap(build.reduce_max(build.concatenate(layers, dim=0), dims=(0,)))
