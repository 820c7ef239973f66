# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Where to cut pending work: at the turns of the user's loops.

A loop shows in a list of nodes as a place in the program, with an operation, that comes
again. Work of some size is cut there into parts, which run one after the other: so the parts
of a loop have the same structure, one executable serves all of them, and what is compiled
does not depend on how many turns there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from nabla._core.function import weight
from nabla._core.graph import Node, Value
from nabla._core.location import place
from nabla._core.types import LinearType

WHOLE = 128  # work up to this weight is not cut
GROUP = 32  # turns lighter than this run several at a time


class _Piece(NamedTuple):
    """A stretch of a list of nodes: one turn of a loop, or what lies between loops."""

    start: int
    stop: int
    loop: int | None  # the number of the loop


def parts(nodes: list[Node]) -> list[list[Node]]:
    """The nodes in order, in parts to be run one after the other."""
    weights = [weight(node) for node in nodes]
    if sum(weights) <= WHOLE:
        return [nodes]
    groups = _grouped(_pieces(nodes, weights), weights)
    return [nodes[group.start : group.stop] for group in groups]


def finished(nodes: list[Node]) -> list[list[Node]]:
    """The parts, from the first on, that are surely over.

    The last turn of the last loop is not among them, for variables may still name its values,
    which those of other turns have lost. Nor are turns that will make a group with later ones.
    """
    weights = [weight(node) for node in nodes]
    pieces = _pieces(nodes, weights)
    loops = [piece.loop for piece in pieces if piece.loop is not None]
    if not loops:
        return []
    last = max(i for i, piece in enumerate(pieces) if piece.loop == loops[-1])
    groups = _grouped(pieces[:last], weights)
    if groups and groups[-1].loop == loops[-1] and not _full(groups[-1], weights):
        groups.pop()
    return [nodes[group.start : group.stop] for group in groups]


def _grouped(pieces: list[_Piece], weights: list[int]) -> list[_Piece]:
    """Turns of one loop that follow each other are put together until they weigh enough."""
    groups: list[_Piece] = []
    for piece in pieces:
        group = groups[-1] if groups else None
        if group is None or piece.loop is None or group.loop != piece.loop:
            groups.append(piece)
        elif not _full(group, weights):
            groups[-1] = _Piece(group.start, piece.stop, piece.loop)
        else:
            groups.append(piece)
    return groups


def _full(group: _Piece, weights: list[int]) -> bool:
    return sum(weights[group.start : group.stop]) >= GROUP


def _pieces(nodes: list[Node], weights: list[int]) -> list[_Piece]:
    """The loops in a list of nodes, taken apart into turns, and what lies between them."""
    keys = [(node.where and place(node.where), node.op) for node in nodes]
    found: list[_Piece] = []
    todo = [(0, len(nodes))]  # stretches to look at, the first one last
    starts = _starts(nodes, keys)
    while todo:
        start, stop = todo.pop()
        turns = _turns([i for i in starts if start <= i < stop], keys, weights)
        if not turns:
            found.append(_Piece(start, stop, None))
            continue
        first, last = turns[0], turns[-1]
        length = last - turns[-2]
        if first - start > 2 * length:  # more than a part of a turn
            todo += [(first, stop), (start, first)]
            continue
        if first > start:
            found.append(_Piece(start, first, None))
        loop = len(found)
        found += [_Piece(a, b, loop) for a, b in pairwise(turns)]
        if keys[last : last + length] == keys[turns[-2] : last] and last + length <= stop:
            found.append(_Piece(last, last + length, loop))
            last += length
        if stop - last > 2 * length:
            todo.append((last, stop))
        elif stop > last:
            found.append(_Piece(last, stop, None))
    return found


def _turns(starts: list[int], keys: Sequence[object], weights: list[int]) -> list[int]:
    """Where the turns of a loop start; none if there is no loop.

    Of several loops, within each other or not, it is the one with the heaviest operation,
    such as a gradient, where it starts.
    """
    places: dict[object, list[int]] = {}
    for i in starts:
        places.setdefault(keys[i], []).append(i)
    loops = [found for found in places.values() if len(found) > 1]
    return max(loops, key=lambda found: weights[found[0]], default=[])


def _starts(nodes: list[Node], keys: Sequence[object]) -> list[int]:
    """Where work can be cut: before calls of the user, where no linear map is cut off.

    A linear map that nobody holds runs with its applications, so that residuals need not be
    kept.
    """
    kept = _until_applied(nodes)
    starts = []
    began: object = None  # the key of the first node of the call
    reach = 0
    for i, node in enumerate(nodes):
        fresh = i == 0 or node.where != nodes[i - 1].where
        if fresh:
            began = keys[i]
        if (fresh or keys[i] == began) and reach <= i:
            starts.append(i)
        reach = max(reach, kept.get(i, 0))
    return starts


def _until_applied(nodes: list[Node]) -> dict[int, int]:
    """For each node that makes a linear map, the position behind its last application."""
    made: dict[Value, int] = {}
    kept: dict[int, int] = {}
    for i, node in enumerate(nodes):
        for operand in node.operands:
            if operand in made:
                kept[made[operand]] = i + 1
        if isinstance(node.types[-1], LinearType):
            value = node.results[-1]
            if value is not None and not value.held:
                made[value] = i
    return kept
