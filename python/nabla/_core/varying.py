# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Python numbers that change from call to call.

A number written in a function under grad or vmap is a constant of its program: it folds, and
it reads well. But a decaying learning rate would then compile a program a step. So we remember
the numbers met at each place of the user's code; where another one turns up when the function
is traced again, that place gets an operand from then on.
"""

from __future__ import annotations

from typing import Any

from nabla._core.location import Where, where
from nabla._core.trace import Trace, current

_seen: dict[Where, list[Any]] = {}
_varying: set[Where] = set()


def varies(number: Any) -> bool:
    """Whether the number that is being recorded here is to be an operand of the program."""
    trace = current()
    if trace is None:
        return True
    root = trace.root
    place = where()
    if root.kind == "compile" or place is None:
        return False
    if place in _varying:
        return True
    before = _seen.setdefault(place, [])
    turn = _turn(root, place)
    if turn < len(before):
        if before[turn] == number:
            return False
        _varying.add(place)
        del _seen[place]
        return True
    before.append(number)
    return False


def _turn(root: Trace, place: Where) -> int:
    """How many numbers this trace met at the place before."""
    turn = root.turns.get(place, 0)
    root.turns[place] = turn + 1
    return turn
