# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Steps of training, and the gradient of a recurrent network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks import models
from benchmarks.measure import Call, Calls, Row


def rows(quick: bool) -> list[Row]:
    peers = ("jax", "torch")
    found: list[Row] = [
        Calls(f"training step: {name}", _step(made), goal, made.flops, peers=peers)
        for name, (made, goal) in training_models(quick).items()
    ]
    lstm = models.lstm(3, 2, 4, 5) if quick else models.lstm()
    found.append(
        Calls("gradient of LSTM, 200 steps", _gradient(lstm), 0.7, lstm.flops, peers=peers)
    )
    return found


def training_models(quick: bool) -> dict[str, tuple[models.Model, float]]:
    """By name, with the goal."""
    sizes = (7, 6, 5, 3) if quick else (784, 512, 512, 10)
    return {
        "MLP, batch 128": (models.mlp(sizes, 4 if quick else 128), 0.7),
        "MLP, batch 8": (models.mlp(sizes, 8), 0.7),
        "transformer": (
            models.transformer(1, 8, 2, 4, 2, 7) if quick else models.transformer(),
            0.9,
        ),
        "CNN": (models.cnn(2, 8) if quick else models.cnn(), 0.9),
    }


def _step(model: models.Model) -> Callable[[Any], Call]:
    def call(m: Any) -> Call:
        state = [m.put(models.initial_state(model))]
        batch = m.put(model.batch())
        step = m.training_step(model)

        def advance() -> Any:
            state[0], loss = step(state[0], *batch)
            return loss

        return advance

    return call


def _gradient(model: models.Model) -> Callable[[Any], Call]:
    def call(m: Any) -> Call:
        weights = m.put(model.weights())
        names = sorted(weights)
        batch = m.put(model.batch())

        def loss(*arguments: Any) -> Any:
            taken = dict(zip(names, arguments, strict=False))
            return model.loss(m, taken, *arguments[len(names) :])

        derived = m.gradient(loss, tuple(range(len(names))))
        return lambda: derived(*(weights[name] for name in names), *batch)

    return call
