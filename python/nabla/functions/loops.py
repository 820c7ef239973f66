# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Loops and choices made of `nb.scan` and `nb.cond`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nabla._core.convert import as_int, as_value
from nabla._core.dtypes import int32, int64
from nabla._core.errors import TracedValueError, at_user
from nabla._core.tree import Tree, wrap
from nabla.control_flow import cond, scan
from nabla.functions._support import iota, normalize_axis
from nabla.functions.arithmetic import cast, clip
from nabla.functions.joining import concatenate
from nabla.functions.shape import flip, moveaxis
from nabla.pytrees import tree_flatten, tree_unflatten
from nabla.transforms._arguments import Arguments

__all__ = ["associative_scan", "fori_loop", "map", "switch"]


def fori_loop(lower: int, upper: int, body: Callable[[Any, Any], Any], init: Any) -> Any:
    """`value = body(i, value)` for each i from `lower` up to but without `upper`.

    Args:
        lower, upper: integers, known when the loop is traced: the number of turns is part of
            the program, so that reverse mode differentiates it.
        body: takes i, a tensor of int32 (int64 where a bound needs it), and the value, a tree;
            returns the next value, of the same structure, shapes and dtypes.
        init: the first value.

    Returns:
        The last value.

    Raises:
        TypeError: if the value changes its structure, shapes or dtypes; `TracedValueError` if a
            bound is traced.

    >>> nb.fori_loop(0, 5, lambda i, total: total + i, 0)
    Tensor(10 : i32[])
    """
    first, last = _bound("lower", lower), _bound("upper", upper)
    fits = first >= -(2**31) and last <= 2**31
    count = max(last - first, 0)
    turns = iota(int32 if fits else int64, (count,), 0) + first
    return scan(lambda value, i: (body(i, value), None), init, turns)[0]


def _bound(what: str, value: Any) -> int:
    try:
        return as_int("fori_loop", what, value)
    except TracedValueError:
        raise TracedValueError(
            at_user(
                f"fori_loop: {what} is traced, but the number of turns has to be known; go on "
                "for as many turns as there may be, and choose with nb.where(i < bound, new, old)"
            )
        ) from None


def map(f: Callable[[Any], Any], xs: Any) -> Any:
    """`f(x)` for each slice x along the leading dimension, one after the other, stacked.

    `nb.vmap(f)(xs)` computes the same all at once, in more memory. `xs` and the results are
    trees. ValueError if leading extents differ.

    >>> nb.map(lambda x: x * x, nb.tensor([1.0, 2.0, 3.0]))
    Tensor([1. 4. 9.] : f32[3])
    """
    return scan(lambda carry, x: (carry, f(x)), None, xs)[1]


def switch(index: Any, branches: Sequence[Callable[..., Any]], *operands: Any) -> Any:
    """`branches[index](*operands)`; an index out of range counts as the nearest in it.

    Only the branch that is chosen runs, as with `nb.cond`.

    Args:
        index: a tensor with one integer; a Python integer chooses at once.
        branches: take the operands and return trees of one structure, with tensors of the same
            shapes.

    Raises:
        TypeError: if the index is not one integer, or the branches differ in structure or
            shapes.
        ValueError: if there is no branch.

    >>> nb.switch(nb.tensor(1), [lambda x: x + 1, lambda x: x * 10], 5.0)
    Tensor(50. : f32[])
    """
    if not len(branches):
        raise ValueError(at_user("switch: there is no branch"))
    if isinstance(index, int) and not isinstance(index, bool):
        given = Arguments("switch", operands)
        branch = branches[min(max(index, 0), len(branches) - 1)]
        return branch(*given.rebuild([wrap(operand) for operand in given.values]))
    value = as_value(index, "switch")
    if value.type.dtype.kind not in ("int", "uint") or value.type.size != 1:
        raise TypeError(at_user(f"switch: the index must be one integer, got {value.type.short}"))
    place = cast(clip(wrap(value), 0, len(branches) - 1).reshape(()), int32)
    return _choose(place, list(branches), 0, operands)


def _choose(place: Any, branches: list[Callable[..., Any]], first: int, operands: Any) -> Any:
    """By halves: the depth is the logarithm of the number of branches."""
    if len(branches) == 1:
        return branches[0](*operands)
    half = len(branches) // 2
    return cond(
        place < first + half,
        lambda *xs: _choose(place, branches[:half], first, xs),
        lambda *xs: _choose(place, branches[half:], first + half, xs),
        *operands,
    )


def associative_scan(
    f: Callable[[Any, Any], Any], xs: Any, reverse: bool = False, axis: int = 0
) -> Any:
    """All totals of the slices of xs along a dimension under an associative function.

    It calls the function a number of times that grows with the logarithm of the extent, each
    time with many slices side by side (G. E. Blelloch, "Prefix sums and their applications",
    1990).

    Args:
        f: takes two trees of the structure of xs and joins them slice by slice: what came so
            far with what comes next.
        xs: a tree of tensors of one extent along the dimension.
        reverse: whether to go from the last slice to the first.
        axis: the dimension.

    Returns:
        A tree of the structure and shapes of xs.

    Raises:
        ValueError: if the extents differ, or there is no tensor.
        TypeError: if f returns another structure.

    >>> nb.associative_scan(nb.mul, nb.tensor([1.0, 2.0, 3.0, 4.0]))
    Tensor([ 1.  2.  6. 24.] : f32[4])
    """
    leaves, treedef = tree_flatten(xs)
    tensors = [wrap(as_value(leaf, "associative_scan")) for leaf in leaves]
    dims = [normalize_axis("associative_scan", axis, x.ndim) for x in tensors]
    rows = [moveaxis(x, dim, 0) for x, dim in zip(tensors, dims, strict=True)]
    extents = {int(row.shape[0]) for row in rows}
    if len(extents) != 1:
        raise ValueError(at_user(f"associative_scan: extents {sorted(extents)} are not one"))

    def join(a: list[Any], b: list[Any]) -> list[Any]:
        joined = f(tree_unflatten(treedef, a), tree_unflatten(treedef, b))
        found, structure = tree_flatten(joined)
        if structure != treedef:
            raise TypeError(at_user(f"associative_scan: f returns {structure}, not {treedef}"))
        return found

    if reverse:
        rows = [flip(row, 0) for row in rows]
        totals = [flip(total, 0) for total in _totals(join, rows)]
    else:
        totals = _totals(join, rows)
    moved: list[Tree] = [moveaxis(x, 0, dim) for x, dim in zip(totals, dims, strict=True)]
    return tree_unflatten(treedef, moved)


def _totals(join: Callable[[list[Any], list[Any]], list[Any]], rows: list[Any]) -> list[Any]:
    """Neighbours joined, their totals, and between these one slice more each."""
    count = int(rows[0].shape[0])
    if count < 2:
        return rows
    pairs = join([row[: count - 1 : 2] for row in rows], [row[1::2] for row in rows])
    odd = _totals(join, pairs)
    before = [total[: (count - 1) // 2] for total in odd]
    even = join(before, [row[2::2] for row in rows]) if count > 2 else [row[:0] for row in rows]
    even = [concatenate([row[:1], more]) for row, more in zip(rows, even, strict=True)]
    return [_interleaved(a, b) for a, b in zip(even, odd, strict=True)]


def _interleaved(even: Any, odd: Any) -> Any:
    """The rows of both in turns; the first has as many, or one more."""
    more, less = int(even.shape[0]), int(odd.shape[0])
    rest = tuple(int(n) for n in even.shape[1:])
    pairs = concatenate([even[:less, None], odd[:, None]], 1).reshape((2 * less, *rest))
    return concatenate([pairs, even[less:]]) if more > less else pairs
