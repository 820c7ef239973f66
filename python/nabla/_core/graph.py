# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What is recorded: operations and the values between them.

The same graph serves eager work and traces. An eager value has no trace; it is pending
while it has a node, and a leaf once it has data. A traced value belongs to its trace.
The classes are C++ (python/bindings/graph.h); `_nabla.pyi` tells their fields.
"""

from __future__ import annotations

from collections.abc import Iterable

from nabla._nabla import Node, Value, now


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


def _serial(node: Node) -> int:
    return node.serial


__all__ = ["Node", "Value", "ancestors", "now"]
