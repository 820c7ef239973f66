# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Eager work that has been recorded and not yet run, and the bound on it.

A program that never asks for a number would record for ever. When the work grows past the
bound, the older part of it is run. It is cut where a place in the program comes round
again, so that the parts of a loop have the same structure and one executable serves all.
"""

from __future__ import annotations

import weakref

from nabla._core.graph import Node, Value

MAX_NODES = 256
MAX_BYTES = 1 << 30  # of leaves that pending work keeps alive

_nodes: list[weakref.ref[Node]] = []
_leaf_ids: set[int] = set()
_leaf_bytes = 0


def add(node: Node) -> None:
    """Note that this node is pending; may run older work."""
    global _leaf_bytes
    _nodes.append(weakref.ref(node))
    for operand in node.operands:
        if operand.node is None and id(operand) not in _leaf_ids:
            _leaf_ids.add(id(operand))
            _leaf_bytes += operand.type.nbytes
    if len(_nodes) >= MAX_NODES or _leaf_bytes >= MAX_BYTES:
        _shrink()


def alive() -> list[Node]:
    """The pending nodes that something still refers to, in order."""
    return [node for node in [ref() for ref in _nodes] if node is not None]


def compact() -> list[Node]:
    """Forget the nodes that have run or that nothing refers to."""
    global _leaf_bytes
    nodes = alive()
    _nodes[:] = [weakref.ref(node) for node in nodes]
    leaves = {v for node in nodes for v in node.operands if v.node is None}
    _leaf_ids.clear()
    _leaf_ids.update(map(id, leaves))
    _leaf_bytes = sum(leaf.type.nbytes for leaf in leaves)
    return nodes


def _shrink() -> None:
    from nabla._core.execute import materialize

    nodes = compact()
    if len(nodes) < MAX_NODES // 2 and _leaf_bytes < MAX_BYTES // 2:
        return
    count = _cut(nodes)
    values = outlets(nodes[:count], nodes[count:])
    del nodes
    materialize(values)
    compact()


def _cut(nodes: list[Node]) -> int:
    """How many nodes to run: whole turns of the loop that began first, if there is one."""
    last: dict[object, int] = {}
    for i, node in enumerate(nodes):
        last[node.where, node.op] = i
    for i, node in enumerate(nodes):
        if last[node.where, node.op] > i:
            return last[node.where, node.op]
    return len(nodes)


def outlets(nodes: list[Node], others: list[Node]) -> list[Value]:
    """The results of `nodes` that the user or one of the other nodes holds."""
    used = {operand for node in others for operand in node.operands}
    values = [value for node in nodes for value in [ref() for ref in node.results] if value]
    return [v for v in values if v.node is not None and (v in used or v.held)]


def clear() -> None:
    """Forget all pending nodes, when none is alive."""
    global _leaf_bytes
    _nodes.clear()
    _leaf_ids.clear()
    _leaf_bytes = 0
