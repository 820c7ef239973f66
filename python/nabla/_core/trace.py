# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Traces: where operations are recorded while a function runs under a transform.

Operations go to the innermost trace. A value of an outer trace or of the eager graph that
an operation uses becomes a *capture*: one more input, whose source is that value. Inputs
that a caller passed keep their source too, where it is a single known value; through the
sources the number behind a traced value can be found (`force`).
"""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Any

from nabla import _nabla
from nabla._core.errors import TracerLeakError, at_user
from nabla._core.function import Function, close
from nabla._core.graph import Value
from nabla._core.location import Where, describe, where
from nabla._core.types import Type
from nabla._nabla import current, set_current


class Trace:
    """One function being traced; a context manager that makes it the innermost."""

    __slots__ = (
        "captures",
        "closed",
        "inputs",
        "key",
        "key_input",
        "kind",
        "name",
        "parent",
        "questions",
        "repeats",
        "turns",
        "where",
    )

    def __init__(self, kind: str, name: str, repeats: bool = False) -> None:
        self.kind = kind  # the transform, as messages name it
        self.name = name
        self.repeats = repeats  # the function runs several times, on inputs yet unknown
        self.parent = current()
        self.questions: list[int] = []  # serial numbers at which numbers were asked for
        self.turns: dict[tuple[int, int], int] = {}  # see `varying`
        self.key: Value | None = None  # see `keys`
        self.key_input: Value | None = None
        self.inputs: list[Value] = []
        self.captures: dict[Value, Value] = {}  # outer value -> input
        self.closed = False
        self.where = where()

    @property
    def root(self) -> Trace:
        """The outermost of the traces around this one, or itself."""
        trace = self
        while trace.parent is not None:
            trace = trace.parent
        return trace

    def input(self, type: Type, source: Value | None = None, weak: bool = False) -> Value:
        """A new input; `source` is the value it stands for, if it is known."""
        value = Value(type, self, None, len(self.inputs))
        value.source = source
        value.weak = weak
        value.where = self.where
        self.inputs.append(value)
        return value

    def adopt(self, value: Value) -> Value:
        """The value of this trace that stands for a value of this or an outer trace."""
        if value.trace is self:
            return value
        found = self.captures.get(value)
        if found is None:
            check_alive(value, self.parent)
            found = Value(value.type, self, None, -1)
            found.source = value
            found.weak = value.weak
            found.active = value.active
            found.where = self.where
            self.captures[value] = found
        return found

    def close(
        self, outputs: Sequence[Value], inputs: Sequence[Value] | None = None
    ) -> tuple[Function, tuple[Value, ...]]:
        """The function traced, and the outer values it captured, which go after its inputs.

        `inputs`, captures among them, gives another order.
        """
        adopted = [self.adopt(value) for value in outputs]
        captured = tuple(self.captures)
        if inputs is None:
            inputs = [*self.inputs, *self.captures.values()]
        return close(self.name, inputs, adopted, self.where), captured

    def __enter__(self) -> Trace:
        set_current(self)
        self.closed = False
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        set_current(self.parent)
        self.closed = True
        if error is not None:
            self.release()

    def release(self) -> None:
        """Let go of the values, when the program is made; they and the trace hold each other."""
        self.inputs = []
        self.captures = {}
        self.key = self.key_input = None


class within:
    """Record in this running trace in the block, though it may not be the innermost."""

    __slots__ = ("_before", "_trace")

    def __init__(self, trace: Trace) -> None:
        self._trace = trace

    def __enter__(self) -> None:
        self._before = current()
        set_current(self._trace)

    def __exit__(self, *_: Any) -> None:
        set_current(self._before)


def check_alive(value: Value, innermost: Trace | None) -> None:
    """Raise if the value belongs neither to the eager graph nor to a running trace."""
    trace = value.trace
    while innermost is not None:
        if innermost is trace:
            return
        innermost = innermost.parent
    if trace is not None:
        raise leak(value, trace)


_nabla.connect(check_alive=check_alive)


def leak(value: Value, trace: Trace) -> TracerLeakError:
    made: Where | None = value.node.where if value.node is not None else value.where
    state = "has ended" if trace.closed else "does not run here"
    return TracerLeakError(
        at_user(
            f"Traced({value.type.short}) is used after its trace: the trace of "
            f"`{trace.name}` by {trace.kind} {state}. Return the value from the function "
            "instead of storing it."
            f"\n  made at {describe(made)}"
        ).replace("\n  at ", "\n  used at ")
    )
