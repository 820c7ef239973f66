# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Running pending work: the part of the eager graph that wanted values need.

The part, a segment, is keyed by its structure relative to its leaves: equal work on other
numbers finds its executable. Every value of the segment that the user or other pending
work holds becomes a result, so nothing is computed twice. Nothing is changed before the
executable has run, so what fails can be tried again. Work of many turns of a loop is run in
parts (see `turns`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nabla import _nabla
from nabla._core import pending, turns
from nabla._core.errors import at_user
from nabla._core.function import number
from nabla._core.graph import Node, Value, ancestors
from nabla._core.location import describe
from nabla._core.program import Executable, Kind, LinearData, Program, counters
from nabla._core.types import LinearType

MAX_EXECUTABLES = 4096

_executables: dict[Any, Executable] = {}


def materialize(values: Sequence[Value]) -> None:
    """Compute the data of these eager values."""
    with pending.lock:
        wanted = [value for value in values if value.node is not None]
        if wanted:
            nodes, others = _segment(wanted)
            parts = turns.parts(nodes)
            del nodes  # so that `run` can free what is done
            run(parts, others, wanted)


def run(parts: list[list[Node]], others: list[Node], wanted: Sequence[Value]) -> None:
    """Run parts of the pending work, one after the other; the others stay pending.

    The list of parts is emptied on the way, so that what is done with can be freed.
    """
    outputs = _outputs(parts, others, wanted)
    parts.reverse()
    outputs.reverse()
    while parts:
        if outputs[-1]:
            _run_part(parts[-1], outputs[-1])
        parts.pop()
        outputs.pop()


def _run_part(nodes: list[Node], outputs: list[Value]) -> None:
    leaves = _leaves(nodes)
    steps, numbers = number(leaves, nodes, outputs)
    kinds = tuple([_kind(leaf) for leaf in leaves])

    def program() -> Program:
        types = tuple([value.type for value in outputs])
        wheres = tuple([node.where for node in nodes])
        return Program(kinds, steps, numbers, types, wheres, nodes[-1].where)

    executable = executable_of((kinds, steps, numbers), program)
    results = executable([leaf.data for leaf in leaves])
    for value, data in zip(outputs, results, strict=True):
        value.data = data
        value.node = None


def _outputs(
    parts: list[list[Node]], others: list[Node], wanted: Sequence[Value]
) -> list[list[Value]]:
    """What each part has to give: what the user, a later part or other work holds.

    Nodes that nothing needs are taken out of the parts.
    """
    asked = set(wanted)
    used = {operand for node in others for operand in node.operands}
    found = []
    for part in reversed(parts):
        outputs: list[Value] = []
        inside: set[Value] = set()
        needed = []
        for node in reversed(part):
            results = [value for value in node.results if value is not None]
            kept = [v for v in results if v in used or v in asked or v.held]
            if kept or any(value in inside for value in results):
                outputs += reversed(kept)
                inside.update(node.operands)
                needed.append(node)
        used |= inside
        part[:] = reversed(needed)
        outputs.reverse()
        found.append(outputs)
    found.reverse()
    return found


def _segment(wanted: list[Value]) -> tuple[list[Node], list[Node]]:
    """The nodes to run, and those that stay pending.

    A linear map is applied where it is made: a gradient that is pending runs with the value
    it belongs to, so that residuals need not be kept.
    """
    alive = pending.alive()
    values = list(wanted)
    while True:
        nodes = ancestors(values)
        inside = set(nodes)
        others = [node for node in alive if node not in inside]
        uses = [node for node in others if any(_made_inside(v, inside) for v in node.operands)]
        if not uses:
            return nodes, others
        values += [value for node in uses for value in node.results if value is not None]


def _made_inside(value: Value, inside: set[Node]) -> bool:
    return isinstance(value.type, LinearType) and value.node in inside


def _leaves(nodes: list[Node]) -> list[Value]:
    leaves: dict[Value, None] = {}
    for node in nodes:
        for operand in node.operands:
            if operand.node is None:
                leaves[operand] = None
    return list(leaves)


def _kind(leaf: Value) -> Kind:
    if isinstance(leaf.data, LinearData):
        return leaf.data.function
    return leaf.type  # type: ignore[no-any-return]


def executable_of(key: Any, program: Callable[[], Program]) -> Executable:
    """The executable kept under a key, compiled at the first request."""
    with pending.lock:
        found = _executables.get(key)
        if found is not None:
            counters.hits += 1
            return found
        made = program()
        try:
            found = Executable(made)
        except _nabla.MLIRError as error:
            raise RuntimeError(_failure(error, made)) from error
        if len(_executables) >= MAX_EXECUTABLES:
            del _executables[next(iter(_executables))]
        _executables[key] = found
        return found


def _failure(error: Exception, program: Program) -> str:
    places = dict.fromkeys(describe(at) for at in program.wheres[-3:])
    needed = at_user("").strip().removeprefix("at ")
    return f"compilation failed: {error}\n  recorded at {', '.join(places)}\n  needed at {needed}"


def clear() -> None:
    """Forget all executables (those in use go with their last user)."""
    _executables.clear()
