# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Running pending work: the part of the eager graph that wanted values need.

The part, a segment, is keyed by its structure relative to its leaves: equal work on other
numbers finds its executable. Every value of the segment that the user or other pending
work holds becomes a result, so nothing is computed twice. Nothing is changed before the
executable has run, so what fails can be tried again. Work of many turns of a loop is run in
parts (see `turns`). What looks at each node is C++ (python/bindings/segments.cpp).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nabla import _nabla
from nabla._core import pending, turns
from nabla._core.errors import at_user
from nabla._core.function import number
from nabla._core.graph import Node, Value
from nabla._core.location import describe
from nabla._core.program import Executable, Program, kind_of
from nabla._nabla import outputs, run_part, segment

MAX_EXECUTABLES = 4096

_executables: dict[Any, Executable] = {}


def materialize(values: Sequence[Value]) -> None:
    """Compute the data of these eager values."""
    with pending.lock:
        wanted = [value for value in values if value.node is not None]
        if wanted:
            nodes, others = segment(wanted)
            parts = turns.parts(nodes)
            del nodes  # so that `run` can free what is done
            run(parts, others, wanted)


def run(parts: list[list[Node]], others: list[Node], wanted: Sequence[Value]) -> None:
    """Run parts of the pending work, one after the other; the others stay pending.

    The list of parts is emptied on the way, so that what is done with can be freed.
    """
    given = outputs(parts, others, wanted)
    parts.reverse()
    given.reverse()
    while parts:
        if given[-1]:
            run_part(parts[-1], given[-1])
        parts.pop()
        given.pop()


def _compile_part(nodes: list[Node], leaves: list[Value], outputs: list[Value]) -> Executable:
    """What `run_part` asks for where it meets a new structure."""
    steps, numbers = number(leaves, nodes, outputs)
    kinds = tuple([kind_of(leaf) for leaf in leaves])

    def program() -> Program:
        types = tuple([value.type for value in outputs])
        wheres = tuple([node.where for node in nodes])
        return Program(kinds, steps, numbers, types, wheres, nodes[-1].where)

    return executable_of((kinds, steps, numbers), program)


def executable_of(key: Any, program: Callable[[], Program]) -> Executable:
    """The executable kept under a key, compiled at the first request."""
    with pending.lock:
        found = _executables.get(key)
        if found is not None:
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
    _nabla.forget_parts()


_nabla.connect(compile_part=_compile_part)
