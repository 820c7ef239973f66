# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Traced loops that Python steers by their values, taken apart at their turns.

As one program such a loop would be another one for each number of turns. But it asks for a
number every turn, and what it records between two questions has the same structure: so each
such stretch is a *stage*, a function with a derivative of its own, and the derivative of the
whole is the chain of theirs. A stage hands on all values that a derivative flows through and
that are still needed: chains need no sums.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from typing import NamedTuple

from nabla._core.function import Function, close_nodes
from nabla._core.graph import Node, Value, ancestors
from nabla._core.trace import Trace
from nabla._core.types import TensorType, is_float


class Stage(NamedTuple):
    """A stretch of a trace as a function; a derivative flows through its first inputs."""

    function: Function
    inputs: list[Value]  # of the trace
    outputs: list[Value]  # of the trace, first those that a derivative flows through
    active: int  # how many inputs a derivative flows through


def split(trace: Trace, outputs: list[Value]) -> list[Stage]:
    """The stages of a trace; none if it is better taken as a whole.

    The derivative flows in through the floats among the inputs of the trace, in order; the
    last stage gives the outputs.
    """
    groups = _groups(trace, ancestors(outputs))
    if len(groups) < 3:
        return []
    plan = _Plan(trace, groups, outputs)
    handed = plan.handed()
    if not all(handed[1:]) or not all(isinstance(v.type, TensorType) for v in plan.last_use):
        return []
    stages = []
    for g, nodes in enumerate(groups):
        last = g == len(groups) - 1
        results = outputs if last else [*handed[g + 1], *plan.left(g, handed[g + 1])]
        inputs = [*handed[g], *plan.taken(nodes, results, g, handed[g])]
        function = close_nodes(trace.name, inputs, nodes, results, trace.where)
        stages.append(Stage(function, inputs, results, len(handed[g])))
    kinds = len({stage.function for stage in stages})
    return stages if kinds < len(stages) else []


def _groups(trace: Trace, nodes: Sequence[Node]) -> list[list[Node]]:
    """The nodes between two questions, where there are any."""
    groups: dict[int, list[Node]] = {}
    for node in nodes:
        groups.setdefault(bisect(trace.questions, node.serial), []).append(node)
    return list(groups.values())


class _Plan:
    """Which values cross from one group of nodes to another."""

    def __init__(self, trace: Trace, groups: list[list[Node]], outputs: list[Value]) -> None:
        self.wrt = [v for v in trace.inputs if is_float(v.type)]
        self.count = len(groups)
        self.group = {node: g for g, nodes in enumerate(groups) for node in nodes}
        self.last_use: dict[Value, int] = {}  # of values that are used in another group
        self.made: dict[int, dict[Value, None]] = {}  # by the group that makes them: the same
        self.active = set(self.wrt)  # a derivative flows through them
        for g, nodes in enumerate(groups):
            for node in nodes:
                for operand in node.operands:
                    self._use(operand, g)
                if any(operand in self.active for operand in node.operands):
                    self.active.update(v for v in node.results if v is not None)
        for value in outputs:
            self._use(value, len(groups))

    def _use(self, value: Value, g: int) -> None:
        made = self._made(value)
        if made < g:
            self.last_use[value] = g
            self.made.setdefault(made, {})[value] = None

    def _made(self, value: Value) -> int:
        return -1 if value.node is None else self.group[value.node]

    def handed(self) -> list[list[Value]]:
        """For each group, what carries a derivative from those before to it or those behind."""
        live = self.wrt
        found = [live]
        for g in range(1, self.count):
            new = [v for v in self.made.get(g - 1, ()) if v in self.active and is_float(v.type)]
            live = [v for v in [*live, *new] if self.last_use.get(v, -1) >= g]
            found.append(live)
        return found

    def left(self, g: int, handed: list[Value]) -> list[Value]:
        """What else group g makes for later ones."""
        there = set(handed)
        return [v for v in self.made.get(g, ()) if v not in there]

    def taken(
        self, nodes: list[Node], results: list[Value], g: int, handed: list[Value]
    ) -> list[Value]:
        """What else the nodes of group g use, or give as it is."""
        there = set(handed)
        used = [operand for node in nodes for operand in node.operands]
        return [v for v in dict.fromkeys([*used, *results]) if self._made(v) < g and v not in there]
