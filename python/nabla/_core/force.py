# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The number behind a value, a traced one too.

Under grad, jvp and the other derivatives an input of a trace stands for one known value,
its source. A traced value is forced by recording its computation once more in the parent
trace, on the sources, and so on outwards until it is eager: its *shadow*. Shadows are kept,
so forcing in a loop only adds what is new, and pieces of one structure share an executable.
"""

from __future__ import annotations

import weakref
from typing import Any, NoReturn

from nabla import _nabla
from nabla._core.apply import record
from nabla._core.errors import DonatedError, TracedValueError, at_user
from nabla._core.execute import materialize
from nabla._core.graph import Node, Value, now
from nabla._core.location import describe
from nabla._core.trace import Trace, check_alive, current


def force(value: Value) -> Any:
    """The buffer of a value. Raises TracedValueError where no number can be known."""
    eager = to_eager(value)
    if eager.node is not None:
        materialize([eager])
    if eager.data is None:
        donated(eager)
    return eager.data


def donated(value: Value) -> NoReturn:
    """Raise the error about a value that is used after its memory was donated."""
    raise DonatedError(
        at_user(
            f"a tensor, {value.type.short}, is used after its memory was donated to a result of "
            f"the call at {describe(value.where)}: use that result instead"
        ).replace("\n  at ", "\n  used at ")
    )


_nabla.connect(donated=donated)


def to_eager(value: Value) -> Value:
    """The eager value that a value stands for."""
    if value.trace is not None:
        check_alive(value, current())
    while value.trace is not None:
        value = _shadow(value)
    return value


def _shadow(value: Value) -> Value:
    """The value recorded in the parent of its trace."""
    trace = value.trace
    assert trace is not None
    trace.questions.append(now())
    todo = [value]
    while todo:
        node = todo[-1].node
        if node is None or node.shadow is not None:
            todo.pop()
            continue
        missing = [o for o in node.operands if o.node is not None and o.node.shadow is None]
        if missing:
            todo += missing
            continue
        _shadow_node(node, trace, value)
        todo.pop()
    return _shadow_of(value, value)


def _shadow_node(node: Node, trace: Trace, wanted: Value) -> None:
    operands = [_shadow_of(operand, wanted) for operand in node.operands]
    node.shadow = record(
        trace.parent,
        node.op,
        operands,
        node.attributes,
        node.types,
        node.callee,
        node.regions,
        node.where,
    )
    for value, shadow in zip(node.results, node.shadow, strict=True):
        shadow.owner = None if value is None else weakref.ref(value)


def _shadow_of(value: Value, wanted: Value) -> Value:
    if value.node is not None:
        assert value.node.shadow is not None
        return value.node.shadow[value.index]
    if value.source is None:
        raise _no_number(value, wanted)
    # It will be asked for again, here or by the transformed function.
    value.source.pinned = True
    return value.source


def _no_number(input: Value, wanted: Value) -> TracedValueError:
    trace = input.trace
    assert trace is not None
    return TracedValueError(
        at_user(
            f"Traced({wanted.type.short}) has no number: it depends on an input of "
            f"`{trace.name}`, which {trace.kind} traces once for all inputs. "
            + _WAY_OUT.get(trace.kind, _WAY_OUT[""])
        )
    )


_WAY_OUT = {
    "": "Choose with nb.where or nb.cond, and loop with nb.scan.",
    "compile": (
        "Choose with nb.where or nb.cond, loop with nb.scan, or name the argument in "
        "static_argnums if it is a Python value."
    ),
    "vmap": "Each example may go another way: choose with nb.where or nb.cond.",
}
