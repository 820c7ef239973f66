# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The models of the benchmarks compute the same in Nabla as in JAX."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import models, peers

SMALL = {
    "mlp": models.mlp((12, 9, 7, 5), 6),
    "transformer": models.transformer(
        layers=1, width=12, heads=3, length=7, batch=2, vocabulary=11
    ),
    "cnn": models.cnn(batch=2, size=8),
    "lstm": models.lstm(steps=5, batch=3, inputs=4, width=6),
}


@pytest.mark.parametrize("name", SMALL)
def test_two_steps_agree_with_jax(name: str) -> None:
    """The loss, the weights, and what Adam keeps: a tenth of the gradients, after one step."""
    pytest.importorskip("jax")
    model = SMALL[name]
    results = []
    for m in (peers.Nabla(), peers.Jax()):
        batch = m.put(model.batch())
        step = m.training_step(model)
        once, twice = (step(m.put(models.initial_state(model)), *batch) for _ in range(2))
        twice = step(twice[0], *batch)  # which donates its state
        results.append([m.leaves(once), m.leaves(twice)])
    for ours, theirs in zip(*results, strict=True):
        assert len(ours) == len(theirs)
        for a, b in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(a, b, rtol=2e-4, atol=2e-5)
