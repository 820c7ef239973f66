# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Peak memory of training steps, above what the process takes after the import."""

from __future__ import annotations

from benchmarks.measure import Codes, Row
from benchmarks.rows.training import training_models

_PEAK = """
from benchmarks import models, peers
from benchmarks.rows.training import training_models
m = peers.{library}()
m.wait(m.put(models.ones(3)))

def peak():
    # Not getrusage, whose peak a new process has from the one that started it.
    return [int(line.split()[1]) for line in open("/proc/self/status") if "VmHWM" in line][0] / 1024

model, _ = training_models({quick})["{model}"]
before = peak()
state, batch = m.put(models.initial_state(model)), m.put(model.batch())
step = m.training_step(model)
for _ in range(3):
    state, loss = step(state, *batch)
m.wait(state)
print(peak() - before)
"""

_LIBRARIES = {"nabla": "Nabla", "jax": "Jax", "torch": "Torch"}


def rows(quick: bool) -> list[Row]:
    found: list[Row] = []
    for model in training_models(quick):
        codes = {
            who: _PEAK.format(library=library, model=model, quick=quick)
            for who, library in _LIBRARIES.items()
        }
        found.append(Codes(f"peak memory of training step: {model}", "MiB", codes, 1.0, times=3))
    return found
