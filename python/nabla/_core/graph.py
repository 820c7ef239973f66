# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What is recorded: operations and the values between them.

The same graph serves eager work and traces. An eager value has no trace; it is pending
while it has a node, and a leaf once it has data. A traced value belongs to its trace.
"""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from nabla._core.attributes import Attributes
from nabla._core.location import Where
from nabla._core.types import Type

if TYPE_CHECKING:
    from nabla._core.function import Callee, Function
    from nabla._core.trace import Trace

_serials = itertools.count()


class Node:
    """One operation. Serial numbers order nodes: operands come before their users."""

    __slots__ = (
        "__weakref__",
        "attributes",
        "callee",
        "op",
        "operands",
        "regions",
        "results",
        "serial",
        "shadow",
        "types",
        "where",
    )

    def __init__(
        self,
        op: str,
        operands: tuple[Value, ...],
        attributes: Attributes,
        types: tuple[Type, ...],
        callee: Callee | None,
        regions: tuple[Function, ...],
        where: Where | None,
    ) -> None:
        self.op = op
        self.operands = operands
        self.attributes = attributes
        self.types = types
        self.callee = callee
        self.regions = regions
        self.where = where
        self.serial = next(_serials)
        # Weak, for a value holds its node.
        self.results: tuple[weakref.ref[Value], ...] = ()
        self.shadow: tuple[Value, ...] | None = None  # this node, recorded in the parent trace


class Value:
    """One result of a node, one input of a trace, or one leaf of the eager graph."""

    __slots__ = (
        "__weakref__",
        "active",
        "data",
        "handle",
        "index",
        "node",
        "owner",
        "pinned",
        "source",
        "trace",
        "type",
        "weak",
        "where",
    )

    def __init__(self, type: Any, trace: Trace | None, node: Node | None, index: int) -> None:
        self.type = type
        self.trace = trace
        self.node = node
        self.index = index
        self.weak = False  # its dtype yields to what it meets
        self.active = False  # a derivative may flow through it
        self.data: Any = None  # eager: the buffer or the materialized linear map
        self.handle: weakref.ref[Any] | None = None  # the user's object, while it lives
        self.owner: weakref.ref[Value] | None = None  # the traced value this is a shadow of
        self.pinned = False  # wanted whether the user holds it or not
        self.source: Value | None = None  # input of a trace: the value passed, if known
        self.where: Where | None = None  # input of a trace: where it was made

    @property
    def held(self) -> bool:
        """Whether somebody may still ask for this value."""
        value: Value | None = self
        while value is not None:
            if value.pinned or (value.handle is not None and value.handle() is not None):
                return True
            value = value.owner() if value.owner is not None else None
        return False


def new_node(
    op: str,
    operands: tuple[Value, ...],
    attributes: Attributes,
    types: tuple[Type, ...],
    callee: Callee | None,
    regions: tuple[Function, ...],
    where: Where | None,
    trace: Trace | None,
) -> tuple[Node, tuple[Value, ...]]:
    node = Node(op, operands, attributes, types, callee, regions, where)
    if len(types) == 1:
        value = Value(types[0], trace, node, 0)
        node.results = (weakref.ref(value),)
        return node, (value,)
    values = tuple([Value(t, trace, node, i) for i, t in enumerate(types)])
    node.results = tuple([weakref.ref(value) for value in values])
    return node, values


def ancestors(values: Iterable[Value]) -> list[Node]:
    """The nodes that these values are computed by, operands before users."""
    seen: set[Node] = set()
    stack = [value.node for value in values if value.node is not None]
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        for operand in node.operands:
            if operand.node is not None:
                stack.append(operand.node)
    return sorted(seen, key=_serial)


def now() -> int:
    """A serial number after those of all nodes there are."""
    return next(_serials)


def _serial(node: Node) -> int:
    return node.serial
