# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Closed programs: a graph put in order and numbered, equal ones being one object."""

from __future__ import annotations

import contextlib
import re
import weakref
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from nabla._core.attributes import Attributes
from nabla._core.graph import Node, Value, ancestors
from nabla._core.location import Where
from nabla._core.types import TensorType, Type


class Imported:
    """A function of a module that went through the transforms; compared by identity."""

    __slots__ = ("module", "name", "residuals", "symbol", "type")

    def __init__(
        self, module: Any, symbol: str, residuals: tuple[TensorType, ...], type: Type
    ) -> None:
        self.module = module
        self.symbol = symbol
        self.residuals = residuals  # the types of its leading arguments
        self.type = type  # of the linear map that the residuals and the function make
        self.name = symbol_name(symbol)


class Step(NamedTuple):
    """One operation; operands are numbers of values: inputs first, then results in order."""

    op: str
    operands: tuple[int, ...]
    attributes: Attributes
    types: tuple[Type, ...]
    callee: Callee | None
    regions: tuple[Function, ...]


def weight(step: Step) -> int:
    """How many operations this is, those of its callee and its regions included."""
    total = 1
    if isinstance(step.callee, Function):
        total += step.callee.weight
    for region in step.regions:
        total += region.weight
    return total


class Function:
    """A closed, immutable program. Structurally equal functions are identical."""

    __slots__ = (
        "__weakref__",
        "inputs",
        "name",
        "outputs",
        "results",
        "steps",
        "weight",
        "where",
        "wheres",
    )

    def __init__(
        self,
        name: str,
        inputs: tuple[Type, ...],
        steps: tuple[Step, ...],
        outputs: tuple[int, ...],
        wheres: tuple[Where | None, ...],
        where: Where | None,
    ) -> None:
        self.name = name
        self.inputs = inputs
        self.steps = steps
        self.outputs = outputs
        self.wheres = wheres
        self.where = where
        types = [*inputs]
        self.weight = 0  # how many operations it is, those of callees and regions included
        for step in steps:
            types += step.types
            self.weight += weight(step)
        self.results = tuple(types[number] for number in outputs)


Callee = Function | Imported

_Table = weakref.WeakValueDictionary[tuple[Any, ...], Function]
_interned: _Table = weakref.WeakValueDictionary()


@contextlib.contextmanager
def with_own_places() -> Iterator[None]:
    """Close functions anew in the block: others of the same structure have their own places."""
    global _interned
    before, _interned = _interned, weakref.WeakValueDictionary()
    try:
        yield
    finally:
        _interned = before


def number(
    inputs: Sequence[Value], nodes: Iterable[Node], outputs: Iterable[Value]
) -> tuple[tuple[Step, ...], tuple[int, ...]]:
    """The steps that compute the outputs, and the numbers of the outputs."""
    numbers: dict[Any, int] = {value: i for i, value in enumerate(inputs)}
    steps = []
    count = len(inputs)
    firsts: dict[Node, int] = {}

    def number_of(value: Value) -> int:
        found = numbers.get(value)
        if found is None:
            assert value.node is not None
            found = firsts[value.node] + value.index
        return found

    for node in nodes:
        operands = tuple([number_of(operand) for operand in node.operands])
        steps.append(
            Step(node.op, operands, node.attributes, node.types, node.callee, node.regions)
        )
        firsts[node] = count
        count += len(node.types)
    return tuple(steps), tuple([number_of(value) for value in outputs])


def close(
    name: str, inputs: Sequence[Value], outputs: Sequence[Value], where: Where | None
) -> Function:
    """The function from inputs to outputs. Operations that no output needs are left out."""
    return close_nodes(name, inputs, ancestors(outputs), outputs, where)


def close_nodes(
    name: str,
    inputs: Sequence[Value],
    nodes: Sequence[Node],
    outputs: Sequence[Value],
    where: Where | None,
) -> Function:
    """The function from inputs to outputs by way of these nodes."""
    steps, numbers = number(inputs, nodes, outputs)
    types = tuple([value.type for value in inputs])
    key = (types, steps, numbers)
    found = _interned.get(key)
    if found is None:
        found = Function(
            symbol_name(name), types, steps, numbers, tuple([n.where for n in nodes]), where
        )
        _interned[key] = found
    return found


def symbol_name(name: str) -> str:
    """A Python name as a symbol: `<lambda>` becomes `lambda`."""
    return re.sub(r"\W+", "_", name).strip("_") or "f"
