# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Eager work that has been recorded and not yet run, and the bound on it.

A program that never asks for a number would record for ever. When the work grows past the
bound, the turns of loops that are over are run (see `turns`).
"""

from __future__ import annotations

import threading
import weakref

from nabla._core.graph import Node

MAX_NODES = 2048
MAX_BYTES = 1 << 30  # of leaves that only pending work keeps alive
PATIENCE = 4  # no loop being seen, how many times MAX_NODES is waited for one

# Held while work is recorded or run: any thread may use the values of another.
lock = threading.RLock()


class _State:
    def __init__(self) -> None:
        self.nodes: list[weakref.ref[Node]] = []
        self.limit = MAX_NODES  # at how many nodes to look again
        self.leaves: set[int] = set()  # the ids of those counted
        self.leaf_bytes = 0


_state = _State()


def add(node: Node) -> None:
    """Note that this node is pending; may run older work."""
    with lock:
        state = _state
        if len(state.nodes) >= state.limit or state.leaf_bytes >= MAX_BYTES:
            _shrink(node)
        state.nodes.append(weakref.ref(node))
        for operand in node.operands:
            if operand.node is None and id(operand) not in state.leaves:
                state.leaves.add(id(operand))
                state.leaf_bytes += operand.type.nbytes


def alive() -> list[Node]:
    """The pending nodes that something still refers to, in order."""
    return [node for node in [ref() for ref in _state.nodes] if node is not None]


def keep(nodes: list[Node]) -> None:
    """Let these be all that is pending."""
    _state.nodes[:] = [weakref.ref(node) for node in nodes]
    leaves = {v for node in nodes for v in node.operands if v.node is None}
    _state.leaves = {id(leaf) for leaf in leaves}
    _state.leaf_bytes = sum(leaf.type.nbytes for leaf in leaves if not leaf.held)


def compact() -> list[Node]:
    """Forget the nodes that nothing refers to."""
    nodes = alive()
    keep(nodes)
    return nodes


def _shrink(new: Node) -> None:
    """Run turns of loops that are over; without any, all work if there is far too much."""
    from nabla._core.execute import run
    from nabla._core.turns import finished

    state = _state
    far = len(state.nodes) >= 2 * state.limit or state.leaf_bytes >= 2 * MAX_BYTES
    before = state.nodes[-1]()
    if before is not None and before.where == new.where and not far:
        return  # the values of the call that is running have no handles yet
    nodes = compact()
    heavy = state.leaf_bytes >= MAX_BYTES // 2
    if heavy or len(nodes) >= MAX_NODES // 2:
        parts = finished(nodes)
        if not parts and (heavy or len(nodes) >= PATIENCE * MAX_NODES):
            parts = [nodes]
        others = nodes[sum(map(len, parts)) :]
        del nodes
        run(parts, others, ())
    state.limit = max(MAX_NODES, 2 * len(state.nodes))
