# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What importing costs: time, and memory that stays resident."""

from __future__ import annotations

from benchmarks.measure import Codes, Row

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

_MODULES = {"nabla": "nabla", "jax": "jax, jax.numpy", "torch": "torch", "numpy": "numpy"}


def rows(quick: bool) -> list[Row]:
    seconds = {peer: _TIME.format(module=module) for peer, module in _MODULES.items()}
    memory = {peer: _MEMORY.format(module=module) for peer, module in _MODULES.items()}
    return [
        Codes("import", "s", seconds, 0.5, shown=("numpy",)),
        Codes("memory after import", "MiB", memory, shown=("numpy",), times=1),
    ]
