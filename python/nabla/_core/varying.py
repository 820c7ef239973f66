# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Python numbers that change from call to call.

A number written in a function under grad or vmap is a constant of its program: it folds, and
it reads well. But a decaying learning rate would then compile a program a step. So we remember
the numbers met at each place of the user's code; where another one turns up when the function
is traced again, or in another turn of a loop steered by values, that place gets an operand
from then on.
"""

from __future__ import annotations

import weakref
from types import CodeType
from typing import Any

from nabla._core import location
from nabla._core.location import where
from nabla._core.trace import Trace, current

_Place = tuple[int, int]


class _Met:
    """The numbers met in one code object, by offset; None where they vary."""

    __slots__ = ("code", "numbers")

    def __init__(self, code: CodeType) -> None:
        key = id(code)
        self.code = weakref.ref(code, lambda _: _met.pop(key, None))
        self.numbers: dict[int, list[Any] | None] = {}


_met: dict[int, _Met] = {}  # by the identity of the code: to hash code takes long


def varies(number: Any) -> bool:
    """Whether the number that is being recorded here is to be an operand of the program."""
    trace = current()
    if trace is None:
        return True
    root = trace.root
    at = where()
    if root.kind == "compile" or at is None:
        return False
    place = location.place(at)
    code, offset = at
    met = _met.get(id(code))
    if met is None:
        met = _met[id(code)] = _Met(code)
    before = met.numbers.setdefault(offset, [])
    if before is None:
        return True
    turn = _turn(root, place)
    # A loop that Python steers by values is to have turns of one structure.
    counts = bool(root.questions) and turn > 0 and before[turn - 1] != number
    if turn < len(before) or counts:
        if not counts and before[turn] == number:
            return False
        met.numbers[offset] = None
        return True
    before.append(number)
    return False


def _turn(root: Trace, place: _Place) -> int:
    """How many numbers this trace met at the place before."""
    turn = root.turns.get(place, 0)
    root.turns[place] = turn + 1
    return turn
