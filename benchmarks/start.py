# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What importing costs: time, and memory that stays resident."""

from __future__ import annotations

from benchmarks.measure import Row, fresh_interleaved, installed

_TIME = """
import time
start = time.perf_counter()
import {module}
print(time.perf_counter() - start)
"""

_MEMORY = """
import {module}
print([int(line.split()[1]) for line in open("/proc/self/status") if "VmRSS" in line][0] / 1024)
"""

PEERS = {"nabla": "nabla", "jax": "jax, jax.numpy", "numpy": "numpy"}


def rows(quick: bool) -> list[Row]:
    times = 1 if quick else 9
    peers = {
        peer: m for peer, m in PEERS.items() if peer == "nabla" or (not quick and installed(peer))
    }
    seconds = {peer: _TIME.format(module=m) for peer, m in peers.items()}
    memory = {peer: _MEMORY.format(module=m) for peer, m in peers.items()}
    return [
        Row("import", "s", fresh_interleaved(seconds, times), "0.35 s"),
        Row("memory after import", "MiB", fresh_interleaved(memory, times), "150 MiB"),
    ]
