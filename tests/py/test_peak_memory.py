# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What programs keep in memory: how much, and that it makes no difference to results."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

import nabla as nb
import numpy as np
import pytest

_ARENA = re.compile(r"memref\.alloc\(\) \{alignment = 64 : i64\} : memref<(\d+)xi8>")
_WIDTH = 64


def _arena_bytes(fn: Callable[..., Any], *arguments: Any) -> int:
    text = str(nb.inspect(fn, "bufferize")(*arguments))
    return max((int(found) for found in _ARENA.findall(text)), default=0)


def _normal(seed: int, *shape: int) -> nb.Tensor:
    values = np.random.default_rng(seed).normal(size=shape) / np.sqrt(shape[0])
    return nb.tensor(values.astype(np.float32))


def test_derivative_of_an_activation_is_kept_not_its_parts() -> None:
    rows, width, layers = 1024, 128, 6
    weights = [_normal(i, width, width) for i in range(layers)]
    x = _normal(9, rows, width)

    def loss(weights: list[nb.Tensor], x: nb.Tensor) -> nb.Tensor:
        for w in weights:
            x = nb.gelu(x @ w)
        return nb.sum(x)

    # Of each layer, the result and the derivative of the activation; at the end three of
    # the last one's parts and a product.
    one = rows * width * 4
    assert _arena_bytes(nb.compile(nb.grad(loss)), weights, x) <= (2 * layers + 3) * one


def test_normalization_is_computed_again() -> None:
    rows, width, layers = 2048, 128, 6
    weights = [_normal(i, width, width) for i in range(layers)]
    x = _normal(9, rows, width)

    def loss(weights: list[nb.Tensor], x: nb.Tensor) -> nb.Tensor:
        for w in weights:
            off = x - nb.mean(x, axis=-1, keepdims=True)
            x = off / nb.sqrt(nb.mean(off * off, axis=-1, keepdims=True) + 1e-5) @ w
        return nb.sum(x)

    # Of each layer the input, and a few numbers a row.
    one = rows * width * 4
    assert _arena_bytes(nb.compile(nb.grad(loss)), weights, x) <= (layers + 3) * one


def _random_layer(draw: random.Random) -> Callable[[nb.Tensor], nb.Tensor]:
    """Of rows, each for itself."""

    def normalize(x: nb.Tensor) -> nb.Tensor:
        off = x - nb.mean(x, axis=-1, keepdims=True)
        return off / nb.sqrt(nb.mean(off * off, axis=-1, keepdims=True) + 1e-3)

    choices: list[Callable[[nb.Tensor], nb.Tensor]] = [
        nb.relu,
        nb.gelu,
        nb.tanh,
        normalize,
        lambda x: nb.softmax(x, axis=-1) * 8.0,
        lambda x: nb.where(x > 0.1, x * x, -x),
        lambda x: x * nb.sigmoid(x) + x,
        lambda x: nb.reshape(nb.flip(nb.reshape(x, (-1, 8, 8)), axis=1), (-1, _WIDTH)),
        lambda x: nb.concatenate([x[:, 5:], x[:, :5]], axis=1),
        lambda x: x - nb.max(x, axis=-1, keepdims=True) * 0.5,
    ]
    return draw.choice(choices)


@pytest.mark.parametrize("seed", range(4))
def test_rows_of_a_large_gradient_are_those_of_small_ones(seed: int) -> None:
    """Small programs keep all they compute."""
    draw = random.Random(seed)
    layers = [_random_layer(draw) for _ in range(10)]
    weights = [_normal(100 * seed + i, _WIDTH, _WIDTH) for i in range(10)]

    def last(weights: list[nb.Tensor], x: nb.Tensor) -> nb.Tensor:
        kept = x
        for i, (layer, w) in enumerate(zip(layers, weights, strict=True)):
            x = layer(x) @ w if i % 2 else layer(layer(x))
            x = x + kept * 0.5
            kept = layer(x) if i % 3 == 0 else kept
        return nb.tanh(x)

    def loss(weights: list[nb.Tensor], x: nb.Tensor) -> nb.Tensor:
        return nb.sum(last(weights, x))

    step = nb.compile(nb.value_and_grad(loss, argnums=(0, 1)))
    x = _normal(seed, 2048, _WIDTH) * 40.0
    _, (large_weights, large) = step(weights, x)
    assert _arena_bytes(step, weights, x) < 8 * _arena_bytes(step, weights, x[:256])
    parts = [step(weights, x[i : i + 256])[1] for i in range(0, 2048, 256)]
    np.testing.assert_allclose(
        large.numpy(), np.concatenate([part[1].numpy() for part in parts]), rtol=1e-4, atol=1e-5
    )
    for i, gradient in enumerate(large_weights):
        total = sum(part[0][i].numpy().astype(np.float64) for part in parts)
        np.testing.assert_allclose(gradient.numpy(), total, rtol=1e-3, atol=1e-3)
