# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What random programs call besides `nb`: single operations, and how far kinks are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import nabla as nb
import numpy as np
from nabla._core.apply import apply1
from nabla._core.attributes import int_array, integer
from nabla._core.convert import as_value
from nabla._core.tree import wrap


def _call(op: str, *operands: Any, **attributes: Any) -> Any:
    texts = []
    for name, value in attributes.items():
        if isinstance(value, (list, tuple)):
            texts.append((name, int_array(value)))
        elif isinstance(value, int) and not isinstance(value, bool):
            texts.append((name, integer(value)))
        elif value:
            texts.append((name, "unit" if value is True else value))
    return wrap(apply1(op, [as_value(x, op) for x in operands], tuple(texts)))


def unary(op: str, x: Any) -> Any:
    return _call(op, x)


def prod(x: Any, dims: Sequence[int]) -> Any:
    return _call("reduce_prod", x, dims=dims)


def cumsum(x: Any, dim: int, reverse: bool) -> Any:
    return _call("cumsum", x, dim=dim, reverse=reverse)


def flip(x: Any, dims: Sequence[int]) -> Any:
    return _call("reverse", x, dims=dims)


def cut(x: Any, starts: Sequence[int], limits: Sequence[int], strides: Sequence[int]) -> Any:
    return _call("slice", x, starts=starts, limits=limits, strides=strides)


def pad(
    x: Any, value: Any, low: Sequence[int], high: Sequence[int], interior: Sequence[int]
) -> Any:
    return _call("pad", x, value, low=low, high=high, interior=interior)


def dot(
    x: Any, y: Any, batch: tuple[list[int], list[int]], contract: tuple[list[int], list[int]]
) -> Any:
    return _call(
        "dot_general",
        x,
        y,
        x_batch=batch[0],
        y_batch=batch[1],
        x_contract=contract[0],
        y_contract=contract[1],
    )


def argmax(x: Any) -> Any:
    """The position of the largest of all elements."""
    return _call("argmax", nb.reshape(x, (-1,)), dim=0)


def window(x: Any, start: Any, sizes: Sequence[int]) -> Any:
    """The box of these sizes at (start, start, ...), moved to lie within x."""
    starts = nb.broadcast_to(start, (len(sizes),))
    return _call("dynamic_slice", x, starts, sizes=sizes)


def replace(x: Any, update: Any, start: Any) -> Any:
    starts = nb.broadcast_to(start, (len(update.shape),))
    return _call("dynamic_update_slice", x, update, starts)


def take(x: Any, rows: Sequence[int]) -> Any:
    """Slices of x along its first dimension; positions may repeat or be out of range."""
    return _call("gather", x, np.array(rows)[:, None], dims=[0], batch_dims=0)


def put(how: str, x: Any, rows: Sequence[int], updates: Any) -> Any:
    return _call(
        "scatter",
        x,
        np.array(rows)[:, None],
        updates,
        combine=f"#nabla<combine {how}>",
        dims=[0],
        batch_dims=0,
    )


def halved(x: Any) -> Any:
    """A loop whose turns depend on the numbers."""
    turns = 0
    while turns < 4 and nb.sum(x * x) > 1.0:
        x = x * 0.5
        turns += 1
    return x


def margin_of_halved(x: Any) -> Any:
    total = float(np.sum(np.square(x.numpy())))
    return np.array([total * 0.25**turns - 1.0 for turns in range(5)])


def margin_of_max(x: Any) -> Any:
    """By how much the largest elements differ."""
    ordered = np.sort(x.numpy().ravel())
    return ordered[-1:] - ordered[-2:-1]


def step(x: Any) -> Any:
    """The distance to the nearest integer."""
    return x.numpy() - np.round(x.numpy())
