# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Reading and writing the elements that an index chooses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nabla._core import elementwise as e
from nabla._core.dtypes import int64, uint64
from nabla._core.graph import Value
from nabla._core.literals import constant, from_numpy, integers
from nabla._core.tree import value_of, wrap
from nabla._core.types import tensor_type
from nabla._core.varying import varies
from nabla._generated import build
from nabla.control_flow import scan
from nabla.functions._index import Array, Axis, Index, Positions


def take(x: Value, index: Index) -> Value:
    """`x[index]`. Positions known only at run time are clamped to the range."""
    box = e.reshape(_take(e.reshape(x, index.shape), index.axes), _kept(index.axes))
    if index.positions:
        dims, columns = _columns(index)
        if all(isinstance(column, Value) and not column.type.rank for column in columns):
            box = _take_at(box, dims, columns)
        else:
            extents = box.type.shape
            columns = [in_range(c, extents[d]) for d, c in zip(dims, columns, strict=True)]
            picked = _gather(box, table_of(columns, index.table), dims)
            box = move_dims(picked, len(index.table), index.lead)
    result = e.reshape(box, index.result)
    result.weak = x.weak
    return result


def put(x: Value, index: Index, values: Value, how: str) -> Value:
    """x with `values`, of the shape of `x[index]`, combined into what the index chooses.

    `how` is "set" or an elementwise op. Values at positions out of range are left out.
    """
    view = e.reshape(x, index.shape)
    whole = [Axis(a.start, a.span, 1, False, a.kept) for a in index.axes]
    box = e.reshape(_take(view, whole), _kept(whole))
    dims, columns = _columns(index)
    columns = [_wrapped(c, box.type.shape[d]) for d, c in zip(dims, columns, strict=True)]
    rows, strides = _rows(values, index)
    if not columns and not strides:
        box = rows if how == "set" else e.elementwise(how, box, rows)
    else:
        table = (*index.table, *[offsets.size for offsets in strides.values()])
        columns = [_grown(column, len(strides)) for column in columns]
        for i, offsets in enumerate(strides.values()):
            columns.append(offsets.reshape(-1, *[1] * (len(strides) - 1 - i)))
        box = _combine(box, columns, table, [*dims, *strides], rows, how)
    return e.reshape(_write(view, box, index.axes), x.type.shape)


# ---------------------------------------------------------------- the box


def _kept(axes: Sequence[Axis]) -> tuple[int, ...]:
    return tuple([axis.size for axis in axes if axis.kept])


def _take(value: Value, axes: Sequence[Axis]) -> Value:
    """The box, with its strides and directions; integers leave dimensions of extent 1."""
    shape = value.type.shape
    spans = [axis.span for axis in axes]
    starts = [axis.start for axis in axes]
    if tuple(spans) != shape and varies(tuple(starts)):
        # Positions are operands: a loop over them runs one executable.
        where = from_numpy(np.array(starts, np.int64), copy=False)
        value = build.dynamic_slice(value, where, sizes=spans)
        starts = [0] * len(axes)
    limits = [start + span for start, span in zip(starts, spans, strict=True)]
    strides = [axis.stride for axis in axes]
    if any(starts) or any(stride > 1 for stride in strides) or tuple(limits) != value.type.shape:
        value = build.slice_(value, starts=starts, limits=limits, strides=strides)
    return _reverse(value, [d for d, axis in enumerate(axes) if axis.reversed and axis.size > 1])


def _reverse(value: Value, dims: Sequence[int]) -> Value:
    return build.reverse(value, dims=dims) if dims else value


def _write(x: Value, box: Value, axes: Sequence[Axis]) -> Value:
    """x with the box, strides filled up, in its place."""
    spans = tuple([axis.span for axis in axes])
    box = e.reshape(box, spans)
    if spans == x.type.shape:
        return box
    starts = tuple([axis.start for axis in axes])
    if varies(starts):
        where = from_numpy(np.array(starts, np.int64), copy=False)
    else:
        where = integers(starts)
    return build.dynamic_update_slice(x, box, where)


# ---------------------------------------------------------------- positions


def _columns(index: Index) -> tuple[list[int], list[Positions]]:
    """Which dimensions of the box have positions, and these."""
    numbers = {dim: i for i, dim in enumerate([d for d, a in enumerate(index.axes) if a.kept])}
    return [numbers[dim] for dim in index.positions], list(index.positions.values())


def _wrapped(positions: Positions, extent: int) -> Positions:
    """Positions in int64, counted from the front where they are in range."""
    if not isinstance(positions, Value):
        return positions
    dtype, shape = positions.type.dtype, positions.type.shape
    if dtype is uint64:  # half of its numbers are not in int64; all of those are out of range
        bound = constant(min(extent, 2**63 - 1), tensor_type(uint64, shape))
        return e.convert(build.min_(positions, bound), int64)
    wide = e.convert(positions, int64)
    if dtype.kind == "uint":
        return wide
    zeros, extents = constant(0, wide.type), constant(extent, wide.type)
    negative = build.compare(wide, zeros, predicate="lt")
    return build.select(negative, build.add(wide, extents), wide)


def in_range(positions: Positions, extent: int) -> Positions:
    """Positions clamped to the range."""
    wrapped = _wrapped(positions, extent)
    if not isinstance(wrapped, Value):
        return wrapped
    low, high = constant(0, wrapped.type), constant(max(extent - 1, 0), wrapped.type)
    return build.min_(build.max_(wrapped, low), high)


def table_of(columns: Sequence[Positions], shape: tuple[int, ...]) -> Value:
    """The table of positions that gather and scatter take, one column a dimension."""
    known = [column for column in columns if not isinstance(column, Value)]
    if len(known) == len(columns):
        rows = [np.broadcast_to(column, shape) for column in known]
        return from_numpy(np.stack(rows, -1), copy=False)
    values = [c if isinstance(c, Value) else from_numpy(c, copy=False) for c in columns]
    grown = [e.reshape(e.broadcast(value, shape), (*shape, 1)) for value in values]
    if len(grown) == 1:
        return grown[0]
    return build.concatenate(grown, dim=len(shape))


def _grown(positions: Positions, count: int) -> Positions:
    """Positions with `count` more dimensions of extent 1 at the end."""
    if isinstance(positions, Value):
        return e.reshape(positions, (*positions.type.shape, *[1] * count))
    return positions.reshape(*positions.shape, *[1] * count)


def _take_at(box: Value, dims: Sequence[int], columns: Sequence[Positions]) -> Value:
    """The box at one position of some of its dimensions."""
    shape = box.type.shape
    parts = [integers((0,))] * len(shape)
    for dim, column in zip(dims, columns, strict=True):
        wrapped = _wrapped(column, shape[dim])
        assert isinstance(wrapped, Value)
        parts[dim] = e.reshape(wrapped, (1,))
    starts = parts[0] if len(parts) == 1 else build.concatenate(parts, dim=0)
    sizes = [1 if dim in dims else extent for dim, extent in enumerate(shape)]
    taken = build.dynamic_slice(box, starts, sizes=sizes)
    return e.reshape(taken, tuple([n for dim, n in enumerate(shape) if dim not in dims]))


# ---------------------------------------------------------------- gather and scatter


def _gather(x: Value, table: Value, dims: Sequence[int]) -> Value:
    return build.gather(x, table, dims=dims, batch_dims=0)


def _scatter(x: Value, table: Value, rows: Value, dims: Sequence[int], how: Any) -> Value:
    return build.scatter(x, table, rows, combine=how, dims=dims, batch_dims=0)


def move_dims(x: Value, count: int, to: int) -> Value:
    """x with its first `count` dimensions after the `to` that follow them."""
    rank = x.type.rank
    order = [*range(count, count + to), *range(count), *range(count + to, rank)]
    return permute(x, order)


def permute(x: Value, order: Sequence[int]) -> Value:
    """x with its dimensions in another order."""
    if list(order) == list(range(x.type.rank)):
        return x
    return build.transpose(x, permutation=order)


def _rows(values: Value, index: Index) -> tuple[Value, dict[int, Array]]:
    """The values in the order of scatter's updates, and the offsets of strided dimensions.

    The dimensions of the table come first, then the strided ones, then those that the box
    has as a whole.
    """
    axes = [(d in index.positions, axis) for d, axis in enumerate(index.axes) if axis.kept]
    sizes = [axis.size for chosen, axis in axes if not chosen]
    lead, table = index.lead, index.table
    values = e.reshape(values, (*sizes[:lead], *table, *sizes[lead:]))
    strides = {}
    strided, whole, backwards = [], [], []
    at = 0
    for dim, (chosen, axis) in enumerate(axes):
        if chosen:
            continue
        place = at if at < lead else at + len(table)
        at += 1
        if axis.stride > 1 and axis.size > 1:
            offsets = np.arange(axis.size) * axis.stride
            strides[dim] = offsets[::-1] if axis.reversed else offsets
            strided.append(place)
        else:
            whole.append(place)
            if axis.reversed and axis.size > 1:
                backwards.append(place)
    values = _reverse(values, backwards)
    return permute(values, [*range(lead, lead + len(table)), *strided, *whole]), strides


def _combine(
    x: Value,
    columns: Sequence[Positions],
    shape: tuple[int, ...],
    dims: Sequence[int],
    rows: Value,
    how: str,
) -> Value:
    table = table_of(columns, shape)
    if how in ("set", "add"):
        return _scatter(x, table, rows, dims, how)
    if _distinct(columns, shape):
        met = e.elementwise(how, _gather(x, table, dims), rows)
        return _scatter(x, table, met, dims, "set")
    return _one_by_one(x, table, rows, dims, how)


def _distinct(columns: Sequence[Positions], shape: tuple[int, ...]) -> bool:
    """Whether no position is known to be met twice."""
    if np.prod(shape) <= 1:
        return True
    known = [np.broadcast_to(c, shape).ravel() for c in columns if not isinstance(c, Value)]
    if len(known) < len(columns):
        return False
    return len(np.unique(np.stack(known), axis=1).T) == known[0].size


def _one_by_one(x: Value, table: Value, rows: Value, dims: Sequence[int], how: str) -> Value:
    """Updates made one after the other, since positions may repeat."""
    lead = table.type.rank - 1
    count = int(np.prod(table.type.shape[:lead]))
    table = e.reshape(table, (count, table.type.shape[-1]))
    rows = e.reshape(rows, (count, *rows.type.shape[lead:]))

    def step(carry: object, item: tuple[object, object]) -> tuple[object, None]:
        now, place, row = value_of(carry), value_of(item[0]), value_of(item[1])  # type: ignore[arg-type]
        met = e.elementwise(how, _gather(now, place, dims), row)
        return wrap(_scatter(now, place, met, dims, "set")), None

    result = scan(step, wrap(x), (wrap(table), wrap(rows)))[0]
    return value_of(result)
