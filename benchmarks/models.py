# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Small models and their training, written once for all libraries.

`m` is a `peers.Library`: Nabla, or a peer under Nabla's names. Weights and batches are trees
of NumPy arrays, made anew and alike by each call.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

Tree = Any


class Model(NamedTuple):
    """What training it takes."""

    weights: Callable[[], Tree]
    batch: Callable[[], tuple[np.ndarray, ...]]
    loss: Callable[..., Any]  # of m, weights and the batch
    flops: float  # of the products in a training step


def training_step(m: Any, model: Model) -> Callable[..., tuple[Tree, Any]]:
    """A function of the state and a batch to the next state and the loss."""

    def step(state: Tree, *batch: Any) -> tuple[Tree, Any]:
        loss, gradients = m.value_and_grad(lambda w: model.loss(m, w, *batch))(state["weights"])
        return adam(m, state, gradients), loss

    return step


def initial_state(model: Model) -> Tree:
    """The weights and what Adam remembers of them, before the first step."""

    def zeros(tree: Tree) -> Tree:
        if isinstance(tree, dict):
            return {name: zeros(item) for name, item in tree.items()}
        if isinstance(tree, list):
            return [zeros(item) for item in tree]
        return np.zeros_like(tree)

    weights = model.weights()
    step = np.zeros((), np.float32)
    return {"weights": weights, "mean": zeros(weights), "square": zeros(weights), "step": step}


def adam(m: Any, state: Tree, gradients: Tree, rate: float = 1e-3) -> Tree:
    """One step of https://arxiv.org/abs/1412.6980."""
    b1, b2 = 0.9, 0.999
    step = state["step"] + 1.0
    mean = m.tree_map(lambda a, g: b1 * a + (1 - b1) * g, state["mean"], gradients)
    square = m.tree_map(lambda a, g: b2 * a + (1 - b2) * g * g, state["square"], gradients)
    unbias1, unbias2 = 1 / (1 - b1**step), 1 / (1 - b2**step)

    def moved(w: Any, a: Any, s: Any) -> Any:
        return w - rate * (a * unbias1) / (m.sqrt(s * unbias2) + 1e-8)

    weights = m.tree_map(moved, state["weights"], mean, square)
    return {"weights": weights, "mean": mean, "square": square, "step": step}


# ---------------------------------------------------------------- data


def normal(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def integers(seed: int, below: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(below, size=shape, dtype=np.int32)


def matrix(seed: int, inputs: int, outputs: int) -> np.ndarray:
    return normal(seed, inputs, outputs) / np.float32(math.sqrt(inputs))


def zeros(*shape: int) -> np.ndarray:
    return np.zeros(shape, np.float32)


def ones(*shape: int) -> np.ndarray:
    return np.ones(shape, np.float32)


# ---------------------------------------------------------------- a perceptron


def mlp(sizes: tuple[int, ...], batch: int) -> Model:
    """Layers of these sizes with relu between them, and a cross-entropy."""

    def weights() -> Tree:
        pairs = list(itertools.pairwise(sizes))
        return [{"w": matrix(i, *pair), "b": zeros(pair[1])} for i, pair in enumerate(pairs)]

    def loss(m: Any, weights: Tree, x: Any, labels: Any) -> Any:
        *hidden, last = weights
        for layer in hidden:
            x = m.relu(x @ layer["w"] + layer["b"])
        return m.cross_entropy(x @ last["w"] + last["b"], labels)

    def data() -> tuple[np.ndarray, ...]:
        return normal(10, batch, sizes[0]), integers(11, sizes[-1], batch)

    products = [2 * batch * a * b for a, b in itertools.pairwise(sizes)]
    return Model(weights, data, loss, 3 * sum(products) - products[0])


# ---------------------------------------------------------------- a transformer


def transformer(
    layers: int = 4,
    width: int = 256,
    heads: int = 4,
    length: int = 128,
    batch: int = 8,
    vocabulary: int = 512,
) -> Model:
    """A decoder with norms before its blocks, predicting the next token."""

    def weights() -> Tree:
        def block(seed: int) -> Tree:
            return {
                "scale1": ones(width),
                "shift1": zeros(width),
                "qkv": matrix(seed, width, 3 * width),
                "out": matrix(seed + 1, width, width),
                "scale2": ones(width),
                "shift2": zeros(width),
                "up": matrix(seed + 2, width, 4 * width),
                "up_bias": zeros(4 * width),
                "down": matrix(seed + 3, 4 * width, width),
                "down_bias": zeros(width),
            }

        return {
            "tokens": 0.1 * normal(1, vocabulary, width),
            "positions": 0.1 * normal(2, length, width),
            "blocks": [block(10 * i) for i in range(1, layers + 1)],
            "scale": ones(width),
            "shift": zeros(width),
            "head": matrix(3, width, vocabulary),
        }

    def attention(m: Any, w: Tree, x: Any) -> Any:
        parts = m.reshape(x @ w["qkv"], (batch, length, 3, heads, width // heads))
        q, k, v = (m.permute(parts[:, :, i], (0, 2, 1, 3)) for i in range(3))
        mixed = m.permute(m.causal_attention(q, k, v), (0, 2, 1, 3))
        return m.reshape(mixed, (batch, length, width)) @ w["out"]

    def loss(m: Any, weights: Tree, tokens: Any, targets: Any) -> Any:
        x = weights["tokens"][tokens] + weights["positions"]
        for w in weights["blocks"]:
            x = x + attention(m, w, m.layernorm(x, w["scale1"], w["shift1"]))
            up = m.layernorm(x, w["scale2"], w["shift2"]) @ w["up"] + w["up_bias"]
            x = x + m.gelu(up) @ w["down"] + w["down_bias"]
        logits = m.layernorm(x, weights["scale"], weights["shift"]) @ weights["head"]
        return m.cross_entropy(logits, targets)

    def data() -> tuple[np.ndarray, ...]:
        return integers(4, vocabulary, batch, length), integers(5, vocabulary, batch, length)

    tokens = batch * length
    block = 2 * tokens * width * 12 * width + 4 * tokens * length * width
    return Model(weights, data, loss, 3 * (layers * block + 2 * tokens * width * vocabulary))


# ---------------------------------------------------------------- a network of convolutions


def cnn(batch: int = 64, size: int = 28) -> Model:
    """Three convolutions, two of them followed by pools, and a dense layer."""
    channels = (1, 32, 64, 64)
    flat = (size // 4) ** 2 * channels[-1]

    def weights() -> Tree:
        pairs = list(itertools.pairwise(channels))
        return {
            "filters": [
                normal(i, 3, 3, *pair) / np.float32(3 * math.sqrt(pair[0]))
                for i, pair in enumerate(pairs)
            ],
            "biases": [zeros(pair[1]) for pair in pairs],
            "w": matrix(9, flat, 10),
            "b": zeros(10),
        }

    def loss(m: Any, weights: Tree, x: Any, labels: Any) -> Any:
        layers = list(zip(weights["filters"], weights["biases"], strict=True))
        for i, (filter, bias) in enumerate(layers):
            x = m.relu(m.conv2d(x, filter, padding=1) + bias)
            if i < 2:
                x = m.max_pool2d(x, kernel_size=2)
        return m.cross_entropy(m.reshape(x, (batch, flat)) @ weights["w"] + weights["b"], labels)

    def data() -> tuple[np.ndarray, ...]:
        return normal(10, batch, size, size, 1), integers(11, 10, batch)

    pixels = [batch * (size >> i) ** 2 for i in range(3)]
    products = [
        18 * n * a * b for n, (a, b) in zip(pixels, itertools.pairwise(channels), strict=True)
    ]
    return Model(weights, data, loss, 3 * sum(products) - products[0] + 60 * batch * flat)


# ---------------------------------------------------------------- a recurrent network


def lstm(steps: int = 200, batch: int = 32, inputs: int = 64, width: int = 128) -> Model:
    """One layer over a sequence; the loss is of all its outputs."""

    def weights() -> Tree:
        return {
            "inputs": matrix(1, inputs, 4 * width),
            "state": matrix(2, width, 4 * width),
            "bias": zeros(4 * width),
        }

    def loss(m: Any, weights: Tree, x: Any, targets: Any) -> Any:
        start = m.zeros((batch, width)), m.zeros((batch, width))
        off = m.lstm(weights, start, x) - targets
        return m.mean(off * off)

    def data() -> tuple[np.ndarray, ...]:
        return normal(3, steps, batch, inputs), normal(4, steps, batch, width)

    turn = 2 * batch * 4 * width * (2 * inputs + 3 * width)
    return Model(weights, data, loss, steps * turn)


def unrolled_rnn(steps: int = 300, batch: int = 8, inputs: int = 16, width: int = 32) -> Model:
    """One layer over a sequence, in a loop of Python: a program as long as the sequence."""

    def weights() -> Tree:
        return {
            "inputs": matrix(1, inputs, width),
            "state": matrix(2, width, width),
            "bias": zeros(width),
        }

    def loss(m: Any, weights: Tree, x: Any, targets: Any) -> Any:
        h = m.zeros((batch, width))
        for t in range(steps):
            h = m.tanh(x[t] @ weights["inputs"] + h @ weights["state"] + weights["bias"])
        return m.mean((h - targets) ** 2)

    def data() -> tuple[np.ndarray, ...]:
        return normal(3, steps, batch, inputs), normal(4, batch, width)

    return Model(weights, data, loss, steps * 2 * batch * width * (2 * inputs + 3 * width))


# ---------------------------------------------------------------- numbers


def chain(m: Any, x: Any, length: int) -> Any:
    """`x` after so many operations, one behind the other."""
    operations: tuple[Callable[[Any], Any], ...] = (
        m.sin,
        lambda x: x * 1.01,
        lambda x: x + 0.1,
        lambda x: x * x,
    )
    for i in range(length):
        x = operations[i % 4](x)
    return x


MODELS: dict[str, Callable[[], Model]] = {
    "MLP 784-512-512-10, batch 128": lambda: mlp((784, 512, 512, 10), 128),
    "MLP 784-512-512-10, batch 8": lambda: mlp((784, 512, 512, 10), 8),
    "transformer, 4 layers": transformer,
    "CNN 28x28, 3 convolutions": cnn,
}
