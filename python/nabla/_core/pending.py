# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Eager work that has been recorded and not yet run, and the bound on it.

A program that never asks for a number would record for ever. When the work grows past the
bound, the turns of loops that are over are run (see `turns`).
"""

from __future__ import annotations

import threading

from nabla import _nabla
from nabla._core.graph import Node

MAX_NODES = 2048
MAX_BYTES = 1 << 30  # of leaves that only pending work keeps alive
PATIENCE = 4  # no loop being seen, how many times MAX_NODES is waited for one

# Held while work is run: any thread may use the values of another.
lock = threading.RLock()

_pending = _nabla.pending


def alive() -> list[Node]:
    """The pending nodes that something still refers to, in order."""
    return _pending.alive()


def limit(nodes: int, size: int) -> None:
    """At how many nodes, or bytes of leaves, to look whether work is to be run."""
    _pending.limit = nodes
    _pending.max_bytes = size


def _shrink(new: Node) -> None:
    """Run turns of loops that are over; without any, all work if there is far too much."""
    from nabla._core.execute import run
    from nabla._core.turns import finished

    with lock:
        far = _pending.count >= 2 * _pending.limit or _pending.leaf_bytes >= 2 * MAX_BYTES
        nodes = alive()
        if nodes and nodes[-1].where == new.where and not far:
            return  # the values of the call that is running have no handles yet
        _pending.recount()
        heavy = _pending.leaf_bytes >= MAX_BYTES // 2
        if heavy or len(nodes) >= MAX_NODES // 2:
            parts = finished(nodes)
            if not parts and (heavy or len(nodes) >= PATIENCE * MAX_NODES):
                parts = [nodes]
            others = nodes[sum(map(len, parts)) :]
            del nodes
            run(parts, others, ())
            _pending.recount()
        limit(max(MAX_NODES, 2 * _pending.count), MAX_BYTES)


limit(MAX_NODES, MAX_BYTES)
_nabla.connect(shrink=_shrink)
